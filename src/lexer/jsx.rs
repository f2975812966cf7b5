//! Elements: tags, attributes and the text between them.
//!
//! Names of opening and closing tags are not compared, and entities are not
//! decoded: no reference hides in them.

use memchr::{memchr, memchr2};

use super::context::frame::{CLOSING, Expect, FrameKind, SELF_CLOSING};
use super::token::{Kind, Role, Token};
use super::{Lexer, name::name_end};

impl Lexer<'_> {
    /// Whether the `<` here opens an element: nothing else can begin with it
    /// where an expression begins.
    pub(super) fn opens_element(&self) -> bool {
        let operand = matches!(
            self.context.expect(),
            Expect::Statement
                | Expect::Operand
                | Expect::Default
                | Expect::ArrowBody
                | Expect::Restricted
                | Expect::Ended
        );
        operand && self.dialect.jsx && begins_tag(self.source[self.at + 1..].trim_ascii_start())
    }

    /// `<` of an element among code.
    pub(super) fn element(&mut self, newline_before: bool) -> Token {
        self.open_tag(1, 0, Expect::Operator, newline_before)
    }

    fn open_tag(&mut self, len: usize, flags: u8, after: Expect, newline_before: bool) -> Token {
        self.context.pass(Kind::JsxPunctuation);
        self.context.push(FrameKind::JsxTag, after);
        self.context.top_mut().flags |= flags;
        self.bare_token(len, Kind::JsxPunctuation, Role::None, newline_before)
    }

    /// The next token between an element's tags.
    pub(super) fn jsx_child(&mut self) -> Token {
        self.comment = None;
        match &self.source[self.at..] {
            [] => self.end(),
            [b'{', ..] => self.open_hole(Expect::JsxChildren, false),
            [b'<', b'/', ..] => self.open_tag(2, CLOSING, Expect::JsxChildren, false),
            [b'<', ..] => self.open_tag(1, 0, Expect::JsxChildren, false),
            text => {
                let len = memchr2(b'{', b'<', text).unwrap_or(text.len());
                self.jsx_token(len, Kind::JsxText, false)
            }
        }
    }

    /// The next token between `<` and `>` of an element.
    pub(super) fn jsx_tag_token(&mut self) -> Token {
        self.skip_trivia();
        let newline_before = self.line_start;
        let rest = &self.source[self.at..];
        match rest {
            [] => self.end(),
            [b'/', b'>', ..] => {
                self.context.pop();
                self.jsx_token(2, Kind::JsxPunctuation, newline_before)
            }
            [b'/', ..] => self.lone_slash(newline_before),
            [b'>', ..] => {
                self.close_tag();
                self.jsx_token(1, Kind::JsxPunctuation, newline_before)
            }
            [b'{', ..] => self.open_hole(Expect::JsxTag, newline_before),
            [b'<', ..] => self.less_in_tag(newline_before),
            [quote @ (b'"' | b'\''), text @ ..] => self.attribute_string(*quote, text, newline_before),
            [b'=', ..] => self.jsx_token(1, Kind::Assign, newline_before),
            [b'.', ..] => self.jsx_token(1, Kind::Dot, newline_before),
            [b':', ..] => self.jsx_token(1, Kind::Colon, newline_before),
            _ => self.jsx_name(newline_before),
        }
    }

    fn jsx_name(&mut self, newline_before: bool) -> Token {
        let mut end = self.at;
        loop {
            let part = name_end(self.source, end);
            if part == end && end == self.at {
                self.break_at(self.at, "unexpected byte");
                return self.jsx_token(1, Kind::Unknown, newline_before);
            }
            end = part;
            match &self.source[end..] {
                [b'-', ..] => end += 1,
                [b':', next, ..] if next.is_ascii_alphabetic() || *next >= 0x80 => end += 1,
                _ => return self.jsx_token(end - self.at, Kind::JsxName, newline_before),
            }
        }
    }

    fn attribute_string(&mut self, quote: u8, text: &[u8], newline_before: bool) -> Token {
        let len = match memchr(quote, text) {
            Some(len) => len + 2,
            None => {
                self.break_at(self.at, "string without end");
                text.len() + 1
            }
        };
        self.jsx_token(len, Kind::JsxString, newline_before)
    }

    /// `/` that blanks divide from its `<` or `>`.
    fn lone_slash(&mut self, newline_before: bool) -> Token {
        let closing = self.context.previous() == Kind::JsxPunctuation;
        self.context.top_mut().flags |= if closing { CLOSING } else { SELF_CLOSING };
        self.jsx_token(1, Kind::JsxPunctuation, newline_before)
    }

    /// Type arguments (`<List<Item> …`) or an element that is an attribute's value.
    fn less_in_tag(&mut self, newline_before: bool) -> Token {
        if self.dialect.typescript && self.context.previous() == Kind::JsxName {
            self.context.pass(Kind::Less);
            self.context.push(FrameKind::Angle, Expect::JsxTag);
            return self.bare_token(1, Kind::Less, Role::None, newline_before);
        }
        self.open_tag(1, 0, Expect::JsxTag, newline_before)
    }

    fn close_tag(&mut self) {
        let tag = self.context.top();
        self.context.pop();
        if tag.has(CLOSING) {
            if self.context.top().kind == FrameKind::JsxChildren {
                self.context.pop();
            }
        } else if !tag.has(SELF_CLOSING) {
            self.context.push(FrameKind::JsxChildren, tag.after);
        }
    }

    fn open_hole(&mut self, after: Expect, newline_before: bool) -> Token {
        self.context.pass(Kind::BraceOpen);
        self.context.push(FrameKind::JsxHole, after);
        self.bare_token(1, Kind::BraceOpen, Role::Jsx, newline_before)
    }

    fn jsx_token(&mut self, len: usize, kind: Kind, newline_before: bool) -> Token {
        self.context.pass(kind);
        self.bare_token(len, kind, Role::None, newline_before)
    }
}

/// What may stand behind the `<` of an element: a name, or `>` of a fragment.
fn begins_tag(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'>' | 0x80..))
}
