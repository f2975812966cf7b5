//! The one who knows: hands out jobs, files answers, sees when all is done.
//!
//! It never blocks on sending, because the jobs in flight never exceed the
//! channel's capacity, and it waits for answers only while a job is in flight.
//! So no worker can wait for it while it waits for that worker.

#[cfg(test)]
mod schedules;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use super::{
    Trace, TraceError, TraceOptions, TracedEntry,
    choice::{self, Excludes},
    crew::{self, Job, Size},
    entry,
    frontier::{Frontier, Turn},
    includes::{Included, Walk},
    manifests::{Given, Lists},
    outbox::{Answer, End, Found},
    threads::{Receiver, Sender},
    visited::{Verdict, Visited},
    worker::Worker,
};
use crate::{
    finding::{Finding, Level, Problem},
    host::Host,
    listing::{FindingLog, Generation, GenerationLog},
    memory::{Counters, Governor, PER_WORKER, Stage},
    recipe::Recipes,
    record::{FileId, Reason},
    resolve::{ResolveOptions, Resolver},
    source::SourceReader,
    spill::{Settings, SpillError, Store},
};

/// All caches of the resolver together may take this share of the limit, and
/// no more than [`CACHE_MOST`] bytes: more does not make a trace faster.
const CACHE_SHARE: u64 = 8;
const CACHE_MOST: u64 = 128 << 20;

/// See [`super::trace`].
pub(super) fn run<'a>(
    host: &Arc<dyn Host>,
    governor: &'a Governor,
    options: &'a TraceOptions,
    entries: &[PathBuf],
    noted: &[Finding],
    listener: Option<Listener<'a>>,
) -> Result<Trace, TraceError> {
    let began = SystemTime::now();
    let mut coordinator = Coordinator::new(host, governor, options, listener)?;
    let resolver = Resolver::new(Arc::clone(host), governor, resolve_options(options, governor.room()))?;
    let recipes = Recipes::with(&options.recipes);
    let mut troubles = noted.to_vec();
    for path in entries {
        coordinator.begin(&resolver, path, &mut troubles)?;
    }
    // Only now are all entries known, which decide how bad a finding is.
    for finding in troubles {
        coordinator.tell(finding)?;
    }
    coordinator.choose(&**host, &resolver, options)?;
    coordinator.frontier.advance();
    coordinator.take_manifests(&**host, governor, &resolver, options)?;

    // Leased before they are there: their sizes are the user's choice.
    let threads = options.threads.get().min(TraceOptions::THREADS_MAX);
    let capacity = options.channel_capacity.get().min(TraceOptions::JOBS_MAX);
    let _workers = governor.set_aside(PER_WORKER * threads)?;
    let _channels = governor.set_aside((size_of::<Job>() + Answer::USUAL) * capacity)?;
    // `require.main` is the entry's; of several entries it may be any.
    let main = match coordinator.entries.iter().next().map(|entry| entry.to_str().map(str::to_owned)) {
        Some(main) if coordinator.entries.len() == 1 => main,
        _ => None,
    };
    let main = main.as_deref();
    let hire = || {
        let reader = SourceReader::new(governor)?;
        Ok(Worker { host: &**host, resolver: &resolver, options, main, recipes: &recipes, governor, reader })
    };
    crew::lead(Size { threads, capacity }, governor, hire, |jobs, answers| coordinator.drive(jobs, capacity, answers))?;
    // Its caches have had their use; what follows can use the memory.
    drop(resolver);
    coordinator.finish(began)
}

/// Hears what became known after each generation of files, while no job is in flight.
pub(crate) type Listener<'l> = &'l mut dyn FnMut(&Generation) -> ControlFlow<()>;

struct Coordinator<'a> {
    visited: Visited,
    frontier: Frontier,
    root: &'a Path,
    counters: &'a Counters,
    findings: FindingLog,
    /// The entries' real paths.
    entries: BTreeSet<PathBuf>,
    /// The entries as the trace tells them.
    roots: Vec<TracedEntry>,
    in_flight: usize,
    is_incomplete: bool,
    /// Why the run ends once no job is in flight.
    failure: Option<TraceError>,
    store: Store,
    listener: Option<Listener<'a>>,
}

impl<'a> Coordinator<'a> {
    fn new(
        host: &Arc<dyn Host>,
        governor: &'a Governor,
        options: &'a TraceOptions,
        listener: Option<Listener<'a>>,
    ) -> Result<Self, TraceError> {
        let store = Store::new(Arc::clone(host), governor, spill_settings(options))?;
        Ok(Self {
            visited: Visited::new(governor, &store, ignore_globs(options)?, options.parents, listener.is_some())?,
            frontier: Frontier::new(&store, options.depth, listener.is_some())?,
            root: &options.root,
            counters: governor.counters(),
            findings: FindingLog::new(&store)?,
            entries: BTreeSet::new(),
            roots: Vec::new(),
            in_flight: 0,
            is_incomplete: false,
            failure: None,
            store,
            listener,
        })
    }

    /// Lists an entry and what leads to it; one that is no file is a finding.
    fn begin(&mut self, resolver: &Resolver, path: &Path, troubles: &mut Vec<Finding>) -> Result<(), TraceError> {
        match entry::locate(resolver, self.root, path)? {
            Ok(entry) => {
                if entry.troubles.iter().any(|trouble| trouble.problem == Problem::OutOfDescriptors) {
                    return Err(TraceError::Descriptors);
                }
                troubles.extend(entry.troubles.into_iter().map(Finding::from));
                self.entries.insert(self.root.join(path_of(entry.path.clone())));
                for link in &entry.links {
                    self.visited.offer(link, None, Reason::Resolve, false)?;
                }
                self.visited.offer(&entry.path, None, Reason::Initial, false)?;
                // nft says both of an entry: that it was named, and that it is a program.
                if let Verdict::New(file) = self.visited.offer(&entry.path, None, Reason::Dependency, true)? {
                    Counters::add(&self.counters.known, 1);
                    self.frontier.push(file)?;
                }
                self.roots.push(TracedEntry { named: path.to_path_buf(), file: entry.path, links: entry.links });
            }
            Err(finding) if finding.problem == Problem::OutOfDescriptors => return Err(TraceError::Descriptors),
            Err(finding) => troubles.push(finding),
        }
        Ok(())
    }

    /// Lists what manifests list.
    fn take_manifests(
        &mut self,
        host: &dyn Host,
        governor: &Governor,
        resolver: &Resolver,
        options: &TraceOptions,
    ) -> Result<(), TraceError> {
        let store = self.store.clone();
        let lists = Lists { host, governor, store: &store, resolver, options };
        lists.take(&mut |given| {
            match given {
                Given::File(path, reason, _) => self.visited.offer_listed(&path, reason)?,
                Given::Finding(finding) => self.tell(finding)?,
            }
            self.relieve()
        })
    }

    /// Adds what the user's globs add, and keeps in mind what they drop.
    fn choose(&mut self, host: &dyn Host, resolver: &Resolver, options: &TraceOptions) -> Result<(), TraceError> {
        let roots = std::mem::take(&mut self.roots);
        let entries: Vec<&[u8]> = roots.iter().map(|entry| &*entry.file).collect();
        self.visited.exclude(Excludes::new(choice::chosen(&options.excludes, &entries, true)?)?);
        let mut includes: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
        for entry in &entries {
            for pattern in choice::chosen(&options.includes, &[entry], false)? {
                includes.entry(pattern).or_default().push(self.visited.entry(entry)?);
            }
        }
        self.roots = roots;
        let store = self.store.clone();
        let walk = Walk { host, store: &store, resolver, root: self.root };
        for (pattern, entries) in includes {
            walk.walk(&pattern, &mut |included| {
                match included {
                    Included::Link(path) => {
                        self.visited.offer_included(&path, &entries, Reason::Resolve, false)?;
                    }
                    Included::File(path) => {
                        let (reason, follow) = (Reason::Asset, options.trace_includes);
                        if let Verdict::New(file) = self.visited.offer_included(&path, &entries, reason, follow)? {
                            self.frontier.push(file)?;
                        }
                    }
                    Included::Finding(finding) => self.tell(finding)?,
                }
                Ok(self.relieve()?)
            })?;
        }
        Ok(())
    }

    /// Whatever fails, it goes on until no job is in flight: a worker that
    /// still has something to say must not wait for ever.
    fn drive(&mut self, jobs: Sender<Job>, capacity: usize, answers: &Receiver<Answer>) -> Result<(), TraceError> {
        loop {
            while self.in_flight < capacity
                && self.failure.is_none()
                && let Some(job) = self.next_job()
            {
                // Never blocks: the channel has room for all jobs in flight.
                if jobs.send(job).is_err() {
                    break;
                }
                self.in_flight += 1;
            }
            if self.in_flight == 0 {
                self.frontier.descend();
                if self.failure.is_none()
                    && let Err(error) = self.hand_over()
                {
                    self.failure = Some(error);
                }
                if self.failure.is_some() || !self.frontier.advance() {
                    break;
                }
                continue;
            }
            let Ok(answer) = answers.recv() else { break };
            if let Err(error) = self.file(answer) {
                self.failure.get_or_insert(error.into());
            }
        }
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Tells who listens what became known. No worker waits meanwhile for an answer to be taken.
    fn hand_over(&mut self) -> Result<(), TraceError> {
        hand_over(&mut self.listener, self.visited.untold(), self.root)
    }

    fn next_job(&mut self) -> Option<Job> {
        let mut path = self.root.as_os_str().as_encoded_bytes().to_vec();
        path.push(b'/');
        let turn = self.frontier.pop().and_then(|turn| match turn {
            Some(turn) => self.visited.append_path(turn.file, &mut path).map(|()| Some(turn)),
            None => Ok(None),
        });
        match turn {
            Ok(turn) => turn.map(|Turn { file, look_inside }| Job { file, path: path_of(path), look_inside }),
            Err(error) => {
                self.failure.get_or_insert(error.into());
                None
            }
        }
    }

    /// Whatever fails, the end of a job is counted: nobody may wait for it in vain.
    fn file(&mut self, answer: Answer) -> Result<(), SpillError> {
        let counters = self.counters;
        let _timer = counters.time(Stage::Coordinate);
        let Answer { file, found, findings, end } = answer;
        self.in_flight -= usize::from(end.is_some());
        if findings.iter().any(|finding| finding.problem == Problem::OutOfDescriptors) {
            self.failure.get_or_insert(TraceError::Descriptors);
        }
        if self.failure.is_some() {
            return Ok(());
        }
        for finding in findings {
            self.tell(finding)?;
        }
        for Found { path, reason, follow } in found {
            if let Verdict::New(new) = self.visited.offer(&path, Some(file), reason, follow)? {
                Counters::add(&self.counters.known, 1);
                self.frontier.push(new)?;
            }
        }
        match end {
            Some(End::Done { is_module, depends_on_entry }) => {
                if is_module {
                    self.visited.mark_module(file)?;
                }
                if depends_on_entry {
                    self.visited.mark_dependent(file)?;
                }
            }
            None => {}
            Some(End::OutOfMemory(error)) => {
                self.failure.get_or_insert(error.into());
            }
            Some(End::Panicked) => self.note_panic(file)?,
        }
        self.relieve()
    }

    /// Puts on disk what has grown, if memory is short.
    fn relieve(&mut self) -> Result<(), SpillError> {
        if !self.store.is_pressed() {
            return Ok(());
        }
        let batch = self.store.batch();
        self.visited.relieve(batch)?;
        self.frontier.relieve(batch)?;
        if self.findings.spillable() >= batch {
            self.findings.spill()?;
        }
        Ok(())
    }

    fn note_panic(&mut self, file: FileId) -> Result<(), SpillError> {
        self.is_incomplete = true;
        let mut path = Vec::new();
        self.visited.append_path(file, &mut path)?;
        self.tell(Finding::new(self.root.join(path_of(path)), None, Problem::WorkerPanic))
    }

    fn tell(&mut self, mut finding: Finding) -> Result<(), SpillError> {
        // Any other file is one of many; an entry is what was asked for.
        let cannot_be_had = matches!(
            finding.problem,
            Problem::Missing | Problem::Unreadable { .. } | Problem::NotAFile { .. } | Problem::LinkLoop
        );
        if finding.place.is_none() && cannot_be_had && self.entries.contains(&finding.file) {
            finding.level = Level::Fatal;
        }
        if let Some(untold) = self.visited.untold() {
            untold.finding(&finding, self.root)?;
        }
        self.findings.push(&finding, self.root)
    }

    fn finish(mut self, began: SystemTime) -> Result<Trace, TraceError> {
        let unused: Vec<String> = self.visited.unused_excludes().map(str::to_owned).collect();
        for glob in unused {
            self.tell(Finding::new(self.root, None, Problem::GlobMatchesNothing { option: "--exclude", glob }))?;
        }
        let Self { mut visited, frontier, root, roots, mut findings, is_incomplete, store, mut listener, .. } = self;
        drop(frontier);
        let mut untold = visited.stop_telling();
        let listing = visited.into_listing(|path| match std::str::from_utf8(path) {
            Ok(_) => Ok(()),
            Err(_) => {
                let finding = Finding::new(root.join(path_of(path.to_vec())), None, Problem::NameNotUtf8);
                if let Some(untold) = &mut untold {
                    untold.finding(&finding, root)?;
                }
                findings.push(&finding, root)
            }
        })?;
        hand_over(&mut listener, untold.as_mut(), root)?;
        let findings = findings.finish()?;
        Ok(Trace {
            root: root.to_path_buf(),
            entries: roots,
            began,
            listing: listing.into(),
            findings,
            is_incomplete,
            spilled: store.spilled(),
        })
    }
}

fn hand_over(
    listener: &mut Option<Listener<'_>>,
    untold: Option<&mut GenerationLog>,
    root: &Path,
) -> Result<(), TraceError> {
    let (Some(listener), Some(untold)) = (listener, untold) else { return Ok(()) };
    match untold.take(root)? {
        Some(generation) if listener(&generation).is_break() => Err(TraceError::Stopped),
        _ => Ok(()),
    }
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// What of the options decides where data goes that does not fit into memory.
fn spill_settings(options: &TraceOptions) -> Settings {
    let usual = Settings::new(options.memory_limit);
    Settings {
        named: options.temp_dir.clone(),
        defaults: options.temp_defaults.clone(),
        most: options.max_temp_size,
        batch: options.faults.spill_batch.unwrap_or(usual.batch),
        always: options.faults.spill_batch.is_some(),
        flip: options.faults.spill_flip,
    }
}

/// What of the options is the resolver's.
pub(super) fn resolve_options(options: &TraceOptions, room: u64) -> ResolveOptions {
    ResolveOptions {
        root: options.root.clone(),
        node: options.node,
        platform: options.platform.clone(),
        conditions: options.conditions.clone(),
        exports_only: options.exports_only,
        module_sync_catchall: options.module_sync_catchall,
        paths: options.paths.clone(),
        cache_bytes: (room / CACHE_SHARE).min(CACHE_MOST) as usize,
    }
}

/// Globs as nft takes them, relative to the root. Unlike nft's, they match names that begin with a dot.
fn ignore_globs(options: &TraceOptions) -> Result<globset::GlobSet, TraceError> {
    let mut globs = globset::GlobSetBuilder::new();
    for pattern in &options.ignore {
        globs.add(choice::glob(pattern)?);
    }
    globs.build().map_err(TraceError::Glob)
}
