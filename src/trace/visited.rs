//! What is known of each path: listed, looked into, ignored.
//!
//! Decides whether a path is new and whether it is listed. Never asks the
//! file system.

use globset::GlobSet;

use super::{edges::EdgeLog, paths::PathTable};
use crate::{
    memory::{Governor, Lease, OutOfMemory},
    record::{Edge, FileId, ListedFile, Listing, Reason, Reasons},
};

/// Bits of a path's state.
mod state {
    pub(super) const NAMED: u8 = 1;
    pub(super) const LISTED: u8 = 2;
    pub(super) const QUEUED: u8 = 4;
    pub(super) const MODULE: u8 = 8;
}

/// Every path that was named so far, and who named it.
pub(super) struct Visited {
    paths: PathTable,
    states: Vec<u8>,
    states_lease: Lease,
    edges: EdgeLog,
    ignore: GlobSet,
    scratch: Vec<u8>,
}

/// What to do with a path that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is listed and was not looked into before.
    New(FileId),
    /// There is nothing more to do.
    Known,
}

impl Visited {
    pub(super) fn new(governor: &Governor, ignore: GlobSet) -> Result<Self, OutOfMemory> {
        Ok(Self {
            paths: PathTable::new(governor.lease(0)?),
            states: Vec::new(),
            states_lease: governor.lease(0)?,
            edges: EdgeLog::new(governor)?,
            ignore,
            scratch: Vec::new(),
        })
    }

    /// `path`, relative to the root, is needed by `parent` for `reason`; with
    /// `follow`, its own references count too.
    ///
    /// # Errors
    /// [`OutOfMemory`] when nothing more can be remembered.
    pub(super) fn offer(
        &mut self,
        path: &[u8],
        parent: Option<FileId>,
        reason: Reason,
        follow: bool,
    ) -> Result<Verdict, OutOfMemory> {
        let child = self.paths.intern(path)?;
        self.cover(self.paths.len())?;
        self.edges.push(Edge { child, parent, reason })?;
        let index = child.0 as usize;
        let first_time = self.states[index] & state::NAMED == 0;
        self.states[index] |= state::NAMED;
        // Globs never apply to entries: those are what was asked for.
        if parent.is_none() || (first_time && !self.is_ignored(path)) {
            self.states[index] |= state::LISTED;
        }
        let is_new = follow && self.states[index] & (state::LISTED | state::QUEUED) == state::LISTED;
        if is_new {
            self.states[index] |= state::QUEUED;
        }
        Ok(if is_new { Verdict::New(child) } else { Verdict::Known })
    }

    /// It turned out to be an ES module.
    pub(super) fn mark_module(&mut self, file: FileId) {
        self.states[file.0 as usize] |= state::MODULE;
    }

    /// Writes the path of `file` behind what is in `path`.
    pub(super) fn append_path(&self, file: FileId, path: &mut Vec<u8>) {
        self.paths.append(file, path);
    }

    fn is_ignored(&mut self, path: &[u8]) -> bool {
        use std::os::unix::ffi::OsStrExt;
        !self.ignore.is_empty() && self.ignore.is_match(std::ffi::OsStr::from_bytes(path))
    }

    fn cover(&mut self, len: usize) -> Result<(), OutOfMemory> {
        if len > self.states.capacity() {
            let room = len.next_power_of_two().max(64);
            self.states_lease.resize(room)?;
            self.states.reserve_exact(room - self.states.len());
        }
        if len > self.states.len() {
            self.states.resize(len, 0);
        }
        Ok(())
    }

    /// Everything that was found, sorted.
    pub(super) fn into_listing(mut self) -> Listing {
        let named = (0..self.states.len() as u32).filter(|id| self.states[*id as usize] & state::NAMED != 0);
        let mut files: Vec<(FileId, Vec<u8>)> = named
            .map(|id| {
                self.scratch.clear();
                self.paths.append(FileId(id), &mut self.scratch);
                (FileId(id), self.scratch.clone())
            })
            .collect();
        files.sort_unstable_by(|(_, left), (_, right)| left.cmp(right));
        let mut position = vec![0; self.states.len()];
        for (index, (id, _)) in files.iter().enumerate() {
            position[id.0 as usize] = index as u32;
        }
        let edges = self.edges.into_sorted();
        let files = files
            .into_iter()
            .map(|(id, path)| {
                let mut reasons = Reasons::default();
                let mut parents = Vec::new();
                for edge in edges.of(id) {
                    reasons = reasons.with(edge.reason);
                    parents.extend(edge.parent.map(|parent| position[parent.0 as usize]));
                }
                parents.sort_unstable();
                parents.dedup();
                let state = self.states[id.0 as usize];
                let is_ignored = state & state::LISTED == 0;
                if is_ignored {
                    // As in nft: who would have needed it is not told.
                    parents.clear();
                }
                ListedFile { path, reasons, is_module: state & state::MODULE != 0, is_ignored, parents }
            })
            .collect();
        Listing { files }
    }
}
