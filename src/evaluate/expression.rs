//! Operands and operators at the level of one frame.

use super::{
    frame::{Call, Declaration, Frame, Opener, PatternEntry},
    machine::Machine,
    value::{Argument, Value},
};
use crate::{
    lexer::{Kind, Role, Token, template_value},
    record::Span,
};

impl Machine<'_> {
    pub(super) fn identifier(&mut self, token: Token) {
        if self.follows_dot() {
            return self.member(token);
        }
        match self.top().declaration {
            Declaration::Awaiting(keyword) if self.top().is_empty() => {
                self.top_mut().declaration = Declaration::Named(keyword, token.span());
                return;
            }
            Declaration::Named(keyword, at) if self.top().is_empty() && *self.name(token) == *b"of" => {
                // `for (const x of …)`: x can be anything.
                self.declare(keyword, at, Value::Unknown);
                self.top_mut().declaration = Declaration::None;
                return;
            }
            _ => {}
        }
        self.note_pattern_name(token);
        // Most names mean nothing, and their first byte tells.
        if !self.meaningful[usize::from(self.source[token.start as usize])] {
            return self.operand(Value::Unknown, token);
        }
        let name = &*self.name(token);
        if self.begins_type_alias(name) {
            self.top_mut().in_type_alias = true;
        }
        if name == b"let" && self.begins_let() {
            return self.declaration(token);
        }
        if name == b"await" && self.is_top_level_await() {
            self.has_module_syntax = true;
        }
        if matches!(self.top().role, Role::Group | Role::Parameters | Role::Call | Role::Object | Role::BlockHead) {
            self.note_parameter(token);
        }
        // First, because it may end what the name would be looked up in.
        self.begin_operand(token);
        let value = self.lookup(name).unwrap_or(Value::Unknown);
        self.operand(value, token);
    }

    /// `let` followed by a name or a pattern: a declaration, not a variable.
    fn begins_let(&mut self) -> bool {
        let next = self.peek();
        next.kind == Kind::Identifier || (next.kind == Kind::BraceOpen && !next.newline_before)
    }

    /// `type X = …` of TypeScript.
    fn begins_type_alias(&mut self, name: &[u8]) -> bool {
        self.settings.dialect.typescript && name == b"type" && self.peek().kind == Kind::Identifier
    }

    /// `await` outside of functions and in front of what cannot continue an
    /// expression: a syntax error in CommonJS, and so a sign of a module.
    fn is_top_level_await(&mut self) -> bool {
        self.function_depth == 0
            && matches!(
                self.peek().kind,
                Kind::Identifier
                    | Kind::String
                    | Kind::New
                    | Kind::Import
                    | Kind::This
                    | Kind::Number
                    | Kind::BraceOpen
            )
            && !self.peek().newline_before
    }

    /// In `{ key: local = default }` after `const`: remembers both names.
    fn note_pattern_name(&mut self, token: Token) {
        let before = self.before.kind;
        if let Opener::Pattern(entries) = &mut self.top_mut().opener {
            match (before, entries.last_mut()) {
                (Kind::BraceOpen | Kind::Comma, _) => {
                    entries.push(PatternEntry { key: token.span(), local: token.span() });
                }
                (Kind::Colon, Some(entry)) => entry.local = token.span(),
                _ => {}
            }
        }
    }

    pub(super) fn operand(&mut self, value: Value, token: Token) {
        self.begin_operand(token);
        self.top_mut().set_operand(value, token.span());
    }

    /// Two operands without an operator between: a line ended in between, or
    /// the first was a contextual keyword. What was before is over.
    pub(super) fn begin_operand(&mut self, token: Token) {
        if self.top().operand().is_some() {
            let keyword = self.before.kind == Kind::Identifier && !token.newline_before;
            if keyword { self.top_mut().clear() } else { self.end_statement() }
        }
    }

    /// `new`, `typeof` and the like can only begin an operand.
    pub(super) fn prefix(&mut self, token: Token) {
        self.begin_operand(token);
        self.operator(token);
    }

    /// `.name` or `?.name` is read, not a variable.
    pub(super) fn follows_dot(&self) -> bool {
        matches!(self.before.kind, Kind::Dot | Kind::QuestionDot)
    }

    /// TypeScript's `!` behind an operand.
    pub(super) fn is_type_assertion(&self, token: Token) -> bool {
        self.top().operand().is_some() && !token.newline_before
    }

    fn member(&mut self, token: Token) {
        let value = match self.top().operand() {
            Some(operand) if operand.is_known() => {
                let name = &*self.name(token);
                let value = operand.member(name);
                match *operand {
                    Value::Import if name == b"meta" => self.has_module_syntax = true,
                    Value::Loading(index) if name == b"catch" => self.candidates[index].guarded = true,
                    _ => {}
                }
                value
            }
            _ => Value::Unknown,
        };
        self.top_mut().change_operand(value, token.end);
    }

    pub(super) fn plus(&mut self, token: Token) {
        // Nobody looks at strings outside of the calls that we know.
        let folds = self.settings.folds_strings && self.open_interests > 0;
        let source = self.source;
        self.top_mut().plus(token.span(), source, folds);
    }

    pub(super) fn operator(&mut self, token: Token) {
        let source = self.source;
        self.top_mut().other_operator(token.span(), source);
    }

    pub(super) fn colon(&mut self, token: Token) {
        let frame = self.top_mut();
        let in_condition = frame.conditions > 0;
        let declares = matches!(frame.declaration, Declaration::Named(..) | Declaration::Destructured(..));
        let role = frame.role;
        frame.conditions = frame.conditions.saturating_sub(1);
        self.colon_begins_type = !in_condition
            && (declares
                || self.before.kind == Kind::ParenClose
                || matches!(role, Role::Parameters | Role::Group | Role::Class | Role::ClassExpression | Role::Type));
        if in_condition || declares || self.colon_begins_type {
            self.operator(token);
        } else {
            // A label, a case, the value of a property.
            self.end_expression();
        }
    }

    pub(super) fn comma(&mut self, token: Token) {
        let argument = self.end_expression();
        if let Opener::Call(call) = &mut self.top_mut().opener
            && call.arguments.len() < Call::KEPT
        {
            call.arguments.push(argument.unwrap_or(Argument { value: Value::Unknown, at: token.span() }));
        }
    }

    pub(super) fn assign(&mut self, token: Token) {
        if matches!(self.top().declaration, Declaration::Named(..) | Declaration::Destructured(..)) {
            // What stood between the name and here was its type.
            self.end_arrows();
            self.top_mut().clear();
        } else {
            self.operator(token);
        }
    }

    pub(super) fn arrow(&mut self, token: Token) {
        if self.before.kind == Kind::Identifier {
            // `x => …`: its parameter was noted only within brackets.
            let name = self.before;
            self.parameters.retain(|at| *at != name.span());
            self.ready_parameters.clear();
            if self.is_tracked(self.text(name)) {
                self.ready_parameters.push(name.span());
            }
        }
        self.operator(token);
        if self.peek().kind != Kind::BraceOpen {
            self.bind_parameters(true);
            self.top_mut().arrows += 1;
            self.function_depth += 1;
        }
    }

    /// `import`: a call, `import.meta`, or a declaration.
    pub(super) fn import(&mut self, token: Token) {
        match self.peek().kind {
            Kind::Dot => self.operand(Value::Import, token),
            Kind::ParenOpen if self.is_type_position() => self.operand(Value::Unknown, token),
            Kind::ParenOpen => self.operand(Value::Import, token),
            _ => {
                self.end_statement();
                self.import_declaration();
            }
        }
    }

    /// TypeScript: the `import(` that was read last is a type, which leaves no
    /// code behind. What stands before it decides.
    fn is_type_position(&self) -> bool {
        self.settings.dialect.typescript
            && match self.before.kind {
                Kind::Colon => self.colon_begins_type,
                Kind::Typeof | Kind::Extends | Kind::Bitwise | Kind::Less => true,
                Kind::Identifier => {
                    matches!(
                        self.text(self.before),
                        b"as" | b"satisfies" | b"keyof" | b"implements" | b"is" | b"readonly"
                    )
                }
                Kind::Assign => self.top().in_type_alias,
                _ => self.top().in_type_alias || self.top().role == Role::Type,
            }
    }

    pub(super) fn open_template(&mut self, token: Token) {
        self.begin_operand(token);
        let wanted = self.settings.folds_strings && self.open_interests > 0;
        let before = match template_value(self.text(token)) {
            Some(text) if wanted => Value::Text(text.into_owned()),
            _ => Value::Unknown,
        };
        self.push(Frame::new(Role::Template, Opener::Hole { before, start: token.start }));
    }

    pub(super) fn continue_template(&mut self, token: Token) {
        let hole = self.end_expression().map_or(Value::Unknown, |argument| argument.value);
        let source = self.source;
        let Opener::Hole { before, start } = &mut self.top_mut().opener else { return };
        let start = *start;
        let mut text = std::mem::replace(before, Value::Unknown);
        if text.is_known() {
            text = match template_value(token.text(source)) {
                Some(part) => text.plus(&hole, source).plus(&Value::Text(part.into_owned()), source),
                None => Value::Unknown,
            };
        }
        if token.kind == Kind::TemplateMiddle {
            *before = text;
        } else {
            self.pop();
            self.top_mut().set_operand(text, Span { start, end: token.end });
        }
    }
}
