//! Any number of findings, sorted, each once.

use std::{fmt, path::Path};

use crate::{
    finding::{Diagnostic, Finding, record},
    spill::{Merge, Sorted, Sorter, SpillError, Store},
};

/// Findings as they come.
pub(crate) struct FindingLog {
    sorter: Sorter,
}

impl FindingLog {
    pub(crate) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { sorter: Sorter::of_bytes(store)? })
    }

    pub(crate) fn push(&mut self, finding: &Finding, root: &Path) -> Result<(), SpillError> {
        self.sorter.push(&record(finding, root))
    }

    /// Bytes of memory that spilling would give back.
    pub(crate) fn spillable(&self) -> usize {
        self.sorter.spillable()
    }

    pub(crate) fn spill(&mut self) -> Result<(), SpillError> {
        self.sorter.spill()
    }

    pub(crate) fn finish(self) -> Result<Findings, SpillError> {
        Ok(Findings { sorted: self.sorter.finish()? })
    }
}

/// What the user should know, sorted by file, place, code and text.
pub struct Findings {
    sorted: Sorted,
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Findings").finish_non_exhaustive()
    }
}

impl Findings {
    /// The findings in order. A small trace's are had at once by collecting
    /// them into a `Result<Vec<_>, _>`.
    pub fn iter(&self) -> Diagnostics<'_> {
        Diagnostics { records: Some(self.sorted.records()) }
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = Result<Diagnostic, SpillError>;
    type IntoIter = Diagnostics<'f>;

    fn into_iter(self) -> Diagnostics<'f> {
        self.iter()
    }
}

/// Findings in words, in order.
pub struct Diagnostics<'f> {
    /// None after an error: what follows one is not known.
    records: Option<Result<Merge<'f>, SpillError>>,
}

impl Iterator for Diagnostics<'_> {
    type Item = Result<Diagnostic, SpillError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut records = match self.records.take()? {
            Ok(records) => records,
            Err(error) => return Some(Err(error)),
        };
        let diagnostic = match records.next() {
            Ok(record) => Diagnostic::from_record(record?),
            Err(error) => return Some(Err(error)),
        };
        self.records = Some(Ok(records));
        Some(Ok(diagnostic))
    }
}
