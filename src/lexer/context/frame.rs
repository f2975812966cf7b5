//! What is open around the next token: the brackets, and the heads that wait for theirs.
//!
//! A frame knows what its bracket is for and what follows it. It knows
//! nothing of the tokens inside it.

use super::super::token::{Kind, Role};

/// What may come next.
///
/// The order matters: from [`Expect::Ended`] on, the next token's kind and
/// the line break before it decide what it really is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(in crate::lexer) enum Expect {
    /// A statement.
    Statement,
    /// An expression.
    Operand,
    /// An expression or a declaration without a name: after `export default`.
    Default,
    /// What is imported, or the `(` of a call: after `import`.
    Import,
    /// An expression or the `{` of a function body: after `=>`.
    ArrowBody,
    /// Anything that may follow a complete operand.
    Operator,
    /// A name, whatever it looks like: after `.` and `?.`.
    Name,
    /// The body of a function, or the type before it: after its parameters.
    Body,
    /// The key of a property, or a modifier before it.
    Key,
    /// What follows a key or a modifier.
    AfterKey,

    /// Nothing that continues the construct before it (an arrow function's body, an import).
    Ended,
    /// An expression on this line, or a statement on the next: after `return`.
    Restricted,
    /// The rest of a decorator, or what it decorates.
    Decorator,
    /// A type.
    TypeOperand,
    /// Anything that may follow a type.
    TypeOperator,
    /// What stands between `<` and `>` of an element.
    JsxTag,
    /// What stands between an element's tags.
    JsxChildren,
}

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::lexer) enum FrameKind {
    /// The whole file: never closed.
    File,

    // ( … )
    Group,
    Call,
    Head,
    ForHead,
    BlockHead,
    Parameters,
    TypeParen,

    // [ … ]
    Array,
    Member,
    ComputedKey,
    TypeBracket,

    // { … }
    Block,
    Object,
    Function,
    FunctionExpression,
    Class,
    ClassExpression,
    Type,
    Enum,
    Namespace,
    JsxHole,
    Template,
    TypeTemplate,

    // Without brackets that the lexer hands out as such.
    /// From `class` to its `{`.
    ClassHead,
    ClassExpressionHead,
    /// `<` … `>` around type arguments or parameters.
    Angle,
    /// `<` … `>` of an element.
    JsxTag,
    /// Between an element's tags.
    JsxChildren,
}

impl FrameKind {
    /// The role that its brackets carry.
    pub(in crate::lexer) fn role(self) -> Role {
        match self {
            Self::Group | Self::Array | Self::ComputedKey | Self::TypeParen | Self::TypeBracket => Role::Group,
            Self::Call | Self::Member => Role::Call,
            Self::Head | Self::ForHead => Role::Head,
            Self::BlockHead => Role::BlockHead,
            Self::Parameters => Role::Parameters,
            Self::Block => Role::Block,
            Self::Object => Role::Object,
            Self::Function => Role::Function,
            Self::FunctionExpression => Role::FunctionExpression,
            Self::Class => Role::Class,
            Self::ClassExpression => Role::ClassExpression,
            Self::Type | Self::Enum | Self::Namespace => Role::Type,
            Self::JsxHole => Role::Jsx,
            Self::Template | Self::TypeTemplate => Role::Template,
            Self::File
            | Self::ClassHead
            | Self::ClassExpressionHead
            | Self::Angle
            | Self::JsxTag
            | Self::JsxChildren => Role::None,
        }
    }

    /// The bracket that closes it; [`Kind::End`] where no bracket does.
    pub(in crate::lexer) fn closer(self) -> Kind {
        match self {
            Self::Group
            | Self::Call
            | Self::Head
            | Self::ForHead
            | Self::BlockHead
            | Self::Parameters
            | Self::TypeParen => Kind::ParenClose,
            Self::Array | Self::Member | Self::ComputedKey | Self::TypeBracket => Kind::BracketClose,
            Self::File
            | Self::ClassHead
            | Self::ClassExpressionHead
            | Self::Angle
            | Self::JsxTag
            | Self::JsxChildren => Kind::End,
            _ => Kind::BraceClose,
        }
    }

    /// What stands at its beginning, and again after each `;` in it.
    pub(in crate::lexer) fn start(self) -> Expect {
        match self {
            Self::File | Self::Block | Self::Function | Self::FunctionExpression | Self::Namespace => Expect::Statement,
            Self::Object | Self::Class | Self::ClassExpression | Self::Enum => Expect::Key,
            Self::JsxTag => Expect::JsxTag,
            Self::JsxChildren => Expect::JsxChildren,
            _ if self.is_type() => Expect::TypeOperand,
            _ => Expect::Operand,
        }
    }

    /// Nothing but types stands in it.
    pub(in crate::lexer) fn is_type(self) -> bool {
        matches!(self, Self::TypeParen | Self::TypeBracket | Self::Type | Self::TypeTemplate | Self::Angle)
    }

    /// From `class` to its `{`.
    pub(in crate::lexer) fn is_class_head(self) -> bool {
        matches!(self, Self::ClassHead | Self::ClassExpressionHead)
    }
}

/// A head that has been read and waits for its `(` or `{`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::lexer) enum Pending {
    Nothing,
    Function,
    FunctionExpression,
    Method,
    /// `type X`, waiting for its `=`.
    Alias,
    Interface,
    Enum,
    Namespace,
}

/// One frame of the stack.
#[derive(Clone, Copy, Debug)]
pub(in crate::lexer) struct Frame {
    pub(in crate::lexer) kind: FrameKind,
    /// What may come after it.
    pub(in crate::lexer) after: Expect,
    /// The head that was read last in it and waits for more.
    pub(super) pending: Pending,
    /// The facts below, as bits.
    pub(in crate::lexer) flags: u8,
    /// `?` in it that still wait for their `:`.
    pub(super) questions: u32,
}

const _: () = assert!(size_of::<Frame>() == 8);

impl Frame {
    /// Whether the fact behind this bit holds.
    pub(in crate::lexer) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// `await` is a keyword here.
pub(super) const AWAIT: u8 = 1 << 0;
/// `yield` is a keyword here.
pub(super) const YIELD: u8 = 1 << 1;
/// The pending function or method is `async`.
pub(super) const PENDING_ASYNC: u8 = 1 << 2;
/// The pending function or method is a generator.
pub(super) const PENDING_GENERATOR: u8 = 1 << 3;
/// A `case` or `default` waits for its `:`.
pub(super) const CASE: u8 = 1 << 4;
/// `async` stood before this `(`, or before parameters that `=>` may follow.
pub(super) const ASYNC_ARROW: u8 = 1 << 5;
/// What stood in this type's parentheses can only be parameters.
pub(super) const PARAMETERS: u8 = 1 << 6;
/// In a tag: it is a closing one.
pub(in crate::lexer) const CLOSING: u8 = 1 << 6;
/// In a tag: a `/` stood in it.
pub(in crate::lexer) const SELF_CLOSING: u8 = 1 << 7;
