//! Globs of files that the user adds to a trace, or drops from it.
//!
//! They mean what Next's outputFileTracingIncludes and Excludes mean, which use
//! picomatch: names that begin with a dot match (`dot`), and what drops a file
//! need only match the beginning of its path (`contains`, behind the folder
//! that Next puts before each glob). Nothing here walks a folder.

use std::{cell::Cell, collections::BTreeMap, ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::TraceError;

/// Globs, by the entries that they are for.
pub type GlobsByEntry = BTreeMap<String, Vec<String>>;

/// As `--ignore` and nft take them: `*` stays within one name, and matches names that begin with a dot.
pub(super) fn glob(pattern: &str) -> Result<globset::Glob, TraceError> {
    // Taken by the letter they would match nothing, and nobody would know why.
    let is_extended =
        pattern.starts_with('!') || ["!(", "+(", "*(", "?(", "@("].iter().any(|sign| pattern.contains(sign));
    if is_extended {
        return Err(TraceError::ExtendedGlob { glob: pattern.to_owned() });
    }
    GlobBuilder::new(plain(pattern))
        .literal_separator(true)
        .backslash_escape(true)
        .empty_alternates(true)
        .build()
        .map_err(TraceError::Glob)
}

/// Without what says nothing at its start.
pub(super) fn plain(pattern: &str) -> &str {
    let mut pattern = pattern;
    while let Some(rest) = pattern.strip_prefix("./") {
        pattern = rest.trim_start_matches('/');
    }
    pattern
}

/// What `contains` adds: the glob, with anything behind it.
fn containing(pattern: &str) -> [String; 3] {
    let pattern = plain(pattern).trim_end_matches('/');
    let last = pattern.rsplit('/').next().unwrap_or_default();
    // `**` must be alone in its segment.
    let within = if last == "**" { pattern.to_owned() } else { format!("{pattern}*") };
    [pattern.to_owned(), format!("{within}/**"), within]
}

/// The globs that are for any of `entries` (paths relative to the root), or
/// with `of_all` for all of them, each once.
pub(super) fn chosen(globs: &GlobsByEntry, entries: &[&[u8]], of_all: bool) -> Result<Vec<String>, TraceError> {
    let mut chosen = Vec::new();
    for (key, globs) in globs {
        let key = set(containing(key).into_iter())?;
        let matches = |entry: &&[u8]| key.is_match(Path::new(OsStr::from_bytes(entry)));
        let is_for = if of_all { entries.iter().all(matches) } else { entries.iter().any(matches) };
        if is_for {
            chosen.extend(globs.iter().cloned());
        }
    }
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

fn set(patterns: impl Iterator<Item = String>) -> Result<GlobSet, TraceError> {
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        globs.add(glob(&pattern)?);
    }
    globs.build().map_err(TraceError::Glob)
}

/// Globs of files that are dropped from the list, and which of them did something.
#[derive(Default)]
pub(super) struct Excludes {
    globs: Vec<(String, Cell<bool>)>,
    set: GlobSet,
}

impl Excludes {
    /// # Errors
    /// [`TraceError::Glob`].
    pub(super) fn new(patterns: Vec<String>) -> Result<Self, TraceError> {
        let set = set(patterns.iter().flat_map(|pattern| containing(pattern)))?;
        Ok(Self { globs: patterns.into_iter().map(|pattern| (pattern, Cell::new(false))).collect(), set })
    }

    /// Whether a path, relative to the root, is dropped.
    pub(super) fn drops(&self, path: &[u8]) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let matches = self.set.matches(Path::new(OsStr::from_bytes(path)));
        for index in &matches {
            // Each glob became three.
            if let Some((_, used)) = self.globs.get(index / 3) {
                used.set(true);
            }
        }
        !matches.is_empty()
    }

    /// The globs that dropped nothing.
    pub(super) fn unused(&self) -> impl Iterator<Item = &str> {
        self.globs.iter().filter(|(_, used)| !used.get()).map(|(glob, _)| glob.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line was held against picomatch 4 with `dot` and `contains`, a folder before both.
    #[test]
    fn excludes_match_as_picomatch_does() {
        for (pattern, path, expected) in [
            ("node_modules/sharp", "node_modules/sharp/lib/index.js", true),
            ("node_modules/sharp", "node_modules/sharp-libvips/x", true),
            ("./node_modules/sharp/**/*", "node_modules/sharp/.hidden/a", true),
            ("node_modules/sharp/**", "node_modules/other/x", false),
            ("**/*.md", "node_modules/a/README.md", true),
            ("**/*.md", "README.md", true),
            ("*.md", "docs/README.md", false),
            ("*.js", "a.json", true),
            ("sharp", "node_modules/sharp/x", false),
            ("**/{test,tests}/**", "node_modules/a/tests/x.js", true),
            ("**/.env*", "apps/web/.env.local", true),
            ("public/?.png", "public/a.png", true),
            ("public/?.png", "public/ab.png", false),
            ("data/[ab].txt", "data/a.txt", true),
            ("a", "b/a", false),
            ("node_modules/*/docs", "node_modules/x/docs/y/z", true),
            ("node_modules/*", "node_modules/x/y", true),
            ("**/test", "a/test.js", true),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/bc/d", true),
            ("*", "a/b/c", true),
        ] {
            let excludes = Excludes::new(vec![pattern.to_owned()]).unwrap();
            assert_eq!(excludes.drops(path.as_bytes()), expected, "{pattern} {path}");
            assert_eq!(excludes.unused().count(), usize::from(!expected));
        }
    }

    #[test]
    fn a_key_means_entries() {
        let mut globs = GlobsByEntry::new();
        globs.insert("apps/web".to_owned(), vec!["b".to_owned(), "a".to_owned()]);
        globs.insert("**".to_owned(), vec!["a".to_owned()]);
        let chosen = |entries: &[&str], of_all| {
            let entries: Vec<&[u8]> = entries.iter().map(|entry| entry.as_bytes()).collect();
            super::chosen(&globs, &entries, of_all).unwrap()
        };
        assert_eq!(chosen(&["apps/web/server.js"], true), ["a", "b"]);
        assert_eq!(chosen(&["apps/web/server.js", "apps/api/x.js"], false), ["a", "b"]);
        assert_eq!(chosen(&["apps/web/server.js", "apps/api/x.js"], true), ["a"]);
    }
}
