//! Tells where a file stops being interesting.
//!
//! Every reference is spelled with one of a few words. After the last place
//! where one of them stands, be it code or comment, there is nothing to find,
//! so that the lexer need not go there. Most files ask for everything in their
//! first lines.

use std::{ops::Range, sync::OnceLock};

use aho_corasick::packed::{MatchKind, Searcher};

/// Each way to ask for a file contains one of these: `createRequire` and
/// `module.require` need `module` to be imported or required, `new URL` needs
/// `import.meta`, `export … from` is an export. (Not so where a letter of theirs
/// is written as an escape, which no program does.)
const WORDS: [&str; 7] = ["require", "import", "export", "__dirname", "__filename", "cwd", "dlopen"];

/// So much more is read for the sake of findings about broken text, which
/// must not be lost in small files.
const EPILOGUE: usize = 2 * 1024;

/// The offset behind which `source` need not be read: behind the last word
/// that can be part of a reference, or the file's end where that is near.
pub(super) fn end_of_interest(source: &[u8]) -> usize {
    let last = last_word(source).unwrap_or(0);
    if source.len() - last <= EPILOGUE { source.len() } else { last }
}

/// Whether every use of this name is found by its spelling.
pub(super) fn is_word(name: &[u8]) -> bool {
    WORDS.iter().any(|word| name == word.as_bytes())
}

/// Where the last of [`WORDS`] ends. Searches blocks from the end of the file
/// to its front, and stops at the first block that has one.
fn last_word(source: &[u8]) -> Option<usize> {
    const BLOCK: usize = 16 * 1024;
    const OVERLAP: usize = 12;
    let mut end = source.len();
    loop {
        let start = end.saturating_sub(BLOCK);
        if let Some(last) = last_word_in(source, start, end) {
            return Some(last);
        }
        if start == 0 {
            return None;
        }
        // A word may stand across the border.
        end = (start + OVERLAP).min(end - 1);
    }
}

fn last_word_in(source: &[u8], start: usize, end: usize) -> Option<usize> {
    static SEARCHER: OnceLock<Option<Searcher>> = OnceLock::new();
    let searcher = SEARCHER.get_or_init(|| {
        aho_corasick::packed::Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(WORDS).build()
    });
    let block = &source[start..end];
    match searcher {
        Some(searcher) => searcher
            .find_iter(block)
            .map(|found| start + found.start()..start + found.end())
            .filter(|at| stands_alone(source, at))
            .last()
            .map(|at| at.end),
        // A machine without vector instructions.
        None => WORDS
            .iter()
            .filter_map(|word| {
                memchr::memmem::rfind_iter(block, word.as_bytes())
                    .map(|at| start + at..start + at + word.len())
                    .find(|at| stands_alone(source, at))
            })
            .map(|at| at.end)
            .max(),
    }
}

/// Whether `name` stands somewhere within this part of `source`.
pub(super) fn has_word(source: &[u8], name: &[u8], within: Range<u32>) -> bool {
    let (start, end) = (within.start as usize, (within.end as usize).min(source.len()));
    let Some(part) = source.get(start..end) else { return false };
    memchr::memmem::find_iter(part, name).any(|at| stands_alone(source, &(start + at..start + at + name.len())))
}

/// Whether a member of that name is assigned to somewhere, of any object, or any member may be.
pub(super) fn is_member_assigned(source: &[u8], name: &[u8]) -> bool {
    let assigns = |at: usize| {
        let before = source[..at].trim_ascii_end();
        let after = source[at + name.len()..].trim_ascii_start();
        match before.last() {
            Some(b'.') => is_assignment(after),
            Some(b'"' | b'\'') if before[..before.len() - 1].ends_with(b"[") => true,
            _ => false,
        }
    };
    memchr::memmem::find(source, b"assign(this").is_some() || memchr::memmem::find_iter(source, name).any(assigns)
}

/// Whether the text begins with an operator that changes what stands before it.
fn is_assignment(text: &[u8]) -> bool {
    match text {
        [b'=', next, ..] => !matches!(next, b'=' | b'>'),
        [b'+' | b'-' | b'*' | b'/', b'=', ..] | [b'+', b'+', ..] | [b'-', b'-', ..] => true,
        [b'|', b'|', b'=', ..] | [b'&', b'&', b'=', ..] | [b'?', b'?', b'=', ..] => true,
        _ => false,
    }
}

/// Tells at a glance that most names mean nothing: by their first byte, then by
/// their last and their length.
pub(super) struct Meaningful {
    first: [bool; 256],
    rest: [bool; 512],
}

impl Meaningful {
    /// How the names of `Value::of_global` look, then `let`, `await`, and escapes.
    pub(super) fn new() -> Self {
        let mut all = Self { first: [false; 256], rest: [false; 512] };
        for name in [&b"require"[..], b"module", b"__filename", b"__dirname", b"URL", b"let", b"await", b"process"] {
            all.add(name);
        }
        all.first[usize::from(b'\\')] = true;
        all
    }

    pub(super) fn add(&mut self, name: &[u8]) {
        if let Some(first) = name.first() {
            self.first[usize::from(*first)] = true;
            self.rest[rest(name)] = true;
        }
    }

    /// Whether a name, as it is spelled, may be one of those that were added.
    pub(super) fn may_have(&self, name: &[u8]) -> bool {
        match name.first() {
            Some(first) if self.first[usize::from(*first)] => self.rest[rest(name)] || name.contains(&b'\\'),
            _ => false,
        }
    }
}

fn rest(name: &[u8]) -> usize {
    let last = name.last().copied().unwrap_or(0);
    (usize::from(last) ^ (name.len() << 4)) & 511
}

/// Whether a name does not end before this byte.
pub(super) fn continues_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// It is no part of a longer name: `exports`, `__webpack_require__`, "required".
fn stands_alone(source: &[u8], at: &Range<usize>) -> bool {
    let before = at.start.checked_sub(1).and_then(|before| source.get(before));
    !before.copied().is_some_and(continues_a_name) && !source.get(at.end).copied().is_some_and(continues_a_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_found_wherever_it_stands() {
        for len in [0, 1, 5, 5000, 16 * 1024, 40_000] {
            for at in [0, len / 2, len] {
                let mut text = vec![b'.'; len];
                text.splice(at..at, *b"import");
                assert_eq!(last_word(&text), Some(at + 6), "{len} {at}");
            }
        }
        for border in 16 * 1024 - 8..16 * 1024 + 8 {
            let mut text = vec![b'.'; 60_000];
            let at = text.len() - border;
            text.splice(at..at, *b"require");
            assert_eq!(last_word(&text), Some(at + 7));
        }
        assert_eq!(last_word(&[b'r'; 40_000]), None);
    }

    #[test]
    fn a_part_of_a_longer_name_is_no_word() {
        assert_eq!(last_word(b"(require) exports.a=required;__require"), Some(8));
        assert_eq!(last_word("é.import\u{a0}\u{a0}exporting $import".as_bytes()), Some(9));
    }

    #[test]
    fn a_short_rest_is_read_all_the_same() {
        assert_eq!(end_of_interest(b"import 'x'; `"), 13);
        let mut text = b"import 'x'".to_vec();
        text.resize(10_000, b' ');
        assert_eq!(end_of_interest(&text), 6);
    }
}
