//! One file's journey: bytes, references, what they lead to, answer.
//!
//! A worker keeps nothing from one job to the next but its buffer, and knows
//! nothing of other workers.

use std::{cell::Cell, path::Path};

use super::{
    crew::{Job, Work},
    follow::{Follower, native},
    look::{Looker, Nearby},
    options::{Analysis, TraceOptions},
    outbox::{Answer, End, Outbox},
    recipes::Context,
    threads::Sender,
};
use crate::{
    evaluate::{Evaluation, Surroundings},
    finding::{Finding, Problem},
    host::{EntryKind, Host, OpenError},
    memory::{Counters, Governor, Stage},
    native::{self, Native},
    recipe::Recipes,
    record::{Format, Reason, Reference},
    resolve::Resolver,
    source::{SourceError, SourceReader},
};

/// Looks at one file after the other.
pub(super) struct Worker<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) resolver: &'a Resolver,
    pub(super) options: &'a TraceOptions,
    /// The program's entry, if there is only one.
    pub(super) main: Option<&'a str>,
    pub(super) recipes: &'a Recipes,
    pub(super) governor: &'a Governor,
    pub(super) reader: SourceReader,
}

impl Work for Worker<'_> {
    fn answer(&mut self, job: &Job, answers: &Sender<Answer>) -> End {
        self.resolver.mind(self.governor.pressure());
        let mut out = Outbox::new(job.file, &self.options.root, answers, self.governor.counters());
        if let Some(name) = &self.options.faults.panic_at
            && job.path.file_name().is_some_and(|own| own == name.as_str())
        {
            panic!("asked for by a test");
        }
        let format = self.resolver.format(&job.path);
        for needed in format.package_json.iter().chain(&format.links) {
            out.found(needed, Reason::Resolve, false);
        }
        out.findings.extend(format.troubles.into_iter().map(Finding::from));
        if native::is_library(&job.path) {
            let native = native(self.host, self.resolver, self.options);
            return list_libraries(&native, &mut self.reader, &job.path, &mut out);
        }
        if !job.look_inside || matches!(format.format, Format::Json | Format::Addon | Format::Wasm) {
            return End::DONE;
        }
        let options = self.options;
        let (file, root, cwd) = (job.path.to_str(), options.root.to_str(), options.process_cwd.to_str());
        // A path that is no text cannot stand in a string of the file's own code.
        let depends_on_entry = Cell::new(false);
        let nearby = Nearby { resolver: self.resolver, path: &job.path, depends_on_entry: &depends_on_entry };
        let surroundings = match (file, root, cwd) {
            (Some(file), Some(root), Some(cwd)) if options.analysis != Analysis::NONE => Some(Surroundings {
                neighbours: Some(&nearby),
                file,
                root,
                cwd,
                main: self.main,
                platform: &options.platform,
                env: &options.env,
            }),
            _ => None,
        };
        let counters = self.governor.counters();
        Counters::add(&counters.files, 1);
        let looker = Looker {
            host: self.host,
            resolver: self.resolver,
            options,
            surroundings: surroundings.as_ref(),
            depends_on_entry: &depends_on_entry,
        };
        let timer = counters.time(Stage::Evaluate);
        let looked = looker.look_at(&mut self.reader, &job.path, format.format);
        drop(timer);
        match looked {
            Ok(evaluation) => {
                Counters::add(&counters.references, evaluation.references.len());
                // What a file asks for may be much. It is there already: a lease
                // that is refused keeps nobody from going on, but one that is
                // granted tells the others.
                let bytes = evaluation.references.iter().map(heap_bytes).sum();
                let _lease = self.governor.lease(bytes);
                let _timer = counters.time(Stage::Resolve);
                let is_module = evaluation.is_module;
                self.follow(&job.path, evaluation, &mut out);
                End::Done { is_module, depends_on_entry: depends_on_entry.get() }
            }
            Err(SourceError::Memory(error)) => End::OutOfMemory(error),
            Err(error) => {
                out.findings.push(Finding::new(&job.path, None, problem_of(error)));
                End::DONE
            }
        }
    }
}

impl Worker<'_> {
    fn follow(&self, path: &Path, evaluation: Evaluation, out: &mut Outbox<'_>) {
        for (place, problem) in evaluation.problems {
            out.findings.push(Finding::new(path, Some(place), problem));
        }
        let Self { host, resolver, recipes, options, .. } = *self;
        let recipes = Context { host, resolver, recipes, options }.recipes_for(path);
        let cut_short = recipes.add(&mut |path, reason, follow| {
            out.found(path, reason, follow);
            out.send_if_full();
        });
        out.findings.extend(cut_short);
        let mut references = evaluation.references;
        references.retain(|reference| !recipes.ignores(&reference.specifier));
        Follower { host, resolver, options, path }.follow_all(&references, out);
    }
}

/// Bytes that a reference takes.
fn heap_bytes(reference: &Reference) -> usize {
    size_of::<Reference>() + reference.specifier.capacity() + reference.from.as_ref().map_or(0, |from| from.len())
}

/// A native file needs its libraries, however far away from an entry it is.
fn list_libraries(native: &Native<'_>, reader: &mut SourceReader, path: &Path, out: &mut Outbox<'_>) -> End {
    match native.libraries(reader, path) {
        Ok(libraries) => {
            for library in libraries.files {
                out.located(&library, Reason::SharedLib, false);
                out.send_if_full();
            }
            for (file, what) in libraries.broken {
                out.findings.push(Finding::new(file, None, Problem::BrokenLibrary { what }));
            }
            for (file, error) in libraries.unread {
                out.findings.push(Finding::new(file, None, problem_of(error)));
            }
            out.findings.extend(libraries.troubles.into_iter().map(Finding::from));
        }
        Err(SourceError::Memory(error)) => return End::OutOfMemory(error),
        Err(error) => out.findings.push(Finding::new(path, None, problem_of(error))),
    }
    End::DONE
}

/// What the user is told about a file that cannot be looked into.
fn problem_of(error: SourceError) -> Problem {
    match error {
        SourceError::Open(OpenError::NotRegular(EntryKind::Directory)) => Problem::NotAFile { what: "a directory" },
        SourceError::Open(OpenError::NotRegular(_)) => Problem::NotAFile { what: "not a regular file" },
        SourceError::Open(OpenError::Io(error)) | SourceError::Read(error) => match error.kind() {
            std::io::ErrorKind::NotFound => Problem::Missing,
            _ => Problem::unreadable(&error),
        },
        SourceError::TooLarge(len) => Problem::TooLargeToScan { len },
        SourceError::Changed => Problem::ChangedWhileRead,
        SourceError::Memory(error) => Problem::Unreadable { why: error.to_string() },
    }
}
