//! Packages: their package.json, read once and kept while there is room.
//!
//! Reads nothing but files named package.json, and these only up to a size.

use std::{io, path::PathBuf, sync::Arc};

use super::{
    Trouble,
    cache::{ByteCache, Weigh},
    directories::{Directories, Place},
    lookup::{Lookup, Spot},
    package_json::Fields,
    path,
};
use crate::{
    finding::{Problem, ResolutionError},
    host::{EntryKind, Host, OpenError},
    memory::Governor,
    record::{NodeVersion, Place as TextPlace},
};

/// The largest package.json that is read, in bytes.
const READ_MAX: u64 = 8 << 20;

/// Reading a file of this many bytes or fewer needs no lease of its own.
const SMALL: u64 = 64 << 10;

/// Bytes that reading takes for each byte of the file: the text, the packed
/// fields, and their buffers while they grow.
const READ_COST: usize = 6;

/// Few, so that even the largest package.json is a part of one: read anew for
/// each `require` it would cost more than all else.
const CACHE_SHARDS: usize = 2;

/// A directory that has a package.json.
pub(super) struct Package {
    /// The package.json itself, a real path.
    pub(super) json: PathBuf,
    /// The package.json is inside the tracing root.
    inside: bool,
    /// The links inside the root between the directory and the package.json.
    links: Box<[PathBuf]>,
    /// What it says. Nothing, if it is broken.
    pub(super) fields: Fields,
    /// Why it cannot be used.
    broken: Option<Trouble>,
}

impl Weigh for Option<Arc<Package>> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, |package| {
            let links: usize = package.links.iter().map(|link| size_of::<PathBuf>() + link.as_os_str().len()).sum();
            size_of::<Package>() + package.json.as_os_str().len() + links + package.fields.heap_bytes()
        })
    }
}

/// A package that was found for a directory, by the path it was asked for.
pub(super) struct Scope {
    /// The package's directory, as a normal path that may pass links.
    pub(super) directory: Vec<u8>,
    /// The links that this path passes.
    links: Vec<PathBuf>,
    /// The package.
    pub(super) package: Arc<Package>,
}

impl Scope {
    /// The package at a directory.
    pub(super) fn new(directory: &[u8], place: &Place, package: Arc<Package>) -> Self {
        Self { directory: directory.to_vec(), links: place.links().to_vec(), package }
    }

    /// The content of the package.json decided: it is needed.
    pub(super) fn need(&self, cx: &mut Lookup<'_>) {
        if self.package.inside {
            for link in self.links.iter().chain(&self.package.links) {
                cx.need(link);
            }
            cx.need(&self.package.json);
        }
    }

    /// What the package.json says.
    ///
    /// # Errors
    /// `InvalidPackageConfig` if it is broken; it is then in the lookup's troubles.
    pub(super) fn fields(&self, cx: &mut Lookup<'_>) -> Result<&Fields, ResolutionError> {
        let Some(trouble) = &self.package.broken else { return Ok(&self.package.fields) };
        self.need(cx);
        cx.trouble(trouble);
        cx.note(|root| format!("{}: {}.", path::show(root, path::bytes(&self.package.json)), trouble.problem));
        Err(ResolutionError::InvalidPackageConfig)
    }

    /// The package.json in a sentence.
    pub(super) fn show(&self, root: &[u8]) -> String {
        path::show(root, &path::child(&self.directory, b"package.json"))
    }
}

/// All packages that were asked about, as many as there is room for.
pub(super) struct Packages {
    host: Arc<dyn Host>,
    governor: Governor,
    node: NodeVersion,
    cache: ByteCache<Option<Arc<Package>>>,
}

impl Packages {
    /// Nothing is known yet. Keeps at most `cache_bytes`.
    pub(super) fn new(host: Arc<dyn Host>, governor: &Governor, node: NodeVersion, cache_bytes: usize) -> Self {
        Self { host, governor: governor.clone(), node, cache: ByteCache::new(cache_bytes, CACHE_SHARDS, governor) }
    }

    /// Keeps at most `percent` of the bytes it was made with.
    pub(super) fn keep(&self, percent: u64) {
        self.cache.keep(percent);
    }

    /// READ_PACKAGE_JSON: the package in a directory, `None` if it has no package.json.
    pub(super) fn read(&self, cx: &mut Lookup<'_>, known: &Directories, place: &Place) -> Option<Arc<Package>> {
        known.entry(cx, &place.directory, b"package.json")?;
        let real = &place.directory.real;
        if let Some(package) = self.cache.get(real) {
            return package;
        }
        let package =
            known.file(cx, &place.without_links(), b"package.json").and_then(|spot| self.load(cx, known, spot));
        let package = package.map(Arc::new);
        self.cache.insert(real, package.clone());
        package
    }

    /// LOOKUP_PACKAGE_SCOPE(url), from a directory upwards.
    pub(super) fn scope(&self, cx: &mut Lookup<'_>, known: &Directories, directory: &[u8]) -> Option<Scope> {
        // 1–2. Let scopeURL be url; while scopeURL is not the root of the file system:
        for directory in path::ancestors(directory) {
            // 2.ii. If scopeURL ends in a "node_modules" path segment, return null.
            if path::is_node_modules(directory) {
                return None;
            }
            // 2.iii–iv. If the file at "package.json" within scopeURL exists, return scopeURL.
            let Some(place) = known.open(cx, directory) else { continue };
            if let Some(package) = self.read(cx, known, &place) {
                return Some(Scope::new(directory, &place, package));
            }
        }
        None
    }

    /// Why the package `name` may be missing for files in `directory`: what the
    /// package.json files around them say, up to the first with a name.
    pub(super) fn optional(&self, known: &Directories, cx: &mut Lookup<'_>, name: &str) -> Option<String> {
        let mut directory = cx.directory;
        loop {
            let scope = self.scope(cx, known, directory)?;
            let reason = scope.package.fields.optional_reason(name);
            if reason.is_some() || scope.package.fields.name.is_some() {
                return reason;
            }
            let len = path::parent(&scope.directory)?.len();
            directory = &directory[..len];
        }
    }

    /// Reads a package.json; `None` if there is none to read, as for Node.
    fn load(&self, cx: &mut Lookup<'_>, known: &Directories, spot: Spot) -> Option<Package> {
        let inside = known.is_inside(&spot.real);
        let json = path::from_bytes(spot.real);
        let trouble = |place, problem| Trouble { file: json.clone(), place, problem };
        if spot.kind != EntryKind::File {
            cx.trouble(&trouble(None, Problem::NotAFile { what: "not a regular file" }));
            return None;
        }
        let (fields, broken) = match self.text(&json) {
            Ok(text) => match Fields::read(&text) {
                Ok(mut fields) => {
                    if self.node.reads_packages_natively() {
                        fields.drop_scalars();
                    }
                    (fields, None)
                }
                Err(error) => {
                    let place = TextPlace::of(&text, error.at as u32);
                    let what = format!("expected {}", error.expected);
                    (Fields::default(), Some(trouble(Some(place), Problem::BrokenPackageJson { what })))
                }
            },
            Err(problem @ Problem::PackageJsonTooLarge { .. }) => (Fields::default(), Some(trouble(None, problem))),
            Err(problem) => {
                cx.trouble(&trouble(None, problem));
                return None;
            }
        };
        Some(Package { json, inside, links: spot.links.into(), fields, broken })
    }

    /// The bytes of a package.json.
    pub(super) fn text(&self, json: &std::path::Path) -> Result<Vec<u8>, Problem> {
        let unreadable = |error: io::Error| Problem::unreadable(&error);
        let file = self.host.open(json).map_err(|error| match error {
            OpenError::NotRegular(_) => Problem::NotAFile { what: "not a regular file" },
            OpenError::Io(error) => unreadable(error),
        })?;
        let len = file.stamp().map_err(unreadable)?.len;
        let too_large = |cap| Problem::PackageJsonTooLarge { len, cap };
        if len > READ_MAX {
            return Err(too_large(READ_MAX));
        }
        let cost = if len > SMALL { len as usize * READ_COST } else { 0 };
        // The list must not depend on the limit: where there is no room, the run
        // cannot succeed, and until it ends nothing is said of this file.
        let _lease = self.governor.lease(cost).map_err(|refused| {
            self.governor.deny(refused);
            too_large(READ_MAX)
        })?;
        let mut text = vec![0; len as usize];
        let mut read = 0;
        while read < text.len() {
            match file.read_at(&mut text[read..], read as u64).map_err(unreadable)? {
                0 => break,
                more => read += more,
            }
        }
        text.truncate(read);
        Ok(text)
    }
}
