//! Bytes of a JavaScript or TypeScript file → tokens.
//!
//! A [`Lexer`] is pulled forward one [`Token`] at a time and never fails:
//! broken text gives tokens until the end. It keeps the stack of open
//! brackets, because only that tells a regular expression from a division, a
//! block from an object, a template's `}` from another.
//!
//! An automaton reads what is regular; what is not (templates, regular
//! expressions, elements, comments) is read by hand, one file each.
//!
//! It builds no tree, copies no text and knows no names but the keywords.

mod angle;
mod byte;
mod context;
mod jsx;
mod keyword;
mod literal;
mod name;
mod token;
mod trivia;
mod value;

pub use token::{Dialect, Kind, Role, Token};
pub use value::{identifier_name, string_value, template_value};

use crate::record::Span;
use byte::{BEGINS, Begins, SINGLE};
use context::{
    Context,
    frame::{Expect, FrameKind},
};
use logos::Logos;

/// The first place where the text is not what the grammar allows.
///
/// Only what a lexer sees: many broken files show none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// Offset of the first byte of what is broken.
    pub offset: u32,
    /// What is wrong, as the beginning of a sentence: "string without end".
    pub what: &'static str,
}

/// Reads the tokens of one file, in order.
///
/// 1. Every token but [`Kind::End`] is longer than nothing, and begins at or
///    after the end of the token before it.
/// 2. Memory grows with the nesting alone: 8 bytes for each open bracket,
///    element or head.
/// 3. No byte is looked at more than a fixed number of times.
#[derive(Debug)]
pub struct Lexer<'s> {
    source: &'s [u8],
    at: usize,
    context: Context,
    dialect: Dialect,
    /// A line terminator stands before the next token, or nothing but the file's beginning.
    line_start: bool,
    comment: Option<Span>,
    breakage: Option<Breakage>,
    /// A name was met of which a character is written as `\uXXXX`.
    has_escaped_names: bool,
    /// No regular expression ends before this offset: its line has been searched.
    no_regex_before: usize,
    /// Bytes that may still be looked ahead at.
    look_ahead_left: usize,
}

impl<'s> Lexer<'s> {
    /// A lexer at the beginning of `source`, which is at most `u32::MAX` bytes long.
    ///
    /// A byte order mark and a `#!` line are passed over.
    pub fn new(source: &'s [u8], dialect: Dialect) -> Self {
        let mark = if source.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut lexer = Self {
            source,
            at: mark,
            context: Context::new(dialect),
            dialect,
            line_start: true,
            comment: None,
            breakage: None,
            has_escaped_names: false,
            no_regex_before: 0,
            look_ahead_left: angle::look_ahead_budget(source.len()),
        };
        if source[mark..].starts_with(b"#!") {
            lexer.at = trivia::line_end(source, mark);
        }
        lexer
    }

    /// Whether a character of some name, of those that were met so far, is written as an escape.
    pub(crate) fn has_escaped_names(&self) -> bool {
        self.has_escaped_names
    }

    /// The file's bytes.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// Brackets that are open after the last token, holes of templates and elements included.
    pub fn depth(&self) -> usize {
        self.context.depth()
    }

    /// The first broken place that has been read so far.
    pub fn breakage(&self) -> Option<Breakage> {
        self.breakage
    }

    /// The last comment between the last token and the one before it.
    pub fn comment_before(&self) -> Option<Span> {
        self.comment
    }

    /// Goes on at `offset`, as if nothing had stood between. Right behind the
    /// bracket that opens a function's body, to the one that closes it.
    pub(crate) fn pass_over(&mut self, offset: usize) {
        self.at = self.at.max(offset.min(self.source.len()));
        self.comment = None;
    }

    /// The next token; [`Kind::End`] for ever at the end of the file.
    pub fn next_token(&mut self) -> Token {
        match self.context.expect() {
            Expect::JsxChildren => self.jsx_child(),
            Expect::JsxTag => self.jsx_tag_token(),
            _ => self.code_token(),
        }
    }

    fn code_token(&mut self) -> Token {
        self.skip_trivia();
        let newline_before = self.line_start && self.context.previous() != Kind::End;
        let start = self.at;
        let Some(&byte) = self.source.get(start) else {
            return self.end();
        };
        if byte == b'<' {
            if let Some(after) = self.after_angle() {
                return self.angle(after, newline_before);
            }
            if self.opens_element() {
                return self.element(newline_before);
            }
        }
        let kind = match BEGINS[byte as usize] {
            Begins::Name => self.ascii_name(),
            Begins::Single => self.advance(1, SINGLE[byte as usize]),
            _ => self.irregular(byte),
        };
        self.token(kind, start, newline_before)
    }

    /// A token whose first byte does not say enough.
    fn irregular(&mut self, byte: u8) -> Kind {
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'/' => self.slash(),
            b'`' => self.template(Kind::Template, Kind::TemplateHead),
            b'}' if self.context.brace_ends_hole() => self.template(Kind::TemplateTail, Kind::TemplateMiddle),
            b'}' => self.advance(1, Kind::BraceClose),
            b'>' if self.context.top().kind == FrameKind::Angle => self.advance(1, Kind::Greater),
            b'#' => self.private_name(),
            b'\\' | 0x80.. => self.name(),
            _ => self.scan(),
        }
    }

    /// Moves past `len` bytes that are a token of this kind.
    fn advance(&mut self, len: usize, kind: Kind) -> Kind {
        self.at += len;
        kind
    }

    /// Lets the automaton read a number or an operator.
    fn scan(&mut self) -> Kind {
        let rest = &self.source[self.at..];
        let mut automaton = Kind::lexer(rest);
        let Some(Ok(kind)) = automaton.next() else {
            self.break_at(self.at, "unexpected byte");
            return self.advance(1, Kind::Unknown);
        };
        let len = automaton.span().end;
        if kind == Kind::QuestionDot && rest.get(len).is_some_and(u8::is_ascii_digit) {
            // `a?.5:1`
            return self.advance(1, Kind::Question);
        }
        self.advance(len, kind)
    }

    /// The token from `start` to here, after the context has taken it.
    fn token(&mut self, kind: Kind, start: usize, newline_before: bool) -> Token {
        let text = &self.source[start..self.at];
        let (kind, role) = self.context.take(kind, text, newline_before);
        self.line_start = false;
        if role == Role::None && matches!(kind, Kind::ParenClose | Kind::BracketClose | Kind::BraceClose) {
            self.break_at(start, "bracket that closes nothing");
        }
        let in_type = self.context.in_type();
        Token { start: start as u32, end: self.at as u32, kind, role, newline_before, in_type }
    }

    /// The next `len` bytes as a token that the context already knows of.
    fn bare_token(&mut self, len: usize, kind: Kind, role: Role, newline_before: bool) -> Token {
        let start = self.at;
        self.at += len;
        self.line_start = false;
        Token { start: start as u32, end: self.at as u32, kind, role, newline_before, in_type: false }
    }

    fn end(&mut self) -> Token {
        let end = self.source.len();
        if self.context.depth() > 0 {
            self.break_at(end, "bracket without end");
        }
        Token {
            start: end as u32,
            end: end as u32,
            kind: Kind::End,
            role: Role::None,
            newline_before: self.line_start,
            in_type: false,
        }
    }

    /// Remembers what is wrong here, unless something was wrong before.
    fn break_at(&mut self, offset: usize, what: &'static str) {
        self.breakage.get_or_insert(Breakage { offset: offset as u32, what });
    }
}
