//! TypeScript's types, as far as their end must be found.
//!
//! Inside brackets everything is a type until the bracket closes. Outside, in
//! `x: T = 5` or `x as T`, a run of types ends at the first token that no type
//! continues. Types are not understood: they only must not be taken for code.

use super::super::token::{Kind, Role};
use super::frame::{Expect, FrameKind, PARAMETERS, Pending};
use super::{Context, Taken};

/// The state of a run of types that stands among code.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    /// `extends` has been read, so `?` begins the branches of a conditional type.
    extends: bool,
    /// `?` of conditional types that still wait for their `:`.
    questions: u32,
    /// The `)` before this token closed parameters: `=>` continues the type.
    parameters: bool,
}

impl Context {
    /// A type comes next, among code.
    pub(super) fn begin_type(&mut self) {
        self.run = Run::default();
        self.in_type = true;
        self.expect = Expect::TypeOperand;
    }

    pub(super) fn close_type_paren(&mut self, parameters: bool) {
        self.run.parameters = parameters || self.previous == Kind::ParenOpen;
    }

    pub(super) fn take_in_type(&mut self, token: Taken<'_>) -> (Kind, Role) {
        self.in_type = true;
        if self.top.kind.is_type() {
            return self.take_in_type_frame(token);
        }
        let continues =
            if self.expect == Expect::TypeOperand { self.take_operand(token) } else { self.take_operator(token) };
        if let Some(taken) = continues {
            return taken;
        }
        self.in_type = false;
        self.end_type(token);
        self.take_in_code(token)
    }

    fn end_type(&mut self, token: Taken<'_>) {
        let body =
            token.kind == Kind::BraceOpen && (self.top.pending != Pending::Nothing || self.top.kind.is_class_head());
        self.expect = Expect::Operator;
        if token.newline && !body && self.begins_anew(token.kind) {
            self.begin_statement();
        }
    }

    /// Inside brackets of types.
    fn take_in_type_frame(&mut self, token: Taken<'_>) -> (Kind, Role) {
        let kind = token.kind;
        match kind {
            Kind::ParenClose | Kind::BracketClose | Kind::BraceClose => return (kind, self.close(kind)),
            Kind::Greater if self.top.kind == FrameKind::Angle => {
                self.pop();
                return (kind, Role::None);
            }
            Kind::Semicolon if self.top.kind == FrameKind::Angle => {
                self.semicolon();
                return (kind, Role::None);
            }
            Kind::TemplateMiddle => return (kind, Role::Template),
            Kind::TemplateTail => {
                self.pop();
                return (kind, Role::Template);
            }
            Kind::Ellipsis | Kind::Comma => self.top.flags |= PARAMETERS,
            Kind::Question => self.top.questions = self.top.questions.saturating_add(1),
            Kind::Colon => self.colon_in_type(),
            _ => {}
        }
        self.open_type(token).unwrap_or((name_in_type(kind), Role::None))
    }

    /// `:` of a conditional type, or of a parameter.
    fn colon_in_type(&mut self) {
        if self.top.questions > 0 && self.previous != Kind::Question {
            self.top.questions -= 1;
        } else {
            self.top.flags |= PARAMETERS;
        }
    }

    /// A bracket or template that opens inside a type.
    fn open_type(&mut self, token: Taken<'_>) -> Option<(Kind, Role)> {
        let frame = match token.kind {
            Kind::ParenOpen => FrameKind::TypeParen,
            Kind::BracketOpen => FrameKind::TypeBracket,
            Kind::BraceOpen => FrameKind::Type,
            Kind::TemplateHead => FrameKind::TypeTemplate,
            _ => return None,
        };
        self.push(frame, Expect::TypeOperator);
        Some((token.kind, frame.role()))
    }

    /// A token where a type begins; `None` if no type begins with it.
    fn take_operand(&mut self, token: Taken<'_>) -> Option<(Kind, Role)> {
        let kind = token.kind;
        self.expect = match kind {
            Kind::Identifier if is_prefix(token.text) => Expect::TypeOperand,
            Kind::Typeof | Kind::New | Kind::Minus | Kind::Bitwise | Kind::Ellipsis | Kind::Question => {
                Expect::TypeOperand
            }
            Kind::Identifier | Kind::String | Kind::Number | Kind::Template => Expect::TypeOperator,
            Kind::Void | Kind::Null | Kind::This | Kind::True | Kind::False | Kind::Import | Kind::Const => {
                Expect::TypeOperator
            }
            // `a.default`
            _ if self.previous == Kind::Dot && name_in_type(kind) != kind => Expect::TypeOperator,
            _ => return self.open_type(token),
        };
        Some((name_in_type(kind), Role::None))
    }

    /// A token after a type; `None` if it does not continue the type.
    fn take_operator(&mut self, token: Taken<'_>) -> Option<(Kind, Role)> {
        let head = self.top.pending;
        match token.kind {
            Kind::Dot | Kind::Bitwise => {}
            Kind::Arrow if self.run.parameters && self.previous == Kind::ParenClose => {}
            Kind::Extends => self.run.extends = true,
            Kind::Question if self.run.extends => {
                self.run.extends = false;
                self.run.questions = self.run.questions.saturating_add(1);
            }
            Kind::Colon if self.run.questions > 0 => self.run.questions -= 1,
            Kind::Identifier if token.text == b"is" && !token.newline => {}
            Kind::Comma if head == Pending::Interface || self.top.kind.is_class_head() => {}
            Kind::Assign if head == Pending::Alias => self.top.pending = Pending::Nothing,
            Kind::BracketOpen if !token.newline => return self.open_type(token),
            // `import("x")`
            Kind::ParenOpen if self.previous == Kind::Import => return self.open_type(token),
            _ => return None,
        }
        self.expect = Expect::TypeOperand;
        Some((name_in_type(token.kind), Role::None))
    }
}

/// In a type every word is a name.
fn name_in_type(kind: Kind) -> Kind {
    if (kind as u8) >= (Kind::Break as u8) { Kind::Identifier } else { kind }
}

/// An operator of types that stands before its operand.
fn is_prefix(text: &[u8]) -> bool {
    matches!(text, b"keyof" | b"unique" | b"readonly" | b"infer" | b"asserts" | b"abstract")
}
