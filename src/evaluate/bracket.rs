//! Brackets: frames are pushed where they open and popped where they close.

use super::{
    frame::{Call, Declaration, Frame, Keyword, Opener},
    machine::Machine,
    value::{Argument, Value},
};
use crate::{
    lexer::{Kind, Role, Token},
    record::Span,
};

impl Machine<'_> {
    pub(super) fn open(&mut self, token: Token) {
        let opener = self.opener(token);
        match (&opener, token.role) {
            (Opener::Call(_) | Opener::Member(_), _) => self.open_interests += 1,
            (Opener::Try, _) => self.open_tries += 1,
            _ => {}
        }
        if token.role == Role::Function
            && let Some(name) = self.closed_function_name.take()
        {
            self.declare(Keyword::Function, name, Value::Unknown);
        }
        let mut frame = Frame::new(token.role, opener);
        frame.opened_at = token.start;
        if token.role == Role::Parameters {
            frame.function_name = self.function_name.take();
        }
        self.push(frame);
        if is_function_body(token.role) {
            self.function_depth += 1;
            self.bind_parameters(false);
            if let Some(name) = self.closed_function_name.take() {
                // A function expression's own name is known inside it alone.
                self.declare(Keyword::Function, name, Value::Unknown);
            }
        }
    }

    /// What closing the bracket will do, from what stands before it.
    fn opener(&mut self, token: Token) -> Opener {
        let frame = self.top();
        let operand = frame.operand();
        match (token.kind, token.role) {
            (Kind::ParenOpen, Role::Call) => match operand {
                Some(callee) if callee.is_known() => {
                    Opener::Call(Box::new(Call { callee: callee.clone(), arguments: Vec::new() }))
                }
                _ => Opener::Other,
            },
            (Kind::BracketOpen, Role::Call) => match operand {
                Some(object) if object.is_known() => Opener::Member(object.clone()),
                _ => Opener::Other,
            },
            (Kind::BraceOpen, Role::Block) => {
                self.end_statement();
                if self.before.kind == Kind::Try { Opener::Try } else { Opener::Statements }
            }
            (Kind::BraceOpen, Role::Object)
                if frame.is_empty() && matches!(frame.declaration, Declaration::Awaiting(_)) =>
            {
                Opener::Pattern(Vec::new())
            }
            (Kind::ParenOpen, Role::Group) => {
                self.begin_operand(token);
                Opener::Group
            }
            (Kind::BracketOpen, _) | (_, Role::Object) => {
                self.begin_operand(token);
                Opener::Other
            }
            _ => Opener::Other,
        }
    }

    pub(super) fn push(&mut self, mut frame: Frame) {
        frame.references_at = self.candidates.len();
        frame.parameters_at = self.parameters.len();
        frame.bindings_at = self.bindings.len();
        self.frames.push(frame);
    }

    /// Takes the top frame away with all that it owned; the file's own stays.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        if self.frames.len() == 1 {
            return None;
        }
        let frame = self.frames.pop()?;
        self.bindings.truncate(frame.bindings_at);
        if is_function_body(frame.role) {
            self.function_depth -= 1;
        }
        Some(frame)
    }

    pub(super) fn close(&mut self, token: Token) {
        // One that closes nothing that was opened here.
        if self.frames.len() == 1 || self.top().role != token.role {
            return;
        }
        let last = self.end_expression();
        let Some(frame) = self.pop() else { return };
        if matches!(frame.role, Role::Parameters | Role::Group | Role::Call) && token.kind == Kind::ParenClose {
            self.ready_parameters = self.parameters.split_off(frame.parameters_at.min(self.parameters.len()));
            self.closed_function_name = frame.function_name;
        }
        self.finish(frame, last, token);
    }

    /// What the bracket gives to the frame around it.
    fn finish(&mut self, frame: Frame, last: Option<Argument>, token: Token) {
        match frame.opener {
            Opener::Call(mut call) => {
                self.open_interests -= 1;
                if call.arguments.len() < Call::KEPT {
                    call.arguments.extend(last);
                }
                let value = self.finish_call(*call);
                self.top_mut().change_operand(value, token.end);
            }
            Opener::Member(object) => {
                self.open_interests -= 1;
                let name = last.as_ref().and_then(|last| last.value.text(self.source));
                let value = name.map_or(Value::Unknown, |name| object.member(name.as_bytes()));
                self.top_mut().change_operand(value, token.end);
            }
            Opener::Group => {
                let value = last.map_or(Value::Unknown, |last| last.value);
                self.top_mut().set_operand(value, Span { start: frame.opened_at, end: token.end });
            }
            Opener::Pattern(entries) => {
                if let Declaration::Awaiting(keyword) = self.top().declaration {
                    self.top_mut().declaration = Declaration::Destructured(keyword, entries);
                }
            }
            Opener::Try => {
                self.open_tries -= 1;
                self.closed_try = Some(frame.references_at);
                self.end_statement();
            }
            Opener::Statements | Opener::Other | Opener::Hole { .. } => {
                self.finish_plain(frame.role, frame.opened_at, token)
            }
        }
    }

    fn finish_plain(&mut self, role: Role, opened_at: u32, token: Token) {
        match role {
            Role::Call => self.top_mut().change_operand(Value::Unknown, token.end),
            Role::Block | Role::Function | Role::Class => self.end_statement(),
            Role::Parameters | Role::Head | Role::BlockHead => self.top_mut().clear(),
            _ => self.top_mut().set_operand(Value::Unknown, Span { start: opened_at, end: token.end }),
        }
    }

    /// What was found in a `try` block is guarded only by a `catch`.
    pub(super) fn settle_try(&mut self, token: Token) {
        if let Some(from) = self.closed_try.take()
            && token.kind != Kind::Catch
            && self.open_tries == 0
        {
            for candidate in &mut self.candidates[from..] {
                candidate.guarded = false;
            }
        }
    }
}

fn is_function_body(role: Role) -> bool {
    matches!(role, Role::Function | Role::FunctionExpression)
}
