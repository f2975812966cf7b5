//! Absolute paths as bytes: joining, splitting, containment.
//!
//! Everything here is text. A path is *normal* when it is absolute and has no
//! `.`, `..`, empty segment or slash at its end; the root is `/`. Nothing here
//! asks the file system, so `..` after a link is not what the kernel would say:
//! Node's `path.resolve` has the same view.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use crate::record::relative;

/// The longest path that the system takes, in bytes without the final NUL.
pub(super) const PATH_MAX: usize = 4095;

/// The longest name of one entry that the system takes, in bytes.
pub(super) const NAME_MAX: usize = 255;

/// `path.resolve(base, path)` of Node, where `base` is normal.
pub(super) fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(base.len() + path.len() + 1);
    if path.first() != Some(&b'/') && base != b"/" {
        joined.extend_from_slice(base);
    }
    for segment in path.split(|byte| *byte == b'/') {
        push_segment(&mut joined, segment);
    }
    if joined.is_empty() {
        joined.push(b'/');
    }
    joined
}

/// Adds one segment to a path whose root is the empty string.
fn push_segment(path: &mut Vec<u8>, segment: &[u8]) {
    match segment {
        b"" | b"." => {}
        b".." => path.truncate(memchr::memrchr(b'/', path).unwrap_or(0)),
        name => {
            path.push(b'/');
            path.extend_from_slice(name);
        }
    }
}

/// The path of the entry `name` in a directory.
pub(super) fn child(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(directory.len() + name.len() + 1);
    if directory != b"/" {
        path.extend_from_slice(directory);
    }
    path.push(b'/');
    path.extend_from_slice(name);
    path
}

/// A normal path's directory and name; `None` for `/`.
pub(super) fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = memchr::memrchr(b'/', path)?;
    let name = &path[slash + 1..];
    if name.is_empty() {
        return None;
    }
    Some((if slash == 0 { b"/" } else { &path[..slash] }, name))
}

/// A normal path's directory; `None` for `/`.
pub(super) fn parent(path: &[u8]) -> Option<&[u8]> {
    split(path).map(|(directory, _)| directory)
}

/// The path itself and the directories above it, up to `/`.
pub(super) fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(path), |path| parent(path))
}

/// `path` is `root` or stands below it. Whole segments count: `/repo-secret` is
/// not inside `/repo`.
pub(super) fn is_inside(root: &[u8], path: &[u8]) -> bool {
    match path.strip_prefix(root) {
        Some(rest) => rest.is_empty() || rest[0] == b'/' || root == b"/",
        None => false,
    }
}

/// The last segment is `node_modules`.
pub(super) fn is_node_modules(path: &[u8]) -> bool {
    path.ends_with(b"/node_modules")
}

/// Some segment is `node_modules`.
pub(super) fn in_node_modules(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').any(|segment| segment == b"node_modules")
}

/// The folder of the package in a `node_modules` that a path is in; nothing for
/// a path in no `node_modules`.
pub(super) fn package_folder(path: &[u8]) -> &[u8] {
    const NODE_MODULES: &[u8] = b"/node_modules/";
    let Some(at) = memchr::memmem::rfind(path, NODE_MODULES) else { return b"" };
    let from = at + NODE_MODULES.len();
    let next = |from: usize| memchr::memchr(b'/', &path[from..]).map_or(path.len(), |slash| from + slash);
    let name = next(from);
    let end = if path[from..].starts_with(b"@") && name < path.len() { next(name + 1) } else { name };
    &path[..end]
}

/// The directory that a package manager made for the package around a path: the
/// one below the last `node_modules`, or below a scope there.
pub(super) fn package(path: &[u8]) -> Option<&[u8]> {
    Some(package_folder(path)).filter(|folder| !folder.is_empty() && folder.len() < path.len())
}

/// The bytes of a path.
pub(super) fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// Bytes as a path.
pub(super) fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}

/// Bytes as a borrowed path.
pub(super) fn as_path(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

/// A path in a sentence, relative to the root: where the root stands is the
/// machine's own affair.
pub(super) fn show(root: &[u8], path: &[u8]) -> String {
    relative(as_path(root), as_path(path)).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_is_path_resolve() {
        let text = |base: &str, path: &str| String::from_utf8(join(base.as_bytes(), path.as_bytes())).unwrap();
        assert_eq!(text("/a/b", "./c"), "/a/b/c");
        assert_eq!(text("/a/b", "../../../../c//./d/"), "/c/d");
        assert_eq!(text("/a/b", ".."), "/a");
        assert_eq!(text("/a", ".."), "/");
        assert_eq!(text("/", "x"), "/x");
        assert_eq!(text("/a", "/x/"), "/x");
        assert_eq!(text("/a", ""), "/a");
    }

    #[test]
    fn containment_counts_whole_segments() {
        assert!(is_inside(b"/repo", b"/repo") && is_inside(b"/repo", b"/repo/a"));
        assert!(!is_inside(b"/repo", b"/repo-secret/a") && !is_inside(b"/repo", b"/"));
        assert!(is_inside(b"/", b"/x"));
    }

    #[test]
    fn ancestors_end_at_the_root() {
        let all: Vec<_> = ancestors(b"/a/b").collect();
        assert_eq!(all, [b"/a/b".as_slice(), b"/a", b"/"]);
        assert_eq!(split(b"/a"), Some((b"/".as_slice(), b"a".as_slice())));
        assert_eq!(split(b"/"), None);
    }

    #[test]
    fn a_package_is_a_folder_in_the_last_node_modules() {
        let folder = |path: &str| String::from_utf8(package_folder(path.as_bytes()).to_vec()).unwrap();
        assert_eq!(folder("/a/b"), "");
        assert_eq!(
            folder("/r/node_modules/.pnpm/x@1/node_modules/x/lib/y"),
            "/r/node_modules/.pnpm/x@1/node_modules/x"
        );
        assert_eq!(folder("/node_modules/@s/x/lib"), "/node_modules/@s/x");
        assert_eq!(folder("/node_modules/@s"), "/node_modules/@s");
        assert_eq!(folder("/node_modules/x"), "/node_modules/x");
    }

    #[test]
    fn packages_are_below_the_last_node_modules() {
        let of = |path: &'static str| package(path.as_bytes()).map(|found| std::str::from_utf8(found).unwrap());
        assert_eq!(of("/r/node_modules/.p/a@1/node_modules/a/lib/x.js"), Some("/r/node_modules/.p/a@1/node_modules/a"));
        assert_eq!(of("/r/node_modules/@s/a/x.js"), Some("/r/node_modules/@s/a"));
        assert_eq!(of("/r/node_modules/@s/a"), None);
        assert_eq!(of("/r/node_modules/x.js"), None);
        assert_eq!(of("/r/src/x.js"), None);
    }

    #[test]
    fn node_modules_is_a_whole_segment() {
        assert!(in_node_modules(b"/a/node_modules/b") && in_node_modules(b"/node_modules"));
        assert!(!in_node_modules(b"/a/my_node_modules/b") && !is_node_modules(b"/a/my_node_modules"));
    }
}
