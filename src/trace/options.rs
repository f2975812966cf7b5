//! What can be asked of a trace.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use super::GlobsByEntry;
use crate::{
    manifest::ManifestGlob,
    recipe::Recipe,
    record::{NodeVersion, Platform},
};

/// All that a trace depends on besides the files. Paths are absolute.
///
/// The options that nft has bear nft's names and meanings.
#[derive(Clone, Debug)]
pub struct TraceOptions {
    /// The tracing root (nft: `base`): nothing outside is listed or read for references.
    pub root: PathBuf,
    /// What `process.cwd()` is in the traced code (nft: `processCwd`).
    pub process_cwd: PathBuf,
    /// How many workers look at files; no more than [`TraceOptions::THREADS_MAX`] are started.
    pub threads: NonZeroUsize,
    /// Most bytes that may be leased at one time; most that may be resident where the tracer has the process for itself.
    pub memory_limit: u64,
    /// Where temporary files go once memory is short. If that is in memory (a tmpfs), they count as memory.
    pub temp_dir: Option<PathBuf>,
    /// Where they go if `temp_dir` is none: the first of these that is on a disk and can be written to.
    pub temp_defaults: Vec<PathBuf>,
    /// Most bytes of temporary files.
    pub max_temp_size: u64,
    /// Whether it is kept who needs whom: that takes memory for each reference.
    pub parents: bool,
    /// The Node that will run the code.
    pub node: NodeVersion,
    /// The machine that will run the code.
    pub platform: Platform,
    /// What is known of `process.env` in the traced code; all else of it is not.
    pub env: Vec<(String, String)>,
    /// Conditions of `exports` and `imports` besides those that Node always sets (nft: `conditions`).
    pub conditions: Vec<String>,
    /// Leaves out the `main` of packages that have `exports` (nft: `exportsOnly`).
    pub exports_only: bool,
    /// Takes both branches of every `module-sync` (nft: `moduleSyncCatchall`).
    pub module_sync_catchall: bool,
    /// Follows `require` in ES modules too (nft: `mixedModules`); `import()` in CommonJS always is.
    pub mixed_modules: bool,
    /// Where a specifier leads that nothing else answers: a whole specifier, or
    /// the beginning of one if it ends with `/` (nft: `paths`).
    pub paths: Vec<(String, PathBuf)>,
    /// How many references away from an entry files are still looked into (nft: `depth`).
    pub depth: Option<u32>,
    /// Globs of files that are not listed, relative to the root; entries always are (nft: `ignore`).
    pub ignore: Vec<String>,
    /// Globs of files that are listed besides, relative to the root (Next: `outputFileTracingIncludes`), by globs of
    /// entries: they count where one of the traced entries matches.
    pub includes: GlobsByEntry,
    /// Globs of files that are dropped from the list, relative to the root; what they ask for stays, and entries do
    /// (Next: `outputFileTracingExcludes`). They count where all of the traced entries match.
    pub excludes: GlobsByEntry,
    /// What is included is looked into as well.
    pub trace_includes: bool,
    /// Which expressions are worked out (nft: `analysis`).
    pub analysis: Analysis,
    /// Recipes besides the built-in ones.
    pub recipes: Vec<Recipe>,
    /// Manifests (`.nft.json`) whose files are listed too, without being looked into.
    pub manifests: Vec<ManifestGlob>,
    /// How many jobs may be under way at one time; more keeps workers busy. More
    /// than [`TraceOptions::JOBS_MAX`] count as that many.
    pub channel_capacity: NonZeroUsize,
    /// Faults to make on purpose.
    pub faults: Faults,
}

/// Which expressions are worked out; the parts have nft's names and defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// Folders and patterns stand for all files that they can mean.
    pub emit_globs: bool,
    /// Paths made of `__dirname`, `import.meta.url` and the like are files.
    pub compute_file_references: bool,
    /// Strings that are put together are worked out.
    pub evaluate_pure_expressions: bool,
}

impl Analysis {
    /// Everything is worked out.
    pub const ALL: Self = Self { emit_globs: true, compute_file_references: true, evaluate_pure_expressions: true };
    /// Only what is written out counts.
    pub const NONE: Self = Self { emit_globs: false, compute_file_references: false, evaluate_pure_expressions: false };
}

/// Faults that tests ask for, to see that the run survives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The worker that gets a file of this name panics.
    pub panic_at: Option<String>,
    /// This page, counted from 1, has a bit flipped on its way to disk.
    pub spill_flip: Option<u64>,
    /// What has more than so many bytes goes to disk, however much memory there is.
    pub spill_batch: Option<usize>,
}

impl TraceOptions {
    /// The most workers: beyond any machine's cores, and a bound for what their stacks take.
    pub const THREADS_MAX: usize = 1024;

    /// The glob that is for all entries in [`TraceOptions::includes`] and [`TraceOptions::excludes`].
    pub const ALL_ENTRIES: &'static str = "**";

    /// The most jobs under way: 16 for each worker, and a bound for what the channels take.
    pub const JOBS_MAX: usize = 16 * Self::THREADS_MAX;

    /// Folders for temporary files, best first: `$TMPDIR`, beside the output, /var/tmp; never /tmp,
    /// which is in memory on many machines.
    pub fn temp_folders(output: Option<&Path>) -> Vec<PathBuf> {
        let named = std::env::var_os("TMPDIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let beside = output.and_then(Path::parent).map(Path::to_path_buf);
        named.into_iter().chain(beside).chain([PathBuf::from("/var/tmp")]).collect()
    }

    /// The defaults of the command, for a root.
    pub fn new(root: PathBuf) -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            process_cwd: root.clone(),
            root,
            threads,
            memory_limit: 6000 << 20,
            temp_dir: None,
            temp_defaults: Self::temp_folders(None),
            max_temp_size: u64::MAX,
            parents: true,
            node: NodeVersion::default(),
            platform: Platform::default(),
            env: Vec::new(),
            conditions: vec!["node".to_owned()],
            exports_only: false,
            module_sync_catchall: false,
            mixed_modules: false,
            paths: Vec::new(),
            depth: None,
            ignore: Vec::new(),
            includes: GlobsByEntry::new(),
            excludes: GlobsByEntry::new(),
            trace_includes: false,
            analysis: Analysis::ALL,
            recipes: Vec::new(),
            manifests: Vec::new(),
            channel_capacity: threads.saturating_mul(NonZeroUsize::MIN.saturating_add(15)),
            faults: Faults::default(),
        }
    }
}
