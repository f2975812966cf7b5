//! What each bracket is for: the frames that are pushed and popped.
//!
//! A bracket that closes nothing is passed over; a `}` closes what was left
//! open inside its braces, so that one broken line does not spoil a file.

use super::super::token::{Kind, Role};
use super::frame::{
    ASYNC_ARROW, AWAIT, Expect, Frame, FrameKind, PARAMETERS, PENDING_ASYNC, PENDING_GENERATOR, Pending, YIELD,
};
use super::word::Word;
use super::{Context, Taken};

/// Brackets that are told apart: a hundred times as many as engines read. Further ones are only counted.
const MOST_OPEN: usize = 1 << 20;

impl Context {
    /// Opens a frame after which `after` is expected.
    pub(in crate::lexer) fn push(&mut self, kind: FrameKind, after: Expect) {
        let closer = kind.closer();
        if self.outer.len() >= MOST_OPEN {
            self.beyond += u32::from(closer != Kind::End);
            self.expect = kind.start();
            return;
        }
        self.depth += usize::from(closer != Kind::End);
        self.braces += usize::from(closer == Kind::BraceClose);
        let flags = self.top.flags & (AWAIT | YIELD);
        let frame = Frame { kind, after, pending: Pending::Nothing, flags, questions: 0 };
        self.outer.push(std::mem::replace(&mut self.top, frame));
        self.expect = kind.start();
    }

    /// Closes the innermost frame, unless it is the file's.
    pub(in crate::lexer) fn pop(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(outer) = self.outer.pop() else { return };
        let closed = std::mem::replace(&mut self.top, outer);
        let closer = closed.kind.closer();
        self.depth -= usize::from(closer != Kind::End);
        self.braces -= usize::from(closer == Kind::BraceClose);
        self.expect = closed.after;
    }

    /// The innermost frame.
    pub(in crate::lexer) fn top(&self) -> Frame {
        self.top
    }

    /// The innermost frame, to mark it.
    pub(in crate::lexer) fn top_mut(&mut self) -> &mut Frame {
        &mut self.top
    }

    /// Whether the `}` to come ends the hole of a template. What was left open in the hole is closed.
    pub(in crate::lexer) fn brace_ends_hole(&mut self) -> bool {
        if self.braces > 0 {
            while self.top.kind.closer() != Kind::BraceClose {
                self.pop();
            }
        }
        matches!(self.top.kind, FrameKind::Template | FrameKind::TypeTemplate)
    }

    pub(super) fn close(&mut self, closer: Kind) -> Role {
        if self.beyond > 0 {
            self.beyond -= 1;
            self.expect = Expect::Operator;
            // It closes something, whatever that was.
            return Role::Group;
        }
        while self.top.kind.closer() == Kind::End && self.top.kind != FrameKind::File {
            self.pop();
        }
        if self.top.kind.closer() != closer {
            self.expect = match self.top.kind.start() {
                Expect::TypeOperand => Expect::TypeOperator,
                Expect::Statement if closer == Kind::BraceClose => Expect::Statement,
                _ => Expect::Operator,
            };
            return Role::None;
        }
        let closed = self.top;
        self.pop();
        match closed.kind {
            FrameKind::Group => self.top.flags |= closed.flags & ASYNC_ARROW,
            FrameKind::TypeParen => self.close_type_paren(closed.flags & PARAMETERS != 0),
            _ => {}
        }
        closed.kind.role()
    }

    fn open(&mut self, kind: FrameKind, after: Expect) -> Role {
        self.push(kind, after);
        kind.role()
    }

    pub(super) fn open_paren(&mut self, token: Taken<'_>) -> Role {
        let head = self.paren_after_keyword();
        if let Some(kind) = head {
            return self.open(kind, Expect::Statement);
        }
        if matches!(self.top.pending, Pending::Function | Pending::FunctionExpression) && self.expect != Expect::Body {
            return self.open(FrameKind::Parameters, Expect::Body);
        }
        match self.expect {
            Expect::Key | Expect::AfterKey => {
                self.top.pending = Pending::Method;
                self.open(FrameKind::Parameters, Expect::Body)
            }
            Expect::Decorator if self.previous == Kind::At => {
                let after = self.top.kind.start();
                self.open(FrameKind::Group, after)
            }
            Expect::Decorator => self.open(FrameKind::Call, Expect::Decorator),
            Expect::Operator if token.word == Word::Async && !token.newline => {
                let role = self.open(FrameKind::Group, Expect::Operator);
                self.top.flags |= ASYNC_ARROW;
                role
            }
            Expect::Operator | Expect::Name | Expect::Import => self.open(FrameKind::Call, Expect::Operator),
            _ => self.open(FrameKind::Group, Expect::Operator),
        }
    }

    /// The head of a statement, if the keyword before the `(` begins one.
    fn paren_after_keyword(&self) -> Option<FrameKind> {
        // After `.` and as keys these words are names.
        if self.stood == Expect::Name || matches!(self.expect, Expect::Key | Expect::AfterKey | Expect::Decorator) {
            return None;
        }
        match self.previous {
            Kind::If | Kind::While | Kind::With => Some(FrameKind::Head),
            Kind::For => Some(FrameKind::ForHead),
            // `for await (`
            Kind::Identifier if self.before_previous == Kind::For && self.stood == Expect::Operand => {
                Some(FrameKind::ForHead)
            }
            Kind::Catch | Kind::Switch => Some(FrameKind::BlockHead),
            _ => None,
        }
    }

    pub(super) fn open_bracket(&mut self, token: Taken<'_>) -> Role {
        match self.expect {
            Expect::Key | Expect::AfterKey => self.open(FrameKind::ComputedKey, Expect::AfterKey),
            Expect::Operator if token.word == Word::Let => self.open(FrameKind::Array, Expect::Operator),
            Expect::Operator | Expect::Name => self.open(FrameKind::Member, Expect::Operator),
            _ => self.open(FrameKind::Array, Expect::Operator),
        }
    }

    pub(super) fn open_brace(&mut self, token: Taken<'_>) -> Role {
        if self.top.kind.is_class_head() && !matches!(self.expect, Expect::Operand | Expect::ArrowBody) {
            return self.open_class();
        }
        if self.top.pending != Pending::Nothing && matches!(self.expect, Expect::Body | Expect::Operator) {
            return self.open_pending();
        }
        match self.expect {
            Expect::Statement if self.previous == Kind::Export => self.open(FrameKind::Object, Expect::Operator),
            Expect::Operand if self.previous == Kind::With => self.open(FrameKind::Object, Expect::Ended),
            Expect::Operand | Expect::Default | Expect::Import => self.open(FrameKind::Object, Expect::Operator),
            Expect::ArrowBody => self.open(FrameKind::FunctionExpression, Expect::Ended),
            Expect::Operator if !token.newline && token.word == Word::Global => self.open_namespace(),
            Expect::Operator if matches!(token.word, Word::Let | Word::Type) => {
                self.open(FrameKind::Object, Expect::Operator)
            }
            Expect::Key | Expect::AfterKey => self.open(FrameKind::Block, Expect::Key),
            _ => self.open(FrameKind::Block, Expect::Statement),
        }
    }

    fn open_class(&mut self) -> Role {
        let declaration = self.top.kind == FrameKind::ClassHead;
        self.pop();
        if declaration {
            self.open(FrameKind::Class, Expect::Statement)
        } else {
            self.open(FrameKind::ClassExpression, Expect::Operator)
        }
    }

    /// The `{` that a head has waited for.
    fn open_pending(&mut self) -> Role {
        let pending = std::mem::replace(&mut self.top.pending, Pending::Nothing);
        match pending {
            Pending::Nothing | Pending::Alias | Pending::Interface => {
                // Its `}` is a type's, and so is this.
                self.in_type = true;
                self.open(FrameKind::Type, Expect::Statement)
            }
            Pending::Enum => self.open(FrameKind::Enum, Expect::Statement),
            Pending::Namespace => self.open_namespace(),
            Pending::Function => self.open_function(FrameKind::Function, Expect::Statement),
            Pending::FunctionExpression => self.open_function(FrameKind::FunctionExpression, Expect::Operator),
            Pending::Method => {
                let in_object = self.top.kind == FrameKind::Object;
                let after = if in_object { Expect::Ended } else { Expect::Key };
                self.open_function(FrameKind::FunctionExpression, after)
            }
        }
    }

    fn open_namespace(&mut self) -> Role {
        self.open(FrameKind::Namespace, Expect::Statement)
    }

    fn open_function(&mut self, kind: FrameKind, after: Expect) -> Role {
        let head = self.top.flags;
        self.top.flags &= !(PENDING_ASYNC | PENDING_GENERATOR);
        let role = self.open(kind, after);
        self.top.flags = 0;
        if head & PENDING_ASYNC != 0 {
            self.top.flags |= AWAIT;
        }
        if head & PENDING_GENERATOR != 0 {
            self.top.flags |= YIELD;
        }
        role
    }

    /// A part of a template with holes.
    pub(super) fn template(&mut self, token: Taken<'_>) -> Role {
        match token.kind {
            Kind::TemplateHead => {
                if self.expect == Expect::Operator && token.newline && self.top.kind.start() == Expect::Key {
                    self.begin_statement();
                }
                self.push(FrameKind::Template, Expect::Operator);
            }
            Kind::TemplateMiddle => self.expect = self.top.kind.start(),
            _ => self.pop(),
        }
        Role::Template
    }
}
