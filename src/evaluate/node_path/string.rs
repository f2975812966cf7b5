//! `String.prototype`, as far as programs put names of files together with it.
//!
//! Offsets and lengths are JavaScript's: they count UTF-16 units, and come as
//! its numbers. A text that is half a character cannot be said here: where
//! JavaScript would give one, the answer is `None`, and so it is where it throws.

use super::{LONGEST, begins, bounded, has_hole, known_length};
use crate::record::HOLE;

/// `split` makes no more texts than this.
pub const MOST_PIECES: usize = 4096;

/// `text.concat(...more)`, and `+`: all of them, one after another.
pub fn concat(texts: &[&str]) -> Option<String> {
    let length: usize = texts.iter().map(|text| text.len()).sum();
    (length <= LONGEST).then(|| texts.concat())
}

/// `text.repeat(count)`.
pub fn repeat(text: &str, count: f64) -> Option<String> {
    let count = integer(count);
    if count < 0.0 || count.is_infinite() {
        return None;
    }
    if text.is_empty() {
        return Some(String::new());
    }
    (count <= (LONGEST / text.len()) as f64).then(|| text.repeat(count as usize))
}

/// `text.slice(start, end)`.
pub fn slice(text: &str, start: f64, end: Option<f64>) -> Option<&str> {
    let start = offset(text, start)?;
    let end = end.map_or(Some(text.len()), |end| offset(text, end))?;
    if start < end { text.get(start..end) } else { Some("") }
}

/// `text.substring(start, end)`.
pub fn substring(text: &str, start: f64, end: Option<f64>) -> Option<&str> {
    let start = offset(text, integer(start).max(0.0))?;
    let end = end.map_or(Some(text.len()), |end| offset(text, integer(end).max(0.0)))?;
    if start == end { Some("") } else { text.get(start.min(end)..start.max(end)) }
}

/// `text.substr(start, length)`.
pub fn substr(text: &str, start: f64, length: Option<f64>) -> Option<&str> {
    let start = offset(text, start)?;
    let length = length.map(|length| integer(length).max(0.0));
    if length == Some(0.0) {
        return Some("");
    }
    let rest = text.get(start..)?;
    match length {
        None => Some(rest),
        Some(length) => rest.get(..offset(rest, length)?),
    }
}

/// `text.indexOf(search)`.
pub fn index_of(text: &str, search: &str) -> Option<i32> {
    // In a hole there may be an earlier one than in what follows.
    let known = text.find(HOLE).unwrap_or(text.len());
    match text[..known].find(search) {
        Some(at) => units(&text[..at]),
        None => (known == text.len() && !has_hole(search)).then_some(-1),
    }
}

/// `text.lastIndexOf(search)`.
pub fn last_index_of(text: &str, search: &str) -> Option<i32> {
    if has_hole(text) || has_hole(search) {
        return None;
    }
    text.rfind(search).map_or(Some(-1), |at| units(&text[..at]))
}

fn units(text: &str) -> Option<i32> {
    i32::try_from(text.encode_utf16().count()).ok()
}

/// `text.charAt(index)`.
pub fn char_at(text: &str, index: f64) -> Option<&str> {
    let index = integer(index);
    if index < 0.0 { Some("") } else { unit(text, index) }
}

/// `text.at(index)`, where `Some("")` is `undefined`.
pub fn at(text: &str, index: f64) -> Option<&str> {
    let index = integer(index);
    if index < 0.0 && -index > known_length(text) as f64 {
        // It lies before the text's begin.
        return if has_hole(text) { None } else { Some("") };
    }
    unit(text, index)
}

/// The one unit at an index, or nothing behind the end.
fn unit(text: &str, index: f64) -> Option<&str> {
    let start = offset(text, index)?;
    match text.get(start..)?.chars().next() {
        None => Some(""),
        Some(HOLE) => None,
        Some(character) => (character.len_utf16() == 1).then(|| &text[start..start + character.len_utf8()]),
    }
}

/// `text.replace(pattern, replacement)` with a text as the pattern: once.
pub fn replace(text: &str, pattern: &str, replacement: &str) -> Option<String> {
    if has_hole(pattern) {
        return None;
    }
    // In a hole there may be an earlier match than in what follows.
    let known = text.find(HOLE).unwrap_or(text.len());
    let Some(at) = text[..known].find(pattern) else {
        return if known < text.len() { None } else { bounded(text.to_owned()) };
    };
    let mut out = text[..at].to_owned();
    expand(&mut out, replacement, text, at, pattern)?;
    out.push_str(&text[at + pattern.len()..]);
    bounded(out)
}

/// `text.replaceAll(pattern, replacement)` with a text as the pattern.
pub fn replace_all(text: &str, pattern: &str, replacement: &str) -> Option<String> {
    // An empty pattern matches between all units, within characters too: this
    // refuses even what comes out whole in the end. A longer one may match half
    // in a hole.
    let parts_characters = pattern.is_empty() && text.chars().any(|character| character.len_utf16() > 1);
    let may_straddle = has_hole(text) && pattern.chars().count() != 1;
    if has_hole(pattern) || parts_characters || may_straddle {
        return None;
    }
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(pattern) {
        out.push_str(&text[done..at]);
        expand(&mut out, replacement, text, at, pattern)?;
        done = at + pattern.len();
    }
    out.push_str(&text[done..]);
    bounded(out)
}

/// What a replacement means for one match: GetSubstitution, without captures.
fn expand(out: &mut String, replacement: &str, text: &str, at: usize, matched: &str) -> Option<()> {
    let mut rest = replacement;
    while let Some(mark) = rest.find(['$', HOLE]) {
        out.push_str(&rest[..mark]);
        let mut characters = rest[mark..].chars();
        let first = characters.next()?;
        let next = characters.clone().next();
        let means_more = matches!(next, Some('$' | '&' | '`' | '\''));
        match (first, next) {
            // A hole may bring the `$`, or the letter behind it.
            (HOLE, _) if means_more => return None,
            ('$', Some(HOLE)) => return None,
            ('$', Some('$')) => out.push('$'),
            ('$', Some('&')) => out.push_str(matched),
            ('$', Some('`')) => out.push_str(&text[..at]),
            ('$', Some('\'')) => out.push_str(&text[at + matched.len()..]),
            _ => out.push(first),
        }
        if first == '$' && means_more {
            characters.next();
        }
        rest = characters.as_str();
        if out.len() > LONGEST {
            return None;
        }
    }
    out.push_str(rest);
    (out.len() <= LONGEST).then_some(())
}

/// `text.split(separator)`.
pub fn split<'a>(text: &'a str, separator: &str) -> Option<Vec<&'a str>> {
    if has_hole(text) || has_hole(separator) {
        return None;
    }
    let pieces: Vec<&str> = if separator.is_empty() {
        if text.chars().any(|character| character.len_utf16() > 1) {
            return None;
        }
        // Not the empty texts that Rust sees at both ends.
        text.split("").filter(|piece| !piece.is_empty()).take(MOST_PIECES + 1).collect()
    } else {
        text.split(separator).take(MOST_PIECES + 1).collect()
    };
    (pieces.len() <= MOST_PIECES).then_some(pieces)
}

/// `text.startsWith(search)`.
pub fn starts_with(text: &str, search: &str) -> Option<bool> {
    begins(text.chars(), search.chars())
}

/// `text.endsWith(search)`.
pub fn ends_with(text: &str, search: &str) -> Option<bool> {
    begins(text.chars().rev(), search.chars().rev())
}

/// `text.includes(search)`.
pub fn includes(text: &str, search: &str) -> Option<bool> {
    if has_hole(search) {
        // Each part that is known must be somewhere.
        let possible = has_hole(text) || search.split(HOLE).all(|part| text.contains(part));
        return if possible { None } else { Some(false) };
    }
    if text.split(HOLE).any(|part| part.contains(search)) {
        return Some(true);
    }
    if has_hole(text) { None } else { Some(false) }
}

/// `text.trim()`.
pub fn trim(text: &str) -> Option<&str> {
    trim_start(text.trim_matches(is_space)).and_then(trim_end)
}

/// `text.trimStart()`.
pub fn trim_start(text: &str) -> Option<&str> {
    let trimmed = text.trim_start_matches(is_space);
    // A hole may be space, and what follows it is then trimmed too.
    let behind = trimmed.trim_start_matches(HOLE);
    let is_open = behind.len() < trimmed.len() && behind.starts_with(is_space);
    (!is_open).then_some(trimmed)
}

/// `text.trimEnd()`.
pub fn trim_end(text: &str) -> Option<&str> {
    let trimmed = text.trim_end_matches(is_space);
    let before = trimmed.trim_end_matches(HOLE);
    let is_open = before.len() < trimmed.len() && before.ends_with(is_space);
    (!is_open).then_some(trimmed)
}

/// JavaScript's WhiteSpace and LineTerminator.
fn is_space(character: char) -> bool {
    character == '\u{feff}' || character.is_whitespace() && character != '\u{85}'
}

/// `text.toLowerCase()`.
pub fn to_lower_case(text: &str) -> Option<String> {
    // Only a sigma's lower case depends on what stands around it.
    if has_hole(text) && text.contains('Σ') {
        return None;
    }
    bounded(text.to_lowercase())
}

/// `text.toUpperCase()`.
pub fn to_upper_case(text: &str) -> Option<String> {
    bounded(text.to_uppercase())
}

/// `text.padStart(length, fill)`; a fill that was not given is `" "`.
pub fn pad_start(text: &str, length: f64, fill: &str) -> Option<String> {
    let padding = padding(text, length, fill)?;
    concat(&[&padding, text])
}

/// `text.padEnd(length, fill)`.
pub fn pad_end(text: &str, length: f64, fill: &str) -> Option<String> {
    let padding = padding(text, length, fill)?;
    concat(&[text, &padding])
}

fn padding(text: &str, length: f64, fill: &str) -> Option<String> {
    let missing = integer(length) - known_length(text) as f64;
    if missing <= 0.0 || fill.is_empty() {
        return Some(String::new());
    }
    if has_hole(text) || has_hole(fill) || missing > LONGEST as f64 {
        return None;
    }
    let mut missing = missing as usize;
    let mut padding = String::new();
    for character in fill.chars().cycle() {
        if missing == 0 {
            break;
        }
        // Half of a character would be left.
        missing = missing.checked_sub(character.len_utf16())?;
        padding.push(character);
    }
    Some(padding)
}

/// ToIntegerOrInfinity.
fn integer(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() }
}

/// Where in the text's bytes JavaScript's index is, from the end if it is
/// negative; `None` where a hole lies on the way. Between the two units of a
/// character it is between the character's bytes.
fn offset(text: &str, index: f64) -> Option<usize> {
    let index = integer(index);
    let mut left = index.abs();
    if left.is_infinite() {
        return Some(if index > 0.0 { text.len() } else { 0 });
    }
    let is_negative = index < 0.0;
    let mut characters = text.chars();
    let mut back = 0;
    while left > 0.0 {
        let Some(character) = (if is_negative { characters.next_back() } else { characters.next() }) else { break };
        if character == HOLE {
            return None;
        }
        left -= character.len_utf16() as f64;
        back = if left < 0.0 { 2 } else { 0 };
    }
    let rest = characters.as_str().len();
    Some(if is_negative { rest + back } else { text.len() - rest - back })
}
