//! What a run did, in numbers, for those who ask for them.
//!
//! Whoever does it counts it; nothing here decides anything.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Instant,
};

/// Numbers that only grow.
#[derive(Debug, Default)]
pub struct Counters {
    /// Files that are to be looked into, those that were already among them.
    pub known: AtomicU64,
    /// Files that were looked into.
    pub files: AtomicU64,
    /// Directories that were listed, each time anew.
    pub directories: AtomicU64,
    /// Bytes that were read into buffers.
    pub bytes_read: AtomicU64,
    /// Bytes of files that were mapped.
    pub bytes_mapped: AtomicU64,
    /// References that files have.
    pub references: AtomicU64,
    /// Who needs whom, each time that it was found.
    pub edges: AtomicU64,
    /// Entries that caches let go.
    pub evictions: AtomicU64,
    /// Bytes that were written to the temp folder.
    pub spilled_bytes: AtomicU64,
    /// Sorted runs that were written there.
    pub spilled_runs: AtomicU64,
    /// Nanoseconds of each stage, of all threads together.
    stages: [AtomicU64; Stage::ALL.len()],
}

/// What time is spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Opening, reading, lexing and evaluating files.
    Evaluate,
    /// Finding out what references lead to.
    Resolve,
    /// Filing answers; what the coordinator waits for them is not in it.
    Coordinate,
    /// Writing the result.
    Output,
}

impl Stage {
    /// All of them, in the order of a file's journey.
    pub const ALL: [Self; 4] = [Self::Evaluate, Self::Resolve, Self::Coordinate, Self::Output];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate",
            Self::Resolve => "resolve",
            Self::Coordinate => "coordinate",
            Self::Output => "output",
        }
    }
}

/// Adds the time of its life to a stage.
#[derive(Debug)]
pub struct Timer<'c> {
    counters: &'c Counters,
    stage: Stage,
    began: Instant,
}

impl Counters {
    /// Adds to one of the numbers.
    pub fn add(number: &AtomicU64, more: usize) {
        number.fetch_add(more as u64, Relaxed);
    }

    /// Times a stage until the answer is dropped.
    pub fn time(&self, stage: Stage) -> Timer<'_> {
        Timer { counters: self, stage, began: Instant::now() }
    }

    /// Nanoseconds of a stage.
    pub fn nanoseconds(&self, stage: Stage) -> u64 {
        self.stages[stage as usize].load(Relaxed)
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        let nanoseconds = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.counters.stages[self.stage as usize].fetch_add(nanoseconds, Relaxed);
    }
}
