//! The one who knows: hands out jobs, files answers, sees when all is done.
//!
//! It never blocks on sending, because the jobs in flight never exceed the
//! channel's capacity, and it waits for answers only while a job is in flight.
//! So no worker can wait for it while it waits for that worker.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{
    Trace, TraceError, TraceOptions, entry,
    frontier::Frontier,
    outbox::{Answer, End, Found},
    visited::{Verdict, Visited},
    worker::{Job, Worker},
};
use crate::{
    finding::{Finding, Level, Problem},
    host::Host,
    memory::{Counters, Governor, PER_WORKER, STACK, Stage},
    recipe::Recipes,
    record::{FileId, Reason},
    resolve::{ResolveOptions, Resolver},
    source::SourceReader,
};

/// All caches of the resolver together may take this share of the limit, and
/// no more than [`CACHE_MOST`] bytes: more does not make a trace faster.
const CACHE_SHARE: u64 = 8;
const CACHE_MOST: u64 = 128 << 20;

/// See [`super::trace`].
pub(super) fn run(
    host: &Arc<dyn Host>,
    governor: &Governor,
    options: &TraceOptions,
    entries: &[PathBuf],
) -> Result<Trace, TraceError> {
    let resolver = Resolver::new(Arc::clone(host), governor, resolve_options(options, governor.room()))?;
    let recipes = Recipes::with(&options.recipes);
    let mut coordinator = Coordinator {
        visited: Visited::new(governor, ignore_globs(options)?)?,
        frontier: Frontier::new(governor, options.depth)?,
        root: &options.root,
        counters: governor.counters(),
        findings: Vec::new(),
        entries: BTreeSet::new(),
        in_flight: 0,
        is_incomplete: false,
        failure: None,
    };
    for path in entries {
        coordinator.begin(&resolver, path)?;
    }
    coordinator.frontier.advance();

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
    let (jobs, jobs_out) = bounded(capacity);
    let (answers, answers_out) = bounded(capacity);
    std::thread::scope(|scope| -> Result<(), TraceError> {
        for number in 0..threads {
            let mut worker = Worker {
                host: &**host,
                resolver: &resolver,
                options,
                main,
                recipes: &recipes,
                governor,
                reader: SourceReader::new(governor)?,
                answers: answers.clone(),
            };
            let jobs_out = jobs_out.clone();
            std::thread::Builder::new()
                .name(format!("{WORKER_NAME}{number}"))
                .stack_size(STACK)
                .spawn_scoped(scope, move || worker.run(&jobs_out))
                .map_err(TraceError::Thread)?;
        }
        drop((answers, jobs_out));
        // `jobs` goes with this call, and with it the workers' loop ends.
        coordinator.drive(jobs, capacity, &answers_out)
    })?;
    Ok(coordinator.finish())
}

/// Workers' threads are called this and a number.
pub(super) const WORKER_NAME: &str = "monotrace-worker-";

struct Coordinator<'a> {
    visited: Visited,
    frontier: Frontier,
    root: &'a Path,
    counters: &'a Counters,
    findings: Vec<Finding>,
    /// The entries' real paths.
    entries: BTreeSet<PathBuf>,
    in_flight: usize,
    is_incomplete: bool,
    /// Why the run ends once no job is in flight.
    failure: Option<TraceError>,
}

impl Coordinator<'_> {
    /// Lists an entry and what leads to it; one that is no file is a finding.
    fn begin(&mut self, resolver: &Resolver, path: &Path) -> Result<(), TraceError> {
        match entry::locate(resolver, self.root, path)? {
            Ok(entry) => {
                if entry.troubles.iter().any(|trouble| trouble.problem == Problem::OutOfDescriptors) {
                    return Err(TraceError::Descriptors);
                }
                self.findings.extend(entry.troubles.into_iter().map(Finding::from));
                self.entries.insert(self.root.join(path_of(entry.path.clone())));
                for link in entry.links {
                    self.visited.offer(&link, None, Reason::Resolve, false)?;
                }
                self.visited.offer(&entry.path, None, Reason::Initial, false)?;
                // nft says both of an entry: that it was named, and that it is a program.
                if let Verdict::New(file) = self.visited.offer(&entry.path, None, Reason::Dependency, true)? {
                    self.frontier.push(file)?;
                }
            }
            Err(finding) if finding.problem == Problem::OutOfDescriptors => return Err(TraceError::Descriptors),
            Err(finding) => self.findings.push(finding),
        }
        Ok(())
    }

    fn drive(&mut self, jobs: Sender<Job>, capacity: usize, answers: &Receiver<Answer>) -> Result<(), TraceError> {
        loop {
            while self.in_flight < capacity
                && self.failure.is_none()
                && let Some(turn) = self.frontier.pop()
            {
                let mut path = self.root.as_os_str().as_encoded_bytes().to_vec();
                path.push(b'/');
                self.visited.append_path(turn.file, &mut path);
                let job = Job { file: turn.file, path: path_of(path), look_inside: turn.look_inside };
                // Never blocks: the channel has room for all jobs in flight.
                if jobs.send(job).is_err() {
                    break;
                }
                self.in_flight += 1;
            }
            if self.in_flight == 0 {
                self.frontier.descend();
                if self.failure.is_some() || !self.frontier.advance() {
                    break;
                }
                continue;
            }
            let Ok(answer) = answers.recv() else { break };
            self.file(answer);
        }
        self.failure.take().map_or(Ok(()), Err)
    }

    fn file(&mut self, answer: Answer) {
        let counters = self.counters;
        let _timer = counters.time(Stage::Coordinate);
        let Answer { file, found, findings, end } = answer;
        if findings.iter().any(|finding| finding.problem == Problem::OutOfDescriptors) {
            self.failure.get_or_insert(TraceError::Descriptors);
        }
        self.findings.extend(findings);
        for Found { path, reason, follow } in found {
            let offered = self.visited.offer(&path, Some(file), reason, follow).and_then(|verdict| match verdict {
                Verdict::New(new) => self.frontier.push(new),
                Verdict::Known => Ok(()),
            });
            if let Err(error) = offered {
                self.failure.get_or_insert(error.into());
            }
        }
        let Some(end) = end else { return };
        self.in_flight -= 1;
        match end {
            End::Done { is_module: true } => self.visited.mark_module(file),
            End::Done { is_module: false } => {}
            End::OutOfMemory(error) => {
                self.failure.get_or_insert(error.into());
            }
            End::Panicked => self.note_panic(file),
        }
    }

    fn note_panic(&mut self, file: FileId) {
        self.is_incomplete = true;
        let mut path = Vec::new();
        self.visited.append_path(file, &mut path);
        self.findings.push(Finding::new(self.root.join(path_of(path)), None, Problem::WorkerPanic));
    }

    fn finish(mut self) -> Trace {
        let listing = self.visited.into_listing();
        for file in listing.listed().filter(|file| std::str::from_utf8(&file.path).is_err()) {
            let path = self.root.join(path_of(file.path.clone()));
            self.findings.push(Finding::new(path, None, Problem::NameNotUtf8));
        }
        // Any other file is one of many; an entry is what was asked for.
        for finding in &mut self.findings {
            let cannot_be_had = matches!(
                finding.problem,
                Problem::Missing | Problem::Unreadable { .. } | Problem::NotAFile { .. } | Problem::LinkLoop
            );
            if finding.place.is_none() && cannot_be_had && self.entries.contains(&finding.file) {
                finding.level = Level::Fatal;
            }
        }
        self.findings.sort();
        self.findings.dedup();
        Trace { root: self.root.to_path_buf(), listing, findings: self.findings, is_incomplete: self.is_incomplete }
    }
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
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

/// Globs as nft takes them: relative to the root, `*` within one folder's
/// name. Unlike nft's, they match names that begin with a dot.
fn ignore_globs(options: &TraceOptions) -> Result<globset::GlobSet, TraceError> {
    let mut globs = globset::GlobSetBuilder::new();
    for pattern in &options.ignore {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let glob = globset::GlobBuilder::new(pattern)
            .literal_separator(true)
            .backslash_escape(true)
            .empty_alternates(true)
            .build()
            .map_err(TraceError::Glob)?;
        globs.add(glob);
    }
    globs.build().map_err(TraceError::Glob)
}
