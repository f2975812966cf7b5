//! What has been seen and waits to be looked into.
//!
//! Without a depth it hands out the newest first, which keeps it small. With
//! one it goes generation by generation, so that each file is reached at its
//! least distance whatever the workers' speed.

use crate::{
    memory::{Governor, Lease, OutOfMemory},
    record::FileId,
};

/// Files that wait.
pub(super) struct Frontier {
    waiting: Vec<FileId>,
    /// The next generation, where generations count.
    next: Vec<FileId>,
    /// References that may still be followed from `waiting`; `None`: any number.
    remaining: Option<u32>,
    lease: Lease,
}

/// A file whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// The file.
    pub(super) file: FileId,
    /// Whether its own references count.
    pub(super) look_inside: bool,
}

impl Frontier {
    pub(super) fn new(governor: &Governor, depth: Option<u32>) -> Result<Self, OutOfMemory> {
        Ok(Self { waiting: Vec::new(), next: Vec::new(), remaining: depth, lease: governor.lease(0)? })
    }

    /// # Errors
    /// [`OutOfMemory`] when nothing more can wait.
    pub(super) fn push(&mut self, file: FileId) -> Result<(), OutOfMemory> {
        let queue = if self.remaining.is_some() { &mut self.next } else { &mut self.waiting };
        if queue.len() == queue.capacity() {
            let room = (queue.len() * 2).max(64);
            self.lease.resize((self.waiting.capacity() + self.next.capacity() + room) * size_of::<FileId>())?;
            let queue = if self.remaining.is_some() { &mut self.next } else { &mut self.waiting };
            queue.reserve_exact(room - queue.len());
        }
        let queue = if self.remaining.is_some() { &mut self.next } else { &mut self.waiting };
        queue.push(file);
        Ok(())
    }

    /// The next file, or `None` if there is none now.
    pub(super) fn pop(&mut self) -> Option<Turn> {
        let file = self.waiting.pop()?;
        Some(Turn { file, look_inside: self.remaining != Some(0) })
    }

    /// All that was handed out has been answered: begins the next generation.
    pub(super) fn advance(&mut self) -> bool {
        if self.remaining.is_none() || self.next.is_empty() {
            return false;
        }
        std::mem::swap(&mut self.waiting, &mut self.next);
        true
    }

    /// The generation that waits was reached by one more reference.
    pub(super) fn descend(&mut self) {
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(1));
    }
}
