//! One file's journey: bytes, references, resolution, answer.
//!
//! A worker keeps nothing from one job to the next but its buffer. Whatever
//! happens to a file, each job is answered once to its end, also when looking
//! at the file panics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use crossbeam_channel::{Receiver, Sender};

use super::{options::TraceOptions, recipes::Context};
use crate::{
    evaluate::{Evaluation, Settings, evaluate},
    finding::{Finding, Level, Problem},
    host::{EntryKind, Host, OpenError},
    lexer::Dialect,
    memory::OutOfMemory,
    recipe::Recipes,
    record::{FileId, Format, Place, Reason, Reference, ReferenceKind},
    resolve::{Failure, Request, Resolver, Target},
    source::{SourceError, SourceReader},
};

/// A file to look at.
pub(super) struct Job {
    pub(super) file: FileId,
    /// Its real path.
    pub(super) path: PathBuf,
    /// Whether its own references count.
    pub(super) look_inside: bool,
}

/// A part of what a job gave, bounded in size.
pub(super) struct Answer {
    pub(super) file: FileId,
    pub(super) found: Vec<Found>,
    pub(super) findings: Vec<Finding>,
    /// Present in the last part of each job.
    pub(super) end: Option<End>,
}

/// How a job ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Done {
        is_module: bool,
    },
    /// The limit had no room for the file.
    OutOfMemory(OutOfMemory),
    Panicked,
}

/// A file that the job's file needs.
pub(super) struct Found {
    /// Relative to the root.
    pub(super) path: Vec<u8>,
    pub(super) reason: Reason,
    /// Whether its own references count.
    pub(super) follow: bool,
}

/// Parts of answers hold no more files than this.
const PART: usize = 256;

/// Answers jobs until there are no more.
pub(super) struct Worker<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) resolver: &'a Resolver,
    pub(super) options: &'a TraceOptions,
    pub(super) recipes: &'a Recipes,
    pub(super) reader: SourceReader,
    pub(super) answers: Sender<Answer>,
}

impl Worker<'_> {
    pub(super) fn run(&mut self, jobs: &Receiver<Job>) {
        for job in jobs {
            let file = job.file;
            // Nothing of the job outlives it, so nothing half-done is seen.
            let answered = catch_unwind(AssertUnwindSafe(|| self.answer(&job)));
            let end = answered.unwrap_or(End::Panicked);
            // The coordinator waits for this; it only goes when all is answered.
            let last = Answer { file, found: Vec::new(), findings: Vec::new(), end: Some(end) };
            if self.answers.send(last).is_err() {
                return;
            }
        }
    }

    fn answer(&mut self, job: &Job) -> End {
        let mut out = Outbox {
            file: job.file,
            root: &self.options.root,
            answers: &self.answers,
            found: Vec::new(),
            findings: Vec::new(),
        };
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
        if !job.look_inside || matches!(format.format, Format::Json | Format::Addon | Format::Wasm) {
            return End::Done { is_module: false };
        }
        let settings = settings(&job.path, format.format, self.options);
        let look = |bytes: &[u8]| evaluate(bytes, &settings);
        match self.reader.with_bytes(self.host, &job.path, look) {
            Ok(evaluation) => {
                let is_module = evaluation.is_module;
                self.follow(&job.path, evaluation, &mut out);
                End::Done { is_module }
            }
            Err(SourceError::Memory(error)) => End::OutOfMemory(error),
            Err(error) => {
                out.findings.push(Finding::new(&job.path, None, problem_of(error)));
                End::Done { is_module: false }
            }
        }
    }

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
        for reference in evaluation.references {
            if recipes.ignores(&reference.specifier) {
                continue;
            }
            match reference.kind {
                ReferenceKind::Url => self.follow_url(path, &reference, out),
                _ => self.follow_specifier(path, &reference, out),
            }
            out.send_if_full();
        }
    }

    fn follow_specifier(&self, path: &Path, reference: &Reference, out: &mut Outbox<'_>) {
        let request = Request { specifier: &reference.specifier, parent: path, loader: reference.kind.loader() };
        let answer = self.resolver.resolve(&request);
        for needed in &answer.needed {
            out.found(needed, Reason::Resolve, false);
        }
        out.findings.extend(answer.troubles.into_iter().map(Finding::from));
        match answer.outcome {
            Ok(targets) => {
                for target in targets {
                    match target {
                        Target::File(file) => out.found(&file, Reason::Dependency, is_run(reference.kind, &file)),
                        Target::Outside(target) => out.outside(path, reference.place, target),
                        Target::Builtin(_) => {}
                    }
                }
            }
            Err(failure) => {
                out.findings.push(finding_of(path, reference, failure));
            }
        }
    }

    /// `new URL("x", import.meta.url)` names a file, whether it exists or not.
    fn follow_url(&self, path: &Path, reference: &Reference, out: &mut Outbox<'_>) {
        let Some(target) = self.resolver.file_of_url(path, &reference.specifier) else { return };
        let Ok(located) = self.resolver.locate(&target) else {
            // It may be a folder, or a file that the program itself writes.
            return;
        };
        if located.kind != EntryKind::File {
            return;
        }
        for link in &located.links {
            out.found(link, Reason::Resolve, false);
        }
        out.findings.extend(located.troubles.into_iter().map(Finding::from));
        if !located.inside {
            out.outside(path, reference.place, located.path);
        } else if is_program(&located.path) {
            out.found(&located.path, Reason::Dependency, true);
        } else {
            out.found(&located.path, Reason::Asset, false);
        }
    }
}

/// What the user is told of a specifier that leads nowhere. It is no error
/// where the program itself expects it.
fn finding_of(path: &Path, reference: &Reference, failure: Failure) -> Finding {
    let problem = match failure.cause {
        Some(cause) => cause.problem,
        None => Problem::Unresolved {
            kind: reference.kind.word(),
            specifier: reference.specifier.clone(),
            error: failure.error,
        },
    };
    let finding = Finding::new(path, Some(reference.place), problem);
    let expected = reference.guarded || failure.optional.is_some();
    let level = if expected { Level::Warning } else { finding.level };
    finding.at_level(level).with_steps(failure.steps.into_iter().chain(failure.optional).collect())
}

/// Whether a file that was found so may be run as JavaScript. `require` takes
/// any extension that it does not know for `.js`; `import` refuses it ("Modules:
/// Packages" in Node's docs), and what is only resolved is a path for whoever
/// opens it: a style sheet, a shared library, an executable.
fn is_run(kind: ReferenceKind, path: &Path) -> bool {
    kind == ReferenceKind::Require
        || matches!(
            path.extension().and_then(|extension| extension.to_str()),
            None | Some("js" | "mjs" | "cjs" | "jsx" | "ts" | "tsx" | "mts" | "cts")
        )
}

/// nft's rule for files that are named by a path: which are looked into.
fn is_program(path: &Path) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        None | Some("js" | "mjs" | "cjs" | "node") => true,
        Some("ts" | "tsx" | "mts" | "cts") => !path.components().any(|name| name.as_os_str() == "node_modules"),
        _ => false,
    }
}

fn settings(path: &Path, format: Format, options: &TraceOptions) -> Settings {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let dialect = Dialect {
        typescript: matches!(extension, "ts" | "tsx" | "mts" | "cts"),
        jsx: matches!(extension, "js" | "jsx" | "tsx"),
        module: format == Format::Module,
    };
    Settings {
        dialect,
        format,
        mixed_modules: options.mixed_modules,
        folds_strings: options.analysis.evaluate_pure_expressions,
        finds_files: options.analysis.compute_file_references,
    }
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

/// Collects what a job finds and sends it in parts.
struct Outbox<'a> {
    file: FileId,
    root: &'a Path,
    answers: &'a Sender<Answer>,
    found: Vec<Found>,
    findings: Vec<Finding>,
}

impl Outbox<'_> {
    /// A file that is needed; what lies outside the root is left out.
    fn found(&mut self, path: &Path, reason: Reason, follow: bool) {
        if let Ok(relative) = path.strip_prefix(self.root) {
            let path = relative.as_os_str().as_encoded_bytes().to_vec();
            self.found.push(Found { path, reason, follow });
        }
    }

    fn outside(&mut self, path: &Path, place: Place, target: PathBuf) {
        self.findings.push(Finding::new(path, Some(place), Problem::OutsideRoot { target }));
    }

    fn send_if_full(&mut self) {
        if self.found.len() + self.findings.len() >= PART {
            self.send();
        }
    }

    /// May block on the coordinator, which is then waiting for answers.
    fn send(&mut self) {
        let part = Answer {
            file: self.file,
            found: std::mem::take(&mut self.found),
            findings: std::mem::take(&mut self.findings),
            end: None,
        };
        // It can only be gone after an error of its own; the answer is moot then.
        let _ = self.answers.send(part);
    }
}

impl Drop for Outbox<'_> {
    /// What was found before a panic counts too.
    fn drop(&mut self) {
        if !self.found.is_empty() || !self.findings.is_empty() {
            self.send();
        }
    }
}
