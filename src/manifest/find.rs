//! Which manifests a glob means.
//!
//! Folders are walked, links to folders are not gone through, and of what a glob
//! writes out only those folders are looked into that it allows.

use std::{
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};

use crate::{
    host::{EntryKind, Host},
    spill::{Sorter, SpillError, Store},
};

/// A glob of manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestGlob {
    /// The folder that it is relative to: an absolute path.
    pub folder: PathBuf,
    /// The glob; `*` stays within one name, `**` does not, and a name may begin with a dot.
    pub glob: String,
}

impl ManifestGlob {
    /// What of the glob is written out, as a path: no manifest is elsewhere.
    pub fn base(&self) -> PathBuf {
        self.split().0
    }

    fn split(&self) -> (PathBuf, Vec<&str>) {
        let text = self.glob.as_str();
        let mut base = if text.starts_with('/') { PathBuf::from("/") } else { self.folder.clone() };
        let mut parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let literal = parts.iter().take_while(|part| !has_meta(part)).count();
        for part in parts.drain(..literal) {
            match part {
                ".." => drop(base.pop()),
                part => base.push(part),
            }
        }
        (base, parts)
    }
}

/// What a glob is made of.
struct Pattern {
    /// Where the walk begins.
    base: PathBuf,
    /// The whole glob, relative to `base`; none where `base` is the only file that is meant.
    whole: Option<GlobMatcher>,
    /// What the names of folders must be, from `base` down.
    levels: Vec<GlobMatcher>,
    /// Below `levels` there may be folders of any name.
    is_deep: bool,
}

fn matcher(glob: &str) -> Result<GlobMatcher, globset::Error> {
    let mut builder = GlobBuilder::new(glob);
    builder.literal_separator(true).backslash_escape(true).empty_alternates(true);
    Ok(builder.build()?.compile_matcher())
}

fn has_meta(part: &str) -> bool {
    part.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

impl Pattern {
    fn new(glob: &ManifestGlob) -> Result<Self, globset::Error> {
        let (base, rest) = glob.split();
        if rest.is_empty() {
            return Ok(Self { base, whole: None, levels: Vec::new(), is_deep: false });
        }
        let whole = Some(matcher(&rest.join("/"))?);
        // A brace, a class or an escape may have a `/` in it.
        let is_plain = !rest.iter().any(|part| part.contains(['[', '{', '\\']));
        let shallow = if is_plain { rest.iter().take_while(|part| !part.contains("**")).count() } else { 0 };
        let folders = shallow.min(rest.len() - 1);
        let levels = rest[..folders].iter().map(|part| matcher(part)).collect::<Result<_, _>>()?;
        Ok(Self { base, whole, levels, is_deep: shallow < rest.len() })
    }

    /// Whether there may be manifests below a folder of this name, so many below the base.
    fn allows(&self, depth: usize, name: &OsStr) -> bool {
        self.levels.get(depth).map_or(self.is_deep, |level| level.is_match(name))
    }
}

/// What ends a search.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The glob cannot be understood.
    Glob(globset::Error),
    /// What was found has no room.
    Spill(SpillError),
}

impl From<SpillError> for Stopped {
    fn from(error: SpillError) -> Self {
        Self::Spill(error)
    }
}

/// Puts the paths of all manifests that `glob` means into `found`; gives how
/// many. A folder that cannot be looked into is told to `trouble`.
///
/// # Errors
/// [`Stopped`].
pub(crate) fn find(
    host: &dyn Host,
    store: &Store,
    glob: &ManifestGlob,
    found: &mut Sorter,
    trouble: &mut dyn FnMut(&Path, io::Error) -> Result<(), SpillError>,
) -> Result<u64, Stopped> {
    let pattern = Pattern::new(glob).map_err(Stopped::Glob)?;
    let Some(whole) = &pattern.whole else {
        return match host.kind(&pattern.base) {
            Ok(_) => {
                found.push(pattern.base.as_os_str().as_bytes())?;
                Ok(1)
            }
            Err(error) => not_there(&pattern.base, error, trouble).map(|()| 0),
        };
    };
    let mut count = 0;
    let mut folders = Sorter::of_bytes(store)?;
    folders.push(b"")?;
    // Generation by generation: however many folders there are, they may wait on disk.
    for depth in 0.. {
        let here = folders.finish()?;
        let mut here = here.records()?;
        folders = Sorter::of_bytes(store)?;
        let mut is_last = true;
        while let Some(folder) = here.next()? {
            let folder = Path::new(OsStr::from_bytes(folder));
            let path = pattern.base.join(folder);
            let mut failed = Ok(());
            let listed = host.list(&path, &mut |name, kind| {
                let below = folder.join(name);
                let put = match kind {
                    EntryKind::Directory if pattern.allows(depth, name) => {
                        is_last = false;
                        folders.push(below.as_os_str().as_bytes())
                    }
                    EntryKind::File | EntryKind::Link if whole.is_match(&below) => {
                        count += 1;
                        found.push(pattern.base.join(&below).as_os_str().as_bytes())
                    }
                    _ => Ok(()),
                };
                if failed.is_ok() {
                    failed = put;
                }
            });
            failed?;
            if let Err(error) = listed {
                not_there(&path, error, trouble)?;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(count)
}

/// What is not there matches nothing; anything else is worth telling.
fn not_there(
    path: &Path,
    error: io::Error,
    trouble: &mut dyn FnMut(&Path, io::Error) -> Result<(), SpillError>,
) -> Result<(), Stopped> {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(()),
        _ => Ok(trouble(path, error)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_that_a_glob_allows_are_looked_into() {
        let pattern = |glob: &str| Pattern::new(&ManifestGlob { folder: "/r".into(), glob: glob.to_owned() }).unwrap();
        let below = |glob: &str, depth, name: &str| pattern(glob).allows(depth, OsStr::new(name));
        assert_eq!(pattern("./.next/**/*.nft.json").base, Path::new("/r/.next"));
        assert_eq!(pattern("../x/y").base, Path::new("/x/y"));
        assert!(pattern("a/b.nft.json").whole.is_none());
        assert_eq!(pattern("/abs/*.json").base, Path::new("/abs"));
        assert!(below("apps/*/.next/**/*.nft.json", 0, "web"));
        assert!(below("apps/*/.next/**/*.nft.json", 1, ".next"));
        assert!(!below("apps/*/.next/**/*.nft.json", 1, "node_modules"));
        assert!(below("apps/*/.next/**/*.nft.json", 2, "server"));
        assert!(!below("*/*.nft.json", 1, "deep"));
        assert!(below("{a,b/c}/*.nft.json", 4, "any"));
        assert!(Pattern::new(&ManifestGlob { folder: "/".into(), glob: "a{".to_owned() }).is_err());
    }
}
