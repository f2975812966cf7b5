//! `text.replace(/regular expression/, "text")`, where both languages agree.
//!
//! The crate `regex` does the work. What JavaScript means otherwise, or has
//! alone, is refused: the result is then unknown.

use regex::{Captures, RegexBuilder};

use crate::record::HOLE;

/// Bytes that a compiled expression may take: those of real programs are tiny.
const SIZE: usize = 64 * 1024;

/// Longer expressions, and longer texts, are those of no path. Each match may
/// look at all of the text behind it.
const LONGEST: usize = 1024;

/// The steps that one replacement may take: most go into compiling.
pub(super) const STEPS: usize = 8 * LONGEST;

/// The text after the replacement, if it can be told. `literal` is the
/// expression with its slashes and flags.
pub(super) fn replace(text: &str, literal: &[u8], by: &str) -> Option<String> {
    let literal = std::str::from_utf8(literal).ok()?.strip_prefix('/')?;
    let (pattern, flags) = literal.rsplit_once('/')?;
    if text.len() > LONGEST || pattern.len() > LONGEST {
        return None;
    }
    // A hole may match or not; `$` may stand for a part of the text; `\w` and
    // its like know other letters; `\c`, `\k` and `[^]` are JavaScript's own.
    let differs = ["\\w", "\\W", "\\b", "\\B", "\\s", "\\S", "\\c", "\\k", "[^]", "[]", "&&", "--", "~~", "[["];
    if text.contains(HOLE) || by.contains('$') || differs.iter().any(|part| pattern.contains(part)) {
        return None;
    }
    if !flags.chars().all(|flag| matches!(flag, 'g' | 'i' | 'm' | 's' | 'u')) || !text.is_ascii() {
        return None;
    }
    let regex = RegexBuilder::new(&pattern.replace("\\d", "[0-9]").replace("\\D", "[^0-9]"))
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .size_limit(SIZE)
        .dfa_size_limit(SIZE)
        .nest_limit(32)
        .build()
        .ok()?;
    let limit = usize::from(!flags.contains('g'));
    let replaced = regex.replacen(text, limit, |_: &Captures<'_>| by);
    (replaced.len() <= super::value::LONGEST_TEXT).then(|| replaced.into_owned())
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn what_both_languages_mean_alike_is_replaced() {
        let replaced = |text: &str, literal: &str, by: &str| replace(text, literal.as_bytes(), by);
        assert_eq!(replaced("/a/query.js", r"/\.js$/", ".sql").as_deref(), Some("/a/query.sql"));
        assert_eq!(replaced("/a/x.mjs", r"/\.[cm]?js$/i", "").as_deref(), Some("/a/x"));
        assert_eq!(replaced("a.b.c", r"/\./g", "/").as_deref(), Some("a/b/c"));
        assert_eq!(replaced("/a/dist/b", r"/\/dist(\/|$)/", "/src/").as_deref(), Some("/a/src/b"));
        assert_eq!(replaced("x", r"/(?<=a)b/", ""), None, "looking behind");
        assert_eq!(replaced("x", r"/(.)\1/", ""), None, "a back reference");
        assert_eq!(replaced("x", "/x/", "$&"), None, "a part of the text");
        assert_eq!(replaced("x", "/x/y", ""), None, "a sticky one");
    }
}
