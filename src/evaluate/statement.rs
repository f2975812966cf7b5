//! Where statements and declarations begin and end.

use super::{
    frame::{Declaration, Keyword},
    machine::Machine,
    value::Argument,
};
use crate::lexer::{Kind, Token};

impl Machine<'_> {
    /// The expression at the top frame ended; gives what it is.
    pub(super) fn end_expression(&mut self) -> Option<Argument> {
        let argument = self.take_expression();
        if !matches!(self.top().declaration, Declaration::None) {
            self.finish_declaration(argument.as_ref().map(|argument| argument.value.clone()));
        } else if self.follows_values
            && let Some(argument) = &argument
            && argument.value.is_known()
        {
            if self.top().returns {
                self.note_return(argument);
            } else if self.top().exports || self.is_in_class_body() {
                if self.top().exports {
                    self.note_exported_expression(&argument.value);
                }
                self.consume(&argument.value, argument.at);
            }
        }
        argument
    }

    /// The statement at the top frame ended, with its declaration.
    pub(super) fn end_statement(&mut self) {
        // The declaration behind an `export` begins with the end of nothing.
        let ends_something = !self.top().is_empty() || !matches!(self.top().declaration, Declaration::None);
        self.end_expression();
        let frame = self.top_mut();
        frame.declaration = Declaration::None;
        frame.returns = false;
        frame.spread = false;
        frame.exports &= !ends_something;
        self.in_import_equals = false;
    }

    /// `const`, `var`, and `let` in front of a name.
    pub(super) fn declaration(&mut self, token: Token) {
        let is_ambient = self.before.kind == Kind::Identifier && self.spelling(self.before) == b"declare";
        self.end_statement();
        // TypeScript: `declare const require: any` describes what is there.
        if !(self.settings.dialect.typescript && is_ambient) {
            let keyword = if token.kind == Kind::Var { Keyword::Var } else { Keyword::Lexical };
            self.top_mut().declaration = Declaration::Awaiting(keyword);
        }
    }

    /// `function`, `function*` and the name behind it.
    pub(super) fn function(&mut self, token: Token) {
        self.begin_operand(token);
        if self.peek().kind == Kind::Star {
            self.advance();
        }
        self.function_name = None;
        if self.peek().kind == Kind::Identifier {
            self.function_name = Some(self.advance().span());
        }
        // What is read next are its parameters, and no part of an expression.
        self.top_mut().extend(token.span());
    }
}
