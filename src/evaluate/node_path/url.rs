//! What `node:url` and `new URL()` do with `file:`, by the WHATWG URL standard.
//!
//! Other schemes are refused, and so are files of other hosts. That leaves so
//! little of the standard that a crate for all of it, with its tables for
//! international host names, would be mostly unused. The resolver has a reader
//! of URLs too: it goes to paths of bytes at once, and never needs the URL.

use super::super::value::is_unknown_part;
use super::{LONGEST, bounded, path};
use crate::record::HOLE;

/// What is percent-encoded besides controls and all that is not ASCII. (The
/// standard has added `^` to paths, and later Nodes encode it. It is the same path.)
const IN_PATH: &str = " \"#<>?`{}";
const IN_QUERY: &str = " \"#<>'";
const IN_FRAGMENT: &str = " \"<>`";

/// What `pathToFileURL` encodes before the URL is parsed.
const IN_FILE_NAME: &str = "%\t\n\r \"#?[\\]^|~";

/// A `file:` URL of this machine.
struct FileUrl {
    /// A slash and a segment, once or more often.
    path: String,
    query: Option<String>,
    fragment: Option<String>,
}

/// `url.fileURLToPath(url)`; `None` where it throws.
pub fn file_url_to_path(url: &str) -> Option<String> {
    let encoded = parse(url, None)?.path;
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            decoded.push(byte);
            rest = after;
            continue;
        }
        let digit = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        let byte = (digit(0)? << 4 | digit(1)?) as u8;
        if byte == b'/' {
            return None;
        }
        decoded.push(byte);
        rest = &after[2..];
    }
    let decoded = String::from_utf8(decoded).ok()?;
    // A path may truly have the character that stands for a hole: it cannot be told.
    (decoded.matches(HOLE).count() == encoded.matches(HOLE).count()).then_some(decoded)
}

/// `url.pathToFileURL(path).href`, where `cwd` is `process.cwd()`. (Earlier Nodes
/// encode fewer characters; the paths are the same.)
pub fn path_to_file_url(cwd: &str, path: &str) -> Option<String> {
    let mut resolved = path::resolve(cwd, &[path])?;
    if path.ends_with('/') && !resolved.ends_with('/') {
        resolved.push('/');
    }
    let mut url = "file://".to_owned();
    for character in resolved.chars() {
        if IN_FILE_NAME.contains(character) { encode(&mut url, character) } else { url.push(character) }
    }
    href(parse(&url, None)?)
}

/// `new URL(reference, base).href`, where it is a `file:` URL and so is the base.
pub fn resolve_url(reference: &str, base: Option<&str>) -> Option<String> {
    let base = match base {
        Some(base) => Some(parse(base, None)?),
        None => None,
    };
    href(parse(reference, base.as_ref())?)
}

fn href(url: FileUrl) -> Option<String> {
    let mut href = format!("file://{}", url.path);
    for (mark, part) in [('?', url.query), ('#', url.fragment)] {
        if let Some(part) = part {
            href.push(mark);
            href.push_str(&part);
        }
    }
    bounded(href)
}

/// The standard's basic URL parser, from "scheme start state" to "file state".
fn parse(reference: &str, base: Option<&FileUrl>) -> Option<FileUrl> {
    if reference.len() > LONGEST {
        return None;
    }
    let text = reference.trim_matches(|character| character <= ' ').replace(['\t', '\n', '\r'], "");
    let rest = match without_scheme(&text)? {
        (rest, true) => rest,
        (rest, false) => base.map(|_| rest)?,
    };
    let (rest, fragment) = split_once(rest, '#');
    let (rest, query) = split_once(rest, '?');
    let mut query = query.map(|query| encoded(query, IN_QUERY));
    // A backslash is a slash in URLs of files.
    let rest = rest.replace('\\', "/");
    let path = match (rest.strip_prefix('/').map(|after| (after, after.strip_prefix('/'))), base) {
        // file host state
        (Some((_, Some(after))), _) => with_segments(String::new(), without_host(after)?),
        // file slash state
        (Some((after, None)), base) => {
            let first = base.and_then(|base| base.path.split('/').nth(1));
            let drive = first.filter(|first| begins_with_letter_and_colon(first) && !starts_with_drive(after));
            with_segments(drive.map_or(String::new(), |drive| format!("/{drive}")), after)
        }
        // file state
        (None, None) => with_segments(String::new(), &rest),
        (None, Some(base)) if rest.is_empty() => {
            // The standard keeps an empty query too, Node does not.
            query = query.or_else(|| base.query.clone().filter(|query| !query.is_empty()));
            base.path.clone()
        }
        (None, Some(_)) if starts_with_drive(&rest) => with_segments(String::new(), &rest),
        (None, Some(base)) => {
            let mut path = base.path.clone();
            shorten(&mut path);
            with_segments(path, &rest)
        }
    };
    Some(FileUrl { path, query, fragment: fragment.map(|fragment| encoded(fragment, IN_FRAGMENT)) })
}

/// What follows `file:`, and whether that was there; `None` for other schemes,
/// and where a hole may be part of one.
fn without_scheme(text: &str) -> Option<(&str, bool)> {
    let end = text.find([':', '/', '\\', '?', '#']).unwrap_or(text.len());
    let (scheme, rest) = text.split_at(end);
    let Some(rest) = rest.strip_prefix(':') else { return Some((text, false)) };
    if scheme.eq_ignore_ascii_case("file") {
        return Some((rest, true));
    }
    let mut characters = scheme.chars();
    let is_scheme = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == HOLE)
        && characters.all(|each| each.is_ascii_alphanumeric() || matches!(each, '+' | '-' | '.' | HOLE));
    (!is_scheme).then_some((text, false))
}

fn split_once(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// What follows the host and its slash, where the host can only be this machine.
fn without_host(text: &str) -> Option<&str> {
    let (host, rest) = text.split_once('/').unwrap_or((text, ""));
    // A drive letter is no host, but the first segment.
    if is_drive(host) {
        return Some(text);
    }
    (host.is_empty() || host.eq_ignore_ascii_case("localhost")).then_some(rest)
}

/// The standard's "path state".
fn with_segments(mut path: String, text: &str) -> String {
    let mut segments = text.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match dots(segment) {
            Some(dots) => {
                if dots == 2 {
                    shorten(&mut path);
                }
                if is_last {
                    path.push('/');
                }
            }
            None if path.is_empty() && is_drive(segment) => {
                path.push('/');
                path.push_str(&segment[..1]);
                path.push(':');
            }
            None => {
                path.push('/');
                path.push_str(&encoded(segment, IN_PATH));
            }
        }
    }
    path
}

/// Takes off the last segment, unless it is a drive.
fn shorten(path: &mut String) {
    let at = path.rfind('/').unwrap_or(0);
    if at > 0 || !path.get(1..).is_some_and(begins_with_letter_and_colon) {
        path.truncate(at);
    }
}

/// What Node takes for a drive in a URL that was parsed. The standard wants
/// nothing behind the colon.
fn begins_with_letter_and_colon(segment: &str) -> bool {
    matches!(segment.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// 1 for `.` and 2 for `..`, however they are written.
fn dots(segment: &str) -> Option<usize> {
    let mut count = 0;
    let mut rest = segment.as_bytes();
    while let [b'.', after @ ..] | [b'%', b'2', b'e' | b'E', after @ ..] = rest {
        count += 1;
        rest = after;
    }
    (rest.is_empty() && matches!(count, 1 | 2)).then_some(count)
}

/// `C:` or `C|`: the standard knows Windows' drives on every machine.
fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

fn starts_with_drive(text: &str) -> bool {
    is_drive(text.split('/').next().unwrap_or(text))
}

fn encoded(text: &str, set: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_plain = matches!(character, ' '..='~') && !set.contains(character);
        if is_plain || is_unknown_part(character) { out.push(character) } else { encode(&mut out, character) }
    }
    out
}

/// Percent-encodes all bytes of a character.
fn encode(out: &mut String, character: char) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).map_or('0', |digit| digit.to_ascii_uppercase());
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
    }
}
