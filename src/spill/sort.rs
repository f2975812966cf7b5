//! Sorts more than fits into memory: sorted runs on disk, merged when read.
//!
//! Records are compared byte by byte, and equal ones are one. A sorter does not
//! know what its records mean.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    SpillError,
    log::{Log, LogReader, push_number},
    store::Store,
};
use crate::memory::Lease;

/// So many runs are merged at one time: each needs a page.
const FAN_IN: usize = 16;

/// What is in memory and not sorted yet.
enum Batch {
    /// Records of any length, and where each stands.
    Bytes { bytes: Vec<u8>, index: Vec<(u32, u32)> },
    /// Numbers: records of eight bytes, the highest first.
    Numbers(Vec<u64>),
}

impl Batch {
    fn len(&self) -> usize {
        match self {
            Self::Bytes { index, .. } => index.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Bytes of memory in use.
    fn held(&self) -> usize {
        match self {
            Self::Bytes { bytes, index } => bytes.capacity() + index.capacity() * size_of::<(u32, u32)>(),
            Self::Numbers(numbers) => numbers.capacity() * size_of::<u64>(),
        }
    }

    fn has_room(&self, len: usize) -> bool {
        match self {
            Self::Bytes { bytes, index } => bytes.len() + len <= bytes.capacity() && index.len() < index.capacity(),
            Self::Numbers(numbers) => numbers.len() < numbers.capacity(),
        }
    }

    /// What it would hold more with room for another record of `len` bytes, while it moves there.
    fn growth(&self, len: usize) -> usize {
        match self {
            Self::Bytes { bytes, index } => {
                grown(bytes.len(), bytes.capacity(), len)
                    + grown(index.len(), index.capacity(), 1) * size_of::<(u32, u32)>()
            }
            Self::Numbers(numbers) => grown(numbers.len(), numbers.capacity(), 1) * size_of::<u64>(),
        }
    }

    fn grow(&mut self, len: usize) {
        match self {
            Self::Bytes { bytes, index } => {
                bytes.reserve_exact(grown(bytes.len(), bytes.capacity(), len).saturating_sub(bytes.len()));
                index.reserve_exact(grown(index.len(), index.capacity(), 1).saturating_sub(index.len()));
            }
            Self::Numbers(numbers) => {
                numbers.reserve_exact(grown(numbers.len(), numbers.capacity(), 1).saturating_sub(numbers.len()));
            }
        }
    }

    fn sort(&mut self) {
        match self {
            Self::Bytes { bytes, index } => {
                let bytes = &bytes[..];
                index.sort_unstable_by(|left, right| record(bytes, *left).cmp(record(bytes, *right)));
            }
            Self::Numbers(numbers) => numbers.sort_unstable(),
        }
    }

    /// Puts record `number` in place of what is in `out`.
    fn copy(&self, number: usize, out: &mut Vec<u8>) {
        out.clear();
        match self {
            Self::Bytes { bytes, index } => out.extend_from_slice(record(bytes, index[number])),
            Self::Numbers(numbers) => out.extend_from_slice(&numbers[number].to_be_bytes()),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Bytes { bytes, index } => (*bytes, *index) = (Vec::new(), Vec::new()),
            Self::Numbers(numbers) => *numbers = Vec::new(),
        }
    }
}

fn record(bytes: &[u8], (at, len): (u32, u32)) -> &[u8] {
    &bytes[at as usize..][..len as usize]
}

/// Growing begins with so many records or bytes.
const LEAST: usize = 256;

/// The capacity that has room for `more`; 0 if there is room already.
fn grown(len: usize, capacity: usize, more: usize) -> usize {
    if len + more <= capacity { 0 } else { (len + more).next_power_of_two().max(LEAST) }
}

/// Takes records in any order.
///
/// Uses one batch; under pressure it becomes a run on disk.
pub struct Sorter {
    store: Store,
    batch: Batch,
    runs: Vec<Run>,
    lease: Lease,
}

impl Sorter {
    /// For records of any length.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn of_bytes(store: &Store) -> Result<Self, SpillError> {
        Self::new(store, Batch::Bytes { bytes: Vec::new(), index: Vec::new() })
    }

    /// For numbers.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn of_numbers(store: &Store) -> Result<Self, SpillError> {
        Self::new(store, Batch::Numbers(Vec::new()))
    }

    fn new(store: &Store, batch: Batch) -> Result<Self, SpillError> {
        Ok(Self { store: store.clone(), batch, runs: Vec::new(), lease: store.lease()? })
    }

    /// Takes a record of a sorter of bytes.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn push(&mut self, record: &[u8]) -> Result<(), SpillError> {
        self.make_room(record.len())?;
        if let Batch::Bytes { bytes, index } = &mut self.batch {
            index.push((bytes.len() as u32, record.len() as u32));
            bytes.extend_from_slice(record);
        }
        Ok(())
    }

    /// Takes a number, in a sorter of numbers.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn push_number(&mut self, number: u64) -> Result<(), SpillError> {
        self.make_room(size_of::<u64>())?;
        if let Batch::Numbers(numbers) = &mut self.batch {
            numbers.push(number);
        }
        Ok(())
    }

    fn make_room(&mut self, len: usize) -> Result<(), SpillError> {
        if self.batch.has_room(len) {
            return Ok(());
        }
        let is_large = self.batch.held() >= self.store.batch() && self.store.is_pressed();
        // Places in a batch have 32 bits.
        let is_full = self.batch.held() + len > 1 << 30;
        if is_large || is_full || self.lease.resize(self.batch.held() + self.batch.growth(len)).is_err() {
            self.spill()?;
        }
        self.store.resize(&mut self.lease, self.batch.held() + self.batch.growth(len))?;
        self.batch.grow(len);
        Ok(self.lease.resize(self.batch.held())?)
    }

    /// Bytes of memory that spilling would give back.
    pub fn spillable(&self) -> usize {
        self.batch.held()
    }

    /// Puts on disk what is in memory.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn spill(&mut self) -> Result<(), SpillError> {
        if self.batch.len() == 0 {
            return Ok(());
        }
        self.batch.sort();
        let mut run = RunWriter::new(&self.store)?;
        let mut record = Vec::new();
        for number in 0..self.batch.len() {
            self.batch.copy(number, &mut record);
            run.push(&record)?;
        }
        let mut run = run.finish(0)?;
        self.batch.clear();
        debug_assert_eq!(self.batch.held(), 0);
        self.lease.resize(0)?;
        run.log.charge()?;
        self.runs.push(run);
        self.merge_equals()
    }

    /// Makes one run of so many of the same level that they can be merged at
    /// once: each record is written as often as there are levels.
    fn merge_equals(&mut self) -> Result<(), SpillError> {
        while let Some(level) = self.runs.last().map(|run| run.level)
            && self.runs.len() >= FAN_IN
            && self.runs[self.runs.len() - FAN_IN].level == level
        {
            self.merge_last(FAN_IN)?;
        }
        Ok(())
    }

    fn merge_last(&mut self, count: usize) -> Result<(), SpillError> {
        let from = self.runs.len() - count;
        let level = self.runs[from..].iter().map(|run| run.level).max().unwrap_or(0) + 1;
        let mut merge = Merge::new(self.runs[from..].iter(), None)?;
        let mut writer = RunWriter::new(&self.store)?;
        while let Some(record) = merge.next()? {
            writer.push(record)?;
        }
        drop(merge);
        self.runs.truncate(from);
        let mut run = writer.finish(level)?;
        run.log.charge()?;
        self.runs.push(run);
        Ok(())
    }

    /// All records that were taken, each once.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn finish(mut self) -> Result<Sorted, SpillError> {
        if !self.runs.is_empty() && self.store.is_pressed() {
            self.spill()?;
        }
        while self.runs.len() > FAN_IN {
            // The smallest come last.
            self.merge_last(FAN_IN)?;
        }
        self.batch.sort();
        debug_assert!(self.lease.bytes() >= self.batch.held() as u64);
        Ok(Sorted { batch: self.batch, runs: self.runs, _lease: self.lease })
    }
}

/// Sorted records, each once; they can be read several times.
pub struct Sorted {
    batch: Batch,
    runs: Vec<Run>,
    _lease: Lease,
}

impl Sorted {
    /// The records in order. Uses a page for each run.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn records(&self) -> Result<Merge<'_>, SpillError> {
        Merge::new(self.runs.iter(), Some(&self.batch))
    }
}

/// A sorted run on disk: each record begins with how many bytes it shares with
/// the one before, and how many follow.
struct Run {
    log: Log,
    level: u32,
}

struct RunWriter {
    log: Log,
    last: Vec<u8>,
    frame: Vec<u8>,
}

impl RunWriter {
    fn new(store: &Store) -> Result<Self, SpillError> {
        store.count_run();
        Ok(Self { log: Log::on_reserve(store)?, last: Vec::new(), frame: Vec::new() })
    }

    fn push(&mut self, record: &[u8]) -> Result<(), SpillError> {
        push_shared(&mut self.log, &mut self.frame, &self.last, record)?;
        self.last.clear();
        self.last.extend_from_slice(record);
        if self.log.spillable() > 0 {
            self.log.spill()?;
        }
        Ok(())
    }

    fn finish(mut self, level: u32) -> Result<Run, SpillError> {
        self.log.seal_on_disk()?;
        Ok(Run { log: self.log, level })
    }
}

/// Writes `record` as what it does not share with `last`.
pub(super) fn push_shared(log: &mut Log, frame: &mut Vec<u8>, last: &[u8], record: &[u8]) -> Result<(), SpillError> {
    let shared = last.iter().zip(record).take_while(|(left, right)| left == right).count();
    frame.clear();
    push_number(shared, frame);
    push_number(record.len() - shared, frame);
    frame.extend_from_slice(&record[shared..]);
    log.append(frame)
}

/// Records of several sources in one order, each once.
pub struct Merge<'s> {
    sources: Vec<Source<'s>>,
    /// The next record of each source; equal ones come by source.
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    current: Vec<u8>,
    is_first: bool,
}

enum Source<'s> {
    Batch(&'s Batch, usize),
    Run(LogReader<'s>),
}

impl Source<'_> {
    /// Makes of the record in `head` the one after it; false if there is none.
    fn advance(&mut self, head: &mut Vec<u8>) -> Result<bool, SpillError> {
        match self {
            Self::Batch(batch, next) => {
                if *next == batch.len() {
                    return Ok(false);
                }
                batch.copy(*next, head);
                *next += 1;
            }
            Self::Run(reader) => {
                if reader.is_at_end() {
                    return Ok(false);
                }
                let shared = reader.number()?;
                let len = reader.number()?;
                head.truncate(shared);
                reader.read(len, head)?;
            }
        }
        Ok(true)
    }
}

impl<'s> Merge<'s> {
    fn new(runs: impl Iterator<Item = &'s Run>, batch: Option<&'s Batch>) -> Result<Self, SpillError> {
        let mut sources: Vec<Source<'s>> = batch.map(|batch| Source::Batch(batch, 0)).into_iter().collect();
        for run in runs {
            sources.push(Source::Run(LogReader::new(&run.log, 1)?));
        }
        let mut heads = BinaryHeap::new();
        for (index, source) in sources.iter_mut().enumerate() {
            let mut head = Vec::new();
            if source.advance(&mut head)? {
                heads.push(Reverse((head, index)));
            }
        }
        Ok(Self { sources, heads, current: Vec::new(), is_first: true })
    }

    /// The next record.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    #[allow(clippy::should_implement_trait, reason = "what it gives is lent until the next call")]
    pub fn next(&mut self) -> Result<Option<&[u8]>, SpillError> {
        loop {
            let Some(mut top) = self.heads.peek_mut() else { return Ok(None) };
            let Reverse((head, source)) = &mut *top;
            let is_new = self.is_first || *head != self.current;
            if is_new {
                self.is_first = false;
                self.current.clear();
                self.current.extend_from_slice(head);
            }
            if !self.sources[*source].advance(head)? {
                std::collections::binary_heap::PeekMut::pop(top);
            }
            if is_new {
                return Ok(Some(&self.current));
            }
        }
    }

    /// The next number, of a sorter of numbers.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    pub fn next_number(&mut self) -> Result<Option<u64>, SpillError> {
        let record = self.next()?;
        Ok(record.and_then(|record| record.try_into().ok()).map(u64::from_be_bytes))
    }
}
