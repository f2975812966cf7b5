//! Node's `path.posix`.
//!
//! Windows' paths are not read here: a `\` is a character like any other.

use super::{LONGEST, bounded, has_hole, known_length, may_be_empty, same, string::concat};
use crate::record::HOLE;

/// `path.sep`.
pub const SEP: &str = "/";
/// `path.delimiter`.
pub const DELIMITER: &str = ":";

/// The parts of a path, as `path.parse` gives them and `path.format` takes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts<T> {
    /// `/` or nothing.
    pub root: T,
    /// All before the last segment.
    pub dir: T,
    /// The last segment.
    pub base: T,
    /// Its extension, with the dot.
    pub ext: T,
    /// The last segment without its extension.
    pub name: T,
}

/// `path.join(...parts)`.
pub fn join(parts: &[&str]) -> Option<String> {
    let mut parts = parts.iter().copied().filter(|part| !part.is_empty()).peekable();
    let absolute = parts.peek().is_some_and(|first| first.starts_with('/'));
    let trailing = parts.clone().last().is_some_and(|last| last.ends_with('/'));
    let mut joined = normal(parts.flat_map(|part| part.split('/')), absolute)?;
    if joined.is_empty() {
        joined.push('.');
    }
    if trailing && joined != "/" {
        joined.push('/');
    }
    bounded(joined)
}

/// `path.resolve(...parts)`, where `cwd` is `process.cwd()`. A part that begins
/// with a hole is taken for relative.
pub fn resolve(cwd: &str, parts: &[&str]) -> Option<String> {
    let from = parts.iter().rposition(|part| part.starts_with('/'));
    let (first, rest) = match from {
        Some(from) => ("", &parts[from..]),
        None => (cwd, parts),
    };
    let absolute = from.is_some() || cwd.starts_with('/');
    let all = std::iter::once(first).chain(rest.iter().copied());
    let resolved = normal(all.flat_map(|part| part.split('/')), absolute)?;
    bounded(if resolved.is_empty() { ".".to_owned() } else { resolved })
}

/// `path.normalize(path)`.
pub fn normalize(path: &str) -> Option<String> {
    join(&[path])
}

/// Segments put together, without `.`, `..` and empty ones where they mean nothing.
fn normal<'a>(segments: impl Iterator<Item = &'a str>, absolute: bool) -> Option<String> {
    let mut path = String::new();
    if absolute {
        path.push('/');
    }
    let root = path.len();
    for segment in segments {
        let below = &path[root..];
        let climbs = below == ".." || below.ends_with("/..");
        match segment {
            "" | "." => continue,
            ".." if !below.is_empty() && !climbs => {
                path.truncate(path.rfind('/').unwrap_or(0).max(root));
                continue;
            }
            ".." if absolute => continue,
            _ => {}
        }
        if path.len() > root {
            path.push('/');
        }
        path.push_str(segment);
        if path.len() > LONGEST {
            return None;
        }
    }
    Some(path)
}

/// `path.isAbsolute(path)`.
pub fn is_absolute(path: &str) -> Option<bool> {
    match path.chars().next() {
        Some(HOLE) => None,
        first => Some(first == Some('/')),
    }
}

/// `path.dirname(path)`. A hole in the last segment is gone with it; `None` if
/// that is the only segment and begins with a hole, because nothing is known of
/// its directory.
pub fn dirname(path: &str) -> Option<&str> {
    let (from, _) = last_segment(path);
    let before = &path[..from];
    Some(match before {
        "" if path.starts_with(HOLE) => return None,
        "" if path.starts_with('/') => "/",
        "" => ".",
        "/" => "/",
        // Node takes off one slash, however many there are.
        "//" => "//",
        _ => &before[..before.len() - 1],
    })
}

/// `path.basename(path, suffix)`; a suffix that was not given is empty.
pub fn basename<'a>(path: &'a str, suffix: &str) -> Option<&'a str> {
    let (from, to) = last_segment(path);
    let base = &path[from..to];
    if suffix.is_empty() {
        return Some(base);
    }
    if has_hole(suffix) {
        return None;
    }
    if known_length(suffix) > known_length(path) {
        return if has_hole(path) { None } else { Some(base) };
    }
    // Node asks this first, and even where the suffix ends with slashes.
    let is_path = same(suffix, path);
    if is_path == Some(true) {
        return Some("");
    }
    let is_other = is_path == Some(false);
    let mut wanted = suffix.chars().rev();
    for (at, found) in base.char_indices().rev() {
        match wanted.next() {
            // All of it was found. A hole before it may be empty, and is then all that is left.
            None => return Some(&base[..at + found.len_utf8()]),
            Some(_) if found == HOLE => return None,
            Some(wanted) if wanted != found => return is_other.then_some(base),
            Some(_) => {}
        }
    }
    // The segment ended first. Where it is no more than the suffix it stays, and
    // where it is less Node forgets to take off the slashes behind it.
    is_other.then_some(if wanted.next().is_none() { base } else { &path[from..] })
}

/// `path.extname(path)`.
pub fn extname(path: &str) -> Option<&str> {
    let (from, to) = last_segment(path);
    extension(&path[from..to])
}

/// The extension of a segment.
fn extension(segment: &str) -> Option<&str> {
    let (name, extension) = segment.split_at(segment.rfind('.').unwrap_or(segment.len()));
    if has_hole(segment) {
        let known = segment.chars().filter(|character| *character != HOLE);
        // A hole may bring a dot, may leave nothing before the dot, may leave `..`.
        let open = extension.is_empty() || has_hole(extension) || may_be_empty(name) || known.eq("..".chars());
        return (!open).then_some(extension);
    }
    Some(if name.is_empty() || segment == ".." { "" } else { extension })
}

/// `path.relative(from, to)`, where `cwd` is `process.cwd()`. `from` must be
/// known: a hole in it may be any number of steps up.
pub fn relative(cwd: &str, from: &str, to: &str) -> Option<String> {
    let from = resolve(cwd, &[from])?;
    let to = resolve(cwd, &[to])?;
    if has_hole(&from) {
        return None;
    }
    let (mut from, mut to) = (from.trim_start_matches('/'), to.trim_start_matches('/'));
    while !from.is_empty() && !to.is_empty() {
        let (up, from_rest) = from.split_once('/').unwrap_or((from, ""));
        let (down, to_rest) = to.split_once('/').unwrap_or((to, ""));
        if !same(up, down)? {
            break;
        }
        (from, to) = (from_rest, to_rest);
    }
    let mut relative = String::new();
    for _ in from.split('/').filter(|segment| !segment.is_empty()) {
        relative.push_str(if relative.is_empty() { ".." } else { "/.." });
    }
    if !to.is_empty() {
        if !relative.is_empty() {
            relative.push('/');
        }
        relative.push_str(to);
    }
    bounded(relative)
}

/// `path.parse(path)`, each part as far as it does not depend on a hole.
pub fn parse(path: &str) -> Parts<Option<&str>> {
    let (from, to) = last_segment(path);
    let base = &path[from..to];
    // Node's parse takes this for a name and an extension, its extname does not.
    let ext = if &path[..to] == "/.." { Some(".") } else { extension(base) };
    let starts_with_hole = path.starts_with(HOLE);
    let root = if path.starts_with('/') { "/" } else { "" };
    let dir = match from {
        0 | 1 => root,
        _ => &path[..from - 1],
    };
    Parts {
        root: (!starts_with_hole).then_some(root),
        dir: (!starts_with_hole || from > 0).then_some(dir),
        base: Some(base),
        ext,
        name: ext.map(|ext| &base[..base.len() - ext.len()]),
    }
}

/// `path.format(parts)`; a part that was not given is empty.
pub fn format(parts: &Parts<&str>) -> Option<String> {
    let Parts { root, dir, base, ext, name } = *parts;
    // Which parts count is a question of which are empty.
    let is_open = |text: &str| !text.is_empty() && may_be_empty(text);
    if is_open(root) || is_open(dir) || is_open(base) || ext.starts_with(HOLE) {
        return None;
    }
    let dot = if ext.is_empty() || ext.starts_with('.') { "" } else { "." };
    let base = if base.is_empty() { [name, dot, ext] } else { [base, "", ""] };
    let folder = if dir.is_empty() { root } else { dir };
    let between = if dir.is_empty() || same(dir, root)? { "" } else { SEP };
    concat(&[folder, between, base[0], base[1], base[2]])
}

/// Where the last segment is; slashes behind it do not count.
fn last_segment(path: &str) -> (usize, usize) {
    let to = path.trim_end_matches('/').len();
    let from = path[..to].rfind('/').map_or(0, |slash| slash + 1);
    (from, to)
}
