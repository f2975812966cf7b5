//! The text of a token → its value.
//!
//! Never fails: what is no Unicode text becomes U+FFFD, as do halves of
//! surrogate pairs, which no path can hold. Entities of JSX stay as they are.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// The value of a string token, from its text with the quotes ("SV" in the
/// specification's "String Literals", and annex B's octal escapes).
///
/// An escape that is not allowed stands for the character behind its `\`.
pub fn string_value(token_text: &[u8]) -> Cow<'_, str> {
    let inner = match token_text {
        [open, inner @ .., close] if open == close => inner,
        [_, inner @ ..] => inner,
        [] => &[],
    };
    if memchr(b'\\', inner).is_none() {
        return String::from_utf8_lossy(inner);
    }
    let mut decoder = Decoder::default();
    let mut rest = inner;
    while let Some(at) = memchr(b'\\', rest) {
        decoder.text(&rest[..at]);
        let escape = read_escape(&rest[at + 1..]);
        match escape.meaning {
            Meaning::Unit(unit) => decoder.unit(unit),
            Meaning::Octal(unit) => decoder.unit(unit),
            Meaning::Nothing | Meaning::Invalid => {}
        }
        rest = &rest[at + 1 + escape.len..];
    }
    decoder.text(rest);
    Cow::Owned(decoder.finish())
}

/// The cooked value of a template's part, from its text with the delimiters
/// ("TV" in the specification's "Template Literals"); `None` where it has an
/// escape that only a tag may see.
pub fn template_value(part_text: &[u8]) -> Option<Cow<'_, str>> {
    let inner = part_text.get(1..).unwrap_or_default();
    let inner = inner.strip_suffix(b"${").or_else(|| inner.strip_suffix(b"`")).unwrap_or(inner);
    if memchr2(b'\\', b'\r', inner).is_none() {
        return Some(String::from_utf8_lossy(inner));
    }
    let mut decoder = Decoder::default();
    let mut rest = inner;
    while let Some(at) = memchr2(b'\\', b'\r', rest) {
        decoder.text(&rest[..at]);
        let behind = &rest[at + 1..];
        if rest[at] == b'\r' {
            decoder.text(b"\n");
            rest = behind.strip_prefix(b"\n").unwrap_or(behind);
            continue;
        }
        let escape = read_escape(behind);
        match escape.meaning {
            Meaning::Unit(unit) => decoder.unit(unit),
            Meaning::Nothing => {}
            Meaning::Octal(_) | Meaning::Invalid => return None,
        }
        rest = &behind[escape.len..];
    }
    decoder.text(rest);
    Some(Cow::Owned(decoder.finish()))
}

/// The name that an identifier's text spells, its `\u` escapes decoded.
pub fn identifier_name(text: &[u8]) -> Cow<'_, str> {
    if memchr(b'\\', text).is_none() {
        return String::from_utf8_lossy(text);
    }
    let mut decoder = Decoder::default();
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest) {
        decoder.text(&rest[..at]);
        let escape = read_escape(&rest[at + 1..]);
        if let Meaning::Unit(unit) = escape.meaning {
            decoder.unit(unit);
        }
        rest = &rest[at + 1 + escape.len..];
    }
    decoder.text(rest);
    Cow::Owned(decoder.finish())
}

/// What an escape stands for.
enum Meaning {
    /// A UTF-16 code unit or a code point.
    Unit(u32),
    /// The same, written with octal digits: strings of scripts alone allow it.
    Octal(u32),
    /// A line continuation, or a `\` before a character that needs none.
    Nothing,
    /// The characters behind the `\` stand for themselves.
    Invalid,
}

struct Escape {
    meaning: Meaning,
    /// Bytes behind the `\`.
    len: usize,
}

/// The escape whose `\` stands before `rest`.
fn read_escape(rest: &[u8]) -> Escape {
    let unit = |byte: u8| Escape { meaning: Meaning::Unit(byte.into()), len: 1 };
    match rest {
        [b'n', ..] => unit(b'\n'),
        [b't', ..] => unit(b'\t'),
        [b'r', ..] => unit(b'\r'),
        [b'b', ..] => unit(0x08),
        [b'f', ..] => unit(0x0c),
        [b'v', ..] => unit(0x0b),
        [b'0', next, ..] if !next.is_ascii_digit() => unit(0),
        [b'0'] => unit(0),
        [b'0'..=b'7', ..] => read_octal(rest),
        [b'8' | b'9', ..] => Escape { meaning: Meaning::Octal(rest[0].into()), len: 1 },
        [b'x', digits @ ..] => read_hex(digits.get(..2), 1),
        [b'u', b'{', digits @ ..] => read_braced(digits),
        [b'u', digits @ ..] => read_hex(digits.get(..4), 1),
        [b'\r', b'\n', ..] => Escape { meaning: Meaning::Nothing, len: 2 },
        [b'\r' | b'\n', ..] => Escape { meaning: Meaning::Nothing, len: 1 },
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Escape { meaning: Meaning::Nothing, len: 3 },
        [byte @ 0..0x80, ..] => unit(*byte),
        _ => Escape { meaning: Meaning::Nothing, len: 0 },
    }
}

/// Up to three octal digits that make a byte.
fn read_octal(rest: &[u8]) -> Escape {
    let limit = if rest[0] <= b'3' { 3 } else { 2 };
    let digits = rest.iter().take(limit).take_while(|byte| matches!(byte, b'0'..=b'7'));
    let (value, len) = digits.fold((0, 0), |(value, len), digit| (value * 8 + u32::from(digit - b'0'), len + 1));
    Escape { meaning: Meaning::Octal(value), len }
}

/// Hexadecimal digits behind `before` bytes of the escape.
fn read_hex(digits: Option<&[u8]>, before: usize) -> Escape {
    let invalid = Escape { meaning: Meaning::Invalid, len: 0 };
    let Some(digits) = digits else { return invalid };
    match hex_value(digits) {
        Some(value) => Escape { meaning: Meaning::Unit(value), len: before + digits.len() },
        None => invalid,
    }
}

fn read_braced(digits: &[u8]) -> Escape {
    let invalid = Escape { meaning: Meaning::Invalid, len: 0 };
    // Only digits are looked at, so that many unclosed braces cost no more than their length.
    let len = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    match hex_value(&digits[..len]) {
        Some(value) if digits.get(len) == Some(&b'}') => Escape { meaning: Meaning::Unit(value), len: len + 3 },
        _ => invalid,
    }
}

/// The number that the digits spell, if it is a code point.
fn hex_value(digits: &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for &byte in digits {
        value = value * 16 + char::from(byte).to_digit(16)?;
        if value > 0x10_ffff {
            return None;
        }
    }
    (!digits.is_empty()).then_some(value)
}

/// Gathers text and escapes, and joins surrogate pairs.
#[derive(Default)]
struct Decoder {
    text: String,
    /// The first half of a surrogate pair that was just read.
    high: Option<u32>,
}

impl Decoder {
    fn text(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.flush();
            self.text.push_str(&String::from_utf8_lossy(bytes));
        }
    }

    fn unit(&mut self, unit: u32) {
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => self.code_point(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)),
            (high, _) => {
                self.high = high;
                self.flush();
                match unit {
                    0xd800..=0xdbff => self.high = Some(unit),
                    _ => self.code_point(unit),
                }
            }
        }
    }

    /// A first half without its second.
    fn flush(&mut self) {
        if self.high.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn code_point(&mut self, value: u32) {
        self.text.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    fn finish(mut self) -> String {
        self.flush();
        self.text
    }
}
