//! Bytes in the order in which they came, read again from any place.
//!
//! They stay in memory until they are told to go to disk; the last extent
//! always stays. A log knows nothing of records.

use super::{
    SpillError,
    page::{EXTENT, HEADER, PAGE, PAGES, PAYLOAD},
    store::{Extent, Store},
};
use crate::memory::Lease;

/// An append-only sequence of bytes.
///
/// 1. All of `full` have [`EXTENT`] bytes, but for the last one once all is on disk; `tail` has fewer.
/// 2. Those on disk come before those in memory.
/// 3. `lease` covers the bytes in memory and the capacity of `full`, if `is_charged`.
pub(super) struct Log {
    store: Store,
    stream: u64,
    full: Vec<Part>,
    on_disk: usize,
    tail: Vec<u8>,
    len: u64,
    is_charged: bool,
    lease: Lease,
}

enum Part {
    Memory(Box<[u8]>),
    Disk(Extent),
    /// It was read and is not needed again.
    Gone,
}

impl Log {
    pub(super) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self {
            store: store.clone(),
            stream: store.stream(),
            full: Vec::new(),
            on_disk: 0,
            tail: Vec::new(),
            len: 0,
            is_charged: true,
            lease: store.lease()?,
        })
    }

    /// A log that goes to disk as it grows and holds no more than one extent,
    /// for which the store has a lease: one at a time may be written.
    pub(super) fn on_reserve(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { is_charged: false, ..Self::new(store)? })
    }

    /// Bytes that were appended.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Bytes of memory that spilling would give back.
    pub(super) fn spillable(&self) -> usize {
        (self.full.len() - self.on_disk) * EXTENT
    }

    /// Puts `bytes` behind all others.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub(super) fn append(&mut self, mut bytes: &[u8]) -> Result<(), SpillError> {
        while !bytes.is_empty() {
            if self.tail.len() == self.tail.capacity() {
                self.grow(bytes.len())?;
            }
            let room = self.tail.capacity().min(EXTENT) - self.tail.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.tail.extend_from_slice(now);
            self.len += now.len() as u64;
            bytes = later;
            if self.tail.len() == EXTENT {
                self.seal()?;
            }
        }
        Ok(())
    }

    /// Room in the tail, leased before it is taken.
    fn grow(&mut self, more: usize) -> Result<(), SpillError> {
        let doubled = (self.tail.len() + more).next_power_of_two().clamp(256, EXTENT);
        // A log that has grown will grow on.
        let capacity = if self.full.is_empty() { doubled } else { EXTENT };
        // Both buffers are there while one moves into the other.
        let peak = self.held() + capacity;
        if self.is_charged && self.lease.resize(peak).is_err() {
            self.spill()?;
            let peak = self.held() + capacity;
            self.store.resize(&mut self.lease, peak)?;
        }
        self.tail.reserve_exact(capacity - self.tail.len());
        self.settle()
    }

    fn seal(&mut self) -> Result<(), SpillError> {
        if self.full.len() == self.full.capacity() {
            let capacity = (self.full.len() * 2).max(4);
            if self.is_charged {
                let peak = self.held() + capacity * size_of::<Part>();
                self.store.resize(&mut self.lease, peak)?;
            }
            self.full.reserve_exact(capacity - self.full.len());
        }
        self.full.push(Part::Memory(std::mem::take(&mut self.tail).into_boxed_slice()));
        self.settle()
    }

    /// Makes the lease what is in use, no less and no more.
    fn settle(&mut self) -> Result<(), SpillError> {
        let held = self.held();
        match self.is_charged {
            true => Ok(self.store.resize(&mut self.lease, held)?),
            false => Ok(()),
        }
    }

    /// From now on it has a lease for what it holds.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub(super) fn charge(&mut self) -> Result<(), SpillError> {
        self.is_charged = true;
        self.settle()
    }

    /// Bytes of memory in use.
    fn held(&self) -> usize {
        self.spillable() + self.full.capacity() * size_of::<Part>() + self.tail.capacity()
    }

    /// Puts on disk all that can go there.
    ///
    /// # Errors
    /// [`SpillError`]: what is still in memory stays there.
    pub(super) fn spill(&mut self) -> Result<(), SpillError> {
        if self.spillable() == 0 {
            return Ok(());
        }
        while let Some(Part::Memory(bytes)) = self.full.get(self.on_disk) {
            let extent = self.store.put(self.stream, (self.on_disk * PAGES) as u32, bytes)?;
            self.full[self.on_disk] = Part::Disk(extent);
            self.on_disk += 1;
        }
        debug_assert!(!self.is_charged || self.lease.bytes() >= self.held() as u64);
        self.settle()
    }

    /// Puts everything on disk, the tail too: nothing can be appended afterwards.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn seal_on_disk(&mut self) -> Result<(), SpillError> {
        self.spill()?;
        if !self.tail.is_empty() {
            let extent = self.store.put(self.stream, (self.full.len() * PAGES) as u32, &self.tail)?;
            self.full.push(Part::Disk(extent));
            self.on_disk += 1;
            self.tail = Vec::new();
        }
        self.settle()
    }

    /// The bytes of page `number`; none behind the last page.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub(super) fn page<'a>(&'a self, number: usize, cache: &'a mut PageCache) -> Result<&'a [u8], SpillError> {
        if (number * PAYLOAD) as u64 >= self.len {
            return Ok(&[]);
        }
        let (part, page) = (number / PAGES, number % PAGES);
        let part_of = |bytes: &'a [u8]| {
            let from = (page * PAYLOAD).min(bytes.len());
            &bytes[from..(from + PAYLOAD).min(bytes.len())]
        };
        match self.full.get(part) {
            Some(Part::Memory(bytes)) => Ok(part_of(bytes)),
            Some(Part::Disk(extent)) => cache.page(self, extent, page, number as u32),
            Some(Part::Gone) => Ok(&[]),
            None => Ok(part_of(&self.tail)),
        }
    }

    /// Gives back what holds the pages before `number`, in memory and on disk.
    pub(super) fn forget_before(&mut self, number: usize) {
        let Some(part) = (number / PAGES).checked_sub(1) else { return };
        if let Some(part) = self.full.get_mut(part)
            && let Part::Memory(bytes) = std::mem::replace(part, Part::Gone)
        {
            let left = (self.lease.bytes() as usize).saturating_sub(bytes.len());
            drop(bytes);
            // Less can always be had.
            let _ = self.lease.resize(left);
        }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }
}

/// Pages of one log that were read from disk, the least wanted of them replaced first.
///
/// Uses one page, and more up to a bound as long as memory is not short.
pub(super) struct PageCache {
    slots: Vec<Slot>,
    most: usize,
    /// The slot that was looked at last when one was to be replaced.
    hand: usize,
    /// The slot that was asked for last.
    recent: usize,
    /// Which slot has which page, if there is more than one.
    index: hashbrown::HashMap<u32, usize, ahash::RandomState>,
    lease: Lease,
}

struct Slot {
    number: u32,
    len: usize,
    wanted: bool,
    page: Box<[u8]>,
}

/// What a slot costs besides its page, in `slots` and in `index`, both perhaps half empty.
const SLOT: usize = PAGE + 2 * size_of::<Slot>() + 4 * size_of::<(u32, usize)>();

impl PageCache {
    /// A cache of at most `most` pages, and at least one.
    pub(super) fn new(store: &Store, most: usize) -> Result<Self, SpillError> {
        Ok(Self {
            slots: Vec::new(),
            most: most.max(1),
            hand: 0,
            recent: 0,
            index: hashbrown::HashMap::default(),
            lease: store.lease()?,
        })
    }

    /// Has none of the pages any more: it may be used for another log.
    pub(super) fn forget(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.number = u32::MAX);
        self.index.clear();
    }

    fn page(&mut self, log: &Log, extent: &Extent, page: usize, number: u32) -> Result<&[u8], SpillError> {
        let is_recent = self.slots.get(self.recent).is_some_and(|slot| slot.number == number);
        if !is_recent {
            self.recent = match self.index.get(&number) {
                Some(slot) => *slot,
                None => self.read(log, extent, page, number)?,
            };
        }
        let slot = &mut self.slots[self.recent];
        slot.wanted = true;
        Ok(&slot.page[HEADER..HEADER + slot.len])
    }

    fn read(&mut self, log: &Log, extent: &Extent, page: usize, number: u32) -> Result<usize, SpillError> {
        let index = self.slot(&log.store)?;
        let slot = &mut self.slots[index];
        self.index.remove(&slot.number);
        slot.len = 0;
        slot.number = u32::MAX;
        slot.len = log.store.get(extent, page, log.stream, number, &mut slot.page)?;
        slot.number = number;
        if self.most > 1 {
            self.index.insert(number, index);
        }
        Ok(index)
    }

    /// A slot that can be used: a new one, or that of a page that nobody wanted for a while.
    fn slot(&mut self, store: &Store) -> Result<usize, SpillError> {
        let is_first = self.slots.is_empty();
        let may_grow = is_first || (self.slots.len() < self.most && !store.is_pressed());
        if may_grow {
            match self.lease.resize((self.slots.len() + 1) * SLOT) {
                Ok(()) => {
                    let page = vec![0; PAGE].into_boxed_slice();
                    self.slots.push(Slot { number: u32::MAX, len: 0, wanted: false, page });
                    return Ok(self.slots.len() - 1);
                }
                Err(error) if is_first => return Err(error.into()),
                Err(_) => self.most = self.slots.len(),
            }
        }
        loop {
            self.hand = (self.hand + 1) % self.slots.len();
            let slot = &mut self.slots[self.hand];
            if !std::mem::take(&mut slot.wanted) {
                return Ok(self.hand);
            }
        }
    }
}

/// Reads a log from some place on.
pub(super) struct LogReader<'l> {
    log: &'l Log,
    at: u64,
    cache: PageCache,
}

impl<'l> LogReader<'l> {
    /// A reader at the log's start that keeps at most `pages` pages.
    pub(super) fn new(log: &'l Log, pages: usize) -> Result<Self, SpillError> {
        Ok(Self { log, at: 0, cache: PageCache::new(&log.store, pages)? })
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.log.len()
    }

    /// Puts the next `len` bytes behind those in `out`; fewer at the log's end.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    pub(super) fn read(&mut self, len: usize, out: &mut Vec<u8>) -> Result<(), SpillError> {
        read_at(self.log, &mut self.cache, &mut self.at, len, out)
    }

    /// The next number; 0 at the log's end.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    pub(super) fn number(&mut self) -> Result<usize, SpillError> {
        number_at(self.log, &mut self.cache, &mut self.at)
    }
}

/// Puts `len` bytes from `at` on behind those in `out`, and moves `at`.
pub(super) fn read_at(
    log: &Log,
    cache: &mut PageCache,
    at: &mut u64,
    mut len: usize,
    out: &mut Vec<u8>,
) -> Result<(), SpillError> {
    while len > 0 {
        let page = log.page((*at / PAYLOAD as u64) as usize, cache)?;
        let rest = page.get((*at % PAYLOAD as u64) as usize..).unwrap_or_default();
        let now = &rest[..rest.len().min(len)];
        if now.is_empty() {
            break;
        }
        out.extend_from_slice(now);
        *at += now.len() as u64;
        len -= now.len();
    }
    Ok(())
}

/// The number that [`push_number`] wrote at `at`; moves `at`.
pub(super) fn number_at(log: &Log, cache: &mut PageCache, at: &mut u64) -> Result<usize, SpillError> {
    let mut number = 0;
    let mut shift = 0;
    loop {
        let page = log.page((*at / PAYLOAD as u64) as usize, cache)?;
        let rest = page.get((*at % PAYLOAD as u64) as usize..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(0);
        }
        for byte in rest {
            *at += 1;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 || shift >= 56 {
                return Ok(number);
            }
            shift += 7;
        }
    }
}

/// Seven bits a byte, the lowest first; the last byte has its high bit clear.
pub(super) fn push_number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
