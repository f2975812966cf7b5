//! Native code: which file a loader of addons means, and what libraries a
//! native file loads.
//!
//! Everything is worked out for the target platform from names and headers.
//! Nothing is executed, nothing outside the tracing root is listed, and this
//! machine's own libraries are never looked at.
//!
//! - `bindings`, `gyp_build`, `require_addon`, `pre_gyp`, `nbind` the loaders that packages use
//! - `image` headers; `libraries` from a header to files; `walk` a package's libraries

mod bindings;
mod gyp_build;
pub mod image;
mod libraries;
mod nbind;
mod pre_gyp;
mod require_addon;
mod walk;

pub use libraries::Libraries;

use std::{
    cell::RefCell,
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
};

use crate::{
    finding::{Finding, Problem},
    host::{EntryKind, Host},
    record::{HOLE, NodeVersion, Platform, QuotedName, Reference, ReferenceKind, relative},
    resolve::{Located, Manifest, Resolver, Trouble},
};

/// The code's target.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The machine that will run the code.
    pub platform: &'a Platform,
    /// The Node that will run the code.
    pub node: NodeVersion,
    /// What is known of `process.env` in the traced code.
    pub env: &'a [(String, String)],
}

/// Answers for one job.
pub struct Native<'a> {
    /// Lists directories.
    host: &'a dyn Host,
    /// Knows what stands where.
    resolver: &'a Resolver,
    /// The tracing root, a real path.
    root: &'a Path,
    target: Target<'a>,
    /// What was met on the way to an answer and is wrong by itself.
    troubles: RefCell<Vec<Trouble>>,
}

/// What a loader of addons would do.
#[derive(Debug, Default)]
pub struct Addon {
    /// The file that it would load.
    pub found: Option<Located>,
    /// package.json files that it reads or looks for on the way, and links, absolute.
    pub needed: Vec<PathBuf>,
    /// What it would try, in order, up to what it finds.
    pub tried: Vec<PathBuf>,
    /// What is wrong with files and directories that were met.
    pub troubles: Vec<Trouble>,
}

/// A file of this name is a native library, or an addon.
pub fn is_library(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "node") || is_shared_object(path)
}

/// `libx.so`, `libx.so.1.2`, `libx.dylib`, `x.dll`.
fn is_shared_object(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.as_encoded_bytes()) else { return false };
    let version = name.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let stem = &name[..name.len() - version];
    let is_version = version == 0 || name[stem.len()] == b'.';
    (stem.ends_with(b".so") && is_version)
        || name.ends_with(b".dylib")
        || (name.len() > 4 && name[name.len() - 4..].eq_ignore_ascii_case(b".dll"))
}

impl<'a> Native<'a> {
    /// `root` is the tracing root, a real path.
    pub fn new(host: &'a dyn Host, resolver: &'a Resolver, root: &'a Path, target: Target<'a>) -> Self {
        Self { host, resolver, root, target, troubles: RefCell::default() }
    }

    /// What the loader of addons that `reference` calls would load, `asker`
    /// being the file that calls it. `None` if the reference is of another
    /// kind, or not known in full.
    pub fn addon(&self, asker: &Path, reference: &Reference) -> Option<Addon> {
        let asked = reference.specifier.as_str();
        if asked.contains([HOLE, '\0']) {
            return None;
        }
        let addon = match reference.kind {
            ReferenceKind::Bindings => self.bindings(asker, asked),
            ReferenceKind::NodeGypBuild => self.gyp_build(Path::new(asked)),
            ReferenceKind::RequireAddon => self.require_addon(Path::new(asked)),
            ReferenceKind::PreGyp => self.pre_gyp(Path::new(asked)),
            ReferenceKind::NBind => self.nbind(Path::new(asked)),
            _ => return None,
        };
        Some(Addon { troubles: self.troubles.take(), ..addon })
    }

    /// What the user is told where there is no addon: it is no error, since
    /// many packages go on without one.
    pub fn addon_missing(&self, asker: &Path, reference: &Reference, addon: &Addon) -> Finding {
        let problem = Problem::AddonMissing { kind: reference.kind.word(), asked: PathBuf::from(&reference.specifier) };
        let steps = addon.tried.iter().map(|path| {
            let path = relative(self.root, path);
            format!("There is no {}.", QuotedName(path.as_os_str().as_encoded_bytes()))
        });
        Finding::new(asker, Some(reference.place), problem).with_steps(steps.collect())
    }

    /// What a package.json says, which the loader reads. `None` if there is none,
    /// or if it is broken.
    fn manifest(&self, json: &Path, addon: &mut Addon) -> Option<Manifest> {
        let located = self.file(json)?;
        let manifest = self.resolver.manifest(&located.path);
        if located.inside {
            addon.needed.extend(located.links);
            addon.needed.push(located.path);
        }
        manifest
    }

    /// Tries paths until a file is there.
    fn first_of(&self, mut addon: Addon, paths: impl IntoIterator<Item = PathBuf>) -> Addon {
        for path in paths {
            let located = self.file(&path);
            addon.tried.push(path);
            if located.is_some() {
                addon.found = located;
                break;
            }
        }
        addon
    }

    /// What stands at `path`, links passed.
    fn locate(&self, path: &Path) -> Option<Located> {
        match self.resolver.locate(path) {
            Ok(mut located) => {
                self.troubles.borrow_mut().append(&mut located.troubles);
                Some(located)
            }
            Err(trouble) => {
                // A name that cannot be is no more than absent; what cannot be learnt may be there.
                if matches!(trouble.problem, Problem::Unreadable { .. } | Problem::OutOfDescriptors) {
                    self.troubles.borrow_mut().push(trouble);
                }
                None
            }
        }
    }

    /// A regular file at `path`, links passed.
    fn file(&self, path: &Path) -> Option<Located> {
        self.locate(path).filter(|located| located.kind == EntryKind::File)
    }

    /// A directory inside the root at `path`, links passed.
    fn directory(&self, path: &Path) -> Option<PathBuf> {
        let located = self.locate(path)?;
        (located.kind == EntryKind::Directory && located.inside).then_some(located.path)
    }

    /// Hands the entries of a directory inside the root to `each`. One that may
    /// not be listed is as good as empty, as it is for the loaders themselves.
    fn list(&self, real: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) {
        if let Err(error) = self.host.list(real, each)
            && !matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound)
        {
            let problem = Problem::unreadable(&error);
            self.troubles.borrow_mut().push(Trouble { file: real.to_path_buf(), place: None, problem });
        }
    }

    /// The names in a directory that `keep` wants, in order; none outside the root.
    fn names(&self, directory: &Path, keep: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(real) = self.directory(directory) {
            self.list(&real, &mut |name, _| {
                names.extend(name.to_str().filter(|name| keep(name)).map(str::to_owned));
            });
        }
        names.sort_unstable();
        names
    }

    /// A variable of the traced code's environment, if it is known and not empty.
    fn env(&self, name: &str) -> Option<&str> {
        let (_, value) = self.target.env.iter().rfind(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// `process.versions.modules`, where it is known.
    fn abi(&self) -> String {
        self.target.node.abi().map(|abi| abi.to_string()).unwrap_or_default()
    }
}

/// `path.join(folder, rest)` before it is made normal: an absolute `rest` stays below.
fn below(folder: &Path, rest: &str) -> PathBuf {
    let mut path = OsString::from(folder);
    path.push("/");
    path.push(rest);
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_names() {
        for name in ["a.node", "libx.so", "libx.so.6", "libx-2.0.so.0.1.2", "x.dylib", "x.1.dylib", "X.DLL", "x.dll"] {
            assert!(is_library(Path::new(name)), "{name}");
        }
        for name in ["a.js", "so", "x.so.js", "x.so.1a", "x.so1", ".dll", "x.node.js", "notes.song"] {
            assert!(!is_library(Path::new(name)), "{name}");
        }
    }
}
