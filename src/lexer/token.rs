//! What the lexer hands out: twelve bytes that point into the file.

use logos::Logos;

use crate::record::Span;

/// Which grammar a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Dialect {
    /// Type annotations may stand in it (`.ts`, `.tsx`, `.mts`, `.cts`).
    pub typescript: bool,
    /// `<` where an expression may begin opens an element (`.js`, `.jsx`, `.tsx`).
    pub jsx: bool,
    /// It is known to be an ES module: `<!--` opens no comment in it.
    pub module: bool,
}

/// One token of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Offset of its first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// What a bracket opens or closes; [`Role::None`] for all other tokens.
    pub role: Role,
    /// A line terminator stands between the token before it and this one, in
    /// a comment or outside.
    pub newline_before: bool,
    /// It belongs to a type of TypeScript, or to the word or `:` before one:
    /// it leaves no code behind.
    pub in_type: bool,
}

const _: () = assert!(size_of::<Token>() == 12);

impl Token {
    /// The bytes it covers.
    pub fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// Its text in `source`, the file that it was read from.
    pub fn text(self, source: &[u8]) -> &[u8] {
        &source[self.start as usize..self.end as usize]
    }
}

/// What a bracket is for, as far as what stands before it tells.
///
/// An opening and its closing bracket carry the same role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// Not a bracket, or one that closes nothing.
    None,
    /// `(` that groups an expression or opens an arrow's parameters; `[` of an array literal or pattern.
    Group,
    /// `(` of a call or of `new X(…)`; `[` of a member access.
    Call,
    /// `(` after `if`, `while`, `for`, `with`: a statement follows its `)`.
    Head,
    /// `(` after `switch` and `catch`: a `{` follows its `)`.
    BlockHead,
    /// `(` of the parameters of a `function` or a method.
    Parameters,
    /// `{` of a block, `switch`, `try`, static block.
    Block,
    /// `{` of an object literal or pattern, or of import and export names.
    Object,
    /// `{` of the body of a function declaration: a statement follows its `}`.
    Function,
    /// `{` of the body of a function expression, arrow or method.
    FunctionExpression,
    /// `{` of the body of a class declaration.
    Class,
    /// `{` of the body of a class expression.
    ClassExpression,
    /// `${` … `}` of a template; carried by the template's parts.
    Template,
    /// `{` … `}` in an element's children or attributes.
    Jsx,
    /// `{` of a TypeScript interface, enum, namespace or object type; `<` … `>` are no brackets.
    Type,
}

/// What a token is.
///
/// Contextual keywords (`async`, `of`, `from`, `as`, `type`, `let`, `static`,
/// `get`, `await`, `yield` …) are [`Kind::Identifier`], and so is any keyword
/// that is a name: after `.` or `?.`, as the key of an object, a class or an
/// import or export list, and everywhere in a type (`typeof import("x")`). An
/// identifier written with escapes is an identifier, never a keyword.
///
/// The attributes are the rules of the automaton, which reads numbers and
/// operators. Kinds without a rule are read by hand: what is not regular, and
/// what one table look-up finds faster.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[logos(utf8 = false)]
#[repr(u8)]
#[allow(missing_docs, reason = "the keywords and operators are their own names")]
pub enum Kind {
    /// After the last token, for ever.
    End,
    /// Bytes that no token begins with.
    Unknown,
    Identifier,
    /// `#name`.
    PrivateName,
    #[regex(r"0[xX][0-9a-fA-F_]*n?")]
    #[regex(r"0[oO][0-7_]*n?")]
    #[regex(r"0[bB][01_]*n?")]
    #[regex(r"0[0-7]+")]
    #[regex(r"(0|[1-9][0-9_]*|0[0-9]*[89][0-9]*)(\.[0-9_]*)?([eE][+-]?[0-9_]+)?n?")]
    #[regex(r"\.[0-9][0-9_]*([eE][+-]?[0-9_]+)?")]
    Number,
    /// With its quotes; ends before the line terminator when the quote is missing.
    String,
    /// A template without holes, with its back-quotes.
    Template,
    /// From the back-quote to `${`, both included.
    TemplateHead,
    /// From `}` to `${`, both included.
    TemplateMiddle,
    /// From `}` to the back-quote, both included.
    TemplateTail,
    /// With its slashes and flags.
    Regex,
    /// Text between elements.
    JsxText,
    /// A name in an opening or closing element: `a`, `a-b`, `a:b`.
    JsxName,
    /// A string of an attribute: no escapes, may span lines.
    JsxString,
    /// `<`, `</`, `>`, `/>` of an element.
    JsxPunctuation,

    ParenOpen,
    ParenClose,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,

    #[token(".")]
    Dot,
    /// `?.`
    #[token("?.")]
    QuestionDot,
    /// `...`
    #[token("...")]
    Ellipsis,
    Comma,
    Semicolon,
    Colon,
    #[token("?")]
    Question,
    /// `=>`
    #[token("=>")]
    Arrow,
    /// `=`
    #[token("=")]
    Assign,
    /// `+=`, `&&=`, `??=` and the others.
    #[token("+=")]
    #[token("-=")]
    #[token("*=")]
    #[token("/=")]
    #[token("%=")]
    #[token("**=")]
    #[token("<<=")]
    #[token(">>=")]
    #[token(">>>=")]
    #[token("&=")]
    #[token("|=")]
    #[token("^=")]
    #[token("&&=")]
    #[token("||=")]
    #[token("??=")]
    OperatorAssign,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    /// `*`
    #[token("*")]
    Star,
    /// `/`
    #[token("/")]
    Slash,
    #[token("%")]
    Percent,
    /// `**`
    #[token("**")]
    Power,
    /// `++`, `--`
    #[token("++")]
    #[token("--")]
    Increment,
    /// `&&`
    #[token("&&")]
    And,
    /// `||`
    #[token("||")]
    Or,
    /// `??`
    #[token("??")]
    Coalesce,
    /// `==`, `!=`, `===`, `!==`
    #[token("==")]
    #[token("!=")]
    #[token("===")]
    #[token("!==")]
    Equality,
    /// `<`
    #[token("<")]
    Less,
    /// `>`
    #[token(">")]
    Greater,
    /// `<=`, `>=`
    #[token("<=")]
    #[token(">=")]
    Relational,
    /// `<<`, `>>`, `>>>`
    #[token("<<")]
    #[token(">>")]
    #[token(">>>")]
    Shift,
    /// `&`, `|`, `^`
    #[token("&")]
    #[token("|")]
    #[token("^")]
    Bitwise,
    /// `!`
    #[token("!")]
    Not,
    /// `~`
    Tilde,
    /// `@`
    At,

    Break,
    Case,
    Catch,
    Class,
    Const,
    Continue,
    Debugger,
    Default,
    Delete,
    Do,
    Else,
    Enum,
    Export,
    Extends,
    False,
    Finally,
    For,
    Function,
    If,
    Import,
    In,
    Instanceof,
    New,
    Null,
    Return,
    Super,
    Switch,
    This,
    Throw,
    True,
    Try,
    Typeof,
    Var,
    Void,
    While,
    With,
}
