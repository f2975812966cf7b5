//! Names and keywords, and the words that are one or the other by their place.
//!
//! No other names are known here: `require` is a name like any other.

use super::super::token::Kind;
use super::frame::{ASYNC_ARROW, AWAIT, CASE, Expect, FrameKind, PENDING_ASYNC, PENDING_GENERATOR, Pending, YIELD};
use super::step::step;
use super::{Context, Taken};

/// A contextual keyword whose meaning the next token decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Word {
    /// None of them.
    Other,
    Async,
    From,
    Let,
    // TypeScript alone knows those below.
    Type,
    Interface,
    /// `namespace`, or `module` in its old meaning.
    Namespace,
    Global,
    /// `declare`, `abstract`: a declaration follows.
    Declare,
}

impl Context {
    pub(super) fn identifier(&mut self, token: Taken<'_>) {
        match self.expect {
            Expect::Name => self.expect = Expect::Operator,
            Expect::Statement | Expect::Operand | Expect::ArrowBody | Expect::Default | Expect::Import => {
                self.begin_word(token);
            }
            Expect::Key | Expect::AfterKey => self.key_word(token),
            // `@a.b`: the rest of a decorator may follow.
            Expect::Decorator => {}
            _ => self.word_after_operand(token),
        }
    }

    /// A word where an expression or a statement begins.
    fn begin_word(&mut self, token: Taken<'_>) {
        let stood = self.expect;
        self.expect = Expect::Operator;
        match token.text {
            b"async" => self.word = Word::Async,
            b"await" if self.top.flags & AWAIT != 0 => self.expect = Expect::Operand,
            b"yield" if self.top.flags & YIELD != 0 => self.expect = Expect::Restricted,
            b"let" if stood == Expect::Statement || self.top.kind == FrameKind::ForHead => self.word = Word::Let,
            b"from" => self.word = Word::From,
            // `export * as default from "x"`
            b"as" if self.previous == Kind::Star && self.before_previous == Kind::Export => self.expect = Expect::Name,
            _ if self.dialect.typescript => self.begin_typescript_word(token, stood),
            _ => {}
        }
    }

    fn begin_typescript_word(&mut self, token: Taken<'_>, stood: Expect) {
        let statement = matches!(stood, Expect::Statement | Expect::Default);
        self.word = match token.text {
            b"type" if statement || stood == Expect::Import => Word::Type,
            b"interface" if statement => Word::Interface,
            b"namespace" | b"module" if statement => Word::Namespace,
            b"global" if statement => Word::Global,
            b"declare" | b"abstract" if statement => Word::Declare,
            _ => Word::Other,
        };
    }

    fn key_word(&mut self, token: Taken<'_>) {
        if self.expect == Expect::Key {
            if self.previous != Kind::Star {
                self.top.flags &= !(PENDING_ASYNC | PENDING_GENERATOR);
            }
        } else if token.word == Word::Async && !token.newline {
            self.top.flags |= PENDING_ASYNC;
        }
        if token.text == b"async" {
            self.word = Word::Async;
        }
        self.expect = Expect::AfterKey;
    }

    /// A word where an operator could stand: a contextual keyword, or what follows one, or a new statement.
    fn word_after_operand(&mut self, token: Taken<'_>) {
        let start = self.top.kind.start();
        let typescript = self.dialect.typescript;
        match token.text {
            _ if self.previous == Kind::Function => self.expect = Expect::Operator,
            // Nothing is inserted inside parentheses and heads, where expressions start.
            _ if token.newline && start != Expect::Operand => {
                self.begin_statement();
                if start == Expect::Key { self.key_word(token) } else { self.begin_word(token) }
            }
            b"of" if self.top.kind == FrameKind::ForHead => self.expect = Expect::Operand,
            b"as" | b"satisfies" if typescript => self.begin_type(),
            b"implements" if typescript && self.top.kind.is_class_head() => self.begin_type(),
            b"from" => {
                self.expect = Expect::Operator;
                self.word = Word::From;
            }
            _ => self.word_after_word(token),
        }
    }

    fn word_after_word(&mut self, token: Taken<'_>) {
        match token.word {
            Word::Type => {
                self.top.pending = Pending::Alias;
                self.expect = Expect::TypeOperator;
            }
            Word::Interface => {
                self.top.pending = Pending::Interface;
                self.expect = Expect::TypeOperator;
            }
            Word::Namespace => {
                self.top.pending = Pending::Namespace;
                self.expect = Expect::Operator;
            }
            Word::Declare => {
                self.expect = Expect::Statement;
                self.begin_word(token);
            }
            Word::Async => {
                self.top.flags |= ASYNC_ARROW;
                self.expect = Expect::Operator;
            }
            _ => self.expect = Expect::Operator,
        }
    }

    /// A keyword, or a name that looks like one.
    pub(super) fn keyword(&mut self, token: Taken<'_>) -> Kind {
        let kind = token.kind;
        match self.expect {
            Expect::Name => {
                self.expect = Expect::Operator;
                return Kind::Identifier;
            }
            Expect::Decorator => return Kind::Identifier,
            Expect::Operator | Expect::Body if !self.continues_head(token) => self.begin_statement(),
            _ => {}
        }
        if matches!(self.expect, Expect::Key | Expect::AfterKey) {
            self.key_word(token);
            return Kind::Identifier;
        }
        self.reserved(token);
        kind
    }

    /// The keyword continues what was read last, or what was read says what it is.
    fn continues_head(&self, token: Taken<'_>) -> bool {
        match token.kind {
            Kind::In | Kind::Instanceof | Kind::Extends => true,
            Kind::Function => token.word == Word::Async && !token.newline,
            _ => false,
        }
    }

    fn reserved(&mut self, token: Taken<'_>) {
        if let Some(expect) = step(self.expect, token.kind) {
            self.expect = expect;
            return;
        }
        self.expect = match token.kind {
            Kind::Function => return self.begin_function(token),
            Kind::Class => return self.begin_class(),
            Kind::Import => Expect::Import,
            Kind::Case => {
                self.top.flags |= CASE;
                Expect::Operand
            }
            Kind::Default if self.previous == Kind::Export => Expect::Default,
            Kind::Default => {
                self.top.flags |= CASE;
                Expect::Operator
            }
            Kind::Enum => {
                self.top.pending = Pending::Enum;
                Expect::Operator
            }
            _ => Expect::Operand,
        };
    }

    fn begin_function(&mut self, token: Taken<'_>) {
        let is_async = token.word == Word::Async && !token.newline;
        // `async` stood where the function stands.
        let stood = if is_async { self.stood } else { self.expect };
        let declaration = matches!(stood, Expect::Statement | Expect::Default);
        self.top.pending = if declaration { Pending::Function } else { Pending::FunctionExpression };
        self.top.flags &= !(PENDING_ASYNC | PENDING_GENERATOR);
        if is_async {
            self.top.flags |= PENDING_ASYNC;
        }
        self.expect = Expect::Operator;
    }

    fn begin_class(&mut self) {
        let declaration = matches!(self.expect, Expect::Statement | Expect::Default);
        let head = if declaration { FrameKind::ClassHead } else { FrameKind::ClassExpressionHead };
        self.push(head, Expect::Operator);
        self.expect = Expect::Operator;
    }
}
