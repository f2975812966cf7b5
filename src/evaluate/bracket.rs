//! Brackets: frames are pushed where they open and popped where they close.

use super::{
    frame::{Call, Declaration, Frame, Key, Keyword, Opener, PatternEntry},
    machine::{MOST_FRAMES, Machine, Try},
    meaning,
    value::{Argument, Filling, Value},
};
use crate::{
    lexer::{Kind, Role, Token},
    record::Span,
};

/// So deep in each other patterns are followed.
const DEEPEST_PATTERN: usize = 8;

impl<'s> Machine<'s> {
    pub(super) fn open(&mut self, token: Token) {
        if self.passes_over_opening() {
            return;
        }
        self.under = None;
        let binds = self.binds(token);
        let opener = self.opener(token, binds);
        if let Opener::Call(call) = &opener {
            match call.callee {
                Value::UrlConstructor => self.open_url_calls += 1,
                ref callee => self.open_path_calls += u32::from(meaning::leads_to_files(callee)),
            }
        }
        if matches!(opener, Opener::Call(_) | Opener::Member(_)) {
            self.open_interests += 1;
        }
        let is_function = is_function_body(token.role);
        let is_exported = token.role == Role::Function && std::mem::take(&mut self.top_mut().exports);
        let function = is_function.then(|| self.open_function(token.start));
        let own_value = function.filter(|_| self.follows_values).map_or(Value::Unknown, Value::Local);
        if let Some(function) = function {
            if is_exported {
                self.escape(function);
            }
            self.name_elements();
        }
        if is_exported {
            self.note_exported_function(self.closed_function_name, &own_value);
        }
        if token.role == Role::Function
            && let Some(name) = self.closed_function_name.take()
        {
            self.declare(Keyword::Function, name, own_value.clone());
            if let Some(function) = function {
                self.name_function(function, name);
            }
        }
        let receiver = self.receiver(token, is_function);
        let is_dead =
            self.follows_values && std::mem::take(&mut self.top_mut().next_is_dead) && token.role == Role::Block;
        let outer_try = self.current_try;
        if matches!(opener, Opener::Try) {
            self.tries.push(Try { outer: outer_try, has_catch: false });
            self.current_try = (self.tries.len() - 1) as u32;
        }
        let is_headed_block = token.role == Role::Block && self.closed_head && self.before.kind == Kind::ParenClose;
        if token.role == Role::Parameters
            && self.follows_values
            && matches!(&self.top().opener, Opener::Object(literal) if literal.property.is_none())
        {
            // A method: its name is the key. In `key: function () {` the key was read.
            self.key();
        }
        let function_name = if token.role == Role::Parameters { self.function_name.take() } else { None };
        let (under, is_if) = (self.under, token.role == Role::Head && self.before.kind == Kind::If);
        let frame = self.push(token.role, opener);
        frame.bracket = token.kind;
        frame.opened_at = token.start;
        frame.binds = binds || matches!(frame.opener, Opener::Pattern(_));
        frame.outer_try = outer_try;
        frame.function = function;
        frame.function_name = function_name;
        frame.under = under;
        frame.is_if = is_if;
        frame.is_dead = is_dead;
        if let Some(receiver) = receiver {
            self.receivers.push((self.frames.len() - 1, receiver));
        }
        self.dead += u32::from(is_dead);
        self.open_switch();
        if is_headed_block {
            self.bind_parameters(false, None);
        }
        let quiet = function.filter(|_| !self.receiver_means_something());
        if is_function {
            self.function_depth += 1;
            self.note_first_parameter(function);
            let is_bound_early = self.prebound.contains_key(&token.start);
            if quiet.is_some_and(|function| !is_bound_early && self.passes_over_unbound(function, token.start)) {
                return;
            }
            self.bind_parameters(false, function.and_then(|function| self.marks_of(function)));
            if let Some(name) = self.closed_function_name.take() {
                // A function expression's own name is known inside it alone.
                self.declare(Keyword::Function, name, own_value);
            }
        }
        if !self.prebound.is_empty() {
            self.bind_hoisted(self.frames.len() - 1, token.start);
        }
        if function.is_some() {
            self.quiet.open_body(token.start, self.frames.len() - 1);
            if let Some(function) = quiet {
                self.pass_over(function, token.start);
            }
        } else if is_group(token) && !matches!(self.top().opener, Opener::Pattern(_)) {
            self.quiet.open_group(token.start, self.frames.len() - 1);
            self.pass_over_group(token.start);
        }
    }

    /// Whether the bracket or template that opens is one too many to have a frame.
    pub(super) fn passes_over_opening(&mut self) -> bool {
        let is_full = self.frames.len() >= MOST_FRAMES;
        self.frameless += u32::from(is_full);
        is_full
    }

    /// Whether names in the bracket that opens may be bound: by a function, an
    /// arrow or a `catch`, or by a pattern among them.
    fn binds(&mut self, token: Token) -> bool {
        match (token.kind, token.role) {
            (Kind::ParenOpen, Role::Parameters | Role::Group | Role::Call) => true,
            (Kind::ParenOpen, Role::BlockHead) => self.before.kind == Kind::Catch,
            // `{ [key]: … }`
            (Kind::BracketOpen, Role::Group) if self.top().role == Role::Object && self.before.kind != Kind::Colon => {
                false
            }
            (Kind::BracketOpen, Role::Group) | (Kind::BraceOpen, Role::Object) => {
                let binds = self.top().binds && self.is_binding_place();
                // `key: { … }`: the key binds nothing.
                if binds
                    && self.before.kind == Kind::Colon
                    && let Opener::Pattern(entries) = &mut self.top_mut().opener
                {
                    self.under = entries.pop().and_then(|entry| entry.key);
                }
                binds
            }
            _ => false,
        }
    }

    /// What closing the bracket will do, from what stands before it.
    fn opener(&mut self, token: Token, binds: bool) -> Opener {
        let frame = self.top();
        if self.follows_values && binds && token.kind != Kind::ParenOpen && matches!(frame.opener, Opener::Pattern(_)) {
            if frame.role != Role::Object {
                self.under = Some(Key::Element(frame.commas));
            }
            return Opener::Pattern(Vec::new());
        }
        let operand = frame.operand();
        match (token.kind, token.role) {
            (Kind::ParenOpen, Role::Call) => match operand {
                Some(callee) if callee.is_known() && self.made_of_parameter(callee).is_none() => {
                    Opener::Call(Box::new(Call { callee: callee.clone(), arguments: Vec::new(), spread: false }))
                }
                _ if self.follows_values => Opener::UnknownCall(Value::Unknown),
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
            (Kind::BraceOpen, Role::Object) | (Kind::BracketOpen, Role::Group)
                if frame.is_empty() && matches!(frame.declaration, Declaration::Awaiting(_)) =>
            {
                Opener::Pattern(Vec::new())
            }
            (Kind::ParenOpen, Role::Group) => {
                self.begin_operand(token);
                Opener::Group
            }
            (Kind::BracketOpen, Role::Group) if self.follows_values => {
                self.begin_operand(token);
                Opener::Array(Vec::new(), Filling::InOrder)
            }
            (Kind::BraceOpen, Role::Object) if self.follows_values => {
                self.begin_operand(token);
                Opener::Object(Box::default())
            }
            (Kind::BracketOpen, _) | (_, Role::Object) => {
                self.begin_operand(token);
                Opener::Other
            }
            _ => Opener::Other,
        }
    }

    /// A bracket opens, with a frame for what stands in it.
    pub(super) fn push(&mut self, role: Role, opener: Opener) -> &mut Frame<'s> {
        let own = self.frames.len();
        let outer = self.top();
        let (function_scope, block_scope) = match role {
            Role::Function | Role::FunctionExpression => (own, own),
            Role::Block => (outer.function_scope, own),
            _ => (outer.function_scope, outer.block_scope),
        };
        let (references_at, parameters_at) = (self.candidates.len(), self.parameters.len());
        let (operators_at, marks) = (self.operators.len(), self.open_marks());
        // Made where it stays: it is too long to be moved about for each bracket.
        self.frames.push(Frame::new(role, opener));
        let frame = self.top_mut();
        frame.references_at = references_at;
        frame.parameters_at = parameters_at;
        frame.operators_at = operators_at;
        frame.marks = marks;
        frame.function_scope = function_scope;
        frame.block_scope = block_scope;
        frame
    }

    /// Takes the top frame away with all that it owned; the file's own stays.
    pub(super) fn pop(&mut self) -> Option<Frame<'s>> {
        if self.frames.len() == 1 {
            return None;
        }
        let mut frame = self.frames.pop()?;
        self.receivers.pop_if(|(owner, _)| *owner >= self.frames.len());
        while self.kept_open.pop_if(|(open, _)| *open > self.frames.len()).is_some() {}
        self.dead -= u32::from(frame.is_dead);
        self.unbind_all(std::mem::take(&mut frame.names), self.frames.len());
        if is_function_body(frame.role) {
            self.function_depth -= 1;
        }
        self.quiet.close(self.frames.len(), self.last_token().start);
        Some(frame)
    }

    pub(super) fn close(&mut self, token: Token) {
        if self.frameless > 0 {
            self.frameless -= 1;
            return;
        }
        // One that closes nothing that was opened here.
        self.end_bodies();
        if self.frames.len() == 1 || self.top().role != token.role {
            return;
        }
        let spread = std::mem::take(&mut self.top_mut().spread);
        let bare = self.top().bare;
        let mut last = self.end_expression();
        self.close_switch(last.as_ref());
        if self.follows_values
            && let Some(argument) = last.take_if(|_| self.top().opener.takes_parts())
        {
            self.take_part(argument, spread, bare);
        }
        if let (Role::Jsx, Some(last)) = (token.role, &last) {
            // What an element shows, or a component gets.
            self.consume(&last.value, last.at);
        }
        let Some(frame) = self.pop() else { return };
        if frame.is_dead {
            self.bury(Some(frame.references_at));
        }
        if frame.is_if {
            self.decide(last.as_ref());
        }
        if token.kind == Kind::ParenClose {
            self.closed_head = matches!(frame.role, Role::Head | Role::BlockHead);
            self.ready_parameters.clear();
            let from = frame.parameters_at.min(self.parameters.len());
            self.ready_parameters.extend(self.parameters.drain(from..));
            self.closed_function_name = frame.function_name;
        }
        self.finish(frame, last, token);
        if token.role == Role::Head && !self.ready_parameters.is_empty() {
            self.begin_body();
        }
    }

    /// What the bracket gives to the frame around it.
    fn finish(&mut self, frame: Frame, last: Option<Argument>, token: Token) {
        match frame.opener {
            Opener::Call(mut call) => {
                self.open_interests -= 1;
                if call.arguments.len() < Call::KEPT {
                    call.arguments.extend(last);
                }
                match call.callee {
                    Value::UrlConstructor => self.close_url_call(&call.arguments),
                    ref callee => self.open_path_calls -= u32::from(meaning::leads_to_files(callee)),
                }
                let at = Span { start: frame.opened_at, end: token.end };
                if self.follows_values {
                    self.grow(&call);
                }
                let value = self.finish_call(*call, at);
                self.top_mut().change_operand(value, token.end);
            }
            // An array that was too long to keep.
            Opener::UnknownCall(_) if frame.bracket == Kind::BracketOpen => {
                self.top_mut().set_operand(Value::Unknown, Span { start: frame.opened_at, end: token.end });
            }
            Opener::UnknownCall(first) => self.top_mut().change_operand(first, token.end),
            Opener::Array(values, filling) => {
                let value = self.array_or_consume(values, filling, Span { start: frame.opened_at, end: token.end });
                self.top_mut().set_operand(value, Span { start: frame.opened_at, end: token.end });
            }
            Opener::Object(literal) => {
                self.hoist_receiver(&literal, frame.opened_at);
                let value = self.object_or_consume(literal.object, Span { start: frame.opened_at, end: token.end });
                self.top_mut().set_operand(value, Span { start: frame.opened_at, end: token.end });
            }
            Opener::Member(object) => {
                self.open_interests -= 1;
                self.put_in(&object);
                let value = match last {
                    Some(last) if self.follows_values => self.member_by_value(&object, &last.value),
                    Some(last) => {
                        last.value.text(self.source).map_or(Value::Unknown, |name| object.member(name.as_bytes()))
                    }
                    None => Value::Unknown,
                };
                let value = self.another_use(value);
                self.top_mut().change_operand(value, token.end);
            }
            Opener::Group => {
                let value = last.map_or(Value::Unknown, |last| last.value);
                self.top_mut().set_operand(value, Span { start: frame.opened_at, end: token.end });
            }
            Opener::Pattern(mut entries) => {
                let deeper = self.parameters.split_off(frame.parameters_at.min(self.parameters.len()));
                if self.follows_values {
                    if let Opener::Pattern(outer) = &mut self.top_mut().opener {
                        // Each level hands on what is in it: deeper names are left behind, or it would never end.
                        entries.retain(|entry| entry.outer.len() < DEEPEST_PATTERN);
                        entries.iter_mut().for_each(|entry| entry.outer.push(frame.under));
                        outer.append(&mut entries);
                        return;
                    }
                } else {
                    let deeper = deeper.into_iter();
                    entries.extend(deeper.map(|deep| PatternEntry {
                        outer: Vec::new(),
                        key: None,
                        local: deep.name,
                        default: Value::Unknown,
                    }));
                }
                if let Declaration::Awaiting(keyword) = self.top().declaration {
                    self.top_mut().declaration = Declaration::Destructured(keyword, entries);
                    self.top_mut().initialized = false;
                }
            }
            Opener::Try => {
                self.closed_try = Some(self.current_try);
                self.current_try = frame.outer_try;
                self.close_statement();
            }
            Opener::Statements | Opener::Body | Opener::Other | Opener::Hole { .. } => {
                let value = if frame.function.is_some() { self.close_function() } else { Value::Unknown };
                self.finish_plain(frame.role, frame.opened_at, value, token)
            }
        }
    }

    fn finish_plain(&mut self, role: Role, opened_at: u32, value: Value, token: Token) {
        match role {
            Role::Call => self.top_mut().change_operand(Value::Unknown, token.end),
            Role::Block | Role::Function | Role::Class => self.close_statement(),
            Role::Head | Role::BlockHead => {
                self.clear_expression();
                self.top_mut().is_controlled = true;
            }
            // The name of a method may stand before them; the body is the operand.
            Role::Parameters => {
                let frame = self.top_mut();
                frame.operand = None;
                frame.bare = None;
                frame.extend(Span { start: opened_at, end: token.end });
            }
            _ => self.top_mut().set_operand(value, Span { start: opened_at, end: token.end }),
        }
    }

    /// A `catch` follows the `try` block that closed last, or does not.
    pub(super) fn settle_try(&mut self, token: Token) {
        if let Some(closed) = self.closed_try.take() {
            self.tries[closed as usize].has_catch = token.kind == Kind::Catch;
        }
    }
}

/// A class or an object.
fn is_group(token: Token) -> bool {
    token.kind == Kind::BraceOpen && matches!(token.role, Role::Object | Role::Class | Role::ClassExpression)
}

fn is_function_body(role: Role) -> bool {
    matches!(role, Role::Function | Role::FunctionExpression)
}
