//! Answers, and how a job's findings become them: in parts of bounded size.
//!
//! What was found before a panic is sent too. Nothing here decides what is needed.

use std::path::{Path, PathBuf};

use super::threads::Sender;
use crate::{
    finding::{Finding, Problem},
    memory::{Counters, OutOfMemory},
    native,
    record::{FileId, Place, Reason},
    resolve::Located,
};

/// A part of what a job gave, bounded in size.
pub(super) struct Answer {
    pub(super) file: FileId,
    pub(super) found: Vec<Found>,
    pub(super) findings: Vec<Finding>,
    /// Present in the last part of each job.
    pub(super) end: Option<End>,
}

impl Answer {
    /// Bytes of a full part, with paths of a usual length.
    pub(super) const USUAL: usize = size_of::<Self>() + PART * (size_of::<Found>() + 96);
}

/// How a job ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Done {
        is_module: bool,
        /// What it asks for is not the same for every entry.
        depends_on_entry: bool,
    },
    /// The limit had no room for the file.
    OutOfMemory(OutOfMemory),
    Panicked,
}

impl End {
    /// The file was not evaluated.
    pub(super) const DONE: Self = Self::Done { is_module: false, depends_on_entry: false };
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
const PART: usize = 64;

/// Collects what a job finds and sends it in parts.
pub(super) struct Outbox<'a> {
    file: FileId,
    root: &'a Path,
    answers: &'a Sender<Answer>,
    counters: &'a Counters,
    found: Vec<Found>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Outbox<'a> {
    pub(super) fn new(file: FileId, root: &'a Path, answers: &'a Sender<Answer>, counters: &'a Counters) -> Self {
        Self { file, root, answers, counters, found: Vec::new(), findings: Vec::new() }
    }

    /// A file that is needed, with the links that lead to it.
    pub(super) fn located(&mut self, located: &Located, reason: Reason, follow: bool) {
        for link in &located.links {
            self.found(link, Reason::Resolve, false);
        }
        self.found(&located.path, reason, follow);
    }

    /// A file that is needed; what lies outside the root is left out.
    pub(super) fn found(&mut self, path: &Path, reason: Reason, follow: bool) {
        // What a library loads is needed wherever the library is.
        let may_load = matches!(reason, Reason::Dependency | Reason::Asset) && native::is_library(path);
        let follow = follow || may_load;
        if let Ok(relative) = path.strip_prefix(self.root) {
            let path = relative.as_os_str().as_encoded_bytes().to_vec();
            self.found.push(Found { path, reason, follow });
        }
    }

    pub(super) fn outside(&mut self, path: &Path, place: Place, target: PathBuf) {
        self.findings.push(Finding::new(path, Some(place), Problem::OutsideRoot { target }));
    }

    pub(super) fn send_if_full(&mut self) {
        if self.found.len() + self.findings.len() >= PART {
            self.send();
        }
    }

    /// May block on the coordinator, which is then waiting for answers.
    fn send(&mut self) {
        Counters::add(&self.counters.edges, self.found.len());
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
