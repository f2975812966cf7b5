//! Reads JSON as a stream of tokens, exactly as strict as `JSON.parse`.
//!
//! Node accepts in a package.json what serde_json refuses: lone surrogates,
//! numbers beyond f64, any depth, a byte order mark, duplicate keys. This reader
//! does too. It does not recurse, builds no tree and allocates nothing but one
//! bit for each open bracket; strings are handed out undecoded.

use std::borrow::Cow;

/// What stands next in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// A property's name, with its colon.
    Key(Text<'a>),
    /// A string that is a value.
    String(Text<'a>),
    /// `true` or `false`.
    Bool(bool),
    /// A number; resolution never asks for its value ([`Reader::whole_number`]).
    Number,
    /// `null`
    Null,
    /// The text is over.
    End,
}

/// A string as it is written: between its quotes, escapes and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl<'a> Text<'a> {
    /// The string that is meant. A lone surrogate and a byte that is not UTF-8
    /// become U+FFFD: no file name that Node could ask for has them.
    pub(super) fn decode(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { String::from_utf8_lossy(self.raw) }
    }

    /// It means `text`.
    pub(super) fn is(self, text: &str) -> bool {
        if self.escaped { unescape(self.raw) == text } else { self.raw == text.as_bytes() }
    }
}

/// Why and where the text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Offset of the byte that cannot be.
    pub(super) at: usize,
    /// What was expected there.
    pub(super) expected: &'static str,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    FirstKey,
    NextKey,
    FirstElement,
    CommaOrClose,
    Nothing,
}

/// A position in a text, and the brackets that are open there.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    expect: Expect,
    open: Brackets,
}

impl<'a> Reader<'a> {
    /// At the beginning of `text`, after its byte order mark.
    pub(super) fn new(text: &'a [u8]) -> Self {
        let at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, at, expect: Expect::Value, open: Brackets::default() }
    }

    /// The number that was read last, if it is a whole one without a sign.
    pub(super) fn whole_number(&self) -> Option<u32> {
        let read = &self.text[..self.at];
        let digits = read.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (before, digits) = read.split_at(read.len() - digits);
        let is_whole = !matches!(before.last(), Some(b'.' | b'-' | b'+' | b'e' | b'E'));
        std::str::from_utf8(digits).ok().filter(|_| is_whole)?.parse().ok()
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token<'a>, SyntaxError> {
        loop {
            self.skip_space();
            let byte = self.text.get(self.at).copied();
            match (self.expect, byte) {
                (Expect::Nothing, None) => return Ok(Token::End),
                (Expect::Nothing, Some(_)) => return Err(self.error("nothing more")),
                (Expect::FirstKey, Some(b'}')) => return Ok(self.close(Token::ObjectEnd)),
                (Expect::FirstKey | Expect::NextKey, _) => return self.key(),
                (Expect::FirstElement, Some(b']')) => return Ok(self.close(Token::ArrayEnd)),
                (Expect::FirstElement | Expect::Value, _) => return self.value(byte),
                (Expect::CommaOrClose, _) => {
                    if let Some(end) = self.comma_or_close(byte)? {
                        return Ok(end);
                    }
                }
            }
        }
    }

    /// Passes the value that `first` begins.
    pub(super) fn skip(&mut self, first: Token<'a>) -> Result<(), SyntaxError> {
        let mut depth = 0_usize;
        let mut token = first;
        loop {
            match token {
                Token::ObjectStart | Token::ArrayStart => depth += 1,
                Token::ObjectEnd | Token::ArrayEnd => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
            token = self.next()?;
        }
    }

    fn error(&self, expected: &'static str) -> SyntaxError {
        SyntaxError { at: self.at, expected }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    /// What comes after a value: depends on what is open.
    fn after_value(&self) -> Expect {
        if self.open.is_empty() { Expect::Nothing } else { Expect::CommaOrClose }
    }

    fn close(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        self.open.pop();
        self.expect = self.after_value();
        token
    }

    fn comma_or_close(&mut self, byte: Option<u8>) -> Result<Option<Token<'a>>, SyntaxError> {
        match (self.open.in_object(), byte) {
            (true, Some(b'}')) => Ok(Some(self.close(Token::ObjectEnd))),
            (false, Some(b']')) => Ok(Some(self.close(Token::ArrayEnd))),
            (object, Some(b',')) => {
                self.at += 1;
                self.expect = if object { Expect::NextKey } else { Expect::Value };
                Ok(None)
            }
            (true, _) => Err(self.error("a comma or \"}\"")),
            (false, _) => Err(self.error("a comma or \"]\"")),
        }
    }

    fn key(&mut self) -> Result<Token<'a>, SyntaxError> {
        if self.text.get(self.at) != Some(&b'"') {
            return Err(self.error("a property name in double quotes"));
        }
        let key = self.string()?;
        self.skip_space();
        if self.text.get(self.at) != Some(&b':') {
            return Err(self.error("a colon"));
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn value(&mut self, byte: Option<u8>) -> Result<Token<'a>, SyntaxError> {
        let token = match byte {
            Some(b'{') => return Ok(self.open(true)),
            Some(b'[') => return Ok(self.open(false)),
            Some(b'"') => Token::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word(b"true", Token::Bool(true))?,
            Some(b'f') => self.word(b"false", Token::Bool(false))?,
            Some(b'n') => self.word(b"null", Token::Null)?,
            _ => return Err(self.error("a value")),
        };
        self.expect = self.after_value();
        Ok(token)
    }

    fn open(&mut self, object: bool) -> Token<'a> {
        self.at += 1;
        self.open.push(object);
        self.expect = if object { Expect::FirstKey } else { Expect::FirstElement };
        if object { Token::ObjectStart } else { Token::ArrayStart }
    }

    fn word(&mut self, word: &[u8], token: Token<'a>) -> Result<Token<'a>, SyntaxError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.error("a value"));
        }
        self.at += word.len();
        Ok(token)
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&mut self) -> Result<Token<'a>, SyntaxError> {
        self.pass(b"-");
        if !self.pass(b"0") {
            self.digits()?;
        }
        if self.pass(b".") {
            self.digits()?;
        }
        if self.pass(b"eE") {
            self.pass(b"+-");
            self.digits()?;
        }
        Ok(Token::Number)
    }

    /// Passes one byte if it is one of `any`.
    fn pass(&mut self, any: &[u8]) -> bool {
        let passed = self.text.get(self.at).is_some_and(|byte| any.contains(byte));
        self.at += usize::from(passed);
        passed
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let from = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == from { Err(self.error("a digit")) } else { Ok(()) }
    }

    /// A string, from its opening quote to behind its closing one.
    fn string(&mut self) -> Result<Text<'a>, SyntaxError> {
        self.at += 1;
        let from = self.at;
        let mut escaped = false;
        loop {
            match self.text.get(self.at) {
                Some(b'"') => {
                    let raw = &self.text[from..self.at];
                    self.at += 1;
                    return Ok(Text { raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0..=0x1f) => return Err(self.error("no control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.error("the end of the string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        self.at += 1;
        match self.text.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.text.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return Err(self.error("four hexadecimal digits"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.error("an escape")),
        }
        Ok(())
    }
}

/// The brackets that are open, one bit each: set for an object.
#[derive(Default)]
struct Brackets {
    bits: Vec<u64>,
    len: usize,
}

impl Brackets {
    fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn push(&mut self, object: bool) {
        let (word, bit) = (self.len / 64, self.len % 64);
        if word == self.bits.len() {
            self.bits.push(0);
        }
        self.bits[word] = (self.bits[word] & !(1 << bit)) | (u64::from(object) << bit);
        self.len += 1;
    }

    fn pop(&mut self) {
        self.len -= 1;
    }

    fn in_object(&self) -> bool {
        let top = self.len - 1;
        self.bits[top / 64] >> (top % 64) & 1 == 1
    }
}

/// Replaces the escapes of a string whose escapes are known to be well formed.
fn unescape(raw: &[u8]) -> String {
    let mut units = Units { rest: raw };
    let mut bytes = Vec::with_capacity(raw.len());
    while let Some((&byte, rest)) = units.rest.split_first() {
        if byte == b'\\' {
            let character = units.character();
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            bytes.push(byte);
            units.rest = rest;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Escapes that are left to read.
struct Units<'a> {
    rest: &'a [u8],
}

impl Units<'_> {
    /// The character that the escape at the front means.
    fn character(&mut self) -> char {
        let high = self.escape();
        let pairs_up = (0xd800..0xdc00).contains(&high) && self.rest.starts_with(b"\\u");
        if !pairs_up {
            return char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
        let after_high = self.rest;
        let low = self.escape();
        if (0xdc00..0xe000).contains(&low) {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
        self.rest = after_high;
        char::REPLACEMENT_CHARACTER
    }

    /// The UTF-16 unit that the escape at the front means.
    fn escape(&mut self) -> u32 {
        let letter = self.rest[1];
        let (digits, rest) = self.rest[2..].split_at(if letter == b'u' { 4 } else { 0 });
        self.rest = rest;
        match letter {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => 0x0a,
            b'r' => 0x0d,
            b't' => 0x09,
            b'u' => digits.iter().fold(0, |unit, digit| unit << 4 | char::from(*digit).to_digit(16).unwrap_or(0)),
            other => u32::from(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads to the end; the strings and keys on the way.
    fn strings(text: &[u8]) -> Result<Vec<String>, SyntaxError> {
        let mut reader = Reader::new(text);
        let mut strings = Vec::new();
        loop {
            match reader.next()? {
                Token::Key(text) | Token::String(text) => strings.push(text.decode().into_owned()),
                Token::End => return Ok(strings),
                _ => {}
            }
        }
    }

    #[test]
    fn what_node_accepts_is_accepted() {
        for text in [
            "\u{feff}{\"main\":\"m.js\"}",
            "{\"x\":1e999,\"y\":-0.5E-7}",
            " [ ] ",
            "{\"a\":{},\"a\":[1,[2],{\"b\":null}]}",
            "true",
            "\"\\ud800\"",
        ] {
            assert!(strings(text.as_bytes()).is_ok(), "{text}");
        }
        assert!(strings(b"\"\xff\"").is_ok(), "what is not UTF-8 is replaced, not refused");
    }

    #[test]
    fn what_json_parse_refuses_is_refused_where_it_stands() {
        let at = |text: &str| strings(text.as_bytes()).unwrap_err().at;
        assert_eq!(at(""), 0);
        assert_eq!(at("{\"name\":\"p\",\n \"main\":"), 21);
        assert_eq!(at("{,}"), 1);
        assert_eq!(at("{\"a\":1,}"), 7);
        assert_eq!(at("[1,]"), 3);
        assert_eq!(at("[1}"), 2);
        assert_eq!(at("{\"a\" 1}"), 5);
        assert_eq!(at("01"), 1);
        assert_eq!(at("1."), 2);
        assert_eq!(at("nul"), 0);
        assert_eq!(at("\"a\nb\""), 2);
        assert_eq!(at("\"\\x\""), 2);
        assert_eq!(at("\"\\u12g4\""), 5);
        assert_eq!(at("// c\n{}"), 0);
        assert_eq!(at("{} x"), 3);
        assert_eq!(at("'a'"), 0);
    }

    #[test]
    fn escapes_mean_what_javascript_means() {
        let one = |text: &str| strings(text.as_bytes()).unwrap().remove(0);
        assert_eq!(one(r#""\u002e\/a\"\\\n""#), "./a\"\\\n");
        assert_eq!(one(r#""\ud83d\ude00""#), "😀");
        assert_eq!(one(r#""\ud800\u0041\udc00""#), "\u{fffd}A\u{fffd}");
        assert_eq!(one(r#""\ud800\ud83d\ude00""#), "\u{fffd}😀");
    }

    #[test]
    fn depth_costs_a_bit_not_a_frame() {
        let depth = 1_000_000;
        let text = ["[".repeat(depth), "]".repeat(depth)].concat();
        let mut reader = Reader::new(text.as_bytes());
        let first = reader.next().unwrap();
        reader.skip(first).unwrap();
        assert_eq!(reader.next(), Ok(Token::End));
    }
}
