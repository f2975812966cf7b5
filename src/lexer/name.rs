//! Names and keywords.
//!
//! Unicode's tables of letters are not consulted: what is no blank and not
//! ASCII is taken for a part of a name, and so are bytes that are not UTF-8.

use super::Lexer;
use super::byte::NAME_PART;
use super::keyword::keyword_or_name;
use super::token::Kind;
use super::trivia::wide_blank;

impl Lexer<'_> {
    /// A name or keyword that begins with an ASCII character.
    pub(super) fn ascii_name(&mut self) -> Kind {
        let rest = &self.source[self.at..];
        let len = ascii_part(rest);
        if matches!(rest.get(len), Some(b'\\' | 0x80..)) {
            let end = name_end(rest, len);
            self.has_escaped_names |= rest[..end].contains(&b'\\');
            self.at += end;
            return if end > len { Kind::Identifier } else { keyword_or_name(&rest[..len]) };
        }
        self.at += len;
        keyword_or_name(&rest[..len])
    }

    /// A name that begins with an escape or a byte that is not ASCII.
    pub(super) fn name(&mut self) -> Kind {
        let end = name_end(self.source, self.at);
        if end == self.at {
            self.break_at(self.at, "unexpected byte");
            return self.advance(1, Kind::Unknown);
        }
        self.has_escaped_names |= self.source[self.at..end].contains(&b'\\');
        self.at = end;
        Kind::Identifier
    }

    /// `#name`.
    pub(super) fn private_name(&mut self) -> Kind {
        let end = name_end(self.source, self.at + 1);
        if end == self.at + 1 {
            self.break_at(self.at, "unexpected byte");
            return self.advance(1, Kind::Unknown);
        }
        self.at = end;
        Kind::PrivateName
    }
}

/// Length of the parts of a name at the start of `rest` that are ASCII.
fn ascii_part(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| !NAME_PART[byte as usize]).unwrap_or(rest.len())
}

/// Where the name whose parts begin at `at` ends.
pub(super) fn name_end(source: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = source.get(at) {
        at += match byte {
            _ if NAME_PART[byte as usize] => 1,
            b'\\' => match escape_len(&source[at..]) {
                0 => break,
                len => len,
            },
            0x80.. if wide_blank(&source[at..]).is_none() => 1,
            _ => break,
        };
    }
    at
}

/// Bytes of the `\uXXXX` or `\u{…}` at the start of `rest`; 0 if it is neither.
fn escape_len(rest: &[u8]) -> usize {
    if !rest.starts_with(b"\\u") {
        return 0;
    }
    let digits = rest[2..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits >= 4 {
        return 6;
    }
    let Some(braced) = rest.strip_prefix(b"\\u{") else { return 0 };
    let digits = braced.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits > 0 && braced.get(digits) == Some(&b'}') { digits + 4 } else { 0 }
}
