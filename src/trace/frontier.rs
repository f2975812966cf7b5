//! What has been seen and waits to be looked into.
//!
//! It hands out the newest first, which keeps it small. With a depth, or where
//! somebody listens, it goes generation by generation, so that each file is
//! reached at its least distance whatever the workers' speed. What waits longest
//! may go to disk.

use crate::{
    record::FileId,
    spill::{SpillError, Stack, Store},
};

/// Files that wait.
pub(super) struct Frontier {
    waiting: Stack,
    /// The next generation, where generations count.
    next: Stack,
    by_generation: bool,
    /// References that may still be followed from `waiting`; `None`: any number.
    remaining: Option<u32>,
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
    /// A depth makes generations count whatever `by_generation` says.
    pub(super) fn new(store: &Store, depth: Option<u32>, by_generation: bool) -> Result<Self, SpillError> {
        let by_generation = by_generation || depth.is_some();
        Ok(Self { waiting: Stack::new(store)?, next: Stack::new(store)?, by_generation, remaining: depth })
    }

    /// # Errors
    /// [`SpillError`] when nothing more can wait.
    pub(super) fn push(&mut self, file: FileId) -> Result<(), SpillError> {
        let queue = if self.by_generation { &mut self.next } else { &mut self.waiting };
        queue.push(file.0)
    }

    /// The next file, or `None` if there is none now.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub(super) fn pop(&mut self) -> Result<Option<Turn>, SpillError> {
        let file = self.waiting.pop()?;
        Ok(file.map(|file| Turn { file: FileId(file), look_inside: self.remaining != Some(0) }))
    }

    /// All that was handed out has been answered: begins the next generation.
    pub(super) fn advance(&mut self) -> bool {
        if !self.by_generation || self.next.is_empty() {
            return false;
        }
        std::mem::swap(&mut self.waiting, &mut self.next);
        true
    }

    /// The generation that waits was reached by one more reference.
    pub(super) fn descend(&mut self) {
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(1));
    }

    /// Puts on disk what has more than a batch.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn relieve(&mut self, batch: usize) -> Result<(), SpillError> {
        for queue in [&mut self.waiting, &mut self.next] {
            if queue.spillable() >= batch {
                queue.spill()?;
            }
        }
        Ok(())
    }
}
