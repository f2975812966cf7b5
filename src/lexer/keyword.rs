//! Which names are keywords.
//!
//! Names and keywords are read alike, because one loop over a name's bytes is
//! faster than an automaton's path through 36 words. A table without collisions
//! tells them apart.

use super::token::Kind;

/// The reserved words, but for `await`, `let`, `static` and `yield`, which may be names.
const KEYWORDS: [(&[u8], Kind); 36] = [
    (b"break", Kind::Break),
    (b"case", Kind::Case),
    (b"catch", Kind::Catch),
    (b"class", Kind::Class),
    (b"const", Kind::Const),
    (b"continue", Kind::Continue),
    (b"debugger", Kind::Debugger),
    (b"default", Kind::Default),
    (b"delete", Kind::Delete),
    (b"do", Kind::Do),
    (b"else", Kind::Else),
    (b"enum", Kind::Enum),
    (b"export", Kind::Export),
    (b"extends", Kind::Extends),
    (b"false", Kind::False),
    (b"finally", Kind::Finally),
    (b"for", Kind::For),
    (b"function", Kind::Function),
    (b"if", Kind::If),
    (b"import", Kind::Import),
    (b"in", Kind::In),
    (b"instanceof", Kind::Instanceof),
    (b"new", Kind::New),
    (b"null", Kind::Null),
    (b"return", Kind::Return),
    (b"super", Kind::Super),
    (b"switch", Kind::Switch),
    (b"this", Kind::This),
    (b"throw", Kind::Throw),
    (b"true", Kind::True),
    (b"try", Kind::Try),
    (b"typeof", Kind::Typeof),
    (b"var", Kind::Var),
    (b"void", Kind::Void),
    (b"while", Kind::While),
    (b"with", Kind::With),
];

/// Not a power of two by need, but for a cheap remainder.
const SLOTS: usize = 128;

/// The index of each keyword at its slot, counted from 1; 0 where there is none.
const TABLE: [u8; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut index = 0;
    while index < KEYWORDS.len() {
        let slot = slot(KEYWORDS[index].0);
        assert!(table[slot] == 0, "two keywords share a slot: change the factors");
        table[slot] = index as u8 + 1;
        index += 1;
    }
    table
};

/// The factors were found by trial; the assertion above holds them.
const fn slot(text: &[u8]) -> usize {
    (text[0] as usize + text[1] as usize * 13 + text.len() * 11) % SLOTS
}

/// The keyword that `text` is, or [`Kind::Identifier`].
pub(super) fn keyword_or_name(text: &[u8]) -> Kind {
    if text.len() < 2 {
        return Kind::Identifier;
    }
    match TABLE[slot(text)] {
        0 => Kind::Identifier,
        index => match KEYWORDS[index as usize - 1] {
            (word, kind) if word == text => kind,
            _ => Kind::Identifier,
        },
    }
}
