//! What is known about the brackets that are open, one frame each.
//!
//! A frame folds the expression that is being read at its level: what stands
//! left of the last operator, that operator, and the operand read last. Frames
//! hold no token but literals and know nothing of names.

use super::value::{Argument, Value};
use crate::{lexer::Role, record::Span};

/// What closing the bracket does.
#[derive(Clone, Debug)]
pub(super) enum Opener {
    /// The file, a block, a body: statements.
    Statements,
    /// `try { … }`.
    Try,
    /// `( … )` around an expression: its value is the expression's.
    Group,
    /// `( … )` of a call.
    Call(Box<Call>),
    /// `[ … ]` after the value whose member it names.
    Member(Value),
    /// `${ … }` of a template: what was read of it so far.
    Hole {
        /// The template's text up to here, or unknown.
        before: Value,
        /// Where the template begins.
        start: u32,
    },
    /// `{ … }` or `[ … ]` after `const`, `let`, `var`: the names it binds.
    Pattern(Vec<PatternEntry>),
    /// Parameters, literals and whatever else gives nothing.
    Other,
}

/// A call whose arguments are being read.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// What is called.
    pub(super) callee: Value,
    /// The first arguments, as many as [`Call::KEPT`].
    pub(super) arguments: Vec<Argument>,
}

impl Call {
    /// No function that is known looks at more of its arguments.
    pub(super) const KEPT: usize = 2;
}

/// `key: local` of an object pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatternEntry {
    /// The member that is taken; `None` for what lies deeper, or in an array.
    pub(super) key: Option<Span>,
    /// The name that it gets.
    pub(super) local: Span,
}

/// A declaration whose end has not been read.
#[derive(Clone, Debug)]
pub(super) enum Declaration {
    /// None is open.
    None,
    /// After `const`, `let`, `var` or their comma: a name or a pattern follows.
    Awaiting(Keyword),
    /// After the name.
    Named(Keyword, Span),
    /// After the pattern.
    Destructured(Keyword, Vec<PatternEntry>),
}

/// Which scope a declaration belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// The nearest function.
    Var,
    /// The nearest block.
    Lexical,
    /// The nearest block; allowed to take a name of the CommonJS wrapper.
    Function,
}

/// The operator between what was folded and the operand that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pending {
    /// Nothing was read yet.
    Nothing,
    /// `+` between two operands.
    Plus,
    /// `||`, `??`, `&&`, `?` or its `:` between two values of which either may be had.
    Either,
    /// Any other: the result is unknown.
    Other,
}

/// One open bracket.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// What the lexer calls it.
    pub(super) role: Role,
    /// What closing it does.
    pub(super) opener: Opener,
    /// Where the bracket stands.
    pub(super) opened_at: u32,
    /// The declaration that is being read at this level.
    pub(super) declaration: Declaration,
    /// How many references were known when it was opened.
    pub(super) references_at: usize,
    /// How many possible parameters were known when it was opened.
    pub(super) parameters_at: usize,
    /// How many bindings were known when it was opened.
    pub(super) bindings_at: usize,
    /// An arrow's expression body is being read at this level, this many deep.
    pub(super) arrows: u32,
    /// Names in it may be parameters, or the names of a pattern.
    pub(super) binds: bool,
    /// The `=` of the declaration was read.
    pub(super) initialized: bool,
    /// Uses of the wrapper's names before that `=`.
    pub(super) uses_at: u32,
    /// The frame that owns a `var` here.
    pub(super) function_scope: usize,
    /// The frame that owns a `let` here.
    pub(super) block_scope: usize,
    /// The `try` block that the bracket stands in.
    pub(super) outer_try: u32,
    /// The function whose parameters are being read.
    pub(super) function_name: Option<Span>,
    /// A `?` of this level waits for its `:`.
    pub(super) conditions: u32,
    left: Value,
    pending: Pending,
    operand: Option<Value>,
    start: Option<u32>,
    end: u32,
}

impl Frame {
    /// A frame without anything in it.
    pub(super) fn new(role: Role, opener: Opener) -> Self {
        Self {
            role,
            opener,
            opened_at: 0,
            declaration: Declaration::None,
            references_at: 0,
            parameters_at: 0,
            bindings_at: 0,
            arrows: 0,
            binds: false,
            initialized: false,
            uses_at: 0,
            function_scope: 0,
            block_scope: 0,
            outer_try: 0,
            function_name: None,
            conditions: 0,
            left: Value::Unknown,
            pending: Pending::Nothing,
            operand: None,
            start: None,
            end: 0,
        }
    }

    /// The operand that was read last, if no operator followed it.
    pub(super) fn operand(&self) -> Option<&Value> {
        self.operand.as_ref()
    }

    /// Whether nothing of an expression was read yet.
    pub(super) fn is_empty(&self) -> bool {
        self.start.is_none()
    }

    /// An operand follows an operator, or begins an expression.
    pub(super) fn set_operand(&mut self, value: Value, at: Span) {
        self.operand = Some(value);
        self.extend(at);
    }

    /// What the operand turned out to be once `.name`, `(…)` or `[…]` was read behind it.
    pub(super) fn change_operand(&mut self, value: Value, end: u32) {
        self.operand = Some(value);
        self.end = end;
    }

    /// `+` was read.
    pub(super) fn plus(&mut self, at: Span, source: &[u8], folds: bool) {
        let binary = folds && self.operand.is_some();
        self.fold(source);
        self.pending = if binary { Pending::Plus } else { Pending::Other };
        self.extend(at);
    }

    /// `||`, `??` or `&&` was read: what is on its left may be what is had.
    pub(super) fn either(&mut self, at: Span, source: &[u8]) {
        self.fold(source);
        self.pending = Pending::Either;
        self.extend(at);
    }

    /// `?` was read: what is on its left is not what is had.
    pub(super) fn condition(&mut self, at: Span, source: &[u8]) {
        self.either(at, source);
        self.left = Value::Unknown;
    }

    /// Any other operator was read, also one that stands before its operand.
    pub(super) fn other_operator(&mut self, at: Span, source: &[u8]) {
        self.fold(source);
        self.pending = Pending::Other;
        self.extend(at);
    }

    /// Takes the value of the expression that ended, and begins the next.
    pub(super) fn take(&mut self, source: &[u8]) -> Option<Argument> {
        self.fold(source);
        let at = Span { start: self.start?, end: self.end };
        let value = std::mem::replace(&mut self.left, Value::Unknown);
        let whole = self.pending != Pending::Other;
        self.clear();
        Some(Argument { value: if whole { value } else { Value::Unknown }, at })
    }

    /// The operand was a contextual keyword, such as `await`: the next one takes its place.
    pub(super) fn forget_operand(&mut self) {
        self.operand = None;
        if self.pending == Pending::Nothing {
            self.start = None;
        }
    }

    /// Forgets the expression that was being read.
    pub(super) fn clear(&mut self) {
        self.left = Value::Unknown;
        self.pending = Pending::Nothing;
        self.operand = None;
        self.start = None;
        self.conditions = 0;
    }

    fn extend(&mut self, at: Span) {
        self.start.get_or_insert(at.start);
        self.end = at.end;
    }

    fn fold(&mut self, source: &[u8]) {
        let operand = self.operand.take();
        match (self.pending, operand) {
            (Pending::Nothing, Some(value)) => self.left = value,
            (Pending::Plus, Some(value)) => {
                let left = std::mem::replace(&mut self.left, Value::Unknown);
                self.left = left.plus(&value, source);
            }
            // Only functions that load files: which string is had matters too much.
            (Pending::Either, Some(value)) if !self.left.loads() => {
                self.left = if value.loads() { value } else { Value::Unknown };
            }
            (Pending::Either, _) | (Pending::Nothing, None) => {}
            (Pending::Plus, None) | (Pending::Other, _) => {
                self.left = Value::Unknown;
                self.pending = Pending::Other;
            }
        }
    }
}

/// One name in one scope. They stand in the order of the frames that own them.
#[derive(Debug)]
pub(super) struct Binding<'s> {
    pub(super) name: &'s [u8],
    pub(super) value: Value,
    /// A parameter of an arrow without braces: it ends with the expression.
    pub(super) arrow: bool,
}
