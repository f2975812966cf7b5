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
        let source = self.source;
        let argument = self.top_mut().take(source);
        if self.top().arrows > 0 {
            self.end_arrows();
        }
        if !matches!(self.top().declaration, Declaration::None) {
            self.finish_declaration(argument.as_ref().map(|argument| argument.value.clone()));
        }
        argument
    }

    /// The statement at the top frame ended, with its declaration.
    pub(super) fn end_statement(&mut self) {
        self.end_expression();
        let frame = self.top_mut();
        frame.declaration = Declaration::None;
        self.in_import_equals = false;
    }

    /// `const`, `var`, and `let` in front of a name.
    pub(super) fn declaration(&mut self, token: Token) {
        let is_ambient = self.before.kind == Kind::Identifier && self.text(self.before) == b"declare";
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
    }
}
