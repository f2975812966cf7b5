//! Where a copied link points.
//!
//! A link that is written relative and stays below the root is copied as it
//! is. One that is absolute, or leaves the root and comes back, is written
//! anew, relative. Names alone are compared here; no file is asked.

use std::path::{Component, Path, PathBuf};

use crate::record::relative;

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// It says this in the output.
    Says(PathBuf),
    /// It leaves the root.
    Outside(PathBuf),
    /// Names alone do not tell: a link may stand before a `..`.
    Unclear,
}

/// `link` is the link's path relative to the root, `target` what it says;
/// `roots` are all absolute paths that the root is known by, its real one first.
pub(super) fn target(roots: &[&Path], link: &Path, target: &Path) -> Target {
    let folder = link.parent().unwrap_or(Path::new(""));
    let mut has_name = false;
    for part in target.components() {
        match part {
            Component::ParentDir if has_name => return Target::Unclear,
            Component::Normal(_) => has_name = true,
            _ => {}
        }
    }
    if target.is_absolute() {
        let inside = roots.iter().find_map(|root| target.strip_prefix(root).ok());
        return match inside {
            Some(inside) => Target::Says(relative(&Path::new("/").join(folder), &Path::new("/").join(inside))),
            None => Target::Outside(target.to_path_buf()),
        };
    }
    let ups = target.components().filter(|part| *part == Component::ParentDir).count();
    if ups <= folder.components().count() {
        return Target::Says(target.to_path_buf());
    }
    // Above the root, and perhaps below it again.
    let Some(root) = roots.first() else { return Target::Unclear };
    let mut whole = root.join(folder);
    for part in target.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    match whole.strip_prefix(root) {
        Ok(inside) => Target::Says(relative(&Path::new("/").join(folder), &Path::new("/").join(inside))),
        Err(_) => Target::Outside(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_stays_below_the_root_or_is_left_out() {
        let roots = [Path::new("/w/repo"), Path::new("/home/repo")];
        let says = |link: &str, to: &str| target(&roots, Path::new(link), Path::new(to));
        let is = |path: &str| Target::Says(path.into());
        assert_eq!(says("node_modules/a", ".pnpm/a@1/node_modules/a"), is(".pnpm/a@1/node_modules/a"));
        assert_eq!(says("apps/x/node_modules/p", "../../../packages/p/"), is("../../../packages/p/"));
        assert_eq!(says("a/b", ".."), is(".."));
        assert_eq!(says("a/b", "/w/repo/real"), is("../real"));
        assert_eq!(says("b", "/home/repo/real/x"), is("real/x"));
        assert_eq!(says("b", "/w/repo"), is("."));
        assert_eq!(says("a/b", "../../repo/c"), is("../c"));
        assert_eq!(says("a/b", "../../../etc/passwd"), Target::Outside("/etc/passwd".into()));
        assert_eq!(says("a/b", "/etc/passwd"), Target::Outside("/etc/passwd".into()));
        assert_eq!(says("a/b", "/w/repo-secret/x"), Target::Outside("/w/repo-secret/x".into()));
        assert_eq!(says("a/b", "c/../d"), Target::Unclear);
    }
}
