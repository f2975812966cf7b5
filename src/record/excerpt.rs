//! The line around a place in a text, cut to what a terminal has room for.

use std::ops::Range;

use super::{Place, extent};

/// So many characters are shown of a line, and so many of them before the place where it is cut.
const WIDTH: usize = 66;
const BEFORE: usize = 28;

/// A part of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line or a part of it, with `…` where it was cut; tabs are spaces, and
    /// what would disturb a terminal is U+FFFD.
    pub text: String,
    /// Which characters of `text` ask for something at the place.
    pub marked: Range<usize>,
}

impl Excerpt {
    /// The line of `text` in which `place` stands; none where there is no such.
    pub fn of(text: &[u8], place: Place) -> Option<Self> {
        let line = line(text, place.line)?;
        let at = (place.column as usize).saturating_sub(1);
        // What is far from the place is passed over, however long the line is.
        let shown: Vec<char> = characters(line).skip(at.saturating_sub(WIDTH)).take(2 * WIDTH + 1).collect();
        let passed = at.saturating_sub(WIDTH);
        let at = (at - passed).min(shown.len());
        let is_whole = passed == 0 && shown.len() <= WIDTH;
        let from = if is_whole || (passed == 0 && at <= BEFORE) { 0 } else { at.saturating_sub(BEFORE) };
        let to = shown.len().min(from + WIDTH);
        let indent = shown[from..at].iter().take_while(|character| **character == ' ').count();
        let from = from + indent;
        let is_cut = (passed > 0 || from > indent) && from > 0;
        let marked = extent(&shown, at);
        let mut text = String::new();
        if is_cut {
            text.push('…');
        }
        text.extend(&shown[from..to]);
        text.truncate(text.trim_end().len());
        if to < shown.len() {
            text.push('…');
        }
        let shift = |index: usize| index.clamp(from, to.max(from)) - from + usize::from(is_cut);
        let start = shift(marked.start);
        Some(Self { text, marked: start..shift(marked.end).max(start + 1) })
    }
}

/// A line by its number, without its end.
fn line(mut text: &[u8], number: u32) -> Option<&[u8]> {
    text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    for _ in 1..number {
        let (_, rest) = cut(text);
        text = rest?;
    }
    Some(cut(text).0)
}

/// A line, and what stands behind its end if it has one: LF, CR, CR LF, U+2028, U+2029.
fn cut(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut from = 0;
    while let Some(stop) = memchr::memchr3(b'\n', b'\r', 0xe2, &text[from..]) {
        let stop = from + stop;
        let width = match &text[stop..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => {
                from = stop + 1;
                continue;
            }
        };
        return (&text[..stop], Some(&text[stop + width..]));
    }
    (text, None)
}

/// Characters as places count them: a byte that is not UTF-8 is one.
fn characters(line: &[u8]) -> impl Iterator<Item = char> {
    line.utf8_chunks().flat_map(|chunk| {
        let broken = chunk.invalid().iter().map(|_| '\u{fffd}');
        chunk.valid().chars().map(tame).chain(broken)
    })
}

fn tame(character: char) -> char {
    match character {
        '\t' => ' ',
        _ if super::name::disturbs(character) => '\u{fffd}',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, line: u32, column: u32) -> (String, String) {
        let excerpt = Excerpt::of(text.as_bytes(), Place { line, column }).unwrap();
        let rest = excerpt.text.chars().skip(excerpt.marked.start).take(excerpt.marked.len()).collect();
        (excerpt.text, rest)
    }

    #[test]
    fn a_line_is_shown_and_a_long_one_cut_around_the_place() {
        assert_eq!(shown("a\n\trequire('b')\r\nc", 2, 10), ("require('b')".into(), "require('b')".into()));
        assert_eq!(shown("\u{feff}é\u{2028}x", 2, 1), ("x".into(), "x".into()));
        let long = format!("{}require('b');{}", "x".repeat(5000), "y".repeat(5000));
        let (text, rest) = shown(&long, 1, 5009);
        assert!(text.starts_with('…') && text.ends_with('…') && rest == "xxxxxxxxxxxxxxxxxxxxrequire('b')", "{text}");
        assert!(text.chars().count() <= WIDTH + 2);
        let early = format!("require('b');{}", "y".repeat(500));
        let (text, rest) = shown(&early, 1, 9);
        assert!(text.starts_with("require") && rest == "require('b')" && text.ends_with('…'), "{text}");
        assert_eq!(Excerpt::of(b"a", Place { line: 2, column: 1 }), None);
        assert_eq!(shown("a\u{1b}[31m'b'", 1, 7).0, "a\u{fffd}[31m'b'");
        assert!(Excerpt::of(b"ab", Place { line: 1, column: 99 }).is_some());
    }
}
