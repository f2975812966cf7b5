//! What a listing comes to: files, bytes and packages.
//!
//! Reads the listing once, in order, and keeps nothing of it but the path before.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use crate::{host::Host, listing::Listing, spill::SpillError};

/// Sums of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Listed paths, links among them.
    pub files: u64,
    /// Bytes of the regular files among them, as they are now.
    pub bytes: u64,
    /// Folders that stand in a `node_modules` under a package's name and have a
    /// listed file of their own. Those of the workspace itself are none.
    pub packages: u64,
}

impl Totals {
    /// Sums up what is listed below `root`.
    ///
    /// # Errors
    /// [`SpillError`] if the listing cannot be had back from the disk.
    pub fn of(host: &dyn Host, root: &Path, listing: &Listing) -> Result<Self, SpillError> {
        let mut totals = Self::default();
        let mut packages = Packages::default();
        for file in listing.listed() {
            let path = file?.path;
            totals.files += 1;
            totals.packages += u64::from(packages.is_new(&path));
            totals.bytes += host.len(&root.join(OsStr::from_bytes(&path))).unwrap_or(0);
        }
        Ok(totals)
    }
}

/// Tells the first file of each package, among paths that come sorted.
#[derive(Default)]
struct Packages {
    before: Vec<u8>,
    /// Where the names of packages end that the path before stands in, and that were met.
    met: Vec<usize>,
}

impl Packages {
    /// Whether the package that has `path` had none before.
    fn is_new(&mut self, path: &[u8]) -> bool {
        // All files of a folder come in a row, so that a folder which is left never comes again.
        let shared = path.iter().zip(&self.before).take_while(|(left, right)| left == right).count();
        while self.met.last().is_some_and(|end| *end >= shared) {
            self.met.pop();
        }
        self.before.clear();
        self.before.extend_from_slice(path);
        match innermost(path) {
            Some(end) if !self.met.contains(&end) => {
                self.met.push(end);
                true
            }
            _ => false,
        }
    }
}

/// Where the name of the innermost package ends that `path` is a file of.
fn innermost(path: &[u8]) -> Option<usize> {
    let mut ends = None;
    let mut start = 0;
    let mut depth = None;
    // What stands `depth` names behind the last `node_modules`.
    while let Some(len) = memchr::memchr(b'/', &path[start..]) {
        let (name, end) = (&path[start..start + len], start + len);
        depth = match (name, depth) {
            (b"node_modules", _) => Some(0),
            // A store's folder, or one of commands.
            ([b'.', ..], Some(0)) => None,
            ([b'@', ..], Some(0)) => Some(1),
            (_, Some(0 | 1)) => {
                ends = Some(end);
                None
            }
            _ => None,
        };
        start = end + 1;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_once_wherever_its_files_are() {
        let mut paths = [
            "a.js",
            "node_modules/.bin/x",
            "node_modules/.pnpm/p@1/node_modules/p/index.js",
            "node_modules/.pnpm/p@1/node_modules/q",
            "node_modules/.pnpm/p@2/node_modules/p/index.js",
            "node_modules/@s/one/a.js",
            "node_modules/@s/one/b.js",
            "node_modules/@s/two/a.js",
            "node_modules/nest/lib/a.js",
            "node_modules/nest/node_modules/in/a.js",
            "node_modules/nest/node_modules/only/node_modules/deep/a.js",
            "node_modules/nest/package.json",
            "node_modules/nest-too/a.js",
            "node_modules/link",
            "node_modules/file.js",
            "packages/w/package.json",
            "packages/w/node_modules/p/index.js",
        ];
        paths.sort_unstable();
        let mut packages = Packages::default();
        let first: Vec<_> = paths.into_iter().filter(|path| packages.is_new(path.as_bytes())).collect();
        let expected = [
            "node_modules/.pnpm/p@1/node_modules/p/index.js",
            "node_modules/.pnpm/p@2/node_modules/p/index.js",
            "node_modules/@s/one/a.js",
            "node_modules/@s/two/a.js",
            "node_modules/nest-too/a.js",
            "node_modules/nest/lib/a.js",
            "node_modules/nest/node_modules/in/a.js",
            "node_modules/nest/node_modules/only/node_modules/deep/a.js",
            "packages/w/node_modules/p/index.js",
        ];
        assert_eq!(first, expected);
    }
}
