//! What the visited paths tell those who listen while the trace lasts.
//!
//! Paths instead of ids, since ids differ from run to run. Nothing here decides
//! what is new.

use super::{edges::Recent, paths::PathTable};
use crate::{
    listing::GenerationLog,
    record::{FileId, Reason},
    spill::{SpillError, Store},
};

/// The generation that is being looked into, as far as it is known.
pub(super) struct News {
    pub(super) log: GenerationLog,
    recent: Recent,
    /// Who asked last, and its path: a file asks for many in a row.
    parent: Option<FileId>,
    parent_path: Vec<u8>,
}

impl News {
    pub(super) fn new(store: &Store) -> Result<Self, SpillError> {
        let log = GenerationLog::new(store)?;
        Ok(Self { log, recent: Recent::default(), parent: None, parent_path: Vec::new() })
    }

    /// `path` was named; `is_first`, if never before, and `is_more`, if never for this reason.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub(super) fn named(&mut self, path: &[u8], reason: Reason, named: Named) -> Result<(), SpillError> {
        if named.is_first {
            self.log.first(path, named.is_ignored)?;
        }
        if named.is_more { self.log.reason(path, reason) } else { Ok(()) }
    }

    /// The file `parent` needs the one at `path`, whose id is `child`.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub(super) fn needs(
        &mut self,
        parent: FileId,
        (child, path): (FileId, &[u8]),
        paths: &mut PathTable,
    ) -> Result<(), SpillError> {
        if self.recent.had(parent, child, false) {
            return Ok(());
        }
        if self.parent != Some(parent) {
            self.parent = None;
            self.parent_path.clear();
            paths.append(parent, &mut self.parent_path)?;
            self.parent = Some(parent);
        }
        self.log.parent(path, &self.parent_path)
    }
}

/// What is new about a path that was named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) is_first: bool,
    /// It was not named for this reason before.
    pub(super) is_more: bool,
    pub(super) is_ignored: bool,
}
