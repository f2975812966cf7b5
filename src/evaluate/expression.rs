//! Operands and operators at the level of one frame.

use super::{
    frame::{Call, Declaration, Frame, Opener, PatternEntry},
    machine::Machine,
    value::{Argument, Origin, Value},
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
                self.top_mut().initialized = false;
                return;
            }
            Declaration::Named(keyword, at) if self.top().is_empty() && *self.name(token) == *b"of" => {
                // `for (const x of …)`: x can be anything.
                if !self.may_keep_wrapper(keyword, at, true) {
                    self.declare(keyword, at, Value::Unknown);
                }
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
        if name == b"let" && self.begins_let() {
            return self.declaration(token);
        }
        if name == b"await" && self.is_top_level_await() {
            self.has_module_syntax = true;
        }
        if self.top().binds && self.is_binding_place() && self.is_tracked(name) && !self.is_key() {
            self.parameters.push(token.span());
        }
        // First, because it may end what the name would be looked up in.
        self.begin_operand(token);
        let value = self.lookup(name).unwrap_or(Value::Unknown);
        if matches!(value, Value::Require(Origin::WrapperRequire) | Value::ModuleObject) {
            self.wrapper_uses += 1;
        }
        self.operand(value, token);
    }

    /// In brackets that may be parameters or a pattern: what stands here is a
    /// name that they bind, if they do, and no part of a default value.
    pub(super) fn is_binding_place(&self) -> bool {
        match self.before.kind {
            Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen | Kind::Comma | Kind::Ellipsis => true,
            Kind::Colon => self.top().role == Role::Object,
            _ => false,
        }
    }

    /// The name that was read last is the key of `key: …`.
    fn is_key(&mut self) -> bool {
        self.top().role == Role::Object && self.peek().kind == Kind::Colon
    }

    /// `let` followed by a name or a pattern: a declaration, not a variable.
    fn begins_let(&mut self) -> bool {
        let next = self.peek();
        match next.kind {
            Kind::Identifier => true,
            Kind::BraceOpen => !next.newline_before,
            // The lexer has told a pattern from a member of a variable of that name.
            Kind::BracketOpen => next.role == Role::Group,
            _ => false,
        }
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
                    | Kind::Not
                    | Kind::Null
                    | Kind::True
                    | Kind::False
                    | Kind::Function
                    | Kind::Class
                    | Kind::Typeof
                    | Kind::Void
                    | Kind::Delete
            )
            && !self.peek().newline_before
    }

    /// In `{ key: local = default }` after `const`: remembers both names.
    fn note_pattern_name(&mut self, token: Token) {
        let before = self.before.kind;
        if self.top().role == Role::Object
            && let Opener::Pattern(entries) = &mut self.top_mut().opener
        {
            match (before, entries.last_mut()) {
                (Kind::BraceOpen | Kind::Comma, _) => {
                    entries.push(PatternEntry { key: Some(token.span()), local: token.span() });
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
            if keyword { self.top_mut().forget_operand() } else { self.end_statement() }
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

    pub(super) fn either(&mut self, token: Token) {
        let source = self.source;
        self.top_mut().either(token.span(), source);
    }

    pub(super) fn colon(&mut self, token: Token) {
        let frame = self.top_mut();
        if frame.conditions > 0 {
            frame.conditions -= 1;
            self.either(token);
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
        let uses_at = self.wrapper_uses;
        let frame = self.top_mut();
        if matches!(frame.declaration, Declaration::Named(..) | Declaration::Destructured(..)) && !frame.initialized {
            frame.initialized = true;
            frame.uses_at = uses_at;
            frame.clear();
        } else {
            self.operator(token);
        }
    }

    pub(super) fn arrow(&mut self, token: Token) {
        if self.before.kind == Kind::Identifier {
            // `x => …`: its parameter was noted only within brackets.
            let name = self.before;
            self.parameters.pop_if(|at| *at == name.span());
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
            Kind::ParenOpen => self.operand(Value::Import, token),
            _ => {
                self.end_statement();
                self.import_declaration();
            }
        }
    }

    pub(super) fn open_template(&mut self, token: Token) {
        if self.passes_over_opening() {
            return;
        }
        self.begin_operand(token);
        let wanted = self.settings.folds_strings && self.open_interests > 0;
        let before = match template_value(self.text(token)) {
            Some(text) if wanted => Value::Text(text.into_owned()),
            _ => Value::Unknown,
        };
        self.push(Frame::new(Role::Template, Opener::Hole { before, start: token.start }));
    }

    pub(super) fn continue_template(&mut self, token: Token) {
        if self.frameless > 0 {
            self.frameless -= u32::from(token.kind == Kind::TemplateTail);
            return;
        }
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
