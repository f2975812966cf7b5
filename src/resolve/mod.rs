//! From a specifier to the files that it means, as Node does it.
//!
//! Every answer says what else was needed on the way (package.json files and
//! links), and a failure tells its steps. Nothing here reads a source file or
//! runs code; nothing outside the tracing root is ever an answer that can be
//! listed, and no directory outside it is listed.
//!
//! `commonjs` and `esm` are Node's two algorithms, `targets` what `exports` and
//! `imports` add, `typescript` what TypeScript adds. `pattern`, `glob` and `holes`
//! are for specifiers and paths that are known in part. `directories` and `packages` know the disk, in caches whose bound is leased (`allowance`); below them are
//! plain readers: `json`, `tape` and its `keys`, `package_json`, `listing`, `url`, `path`.

mod allowance;
mod builtins;
mod cache;
mod commonjs;
mod directories;
mod esm;
mod format;
mod glob;
mod holes;
mod installed;
mod json;
mod keys;
mod listing;
mod lookup;
mod manifest;
mod package_json;
mod packages;
mod path;
mod pattern;
mod specifier;
mod tape;
mod targets;
mod typescript;
mod url;
mod workspace;

pub use format::FileFormat;
pub use glob::{Budget, Glob, Match};
pub use holes::Readings;
pub use installed::Installed;
pub use manifest::Manifest;
pub use pattern::{NamePattern, Pattern, has_hole};
pub use workspace::{Workspace, workspace, workspace_around};

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    finding::{Finding, Problem, ResolutionError},
    host::{EntryKind, Host},
    memory::{Governor, OutOfMemory, Pressure},
    record::{Loader, ModuleSync, NodeVersion, Place, Platform},
};
use allowance::Allowance;
use directories::Directories;
use lookup::{Lookup, Spot};
use packages::Packages;

/// What decides how specifiers resolve, beside the file system.
#[derive(Clone, Debug)]
pub struct ResolveOptions {
    /// The tracing root, a real path: nothing outside it is a [`Target::File`].
    pub root: PathBuf,
    /// The Node that will run the code.
    pub node: NodeVersion,
    /// The machine that will run the code: a package that npm would not have
    /// installed there is never an answer.
    pub platform: Platform,
    /// Conditions of `exports` and `imports` that hold, beside those that Node
    /// always sets for the loader that asks: `import` or `require`, `default`,
    /// `node-addons`, and `module-sync` by version. Node's own is `["node"]`.
    pub conditions: Vec<String>,
    /// Where `exports` of a package decides for its name alone, its "main" is
    /// no second target.
    pub exports_only: bool,
    /// Resolve with and without `module-sync`, whatever the version.
    pub module_sync_catchall: bool,
    /// nft's `paths`: a specifier, or the beginning of some that ends in `/`,
    /// and what it stands for if Node finds nothing.
    pub paths: Vec<(String, PathBuf)>,
    /// Bytes that all caches together may take.
    pub cache_bytes: usize,
}

/// A question: what `specifier` means in `parent`.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The specifier.
    pub specifier: &'a str,
    /// The file that asks, a real path.
    pub parent: &'a Path,
    /// The loader that would answer.
    pub loader: Loader,
}

/// What a specifier means.
#[derive(Debug)]
pub struct Answer {
    /// Everything that it may be, without duplicates: more than one where the
    /// version leaves `module-sync` open, or a legacy main is wanted. Empty for
    /// a `data:` URL, which needs no file, and for what is found but is no
    /// regular file, which is among the troubles.
    pub outcome: Result<Vec<Target>, Failure>,
    /// package.json files and links that decided, absolute, at their real
    /// places, inside the root; also where the outcome is a failure.
    pub needed: Vec<PathBuf>,
    /// What is wrong with files that were met on the way.
    pub troubles: Vec<Trouble>,
}

/// One thing that a specifier means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A regular file inside the root, by its real path.
    File(PathBuf),
    /// A file outside the root, by its real path.
    Outside(PathBuf),
    /// A module of Node's own, such as `node:fs`.
    Builtin(String),
}

/// Why Node would refuse a specifier.
#[derive(Debug)]
pub struct Failure {
    /// Node's error.
    pub error: ResolutionError,
    /// What was tried, in order, as full sentences, with paths relative to the root.
    pub steps: Vec<String>,
    /// Why it may be missing all the same: a package.json calls it optional.
    pub optional: Option<String>,
    /// What the file system said, where that is the reason: too many links, a
    /// name that is too long, no permission, an I/O error.
    pub cause: Option<Trouble>,
}

/// Something that is wrong with a file or directory, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub file: PathBuf,
    /// Where in it, if somewhere.
    pub place: Option<Place>,
    /// What it is.
    pub problem: Problem,
}

impl Trouble {
    /// What the system said of a path.
    fn unreadable(path: &[u8], error: &std::io::Error) -> Self {
        Self { file: path::from_bytes(path.to_vec()), place: None, problem: Problem::unreadable(error) }
    }
}

impl From<Trouble> for Finding {
    fn from(trouble: Trouble) -> Self {
        Finding::new(trouble.file, trouble.place, trouble.problem)
    }
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub struct Located {
    /// Its real path.
    pub path: PathBuf,
    /// What it is; never a link.
    pub kind: EntryKind,
    /// The real path is inside the root.
    pub inside: bool,
    /// The links inside the root that were passed, at their real places. They
    /// are needed if the file is.
    pub links: Vec<PathBuf>,
    /// What is wrong with directories on the way.
    pub troubles: Vec<Trouble>,
}

/// Answers for all workers; shared by reference.
pub struct Resolver {
    options: ResolveOptions,
    module_sync: ModuleSync,
    directories: Directories,
    packages: Packages,
    /// How much the caches may have.
    allowance: Allowance,
}

/// What an algorithm found.
enum Found {
    Spot(Spot),
    Builtin(String),
    /// Something that needs no file.
    Nothing,
}

impl Resolver {
    /// A resolver that knows nothing yet.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the caches' bound is not to be had.
    pub fn new(host: Arc<dyn Host>, governor: &Governor, options: ResolveOptions) -> Result<Self, OutOfMemory> {
        let lease = governor.lease(options.cache_bytes)?;
        let packages_bytes = options.cache_bytes / 4;
        let module_sync = if options.module_sync_catchall { ModuleSync::Maybe } else { options.node.module_sync() };
        Ok(Self {
            module_sync,
            directories: Directories::new(
                Arc::clone(&host),
                governor,
                &options.root,
                options.cache_bytes - packages_bytes,
            ),
            packages: Packages::new(host, governor, options.node, packages_bytes),
            allowance: Allowance::new(lease),
            options,
        })
    }

    /// Lets the caches have less under pressure, and more when it has passed.
    pub fn mind(&self, pressure: Pressure) {
        if let Some(percent) = self.allowance.mind(pressure) {
            // What is read from a package.json costs most to have again.
            self.directories.keep(percent);
            self.packages.keep(percent);
        }
    }

    /// What a specifier means.
    pub fn resolve(&self, request: &Request<'_>) -> Answer {
        let parent = path::bytes(request.parent);
        let mut cx = self.lookup(parent, request.loader);
        let outcome = match self.targets(&mut cx, request.specifier) {
            Ok(targets) => Ok(targets),
            Err(error) => Err(self.explain(&mut cx, request.specifier, error)),
        };
        Answer { outcome, needed: cx.needed, troubles: cx.troubles }
    }

    /// What a path means that is handed to a loader, whole and as a path: with
    /// an extension added, or as a folder, where the loader does that. No story is told.
    pub fn resolve_path(&self, parent: &Path, path: &Path, loader: Loader) -> Answer {
        let mut cx = self.lookup(path::bytes(parent), loader);
        let path = path::bytes(path);
        let found = match loader {
            Loader::Require => self.load(&mut cx, path, false).and_then(|spot| {
                let spot = spot.ok_or(ResolutionError::ModuleNotFound)?;
                Ok(Found::Spot(spot))
            }),
            Loader::Import => {
                let url = url::UrlPath { path: path.to_vec(), slash: false };
                self.finish_import(&mut cx, targets::Location::Path(url))
            }
        };
        let outcome = match found {
            Ok(Found::Spot(spot)) => Ok(self.target(&mut cx, spot).into_iter().collect()),
            Ok(Found::Builtin(_) | Found::Nothing) => Ok(Vec::new()),
            Err(error) => Err(Failure { error, steps: Vec::new(), optional: None, cause: cx.cause.take() }),
        };
        Answer { outcome, needed: cx.needed, troubles: cx.troubles }
    }

    /// What stands at an absolute path, all links passed.
    ///
    /// # Errors
    /// Why nothing does, or nothing that can be told.
    pub fn locate(&self, path: &Path) -> Result<Located, Trouble> {
        let mut cx = Lookup::new(path::bytes(&self.options.root), b"/", Loader::Require);
        let path = path::join(b"/", path::bytes(path));
        match self.directories.find(&mut cx, &path) {
            Some(spot) => Ok(Located {
                inside: self.directories.is_inside(&spot.real),
                path: path::from_bytes(spot.real),
                kind: spot.kind,
                links: spot.links,
                troubles: cx.troubles,
            }),
            None => Err(cx.cause.unwrap_or_else(|| Trouble {
                file: path::from_bytes(path),
                place: None,
                problem: Problem::Missing,
            })),
        }
    }

    /// The path of `new URL(reference, import.meta.url)` in `parent`; `None` if
    /// that is no file's URL, or a folder's.
    pub fn file_of_url(&self, parent: &Path, reference: &str) -> Option<PathBuf> {
        let reference = match url::scheme(reference) {
            Some("file") => reference.strip_prefix("file:")?,
            Some(_) => return None,
            None => reference,
        };
        let directory = path::parent(path::bytes(parent)).unwrap_or(b"/");
        let url = url::to_path(directory, reference).ok()?;
        (!url.slash).then(|| path::from_bytes(url.path))
    }

    /// The context of a question from `parent`.
    fn lookup<'r>(&'r self, parent: &'r [u8], loader: Loader) -> Lookup<'r> {
        let directory = path::parent(parent).unwrap_or(b"/");
        let mut cx = Lookup::new(path::bytes(&self.options.root), directory, loader);
        cx.typescript = typescript::is_typescript(parent);
        cx
    }

    /// Everything that a specifier may mean: once with `module-sync`, once
    /// without, as far as the version of Node leaves that open.
    fn targets(&self, cx: &mut Lookup<'_>, specifier: &str) -> Result<Vec<Target>, ResolutionError> {
        cx.module_sync = self.module_sync != ModuleSync::Never;
        let with = self.pass(cx, specifier);
        if self.module_sync != ModuleSync::Maybe || !cx.met_module_sync {
            return with;
        }
        cx.module_sync = false;
        cx.note(|_| "This may also be a release that does not know the condition module-sync:".to_owned());
        let without = self.pass(cx, specifier);
        match (with, without) {
            (Ok(mut targets), Ok(more)) => {
                for target in more {
                    add(&mut targets, target);
                }
                Ok(targets)
            }
            (with, without) => with.or(without),
        }
    }

    /// What a specifier means under one set of conditions.
    fn pass(&self, cx: &mut Lookup<'_>, specifier: &str) -> Result<Vec<Target>, ResolutionError> {
        if specifier.is_empty() || specifier.contains('\0') {
            cx.note(|_| "A specifier must not be empty and must not contain a NUL.".to_owned());
            return Err(ResolutionError::InvalidArgument);
        }
        let needed_before = cx.needed.len();
        let found = match cx.loader {
            Loader::Require => self.require(cx, specifier),
            Loader::Import => self.import(cx, specifier),
        };
        let found = found.or_else(|error| self.mapped(cx, specifier, error))?;
        if let Found::Spot(spot) = &found
            && specifier::split_package(specifier).is_some()
            && let Some(trouble) = self.other_platform(cx, spot)
        {
            // On the target nothing of it is there, and no link leads to it.
            cx.needed.truncate(needed_before);
            cx.legacy_main = None;
            cx.trouble(&trouble);
            return Ok(Vec::new());
        }
        let mut targets = match found {
            Found::Spot(spot) => self.target(cx, spot).into_iter().collect(),
            Found::Builtin(name) => vec![Target::Builtin(name)],
            Found::Nothing => Vec::new(),
        };
        if let Some(spot) = cx.legacy_main.take()
            && let Some(target) = self.target(cx, spot)
        {
            add(&mut targets, target);
        }
        Ok(targets)
    }

    /// Why the package that a file belongs to would not be there on the target
    /// platform: its package.json has an `os`, `cpu` or `libc` that excludes it.
    /// Only what a package manager installs is judged so, not a workspace's own.
    fn other_platform(&self, cx: &mut Lookup<'_>, spot: &Spot) -> Option<Trouble> {
        let directory = path::package(&spot.real).filter(|package| !path::is_inside(package, cx.directory))?;
        let place = self.directories.open(cx, directory)?;
        let package = self.packages.read(cx, &self.directories, &place)?;
        if package.fields.is_for(&self.options.platform) {
            return None;
        }
        let name = path::split(directory).map_or(directory, |(_, name)| name);
        let name = package.fields.name.as_deref().map_or_else(|| String::from_utf8_lossy(name), Into::into);
        let problem = Problem::OtherPlatform { package: name.into_owned(), target: self.options.platform.to_string() };
        Some(Trouble { file: package.json.clone(), place: None, problem })
    }

    /// A file as a target. Its links are needed, unless they lead out of the root.
    /// A FIFO, a socket or a device is none, though Node would open it: nobody
    /// could copy it, and reading it may wait for ever.
    fn target(&self, cx: &mut Lookup<'_>, spot: Spot) -> Option<Target> {
        if !self.directories.is_inside(&spot.real) {
            return Some(Target::Outside(path::from_bytes(spot.real)));
        }
        if spot.kind == EntryKind::Special {
            let problem = Problem::NotAFile { what: "not a regular file" };
            cx.trouble(&Trouble { file: path::from_bytes(spot.real), place: None, problem });
            return None;
        }
        for link in &spot.links {
            cx.need(link);
        }
        Some(Target::File(path::from_bytes(spot.real)))
    }

    /// nft's `paths`, for what Node does not find.
    fn mapped(&self, cx: &mut Lookup<'_>, specifier: &str, error: ResolutionError) -> Result<Found, ResolutionError> {
        if !matches!(error, ResolutionError::ModuleNotFound | ResolutionError::ImportNotFound) {
            return Err(error);
        }
        for (key, target) in &self.options.paths {
            let rest = match specifier.strip_prefix(key.as_str()) {
                Some(rest) if rest.is_empty() || key.ends_with('/') => rest,
                _ => continue,
            };
            let path = path::join(path::bytes(target), rest.as_bytes());
            cx.note(|root| format!("The option \"paths\" maps {key:?} to {}.", path::show(root, path::bytes(target))));
            return self.load(cx, &path, false)?.map(Found::Spot).ok_or(error);
        }
        Err(error)
    }

    /// Resolves once more and writes down how. A resolution that succeeds never
    /// gets here, so only failures pay for sentences.
    fn explain(&self, cx: &mut Lookup<'_>, specifier: &str, error: ResolutionError) -> Failure {
        cx.story = Some(Vec::new());
        // The same failure again, unless the disk changed in between; the first one counts.
        drop(self.targets(cx, specifier));
        let steps = cx.story.take().unwrap_or_default();
        let optional = specifier::split_package(specifier)
            .and_then(|(name, _)| self.packages.optional(&self.directories, cx, name));
        Failure { error, steps, optional, cause: cx.cause.take() }
    }
}

fn add(targets: &mut Vec<Target>, target: Target) {
    if !targets.contains(&target) {
        targets.push(target);
    }
}

const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Resolver>();
};

/// Whether this is a module of Node itself.
pub(crate) fn is_builtin(node: NodeVersion, specifier: &str) -> bool {
    builtins::canonical(node, specifier).is_some()
}
