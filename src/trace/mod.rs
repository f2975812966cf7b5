//! From entries to a listing: who is looked at, when, by whom.
//!
//! One coordinator owns what has been seen, what waits and what was found;
//! workers look at one file at a time and answer. The listing does not depend
//! on their number, on the order of their answers or on the channels' size.
//! Nothing here knows how a file is read, understood or resolved.
//!
//! - `options` what can be asked for
//! - `paths` every path once, by its id
//! - `visited` what is known of each path; `edges` who needs whom
//! - `news` what those hear who listen meanwhile
//! - `frontier` what waits; `manifests` what is listed already
//! - `worker` one file's journey; `look` its part from bytes to references;
//!   `coordinator` all of them; `outbox` what goes between them
//! - `crew` the workers' threads; `threads` what those and their channels are
//! - `follow` what one reference leads to: `required` for specifiers with
//!   holes, `asset` for paths; `site` which reference it was
//! - `choice` globs that add and drop files; `includes` the files that are added
//! - `recipes` what packages need that no expression tells

mod asset;
mod choice;
mod coordinator;
mod crew;
mod edges;
mod entry;
mod follow;
mod frontier;
mod includes;
mod look;
mod manifests;
mod news;
mod options;
mod outbox;
mod paths;
mod recipes;
mod required;
mod site;
mod threads;
mod visited;
mod worker;

pub use choice::GlobsByEntry;
pub(crate) use coordinator::Listener;
pub use options::{Analysis, Faults, TraceOptions};
pub use site::{How, Site, Sites};

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use crate::{
    finding::{Code, Finding, Problem},
    host::{EntryKind, Host},
    listing::{Findings, Listing},
    memory::{Floor, Governor, OutOfMemory},
    record::{FileId, QuotedName, Reason, Reference, absolute},
    resolve::Resolver,
    spill::{SpillError, Spilled},
};

/// What a trace found.
#[derive(Debug)]
pub struct Trace {
    /// The tracing root's real path.
    pub root: PathBuf,
    /// When it began: what changed later may not be what was traced.
    pub began: SystemTime,
    /// The entries that are there, in the order in which they were given.
    pub entries: Vec<TracedEntry>,
    /// The files, and why they are there.
    pub listing: Arc<Listing>,
    /// What the user should know, sorted by file, place and code.
    pub findings: Findings,
    /// A worker failed: the listing may lack what its file asks for.
    pub is_incomplete: bool,
    /// What went to disk, because memory was short.
    pub spilled: Spilled,
}

/// An entry that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedEntry {
    /// The path that was given.
    pub named: PathBuf,
    /// The file behind it, relative to the root.
    pub file: Vec<u8>,
    /// The links on the way to it, relative to the root.
    pub links: Vec<Vec<u8>>,
}

/// Why there is no trace.
#[derive(Debug)]
pub enum TraceError {
    /// An entry is not within the tracing root.
    EntryOutsideRoot {
        /// The entry as it was given.
        entry: PathBuf,
        /// The tracing root.
        root: PathBuf,
    },
    /// The tracing root cannot be used.
    Root {
        /// The tracing root.
        root: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A glob that cannot be understood.
    Glob(globset::Error),
    /// A manifest lists what is not within the tracing root.
    ManifestOutsideRoot {
        /// The manifest.
        manifest: PathBuf,
        /// What it lists.
        file: PathBuf,
        /// The tracing root.
        root: PathBuf,
    },
    /// A glob with `!(…)` and the like, or with `!` at its start.
    ExtendedGlob {
        /// The glob.
        glob: String,
    },
    /// The memory limit is below what any run needs: nothing was begun.
    Floor(Floor),
    /// The memory limit does not allow it.
    Memory(OutOfMemory),
    /// What does not fit into memory cannot go to disk, or be had back from there.
    Spill(SpillError),
    /// The process has no descriptor left: files would be lost.
    Descriptors,
    /// No thread can be started.
    Thread(io::Error),
    /// Who listened wants to hear no more.
    Stopped,
}

impl From<OutOfMemory> for TraceError {
    fn from(error: OutOfMemory) -> Self {
        Self::Memory(error)
    }
}

impl From<SpillError> for TraceError {
    fn from(error: SpillError) -> Self {
        match error {
            SpillError::Memory(error) => Self::Memory(error),
            SpillError::Io { error, .. } if Problem::unreadable(&error) == Problem::OutOfDescriptors => {
                Self::Descriptors
            }
            error => Self::Spill(error),
        }
    }
}

impl TraceError {
    /// Its stable code, from the same catalogue as the findings'.
    pub fn code(&self) -> Code {
        Code(match self {
            Self::Glob(_) => 3,
            Self::ExtendedGlob { .. } => 11,
            Self::Root { .. } => 3009,
            Self::Floor(_) => 4001,
            Self::Memory(_) => 4002,
            Self::Spill(error) => error.code(),
            Self::Descriptors => 4005,
            Self::Thread(_) => 4004,
            Self::Stopped => 6002,
            Self::EntryOutsideRoot { .. } | Self::ManifestOutsideRoot { .. } => 5001,
        })
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EntryOutsideRoot { entry, root } => {
                write!(
                    f,
                    "the entry {} is outside the tracing root {}; name a larger one with --context-directory",
                    quoted(entry),
                    quoted(root)
                )
            }
            Self::ManifestOutsideRoot { manifest, file, root } => write!(
                f,
                "{} lists {}, which is outside the tracing root {}; name a larger one with --context-directory",
                quoted(manifest),
                quoted(file),
                quoted(root)
            ),
            Self::Root { root, error } => write!(f, "cannot use the tracing root {}: {error}", quoted(root)),
            Self::Glob(error) => write!(f, "cannot understand the glob: {error}"),
            Self::ExtendedGlob { glob } => {
                write!(f, "the glob {glob:?} has !(…) or the like, which is not known here; write it as several globs")
            }
            Self::Floor(floor) => write!(f, "the memory limit does not suffice: {floor}"),
            Self::Memory(error) => write!(f, "the memory limit does not suffice: {error}"),
            Self::Spill(error) => error.fmt(f),
            Self::Descriptors => {
                write!(f, "no file descriptor is left; raise the limit (ulimit -n) or use fewer --threads")
            }
            Self::Thread(error) => write!(f, "cannot start a worker: {error}"),
            Self::Stopped => write!(f, "who takes what is found wants no more of it"),
        }
    }
}

impl std::error::Error for TraceError {}

fn quoted(path: &Path) -> QuotedName<'_> {
    QuotedName(path.as_os_str().as_encoded_bytes())
}

/// Traces `entries`, absolute paths, as `options` say; what was `noted` before
/// is told with the other findings. Who listens hears what became known after
/// each generation of files.
///
/// # Errors
/// [`TraceError`]. What is wrong with single files is not an error but a
/// finding, also for an entry: the others are traced all the same.
pub fn trace(
    host: &Arc<dyn Host>,
    governor: &Governor,
    options: &TraceOptions,
    entries: &[PathBuf],
    noted: &[Finding],
    listener: Option<Listener<'_>>,
) -> Result<Trace, TraceError> {
    let options = at_real_places(&**host, options)?;
    let listener = listener.map(|listener| listener as Listener<'_>);
    coordinator::run(host, governor, &options, entries, noted, listener)
}

/// The options with the real paths of the root, which must be a directory, and of the working directory.
fn at_real_places(host: &dyn Host, options: &TraceOptions) -> Result<TraceOptions, TraceError> {
    let unusable = |error| TraceError::Root { root: options.root.clone(), error };
    let root = host.real_path(&options.root).map_err(unusable)?;
    if host.kind(&root).map_err(unusable)? != EntryKind::Directory {
        return Err(unusable(io::ErrorKind::NotADirectory.into()));
    }
    // A working directory is known by its real path; what is none stays what it is.
    let process_cwd = host.real_path(&options.process_cwd).unwrap_or_else(|_| options.process_cwd.clone());
    Ok(TraceOptions { root, process_cwd, ..options.clone() })
}

/// What references of one file lead to.
#[derive(Debug)]
pub struct Followed {
    /// The files, relative to the root, and whether their own references count;
    /// in the order in which they were found, some perhaps twice.
    pub files: Vec<(Vec<u8>, Reason, bool)>,
    /// What the user should know.
    pub findings: Vec<Finding>,
}

/// What `references` lead to in `file`, a real path. The file is not read.
///
/// # Errors
/// [`TraceError`], as for a trace.
pub fn follow(
    host: &Arc<dyn Host>,
    governor: &Governor,
    options: &TraceOptions,
    file: &Path,
    references: &[Reference],
) -> Result<Followed, TraceError> {
    let options = at_real_places(&**host, options)?;
    let resolver = Resolver::new(Arc::clone(host), governor, coordinator::resolve_options(&options, governor.room()))?;
    let (answers, parts) = threads::unbounded();
    let mut out = outbox::Outbox::new(FileId(0), &options.root, &answers, governor.counters());
    let follower = follow::Follower { host: &**host, resolver: &resolver, options: &options, path: file };
    follower.follow_all(references, &mut out);
    drop(out);
    drop(answers);
    let mut followed = Followed { files: Vec::new(), findings: Vec::new() };
    while let Ok(part) = parts.recv() {
        followed.files.extend(part.found.into_iter().map(|found| (found.path, found.reason, found.follow)));
        followed.findings.extend(part.findings);
    }
    Ok(followed)
}

/// Hands each file that manifests list to `each`, relative to the root, with its manifest, by manifests' paths.
///
/// # Errors
/// [`TraceError`], as for a trace. What is wrong with manifests was told by the trace.
pub fn listed_by(
    host: &Arc<dyn Host>,
    governor: &Governor,
    options: &TraceOptions,
    trace: &Trace,
    each: &mut dyn FnMut(&[u8], &Path),
) -> Result<(), TraceError> {
    let options = at_real_places(&**host, options)?;
    let resolver = Resolver::new(Arc::clone(host), governor, coordinator::resolve_options(&options, governor.room()))?;
    let store = trace.listing.store();
    let lists = manifests::Lists { host: &**host, governor, store, resolver: &resolver, options: &options };
    lists.take(&mut |given| {
        if let manifests::Given::File(path, _, manifest) = given {
            each(&path, manifest);
        }
        Ok(())
    })
}

/// Whether a thread of this name is a worker's.
pub fn is_worker_thread(name: &str) -> bool {
    name.starts_with(crew::WORKER_NAME)
}
