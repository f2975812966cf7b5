//! Which byte strings were seen, by their fingerprints; and the number of each.
//!
//! Under pressure what is in memory becomes a sorted run on disk. The strings
//! themselves are not kept here, and are never compared: a fingerprint has 128
//! bits under a key that nobody knows, so that no two share one.

use std::{cmp::Reverse, collections::BinaryHeap, hash::Hasher};

use hashbrown::HashTable;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::{
    SpillError,
    bloom::{self, Bloom},
    log::{Log, LogReader, PageCache},
    page::PAYLOAD,
    store::{Store, random},
};
use crate::memory::Lease;

/// Runs of one level that become one of the next.
const FAN_IN: usize = 8;
/// A fingerprint, highest byte first, and its number.
const ENTRY: usize = 20;
const ENTRIES: usize = PAYLOAD / ENTRY;

/// Numbers by fingerprint; numbers are given in order, from 0 on.
///
/// Uses 16 bytes for each in memory, 5 in the table and 6 with which it can be
/// spilled; of those on disk, one byte and a half.
///
/// 1. `prints[n]` is the fingerprint of the number `base + n`.
/// 2. `table` has each place in `prints`, once.
/// 3. No fingerprint is both in `prints` and in a run, nor in two runs.
pub struct Fingerprints {
    store: Store,
    keys: (u64, u64),
    base: u32,
    prints: Vec<u128>,
    table: HashTable<u32>,
    runs: Vec<Run>,
    /// What was found on disk not long ago.
    hot: Vec<(u128, u32)>,
    page: PageCache,
    lease: Lease,
}

/// Sorted entries on disk.
struct Run {
    log: Log,
    entries: usize,
    level: u32,
    /// The first fingerprint of each page, its upper half.
    fences: Vec<u64>,
    bloom: Bloom,
}

impl Run {
    /// Bytes of memory in use, besides the log's.
    fn held(&self) -> usize {
        self.fences.capacity() * size_of::<u64>() + bloom::bytes_for(self.entries)
    }

    fn find(&self, print: u128, cache: &mut PageCache) -> Result<Option<u32>, SpillError> {
        if !self.bloom.may_have(print) {
            return Ok(None);
        }
        let upper = (print >> 64) as u64;
        // Pages may begin with the same upper half: it stands before the first that begins above it.
        let mut page = self.fences.partition_point(|first| *first <= upper);
        while page > 0 {
            page -= 1;
            // What was read for another run cannot be taken for this one's.
            cache.forget();
            let (entries, _) = self.log.page(page, cache)?.as_chunks::<ENTRY>();
            if let Ok(at) = entries.binary_search_by(|entry| print_of(entry).cmp(&print)) {
                return Ok(Some(number_of(&entries[at])));
            }
            if self.fences[page] < upper {
                break;
            }
        }
        Ok(None)
    }
}

fn print_of(entry: &[u8; ENTRY]) -> u128 {
    let mut print = [0; 16];
    print.copy_from_slice(&entry[..16]);
    u128::from_be_bytes(print)
}

fn number_of(entry: &[u8; ENTRY]) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&entry[16..]);
    u32::from_be_bytes(number)
}

impl Fingerprints {
    /// None.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self {
            store: store.clone(),
            keys: (random(), random()),
            base: 0,
            prints: Vec::new(),
            table: HashTable::new(),
            runs: Vec::new(),
            hot: Vec::new(),
            page: PageCache::new(store, 1)?,
            lease: store.lease()?,
        })
    }

    /// The fingerprint of `bytes`, different in each run of the tool.
    pub fn print(&self, bytes: &[u8]) -> u128 {
        let mut hasher = SipHasher13::new_with_keys(self.keys.0, self.keys.1);
        hasher.write(bytes);
        hasher.finish128().as_u128()
    }

    /// The number of a fingerprint that was inserted.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    pub fn find(&mut self, print: u128) -> Result<Option<u32>, SpillError> {
        let place = self.table.find(print as u64, |place| self.prints[*place as usize] == print);
        if let Some(place) = place {
            return Ok(Some(self.base + place));
        }
        if self.runs.is_empty() {
            return Ok(None);
        }
        let hot = (print >> 64) as usize & self.hot.len().saturating_sub(1);
        if let Some((_, number)) = self.hot.get(hot).filter(|(known, number)| *known == print && *number != u32::MAX) {
            return Ok(Some(*number));
        }
        for run in &self.runs {
            if let Some(number) = run.find(print, &mut self.page)? {
                if let Some(entry) = self.hot.get_mut(hot) {
                    *entry = (print, number);
                }
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Has room for one more, so that the next [`Self::insert`] is done.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn reserve(&mut self) -> Result<(), SpillError> {
        let is_full = self.prints.len() == self.prints.capacity();
        if !is_full {
            return Ok(());
        }
        let is_large = self.prints.len() * BYTES >= self.store.batch() && self.store.is_pressed();
        let wanted = |this: &Self| {
            let capacity = (this.prints.len() * 2).max(64);
            // Both the old and the new are there while one becomes the other.
            (capacity, this.held() + capacity * BYTES)
        };
        if is_large || self.lease.resize(wanted(self).1).is_err() {
            self.spill()?;
        }
        let (capacity, bytes) = wanted(self);
        self.store.resize(&mut self.lease, bytes)?;
        self.prints.reserve_exact(capacity - self.prints.len());
        let prints = &self.prints;
        self.table.reserve(capacity - self.table.len(), |place| prints[*place as usize] as u64);
        debug_assert!(self.lease.bytes() >= self.held() as u64);
        Ok(self.lease.resize(self.held())?)
    }

    /// Gives the next number to a fingerprint that is not known. There was room for it.
    pub fn insert(&mut self, print: u128) -> u32 {
        let place = self.prints.len() as u32;
        self.prints.push(print);
        let prints = &self.prints;
        self.table.insert_unique(print as u64, place, |place| prints[*place as usize] as u64);
        self.base + place
    }

    /// Bytes of memory that spilling would give back.
    pub fn spillable(&self) -> usize {
        self.prints.capacity() * BYTES
    }

    /// Bytes of memory in use, and what spilling will need.
    fn held(&self) -> usize {
        let runs: usize = self.runs.iter().map(Run::held).sum();
        let list = self.runs.capacity() * size_of::<Run>() + self.hot.capacity() * size_of::<(u128, u32)>();
        self.prints.capacity() * BYTES + runs + list
    }

    /// Puts on disk what is in memory.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn spill(&mut self) -> Result<(), SpillError> {
        if self.prints.is_empty() {
            return Ok(());
        }
        let mut places: Vec<u32> = std::mem::take(&mut self.table).into_iter().collect();
        places.sort_unstable_by_key(|place| self.prints[*place as usize]);
        let mut writer = RunWriter::new(&self.store, places.len())?;
        for place in places {
            writer.push(self.prints[place as usize], self.base + place)?;
        }
        let mut run = writer.finish(0)?;
        self.base += self.prints.len() as u32;
        self.prints = Vec::new();
        let held = self.held() + run.held() + 2 * FAN_IN * size_of::<Run>();
        self.store.resize(&mut self.lease, held)?;
        run.log.charge()?;
        self.runs.push(run);
        self.warm();
        self.merge_equals()?;
        let held = self.held();
        Ok(self.store.resize(&mut self.lease, held)?)
    }

    /// Room for what is asked for again and again, if memory allows.
    fn warm(&mut self) {
        let entries = (self.store.batch() / size_of::<(u128, u32)>()).next_power_of_two() / 2;
        let bytes = self.held() + entries * size_of::<(u128, u32)>();
        if self.hot.is_empty() && self.lease.resize(bytes).is_ok() {
            self.hot = vec![(0, u32::MAX); entries];
        }
    }

    fn merge_equals(&mut self) -> Result<(), SpillError> {
        while let Some(level) = self.runs.last().map(|run| run.level)
            && self.runs.len() >= FAN_IN
            && self.runs[self.runs.len() - FAN_IN].level == level
        {
            let from = self.runs.len() - FAN_IN;
            let entries = self.runs[from..].iter().map(|run| run.entries).sum();
            let more = bloom::bytes_for(entries) + entries.div_ceil(ENTRIES) * size_of::<u64>();
            let peak = self.held() + more;
            self.store.resize(&mut self.lease, peak)?;
            let mut run = merge(&self.store, &self.runs[from..], entries, level + 1)?;
            self.runs.truncate(from);
            run.log.charge()?;
            self.runs.push(run);
        }
        Ok(())
    }
}

/// Bytes for each that is in memory: itself, its place in the table with a
/// byte of the table's own (at most 7/8 full, twice what is used), and what
/// spilling needs: its place in a list, its share of a filter and of the fences.
const BYTES: usize = size_of::<u128>() + 2 * (size_of::<u32>() + 1) + size_of::<u32>() + 2;

fn merge(store: &Store, runs: &[Run], entries: usize, level: u32) -> Result<Run, SpillError> {
    let mut writer = RunWriter::new(store, entries)?;
    let mut sources = Vec::new();
    for run in runs {
        sources.push(LogReader::new(&run.log, 1)?);
    }
    let mut heads = BinaryHeap::new();
    let mut entry = Vec::new();
    let mut next = |reader: &mut LogReader<'_>| -> Result<Option<(u128, u32)>, SpillError> {
        entry.clear();
        reader.read(ENTRY, &mut entry)?;
        Ok(<&[u8; ENTRY]>::try_from(&entry[..]).ok().map(|entry| (print_of(entry), number_of(entry))))
    };
    for (source, reader) in sources.iter_mut().enumerate() {
        heads.extend(next(reader)?.map(|head| Reverse((head, source))));
    }
    while let Some(Reverse(((print, number), source))) = heads.pop() {
        writer.push(print, number)?;
        heads.extend(next(&mut sources[source])?.map(|head| Reverse((head, source))));
    }
    writer.finish(level)
}

struct RunWriter {
    log: Log,
    entries: usize,
    fences: Vec<u64>,
    bloom: Bloom,
}

impl RunWriter {
    fn new(store: &Store, entries: usize) -> Result<Self, SpillError> {
        store.count_run();
        let fences = Vec::with_capacity(entries.div_ceil(ENTRIES));
        Ok(Self { log: Log::on_reserve(store)?, entries: 0, fences, bloom: Bloom::new(entries) })
    }

    fn push(&mut self, print: u128, number: u32) -> Result<(), SpillError> {
        if self.entries.is_multiple_of(ENTRIES) {
            self.fences.push((print >> 64) as u64);
        }
        self.entries += 1;
        self.bloom.insert(print);
        let mut entry = [0; ENTRY];
        entry[..16].copy_from_slice(&print.to_be_bytes());
        entry[16..].copy_from_slice(&number.to_be_bytes());
        self.log.append(&entry)?;
        if self.log.spillable() > 0 {
            self.log.spill()?;
        }
        Ok(())
    }

    fn finish(mut self, level: u32) -> Result<Run, SpillError> {
        self.log.seal_on_disk()?;
        Ok(Run { log: self.log, entries: self.entries, level, fences: self.fences, bloom: self.bloom })
    }
}
