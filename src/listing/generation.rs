//! What became known while one generation of files was looked into, sorted.
//!
//! Each thing is told once in a trace: that a path is there, a reason, a parent,
//! a finding. Whoever collects all generations knows what the listing and the
//! findings tell. Nothing here decides what is listed, or writes it.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{FindingLog, Findings};
use crate::{
    finding::{Finding, record},
    record::{Reason, Reasons},
    spill::{Fingerprints, Merge, Sorted, Sorter, SpillError, Store},
};

/// What a record says of its path; of one path they are read in this order.
const FIRST: u8 = 0;
const REASON: u8 = 1;
const MODULE: u8 = 2;
const PARENT: u8 = 3;

/// A generation in the making, one after the other.
///
/// Uses a batch for files and one for findings, and of each finding that was told a fingerprint.
pub(crate) struct GenerationLog {
    store: Store,
    /// A path, a zero, and what is said of it. No name has a zero: they sort by path.
    files: Sorter,
    findings: FindingLog,
    /// A package.json that cannot be read is met by files of several generations.
    told: Fingerprints,
    record: Vec<u8>,
    is_empty: bool,
}

impl GenerationLog {
    pub(crate) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self {
            store: store.clone(),
            files: Sorter::of_bytes(store)?,
            findings: FindingLog::new(store)?,
            told: Fingerprints::new(store)?,
            record: Vec::new(),
            is_empty: true,
        })
    }

    /// The path was named for the first time.
    pub(crate) fn first(&mut self, path: &[u8], is_ignored: bool) -> Result<(), SpillError> {
        self.push(path, FIRST, &[u8::from(is_ignored)])
    }

    /// It is there for one more reason.
    pub(crate) fn reason(&mut self, path: &[u8], reason: Reason) -> Result<(), SpillError> {
        self.push(path, REASON, &[Reasons::default().with(reason).bits()])
    }

    /// It turned out to be an ES module.
    pub(crate) fn module(&mut self, path: &[u8]) -> Result<(), SpillError> {
        self.push(path, MODULE, &[])
    }

    /// One more file needs it. Told again in the same generation it is still one.
    pub(crate) fn parent(&mut self, path: &[u8], parent: &[u8]) -> Result<(), SpillError> {
        self.push(path, PARENT, parent)
    }

    fn push(&mut self, path: &[u8], what: u8, of_it: &[u8]) -> Result<(), SpillError> {
        self.is_empty = false;
        self.record.clear();
        self.record.extend_from_slice(path);
        self.record.extend([0, what]);
        self.record.extend_from_slice(of_it);
        self.files.push(&self.record)
    }

    pub(crate) fn finding(&mut self, finding: &Finding, root: &Path) -> Result<(), SpillError> {
        let print = self.told.print(&record(finding, root));
        if self.told.find(print)?.is_some() {
            return Ok(());
        }
        self.told.reserve()?;
        self.told.insert(print);
        self.is_empty = false;
        self.findings.push(finding, root)
    }

    /// Puts on disk what has more than a batch.
    pub(crate) fn relieve(&mut self, batch: usize) -> Result<(), SpillError> {
        if self.files.spillable() >= batch {
            self.files.spill()?;
        }
        if self.findings.spillable() >= batch {
            self.findings.spill()?;
        }
        if self.told.spillable() >= batch {
            self.told.spill()?;
        }
        Ok(())
    }

    /// What became known since this was asked before; none if that is nothing.
    pub(crate) fn take(&mut self, root: &Path) -> Result<Option<Generation>, SpillError> {
        if std::mem::replace(&mut self.is_empty, true) {
            return Ok(None);
        }
        let files = std::mem::replace(&mut self.files, Sorter::of_bytes(&self.store)?).finish()?;
        let findings = std::mem::replace(&mut self.findings, FindingLog::new(&self.store)?).finish()?;
        Ok(Some(Generation { root: root.to_path_buf(), files, findings }))
    }
}

/// What became known in one generation of a trace.
pub struct Generation {
    /// The tracing root's real path.
    pub root: PathBuf,
    files: Sorted,
    /// What the user should know, sorted; what was told before is not among it.
    pub findings: Findings,
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generation").field("root", &self.root).finish_non_exhaustive()
    }
}

/// What became known of one path. Its parents are read from [`FilesNews`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileNews {
    /// Relative to the root.
    pub path: Vec<u8>,
    /// It was named for the first time.
    pub is_first: bool,
    /// A glob keeps it out of the list. Told where the path is told first.
    pub is_ignored: bool,
    /// Why it is there, as far as that was not told before.
    pub reasons: Reasons,
    /// It turned out to be an ES module.
    pub is_module: bool,
}

impl Generation {
    /// The paths of which something became known, in order.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn files(&self) -> Result<FilesNews<'_>, SpillError> {
        let mut news = FilesNews { records: self.files.records()?, ahead: None, path: Vec::new() };
        news.advance()?;
        Ok(news)
    }
}

/// Paths of which something became known, in order, each with its new parents.
pub struct FilesNews<'g> {
    records: Merge<'g>,
    /// The record that comes next.
    ahead: Option<Vec<u8>>,
    /// The path that was given last.
    path: Vec<u8>,
}

impl FilesNews<'_> {
    /// The next path.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub fn next_file(&mut self) -> Result<Option<FileNews>, SpillError> {
        while self.next_parent()?.is_some() {}
        let Some((path, ..)) = self.ahead.as_deref().and_then(split) else { return Ok(None) };
        self.path.clear();
        self.path.extend_from_slice(path);
        let mut news = FileNews { path: self.path.clone(), ..FileNews::default() };
        while let Some((_, what, of_it)) = self.ahead.as_deref().and_then(split).filter(|ahead| ahead.0 == self.path) {
            match what {
                FIRST => (news.is_first, news.is_ignored) = (true, of_it == [1]),
                REASON => {
                    news.reasons = Reasons::from_bits(of_it.iter().fold(news.reasons.bits(), |all, one| all | one))
                }
                MODULE => news.is_module = true,
                _ => break,
            }
            self.advance()?;
        }
        Ok(Some(news))
    }

    /// The path of the next one that needs the file that was given last, in order; none for an ignored file.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub fn next_parent(&mut self) -> Result<Option<Vec<u8>>, SpillError> {
        let parent = match self.ahead.as_deref().and_then(split) {
            Some((path, PARENT, parent)) if path == self.path => parent.to_vec(),
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(parent))
    }

    fn advance(&mut self) -> Result<(), SpillError> {
        let record = self.records.next()?;
        let mut ahead = self.ahead.take().unwrap_or_default();
        self.ahead = record.map(|record| {
            ahead.clear();
            ahead.extend_from_slice(record);
            ahead
        });
        Ok(())
    }
}

/// A record's path, what it says, and of what.
fn split(record: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let end = memchr::memchr(0, record)?;
    let (what, of_it) = record[end + 1..].split_first()?;
    Some((&record[..end], *what, of_it))
}
