//! Who needs whom, in the order in which it was found out.
//!
//! A log while tracing, turned at the end into places of the sorted list. Edges
//! that come again soon are dropped at once; the rest when they are sorted.

use crate::{
    record::FileId,
    spill::{Sequence, SpillError, Store},
};

/// So many edges are remembered as those that came last: one reference after
/// the other leads to the same package.json.
const RECENT: usize = 1 << 10;

/// The bit of an edge's child.
const FOLLOWED: u32 = 1 << 31;

/// Edges as they come, the same one perhaps several times.
///
/// Uses eight bytes for each that is in memory.
pub(super) struct EdgeLog {
    edges: Sequence,
    recent: Recent,
}

/// The edges that came last, most of them.
pub(super) struct Recent(Box<[u64; RECENT]>);

impl Default for Recent {
    fn default() -> Self {
        // No file has so high an id.
        Self(Box::new([u64::MAX; RECENT]))
    }
}

impl Recent {
    /// Whether the edge came not long ago. From now on it did.
    pub(super) fn had(&mut self, parent: FileId, child: FileId, follow: bool) -> bool {
        let edge = number(parent, child, follow);
        let recent = &mut self.0[(child.0 ^ parent.0.rotate_left(5)) as usize % RECENT];
        std::mem::replace(recent, edge) == edge
    }
}

fn number(parent: FileId, child: FileId, follow: bool) -> u64 {
    // What is known of 2^31 files would not fit into memory: the highest bit is free.
    u64::from(parent.0) << 32 | u64::from(follow) << 31 | u64::from(child.0)
}

impl EdgeLog {
    pub(super) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { edges: Sequence::new(store)?, recent: Recent::default() })
    }

    /// `parent` needs `child`, and with `follow` what that asks for too.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub(super) fn push(&mut self, parent: FileId, child: FileId, follow: bool) -> Result<(), SpillError> {
        if self.recent.had(parent, child, follow) {
            return Ok(());
        }
        self.edges.push(number(parent, child, follow))
    }

    /// Puts on disk what has more than a batch.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn relieve(&mut self, batch: usize) -> Result<(), SpillError> {
        if self.edges.spillable() >= batch { self.edges.spill() } else { Ok(()) }
    }

    /// Hands parent and child of each edge to `each`, and whether the child is followed.
    ///
    /// # Errors
    /// [`SpillError`], also what `each` met.
    pub(super) fn drain(
        self,
        mut each: impl FnMut(FileId, FileId, bool) -> Result<(), SpillError>,
    ) -> Result<(), SpillError> {
        self.edges.drain(|edge| {
            let (parent, child) = ((edge >> 32) as u32, edge as u32);
            each(FileId(parent), FileId(child & !FOLLOWED), child & FOLLOWED != 0)
        })
    }
}
