//! From the text of a URL or URL reference to the path that Node reads.
//!
//! `import` resolves with URLs: percent-encoding, `?query`, `#hash` and
//! backslashes mean something. Only `file:` URLs become paths; nothing here
//! builds a URL or asks the file system.

use super::path;
use crate::finding::ResolutionError;

/// A path that a URL stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UrlPath {
    /// Normal, without percent-encoding.
    pub(super) path: Vec<u8>,
    /// The URL's path ends with a slash.
    pub(super) slash: bool,
}

/// The scheme of an absolute URL, without its colon; `None` for a reference.
pub(super) fn scheme(text: &str) -> Option<&str> {
    let scheme = &text[..text.find(':')?];
    let mut bytes = scheme.bytes();
    let first = bytes.next()?.is_ascii_alphabetic();
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (first && rest).then_some(scheme)
}

/// `fileURLToPath(new URL(reference, directory + "/"))`, where `reference` has
/// no scheme, or is what follows `file:`.
///
/// # Errors
/// `InvalidModuleSpecifier` for an encoded `/` or `\` (ESM_RESOLVE, step 6),
/// `InvalidFileUrl` for a host or percent-encoding that is no text, and
/// `InvalidArgument` for a NUL.
pub(super) fn to_path(directory: &[u8], reference: &str) -> Result<UrlPath, ResolutionError> {
    if is_plain(reference.as_bytes()) {
        let slash = names_directory(reference.as_bytes());
        return Ok(UrlPath { path: path::join(directory, reference.as_bytes()), slash });
    }
    let text = clean(reference);
    let end = text.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(text.len());
    let text = without_host(&text[..end])?;
    if has_encoded_separator(text) {
        return Err(ResolutionError::InvalidModuleSpecifier);
    }
    let (mut joined, rest) = match text.strip_prefix(b"/") {
        Some(rest) => (Vec::new(), rest),
        None if directory == b"/" => (Vec::new(), text),
        None => (directory.to_vec(), text),
    };
    let mut slash = true;
    for segment in rest.split(|byte| *byte == b'/') {
        slash = segment.is_empty() || is_dot(segment) || is_dot_dot(segment);
        if is_dot_dot(segment) {
            joined.truncate(memchr::memrchr(b'/', &joined).unwrap_or(0));
        } else if !is_dot(segment) {
            joined.push(b'/');
            decode(segment, &mut joined)?;
        }
    }
    Ok(UrlPath { path: path::join(b"/", &joined), slash })
}

/// Nothing in it means more to a URL than to a path.
fn is_plain(text: &[u8]) -> bool {
    let special = |byte: &u8| *byte <= b' ' || matches!(byte, b'%' | b'?' | b'#' | b'\\');
    !text.iter().any(special) && !text.starts_with(b"//") && memchr::memmem::find(text, b"//").is_none()
}

/// The last segment is empty, `.` or `..`: only a directory can be meant.
pub(super) fn names_directory(text: &[u8]) -> bool {
    matches!(text.rsplit(|byte| *byte == b'/').next(), Some(b"" | b"." | b".."))
}

/// What the URL parser drops, and backslashes as the slashes that they are.
fn clean(text: &str) -> Vec<u8> {
    let kept = text.trim_matches(|character| character <= ' ').bytes();
    kept.filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'))
        .map(|byte| if byte == b'\\' { b'/' } else { byte })
        .collect()
}

/// Takes off `//` and a host, which can only be this machine.
fn without_host(text: &[u8]) -> Result<&[u8], ResolutionError> {
    let Some(rest) = text.strip_prefix(b"//") else { return Ok(text) };
    let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    match &rest[..end] {
        b"" => Ok(&rest[end..]),
        host if host.eq_ignore_ascii_case(b"localhost") => Ok(if end < rest.len() { &rest[end..] } else { b"/" }),
        _ => Err(ResolutionError::InvalidFileUrl),
    }
}

fn has_encoded_separator(text: &[u8]) -> bool {
    text.windows(3).any(|three| three.eq_ignore_ascii_case(b"%2f") || three.eq_ignore_ascii_case(b"%5c"))
}

/// `.`, however it is written.
pub(super) fn is_dot(segment: &[u8]) -> bool {
    segment == b"." || segment.eq_ignore_ascii_case(b"%2e")
}

/// `..`, however it is written.
pub(super) fn is_dot_dot(segment: &[u8]) -> bool {
    let rest = strip_dot(segment);
    rest.and_then(strip_dot).is_some_and(<[u8]>::is_empty)
}

/// `word`, in any case and encoding.
pub(super) fn is_word(segment: &[u8], word: &[u8]) -> bool {
    let mut decoded = Vec::new();
    // An encoded letter takes three bytes: other lengths need no decoding.
    let possible = (word.len()..=word.len() * 3).contains(&segment.len());
    possible && decode(segment, &mut decoded).is_ok() && decoded.eq_ignore_ascii_case(word)
}

fn strip_dot(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// `decodeURIComponent`, added to `out`.
fn decode(segment: &[u8], out: &mut Vec<u8>) -> Result<(), ResolutionError> {
    let from = out.len();
    let mut rest = segment;
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digit = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
            let (Some(high), Some(low)) = (digit(0), digit(1)) else { return Err(ResolutionError::InvalidFileUrl) };
            out.push((high << 4 | low) as u8);
            rest = &after[2..];
        } else {
            out.push(byte);
            rest = after;
        }
    }
    if out[from..].contains(&0) {
        return Err(ResolutionError::InvalidArgument);
    }
    std::str::from_utf8(&out[from..]).map(drop).map_err(|_| ResolutionError::InvalidFileUrl)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(reference: &str) -> String {
        let url = to_path(b"/a/b", reference).unwrap();
        String::from_utf8(url.path).unwrap() + if url.slash { "/" } else { "" }
    }

    #[test]
    fn references_become_paths() {
        assert_eq!(path_of("./x.js"), "/a/b/x.js");
        assert_eq!(path_of("./x.js?q=1#h"), "/a/b/x.js");
        assert_eq!(path_of("./x%20y%2ejs"), "/a/b/x y.js");
        assert_eq!(path_of("../é.js"), "/a/é.js");
        assert_eq!(path_of(".\\x\\..\\y.js"), "/a/b/y.js");
        assert_eq!(path_of("./x\n.js "), "/a/b/x.js");
        assert_eq!(path_of("./%2E%2e/x"), "/a/x");
        assert_eq!(path_of("./c//../x"), "/a/b/c/x");
        assert_eq!(path_of("/x"), "/x");
        assert_eq!(path_of("///x"), "/x");
        assert_eq!(path_of("//localhost/x?"), "/x");
        assert_eq!(path_of("."), "/a/b/");
        assert_eq!(path_of("./c/"), "/a/b/c/");
        assert_eq!(path_of("./c/?x"), "/a/b/c/");
        assert_eq!(path_of("./c/.."), "/a/b/");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let error = |reference: &str| to_path(b"/a", reference).unwrap_err();
        assert_eq!(error("./x%2Fy"), ResolutionError::InvalidModuleSpecifier);
        assert_eq!(error("./x%5cy"), ResolutionError::InvalidModuleSpecifier);
        assert_eq!(error("./%zz"), ResolutionError::InvalidFileUrl);
        assert_eq!(error("./%ff"), ResolutionError::InvalidFileUrl);
        assert_eq!(error("//host/x"), ResolutionError::InvalidFileUrl);
        assert_eq!(error("./a%00b"), ResolutionError::InvalidArgument);
    }

    #[test]
    fn schemes() {
        assert_eq!(scheme("node:fs"), Some("node"));
        assert_eq!(scheme("file:///x"), Some("file"));
        assert_eq!(scheme("@a/b:c"), None);
        assert_eq!(scheme("1:x"), None);
        assert_eq!(scheme("lodash"), None);
    }
}
