//! What each byte may begin: the table that the lexer branches on first.
//!
//! It decides only what one byte alone decides. The rest is for the readers
//! it leads to.

use super::token::Kind;

/// What a byte where a token may begin announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Begins {
    /// A name or a keyword of ASCII characters, at least at first.
    Name,
    /// A token of this byte alone, whatever follows.
    Single,
    /// Something that must be looked at.
    Other,
    /// A token, or a comment.
    MaybeComment,
    /// Perhaps white space that is not ASCII.
    MaybeBlank,
    LineTerminator,
    Blank,
}

/// Indexed by the byte.
pub(super) const BEGINS: [Begins; 256] = {
    let mut table = [Begins::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => Begins::Name,
            b'(' | b')' | b'[' | b']' | b'{' | b',' | b';' | b':' | b'~' | b'@' => Begins::Single,
            b'/' | b'<' | b'-' => Begins::MaybeComment,
            0xc2 | 0xe1..=0xe3 | 0xef => Begins::MaybeBlank,
            b'\n' | b'\r' => Begins::LineTerminator,
            b' ' | b'\t' | 0x0b | 0x0c => Begins::Blank,
            _ => Begins::Other,
        };
        byte += 1;
    }
    table
};

/// Indexed by a byte that is [`Begins::Single`].
pub(super) const SINGLE: [Kind; 256] = {
    let mut table = [Kind::Unknown; 256];
    table[b'(' as usize] = Kind::ParenOpen;
    table[b')' as usize] = Kind::ParenClose;
    table[b'[' as usize] = Kind::BracketOpen;
    table[b']' as usize] = Kind::BracketClose;
    table[b'{' as usize] = Kind::BraceOpen;
    table[b',' as usize] = Kind::Comma;
    table[b';' as usize] = Kind::Semicolon;
    table[b':' as usize] = Kind::Colon;
    table[b'~' as usize] = Kind::Tilde;
    table[b'@' as usize] = Kind::At;
    table
};

/// Whether a byte continues a name, indexed by the byte.
pub(super) const NAME_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        table[byte] = ascii.is_ascii_alphanumeric() || ascii == b'_' || ascii == b'$';
        byte += 1;
    }
    table
};
