//! Finds every file that a Node.js program needs at run time, and nothing else.
//!
//! ```no_run
//! use monotrace::{Tracer, TraceOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tracer = Tracer::new(TraceOptions::new("/repo".into()));
//! let trace = tracer.trace(&["/repo/apps/web/server.js".into()])?;
//! for file in trace.listing.listed() {
//!     println!("{}", String::from_utf8_lossy(&file?.path));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The rooms and what each refuses to do are described in ARCHITECTURE.md.

pub mod cli;
#[doc(hidden)]
pub mod evaluate;
mod finding;
mod host;
#[doc(hidden)]
pub mod lexer;
mod listing;
mod log;
mod manifest;
mod memory;
#[doc(hidden)]
pub mod native;
mod next;
mod output;
mod recipe;
mod record;
#[doc(hidden)]
pub mod resolve;
mod source;
mod spill;
mod trace;

pub use finding::{Category, Code, Diagnostic, Entry, Finding, Level, ParseLevelError, Problem, ResolutionError};
pub use host::{
    Disk, EntryKind, Host, InPlace, OpenError, OpenFile, RealHost, Replacement, ScratchFile, Seen, StageError, Staging,
    Stamp, Tree,
};
pub use listing::{
    Diagnostics, FileNews, Files, FilesNews, Findings, Generation, Listing, Paths, Reach, Subset, WithParents,
};
pub use log::{Log, LogStyle, Reporter, Tally, Totals, write_finding};
pub use manifest::ManifestGlob;
pub use memory::{
    Counters, Floor, Governor, Heap, LimitSource, MemoryLimit, OutOfMemory, Pressure, ProcessLimits, Stage,
    peak_resident, process_limits, resident,
};
pub use next::{GatherError, NextApp, NextError, find_app as find_next_app};
pub use output::{
    AgainstError, ArchiveOptions, Budget, BuildError, Built, Bytes, Contents, Digests, FolderOptions, Layer, Links,
    Manifest, ManifestForm, NewsLines, OutputFolder, PackageSize, Report, ReportError, ReportFormat, SizeFormat,
    SizeOptions, Sizes, Weight, weigh,
};
pub use recipe::{Recipe, RecipeError, parse as parse_recipes};
pub use record::{
    Excerpt, Format, HOLE, ListedFile, Loader, NodeVersion, ParseNodeVersionError, ParsePlatformError, Place, Places,
    Platform, QuotedName, Reason, Reasons, Reference, ReferenceKind, STAR, TameSentence, absolute, relative,
};
pub use resolve::Workspace;
pub use spill::{SpillError, Spilled};
#[doc(hidden)]
pub use trace::Followed;
pub use trace::{Analysis, Faults, GlobsByEntry, How, Site, Sites, Trace, TraceError, TraceOptions, TracedEntry};

use std::{
    io::{self, Write},
    ops::ControlFlow,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Traces programs with one set of options.
pub struct Tracer {
    host: Arc<dyn Host>,
    /// The same with what is hidden from traces.
    unhidden: Arc<dyn Host>,
    governor: Governor,
    options: TraceOptions,
    noted: Vec<Finding>,
}

impl Tracer {
    /// A tracer of this machine's files.
    pub fn new(options: TraceOptions) -> Self {
        Self::with_host(Arc::new(RealHost), options)
    }

    /// A tracer of the files that `host` knows.
    pub fn with_host(host: Arc<dyn Host>, options: TraceOptions) -> Self {
        let governor = Governor::new(options.memory_limit);
        Self { unhidden: Arc::clone(&host), host, governor, options, noted: Vec::new() }
    }

    /// Tells `finding`, which was found before, with those of each trace.
    pub fn note(&mut self, finding: Finding) {
        self.noted.push(finding);
    }

    /// A tracer of this machine's files that has the process for itself: the
    /// limit bounds all that is resident of it, the program too, and a limit
    /// that cannot suffice is refused before anything is done. For commands
    /// whose allocator is [`Heap`].
    ///
    /// # Errors
    /// [`TraceError::Floor`].
    pub fn of_process(options: TraceOptions) -> Result<Self, TraceError> {
        Floor::check(options.memory_limit, options.threads.get()).map_err(TraceError::Floor)?;
        memory::tune_heap(options.memory_limit, options.threads.get(), abandon_without_memory);
        let governor = Governor::of_process(options.memory_limit);
        let host: Arc<dyn Host> = Arc::new(RealHost);
        Ok(Self { unhidden: Arc::clone(&host), host, governor, options, noted: Vec::new() })
    }

    /// All that the entries need. Entries are absolute paths; in
    /// [`TraceOptions::root`] links may occur.
    ///
    /// # Errors
    /// [`TraceError`]; what is wrong with single files is a finding instead.
    pub fn trace(&self, entries: &[PathBuf]) -> Result<Trace, TraceError> {
        trace::trace(&self.host, &self.governor, &self.options, entries, &self.noted, None)
    }

    /// The same, and `listener` hears meanwhile what became known, after each generation of files: those that the
    /// entries need, those that these need, and so on. Files of one generation are looked into before any of the next.
    /// What it hears depends on the files alone, not on threads or memory; after the last time it heard all that the
    /// trace tells. Nothing goes on while it listens.
    ///
    /// # Errors
    /// [`TraceError`]; [`TraceError::Stopped`] when `listener` breaks.
    pub fn trace_by_generation(
        &self,
        entries: &[PathBuf],
        listener: &mut dyn FnMut(&Generation) -> ControlFlow<()>,
    ) -> Result<Trace, TraceError> {
        trace::trace(&self.host, &self.governor, &self.options, entries, &self.noted, Some(listener))
    }

    /// What references lead to that stand in `file`, a real path, whatever it says.
    ///
    /// # Errors
    /// [`TraceError`], as for a trace.
    #[doc(hidden)]
    pub fn follow(&self, file: &Path, references: &[Reference]) -> Result<Followed, TraceError> {
        trace::follow(&self.host, &self.governor, &self.options, file, references)
    }

    /// Hands each file that the manifests of [`TraceOptions::manifests`] list to `each`, relative to the root, with
    /// the manifest's path; `trace` is what this tracer made with them.
    ///
    /// # Errors
    /// [`TraceError`], as for a trace.
    pub fn listed_by(&self, trace: &Trace, each: &mut dyn FnMut(&[u8], &Path)) -> Result<(), TraceError> {
        trace::listed_by(&self.host, &self.governor, &self.options, trace, each)
    }

    /// Bytes that are leased now; 0 when no trace runs and none is kept.
    pub fn leased(&self) -> u64 {
        self.governor.leased()
    }

    /// What was done so far, in numbers.
    pub fn counters(&self) -> &Counters {
        self.governor.counters()
    }

    /// Keeps `place`, an absolute path, for a folder that will run by itself.
    /// From now on this tracer does not see what stands there: it is no input.
    ///
    /// # Errors
    /// [`BuildError`] for a place that is not ours to replace: nothing was done then.
    pub fn claim(
        &mut self,
        place: &Path,
        entries: &[PathBuf],
        options: FolderOptions,
    ) -> Result<OutputFolder, BuildError> {
        let folder = OutputFolder::claim(&self.unhidden, place, &self.options.root, entries, options)?;
        self.host = Arc::new(host::Without::new(Arc::clone(&self.host), folder.hidden()));
        Ok(folder)
    }

    /// From now on this tracer does not see `place`, a real path: an output is no input.
    pub fn hide(&mut self, place: PathBuf) {
        self.host = Arc::new(host::Without::new(Arc::clone(&self.host), vec![place]));
    }

    /// Writes archives of `contents` to files that appear whole, all of them or none.
    ///
    /// # Errors
    /// [`BuildError`]; files that were there are then untouched, and one that is no archive is never replaced.
    pub fn publish_archives(
        &self,
        contents: Contents,
        archives: Vec<(ArchiveOptions, PathBuf)>,
    ) -> Result<Built, BuildError> {
        output::publish_archives(&*self.unhidden, contents, archives)
    }

    /// The files of a trace, as what a folder will hold; more can be added.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn contents(&self, trace: &Trace) -> Result<Contents, BuildError> {
        Contents::new(&self.host, &trace.root, &self.options.root, trace.began, &trace.listing)
    }

    /// Puts into `contents`, which are those of `trace`, what the server of an
    /// app of Next needs besides: gives the place of the program that starts it.
    ///
    /// # Errors
    /// [`GatherError`].
    pub fn gather_next(&self, app: &NextApp, trace: &Trace, contents: &mut Contents) -> Result<PathBuf, GatherError> {
        let (host, governor) = (&*self.host, &self.governor);
        next::Gathering { host, governor, store: trace.listing.store(), root: &trace.root, contents }.gather(app)
    }

    /// Traces with other options from now on; where the folder is that was claimed stays hidden.
    pub fn set_options(&mut self, options: TraceOptions) {
        self.options = options;
    }

    /// The folder in which the entry was named, a real path, and the entry's path
    /// there, relative to the root: the name of a link, if the entry is one.
    ///
    /// # Errors
    /// What the system said.
    pub fn named_place(&self, root: &Path, entry: &TracedEntry) -> io::Result<(PathBuf, Vec<u8>)> {
        let folder = self.host.real_path(entry.named.parent().unwrap_or(&entry.named))?;
        let path = folder.join(entry.named.file_name().unwrap_or_default());
        let own =
            path.strip_prefix(root).map_or_else(|_| entry.file.clone(), |own| own.as_os_str().as_bytes().to_vec());
        Ok((folder, own))
    }

    /// The hashes of all files that a trace found.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn digests(&self, trace: &Trace) -> Result<Digests, ReportError> {
        Digests::of(&*self.host, &trace.root, &trace.listing)
    }

    /// Writes a manifest to a file that appears whole or not at all; its folder
    /// is made if it is not there.
    ///
    /// # Errors
    /// [`ReportError`]; a file that was there is then untouched.
    pub fn publish_manifest(&self, manifest: &Manifest<'_>, path: &Path) -> Result<(), ReportError> {
        output::publish_manifest(&*self.host, manifest, path)
    }

    /// Tells where files of `trace`, which this tracer made, ask for others.
    ///
    /// # Errors
    /// [`TraceError`].
    pub fn sites(&self, trace: &Trace) -> Result<Sites<'_>, TraceError> {
        Sites::new(&self.host, &self.governor, &self.options, trace)
    }

    /// What stands at a path, and its real path if that can be told.
    ///
    /// # Errors
    /// What the system said.
    pub fn look_at(&self, path: &Path) -> io::Result<(EntryKind, PathBuf)> {
        let kind = self.host.kind(path)?;
        Ok((kind, self.host.real_path(path).unwrap_or_else(|_| path.to_path_buf())))
    }

    /// Begins a file at `path` that appears when it is committed, whole, or never; this tracer does not see it.
    ///
    /// # Errors
    /// What the system said; a file that was there is untouched.
    pub fn begin_file(&mut self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        let file = self.unhidden.replace(path)?;
        if let Some(name) = file.interim_name() {
            // Where it has a name, it has one in a folder that may be traced.
            let folder = self.unhidden.real_path(name.parent().unwrap_or(Path::new(".")))?;
            self.hide(folder.join(name.file_name().unwrap_or_default()));
        }
        Ok(file)
    }

    /// Writes a report to a file that appears whole or not at all.
    ///
    /// # Errors
    /// [`ReportError`]; a file that was there is then untouched.
    pub fn publish(&self, format: ReportFormat, report: &Report<'_>, path: &Path) -> Result<(), ReportError> {
        output::publish(&*self.host, format, report, path)
    }
}

/// Writes an archive of `contents` to `sink`.
///
/// # Errors
/// [`BuildError`]; what was written by then is worth nothing.
pub fn write_archive(contents: Contents, options: ArchiveOptions, sink: &mut dyn Write) -> Result<Built, BuildError> {
    output::write_archives(contents, &mut [(options, sink)])
}

/// Writes a report to `sink`.
///
/// # Errors
/// [`ReportError`].
pub fn write_report(format: ReportFormat, report: &Report<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    output::write(format, report, sink)
}

/// Writes the name of a file as a JSON string; a byte 0xNN that is not UTF-8 becomes the lone surrogate U+DCNN.
///
/// # Errors
/// What the sink said.
pub fn write_json_name(name: &[u8], sink: &mut dyn Write) -> io::Result<()> {
    output::json::name(sink, name)
}

/// Writes a finding as a JSON object; its file is told relative to `root`.
///
/// # Errors
/// [`ReportError`].
pub fn write_json_finding(finding: &Diagnostic, root: &Path, sink: &mut dyn Write) -> Result<(), ReportError> {
    output::json::finding(sink, root, finding)
}

/// Writes findings to `sink`, in a form for people or for a machine.
///
/// # Errors
/// [`ReportError`].
pub fn write_log(reporter: Reporter, log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    log::write(reporter, log, sink)
}

/// Writes findings to a file that appears whole or not at all.
///
/// # Errors
/// [`ReportError`]; a file that was there is then untouched.
pub fn publish_log(reporter: Reporter, log: &Log<'_>, path: &Path) -> Result<(), ReportError> {
    log::publish(reporter, log, path)
}

/// The memory limit of a run: what the user asked for, in megabytes, or the
/// default, which the control groups, the machine and the process's own limits
/// lower. `host` has /proc and /sys.
pub fn memory_limit(host: &dyn Host, asked: Option<u64>, process: ProcessLimits) -> MemoryLimit {
    match asked {
        Some(megabytes) => MemoryLimit::asked(megabytes, process),
        None => MemoryLimit::discover(&mut |path| host::read_small(host, path), process),
    }
}

/// As [`abandon_output`], where memory is what is missing: a folder that is half-written stays for the next run.
fn abandon_without_memory() {
    host::abandon_replacements();
    host::abandon_empty_stages();
}

/// Removes what an output under way has written so far, and keeps others from
/// beginning: for those who end the process at once. Tells whether a folder
/// came into its place before.
pub fn abandon_output() -> bool {
    /// Who ends a process does not wait much longer.
    const PATIENCE: Duration = Duration::from_millis(400);
    host::abandon_replacements();
    host::abandon_stages(PATIENCE)
}

/// Whether a thread of this name looks at files for a trace: a panic there is
/// a finding, not the process's end.
pub fn is_worker_thread(name: &str) -> bool {
    trace::is_worker_thread(name)
}

/// Whether Node of this version has a module of this name itself, with `node:` before it or without.
pub fn is_builtin(node: NodeVersion, specifier: &str) -> bool {
    resolve::is_builtin(node, specifier)
}

/// The workspace (npm, yarn or pnpm) that the package around `file` is a
/// member of; `None` where there is none. Reads nothing but package.json and
/// pnpm-workspace.yaml.
pub fn workspace(host: &dyn Host, file: &Path) -> Option<Workspace> {
    resolve::workspace(host, file)
}

/// The workspace that the package around `folder` is a member of; the folder need not be there.
pub fn workspace_around(host: &dyn Host, folder: &Path) -> Option<Workspace> {
    resolve::workspace_around(host, folder)
}
