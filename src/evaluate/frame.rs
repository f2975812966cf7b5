//! What is known about the brackets that are open, one frame each.
//!
//! A frame holds the operand that was read last at its level; what stands left
//! of it waits on the machine's stack of operators (`fold`). Frames hold no
//! token but literals and know nothing of names.

use super::value::{Argument, Filling, Object, Value};
use crate::{
    lexer::{Kind, Role},
    record::Span,
};

/// What closing the bracket does.
#[derive(Debug)]
pub(super) enum Opener {
    /// The file, a block, a body: statements.
    Statements,
    /// `try { … }`.
    Try,
    /// The statement behind `for (const name of …)`, where no `{` stands.
    Body,
    /// `( … )` around an expression: its value is the expression's.
    Group,
    /// `( … )` of a call.
    Call(Box<Call>),
    /// `( … )` of a call of which nothing is known. It keeps its first
    /// argument, if that is a module or a function: it may be what is given back.
    UnknownCall(Value),
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
    /// `[ … ]` that may be an array: its elements, and what is known of their places.
    Array(Vec<Value>, Filling),
    /// `{ … }` that may be an object.
    Object(Box<Literal>),
    /// Parameters, literals and whatever else gives nothing.
    Other,
}

impl Opener {
    /// What stands between its commas is kept.
    pub(super) fn takes_parts(&self) -> bool {
        matches!(self, Self::Call(_) | Self::UnknownCall(_) | Self::Array(..) | Self::Object(_))
    }
}

/// A call whose arguments are being read.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// What is called.
    pub(super) callee: Value,
    /// The first arguments, as many as [`Call::KEPT`].
    pub(super) arguments: Vec<Argument>,
    /// One of them was spread: their places are not known.
    pub(super) spread: bool,
}

impl Call {
    /// No function that is known looks at more of its arguments, but `path.join`.
    pub(super) const KEPT: usize = 16;
}

/// An object that is being read.
#[derive(Debug, Default)]
pub(super) struct Literal {
    /// What was read of it.
    pub(super) object: Object,
    /// The member whose value is being read.
    pub(super) property: Option<Property>,
    /// A function of it was read, with a `this` that had so many members.
    pub(super) known_to_this: Option<usize>,
}

/// A member of an object whose value is being read.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: Box<str>,
    /// Where the name stands, if it is not quoted.
    pub(super) at: Option<Span>,
    /// The value is what the function returns that is being read.
    pub(super) is_getter: bool,
}

/// `key: local` of a pattern.
#[derive(Clone, Debug)]
pub(super) struct PatternEntry {
    /// The patterns around its own, the innermost first.
    pub(super) outer: Vec<Option<Key>>,
    /// The member that is taken; `None` where that is not known.
    pub(super) key: Option<Key>,
    /// The name that it gets.
    pub(super) local: Span,
    /// What it gets where there is nothing.
    pub(super) default: Value,
}

/// What a pattern takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key {
    /// The member of that name.
    Member(Span),
    /// The element of that number.
    Element(u8),
    /// What the names before it leave, of an array from that element on.
    Rest(u8),
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
    /// After `name of`: what follows is what is gone through.
    Each(Keyword, Span),
    /// After a pattern and `of`.
    EachDestructured(Keyword, Vec<PatternEntry>),
    /// After `name in`: what follows has the keys that are gone through.
    EachKey(Keyword, Span),
}

/// Which scope a declaration belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// The nearest function.
    Var,
    /// The nearest block.
    Lexical,
    /// The nearest block, and it keeps its value.
    Constant,
    /// The nearest block; allowed to take a name of the CommonJS wrapper.
    Function,
}

impl Keyword {
    /// Known from its declaration to the end of its block.
    pub(super) fn is_lexical(self) -> bool {
        matches!(self, Self::Lexical | Self::Constant)
    }
}

/// One open bracket.
#[derive(Debug)]
pub(super) struct Frame<'s> {
    /// What the lexer calls it.
    pub(super) role: Role,
    /// Which bracket it is.
    pub(super) bracket: Kind,
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
    /// How many operators waited when it was opened.
    pub(super) operators_at: usize,
    /// How many marks for parameters may stand in values that are bound here.
    pub(super) marks: usize,
    /// The names that it owns.
    pub(super) names: Vec<&'s [u8]>,
    /// What the pattern around this one takes for it.
    pub(super) under: Option<Key>,
    /// Names in it may be parameters, or the names of a pattern.
    pub(super) binds: bool,
    /// The `=` of the declaration was read.
    pub(super) initialized: bool,
    /// A `return` was read, and its statement has not ended.
    pub(super) returns: bool,
    /// An `export` was read, and its statement has not ended.
    pub(super) exports: bool,
    /// It is the condition of an `if`.
    pub(super) is_if: bool,
    /// It is never run.
    pub(super) is_dead: bool,
    /// Of the `if … else if …` that is being read at this level: an arm before was taken for sure.
    pub(super) chain: Option<bool>,
    /// The statement that comes is never run.
    pub(super) next_is_dead: bool,
    /// So is the one that is being read; so many references were known before it.
    pub(super) dead_from: Option<usize>,
    /// The statement that is being read may not be run: an `if`, a loop or an `else` stands before it.
    pub(super) is_controlled: bool,
    /// An assignment was made in the expression, last of all.
    pub(super) assigned: bool,
    /// `...` stands before the operand.
    pub(super) spread: bool,
    /// Commas read at this level, as far as parameters are counted.
    pub(super) commas: u8,
    /// Uses of the wrapper's names before that `=`.
    pub(super) uses_at: u32,
    /// The frame that owns a `var` here.
    pub(super) function_scope: usize,
    /// The frame that owns a `let` here.
    pub(super) block_scope: usize,
    /// The `try` block that the bracket stands in.
    pub(super) outer_try: u32,
    /// The function of the file whose body it is.
    pub(super) function: Option<u32>,
    /// The function whose parameters are being read.
    pub(super) function_name: Option<Span>,
    /// A `?` of this level waits for its `:`.
    pub(super) conditions: u32,
    /// The operand is this name and nothing more.
    pub(super) bare: Option<Span>,
    /// The operand is this `name.member` and nothing more.
    pub(super) dotted: Option<Span>,
    pub(super) operand: Option<Value>,
    pub(super) start: Option<u32>,
    pub(super) end: u32,
}

impl Frame<'_> {
    /// A frame without anything in it.
    #[inline(always)]
    pub(super) fn new(role: Role, opener: Opener) -> Self {
        Self {
            role,
            bracket: Kind::Semicolon,
            opener,
            opened_at: 0,
            declaration: Declaration::None,
            references_at: 0,
            parameters_at: 0,
            operators_at: 0,
            marks: 0,
            names: Vec::new(),
            under: None,
            binds: false,
            initialized: false,
            returns: false,
            exports: false,
            is_if: false,
            is_dead: false,
            chain: None,
            next_is_dead: false,
            dead_from: None,
            is_controlled: false,
            assigned: false,
            spread: false,
            commas: 0,
            uses_at: 0,
            function_scope: 0,
            block_scope: 0,
            outer_try: 0,
            function: None,
            function_name: None,
            conditions: 0,
            bare: None,
            dotted: None,
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
        self.bare = None;
        self.dotted = None;
        self.extend(at);
    }

    /// What the operand turned out to be once `.name`, `(…)` or `[…]` was read behind it.
    pub(super) fn change_operand(&mut self, value: Value, end: u32) {
        self.operand = Some(value);
        self.bare = None;
        self.dotted = None;
        self.end = end;
    }

    /// The part of the expression that was read reaches to here.
    pub(super) fn extend(&mut self, at: Span) {
        self.start.get_or_insert(at.start);
        self.end = at.end;
    }
}
