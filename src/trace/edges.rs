//! Who needs whom, in the order in which it was found out.
//!
//! A log while tracing, sorted by child once at the end.

use crate::{
    memory::{Governor, Lease, OutOfMemory},
    record::{Edge, FileId},
};

/// Edges as they come, the same one perhaps several times.
pub(super) struct EdgeLog {
    edges: Vec<Edge>,
    lease: Lease,
}

impl EdgeLog {
    pub(super) fn new(governor: &Governor) -> Result<Self, OutOfMemory> {
        Ok(Self { edges: Vec::new(), lease: governor.lease(0)? })
    }

    /// # Errors
    /// [`OutOfMemory`] when the log may not grow.
    pub(super) fn push(&mut self, edge: Edge) -> Result<(), OutOfMemory> {
        if self.edges.len() == self.edges.capacity() {
            let room = (self.edges.len() * 2).max(64);
            self.lease.resize(room * size_of::<Edge>())?;
            self.edges.reserve_exact(room - self.edges.len());
        }
        self.edges.push(edge);
        Ok(())
    }

    /// The same edges, each once, by child.
    pub(super) fn into_sorted(mut self) -> SortedEdges {
        self.edges.sort_unstable();
        self.edges.dedup();
        SortedEdges { edges: self.edges, _lease: self.lease }
    }
}

/// Edges sorted by child, each once.
pub(super) struct SortedEdges {
    edges: Vec<Edge>,
    _lease: Lease,
}

impl SortedEdges {
    /// The edges that lead to `child`.
    pub(super) fn of(&self, child: FileId) -> &[Edge] {
        let from = self.edges.partition_point(|edge| edge.child < child);
        let len = self.edges[from..].partition_point(|edge| edge.child == child);
        &self.edges[from..from + len]
    }
}
