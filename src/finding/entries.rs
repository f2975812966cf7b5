//! docs/findings.md, entry by entry: what each code means and what to do.
//!
//! That file is the one place where it is written. An entry begins with a line
//! `## MT2001 — what it is` and lasts to the next heading.

use super::Code;

const TEXT: &str = include_str!("../../docs/findings.md");

/// What is written of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means and what to do, as Markdown.
    pub text: &'static str,
}

impl Entry {
    /// All entries, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Entry> {
        TEXT.split("\n## MT").skip(1).filter_map(|part| {
            let (heading, text) = part.split_once('\n')?;
            let (number, title) = heading.split_once(" — ")?;
            let text = text.find("\n# ").map_or(text, |end| &text[..end]);
            Some(Entry { code: Code(number.parse().ok()?), title: title.trim(), text: text.trim() })
        })
    }

    /// The entry of a code.
    pub fn of(code: Code) -> Option<Entry> {
        Self::all().find(|entry| entry.code == code)
    }
}
