//! Paths with holes: which names fill them.
//!
//! Text alone. What is written out is compared byte by byte, whatever
//! characters a glob would give a meaning; only a hole matches more than itself.

use std::path::{Path, PathBuf};

use super::path;

/// [`crate::record::HOLE`] in UTF-8.
const HOLE: &[u8] = b"\xf4\x8f\xbf\xbf";

/// [`crate::record::STAR`] in UTF-8: all but the last byte are a hole's.
const STAR: &[u8] = b"\xf4\x8f\xbf\xbe";

/// Where the first hole or star of a text is.
fn find_hole(text: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(text, &HOLE[..3]).find(|at| matches!(text.get(at + 3), Some(0xbe | 0xbf)))
}

/// The text has a part that is not known.
pub fn has_hole(text: &[u8]) -> bool {
    find_hole(text).is_some()
}

/// Text with holes in one name.
///
/// `literals` are what stands between the holes: one where there is none, and
/// only the first and the last may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    literals: Box<[Box<[u8]>]>,
    /// What begins it is a star, which stands for no folders.
    confined: bool,
}

impl NamePattern {
    /// A name, or a part of one. Holes in a row are one.
    pub fn new(text: &[u8]) -> Self {
        let mut literals: Vec<Box<[u8]>> = Vec::new();
        let mut rest = text;
        while let Some(at) = find_hole(rest) {
            if at > 0 || literals.is_empty() {
                literals.push(rest[..at].into());
            }
            rest = &rest[at + HOLE.len()..];
        }
        literals.push(rest.into());
        Self { literals: literals.into(), confined: text.starts_with(STAR) }
    }

    /// Whether the holes can be filled so that it is `name`.
    pub fn matches(&self, name: &[u8]) -> bool {
        let (first, middle, last) = match &*self.literals {
            [first, middle @ .., last] => (first, middle, last),
            whole => return whole.iter().any(|whole| **whole == *name),
        };
        let Some(mut rest) = name.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
            return false;
        };
        for literal in middle {
            // The first place will do: what is behind it only gets longer.
            let Some(at) = memchr::memmem::find(rest, literal) else { return false };
            rest = &rest[at + literal.len()..];
        }
        true
    }

    fn has_hole(&self) -> bool {
        self.literals.len() > 1
    }

    /// A hole is the first thing in it.
    fn begins_open(&self) -> bool {
        self.has_hole() && self.literals.first().is_some_and(|first| first.is_empty())
    }

    /// A hole is the last thing in it.
    pub fn ends_open(&self) -> bool {
        self.has_hole() && self.literals.last().is_some_and(|last| last.is_empty())
    }

    /// Only a hole could be the dot that `name` begins with.
    pub(super) fn hides(&self, name: &[u8]) -> bool {
        name.first() == Some(&b'.') && self.begins_open()
    }

    /// Nothing in it is known.
    fn is_open(&self) -> bool {
        self.literals.len() == 2 && self.begins_open() && self.ends_open()
    }
}

/// The part of a path that has holes, below a folder that is known.
///
/// A hole that begins a name may stand for folders too: `a/` and a hole is
/// everything below `a`. Any other hole is a part of one name. That is how nft
/// reads them, and what programs mean by `dir + '/' + name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    names: Box<[NamePattern]>,
}

impl Pattern {
    /// Everything below a folder.
    pub fn everything() -> Self {
        Self::below(HOLE)
    }

    /// The pattern of a path relative to a folder.
    pub fn below(path: &[u8]) -> Self {
        Self { names: path.split(|byte| *byte == b'/').map(NamePattern::new).collect() }
    }

    /// A normal path as the folder before its first hole and the rest; `None`
    /// if it has no hole.
    pub fn split(path: &Path) -> Option<(PathBuf, Self)> {
        let bytes = path::bytes(path);
        let hole = find_hole(bytes)?;
        let slash = memchr::memrchr(b'/', &bytes[..hole])?;
        let base = if slash == 0 { b"/".as_slice() } else { &bytes[..slash] };
        Some((path::from_bytes(base.to_vec()), Self::below(&bytes[slash + 1..])))
    }

    /// What is written out of a path whose only hole ends it.
    pub fn written(path: &Path) -> Option<PathBuf> {
        let mut written = path::bytes(path);
        while let Some(rest) = written.strip_suffix(HOLE).or_else(|| written.strip_suffix(STAR)) {
            written = rest;
        }
        let is_only = written.len() < path::bytes(path).len() && !has_hole(written);
        is_only.then(|| path::from_bytes(path::join(b"/", written)))
    }

    /// Folders of which nothing is known, one in the other, are one hole.
    #[must_use]
    pub fn collapsed(self) -> Self {
        let mut names = self.names.into_vec();
        names.dedup_by(|next, before| next.is_open() && before.is_open());
        Self { names: names.into() }
    }

    /// Nothing in it is known, and so everything below the folder is meant.
    pub fn is_everything(&self) -> bool {
        self.names.iter().all(NamePattern::is_open)
    }

    /// The first name may be any number of folders away.
    pub fn begins_open(&self) -> bool {
        self.names.first().is_some_and(NamePattern::begins_open)
    }

    /// A hole is the last thing in it.
    pub fn ends_open(&self) -> bool {
        self.names.last().is_some_and(NamePattern::ends_open)
    }

    /// The last name can be `name`.
    pub fn ends_as(&self, name: &[u8]) -> bool {
        self.names.last().is_some_and(|last| last.matches(name))
    }

    /// What ends the path is a name of which nothing is known, at any depth.
    pub fn ends_with_any_path(&self) -> bool {
        self.names.last().is_some_and(NamePattern::is_open)
    }

    /// Whether a path, relative to the folder, can be meant.
    pub fn matches(&self, path: &[u8]) -> bool {
        let mut at = Progress::start();
        let mut rest = path;
        while let Some(slash) = memchr::memchr(b'/', rest) {
            at = self.enter(&at, &rest[..slash], true);
            rest = &rest[slash + 1..];
        }
        self.last_name(&at).is_some_and(|last| last.matches(rest))
    }

    /// How far the pattern is matched within the folder `name`. A hole that
    /// begins a name stands for no dot file unless `dotted`.
    pub(super) fn enter(&self, at: &Progress, name: &[u8], dotted: bool) -> Progress {
        let mut next = Vec::with_capacity(at.0.len() + 1);
        for index in &at.0 {
            let pattern = &self.names[*index];
            if !dotted && pattern.hides(name) {
                continue;
            }
            if pattern.begins_open() && !pattern.confined {
                next.push(*index);
            }
            if *index + 1 < self.names.len() && pattern.matches(name) {
                next.push(*index + 1);
            }
        }
        next.sort_unstable();
        next.dedup();
        Progress(next)
    }

    /// The last name of the pattern, if it is what comes next.
    pub(super) fn last_name(&self, at: &Progress) -> Option<&NamePattern> {
        let last = self.names.len().checked_sub(1)?;
        at.0.contains(&last).then(|| &self.names[last])
    }
}

/// Which names of a pattern may come next: after different numbers of folders,
/// different ones. Never more than the folders passed, and one.
#[derive(Clone, Debug)]
pub(super) struct Progress(Vec<usize>);

impl Progress {
    /// In the folder before the first hole.
    pub(super) fn start() -> Self {
        Self(vec![0])
    }

    /// Nothing in this folder can match.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLE_TEXT: &str = "\u{10ffff}";

    /// `*` stands for a hole.
    fn pattern(text: &str) -> Pattern {
        Pattern::below(text.replace('*', HOLE_TEXT).as_bytes())
    }

    /// The rule as it is told, over all ways to fill the holes.
    fn by_the_book(pattern: &[u8], at_name: bool, path: &[u8]) -> bool {
        let Some((first, rest)) = pattern.split_first() else { return path.is_empty() };
        if *first != b'*' {
            return path.first() == Some(first) && by_the_book(rest, *first == b'/', &path[1..]);
        }
        let fills = |len: usize| at_name || !path[..len].contains(&b'/');
        // A name is never empty, and holes in a row are one.
        (0..=path.len())
            .any(|len| fills(len) && by_the_book(rest, at_name && path[..len].ends_with(b"/"), &path[len..]))
    }

    fn words(letters: &[&str], most: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..most {
            last = last.iter().flat_map(|word| letters.iter().map(move |letter| format!("{word}{letter}"))).collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    fn is_path(text: &str) -> bool {
        !text.split('/').any(str::is_empty)
    }

    #[test]
    fn the_constant_is_the_hole() {
        assert_eq!(crate::record::HOLE.to_string().as_bytes(), HOLE);
        assert_eq!(crate::record::STAR.to_string().as_bytes(), STAR);
    }

    #[test]
    fn a_star_is_a_part_of_one_name() {
        let stars = |text: &str| Pattern::below(text.replace('*', "\u{10fffe}").as_bytes());
        assert!(stars("*.js").matches(b"a.js") && !stars("*.js").matches(b"b/a.js"));
        assert!(stars("*/x").matches(b"a/x") && !stars("*/x").matches(b"a/b/x"));
        assert!(stars("a*/*").matches(b"ab/c") && !stars("a*/*").matches(b"ab/c/d"));
        // `**/*.js` of a glob is a hole and a star.
        let both = Pattern::below("\u{10ffff}\u{10fffe}.js".as_bytes());
        assert!(both.matches(b"a.js") && both.matches(b"b/c/a.js"));
    }

    #[test]
    fn it_matches_what_filling_the_holes_gives() {
        let paths: Vec<_> = words(&["a", "b", "/"], 6).into_iter().filter(|path| is_path(path)).collect();
        let patterns = words(&["a", "*", "/"], 5).into_iter().filter(|text| is_path(text) && !text.contains("**"));
        let mut hits = 0;
        for text in patterns {
            let pattern = pattern(&text);
            for path in &paths {
                let expected = by_the_book(text.as_bytes(), true, path.as_bytes());
                assert_eq!(pattern.matches(path.as_bytes()), expected, "{text} and {path}");
                hits += usize::from(expected);
            }
        }
        assert!(hits > 1000);
    }

    #[test]
    fn what_is_written_out_is_no_glob() {
        let literal = pattern("[a]*{b}?.js");
        assert!(literal.matches(b"[a]x{b}?.js") && literal.matches(b"[a]{b}?.js"));
        assert!(!literal.matches(b"a-b?.js") && !literal.matches(b"[a]x{b}q.js"));
        assert!(pattern("x*").matches(b"x\xff\xfe") && pattern("*").matches(b"a/\xff"));
    }

    #[test]
    fn a_path_is_split_before_its_first_hole() {
        let split = |text: &str| Pattern::split(Path::new(&text.replace('*', HOLE_TEXT)));
        assert_eq!(split("/a/b"), None);
        assert_eq!(split("/a/b*c/d").unwrap(), (PathBuf::from("/a"), pattern("b*c/d")));
        assert_eq!(split("/*").unwrap(), (PathBuf::from("/"), pattern("*")));
        let written = |text: &str| Pattern::written(Path::new(&text.replace('*', HOLE_TEXT)));
        assert_eq!(written("/a/b/**"), Some(PathBuf::from("/a/b")));
        assert_eq!(written("/a/b*"), Some(PathBuf::from("/a/b")));
        assert!(written("/a/*/*").is_none() && written("/a*/b").is_none() && written("/a").is_none());
        assert!(pattern("**/*").collapsed() == pattern("*") && pattern("*/*").is_everything());
        assert!(pattern("*/a/*").collapsed() == pattern("*/a/*") && !pattern("*a").is_everything());
    }
}
