//! Numbers in the order in which they came, and numbers of which the newest is wanted first.
//!
//! Both may go to disk but for their ends. What the numbers mean is the caller's affair.

use super::{
    SpillError,
    log::{Log, PageCache, read_at},
    page::{EXTENT, HEADER, PAGE, PAGES, PAYLOAD},
    store::{Extent, Store},
};
use crate::memory::Lease;

/// Numbers of 64 bits, read once, in order.
pub struct Sequence {
    log: Log,
}

impl Sequence {
    /// No numbers.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { log: Log::new(store)? })
    }

    /// Puts a number behind all others.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn push(&mut self, number: u64) -> Result<(), SpillError> {
        self.log.append(&number.to_le_bytes())
    }

    /// Bytes of memory that spilling would give back.
    pub fn spillable(&self) -> usize {
        self.log.spillable()
    }

    /// Puts on disk what is in memory, but for the last of it.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn spill(&mut self) -> Result<(), SpillError> {
        if self.log.spillable() > 0 {
            self.log.store().count_run();
        }
        self.log.spill()
    }

    /// Hands each number to `each`, and gives back what they took.
    ///
    /// # Errors
    /// [`SpillError`], also what `each` met.
    pub fn drain(mut self, mut each: impl FnMut(u64) -> Result<(), SpillError>) -> Result<(), SpillError> {
        let mut cache = PageCache::new(self.log.store(), 1)?;
        let mut bytes = Vec::with_capacity(size_of::<u64>());
        let mut at = 0;
        while at < self.log.len() {
            self.log.forget_before((at / PAYLOAD as u64) as usize);
            bytes.clear();
            read_at(&self.log, &mut cache, &mut at, size_of::<u64>(), &mut bytes)?;
            if let Ok(number) = bytes[..].try_into().map(u64::from_le_bytes) {
                each(number)?;
            }
        }
        Ok(())
    }
}

/// Numbers of 32 bits, the newest first.
///
/// Uses four bytes for each that is in memory; on disk are the oldest.
pub struct Stack {
    store: Store,
    stream: u64,
    /// The oldest first; each is full but for what a spill left short.
    cold: Vec<(Extent, u32)>,
    top: Vec<u32>,
    lease: Lease,
}

/// So many go to disk together.
const PIECE: usize = EXTENT / size_of::<u32>();
/// So many stay in memory.
const STAY: usize = 256;

impl Stack {
    /// No numbers.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store) -> Result<Self, SpillError> {
        let lease = store.lease()?;
        Ok(Self { store: store.clone(), stream: store.stream(), cold: Vec::new(), top: Vec::new(), lease })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.top.is_empty() && self.cold.is_empty()
    }

    /// Puts a number on top.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn push(&mut self, number: u32) -> Result<(), SpillError> {
        if self.top.len() == self.top.capacity() {
            let room = |this: &Self| (this.top.len() * 2).max(64);
            let peak = |this: &Self| this.held() + room(this) * size_of::<u32>();
            let is_large = self.spillable() >= self.store.batch() && self.store.is_pressed();
            if is_large || self.lease.resize(peak(self)).is_err() {
                self.spill()?;
            }
            let (room, peak) = (room(self), peak(self));
            self.store.resize(&mut self.lease, peak)?;
            self.top.reserve_exact(room - self.top.len());
            self.settle()?;
        }
        debug_assert!(self.lease.bytes() >= self.held() as u64);
        self.top.push(number);
        Ok(())
    }

    /// Takes the newest.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub fn pop(&mut self) -> Result<Option<u32>, SpillError> {
        if self.top.is_empty()
            && let Some((extent, len)) = self.cold.pop()
        {
            self.load(&extent, len as usize)?;
        }
        Ok(self.top.pop())
    }

    fn load(&mut self, extent: &Extent, len: usize) -> Result<(), SpillError> {
        let room = len.max(self.top.capacity());
        let peak = self.held() + room * size_of::<u32>() + PAGE;
        self.store.resize(&mut self.lease, peak)?;
        self.top.reserve_exact(room);
        let mut page = vec![0; PAGE];
        let first = self.cold.len() * PAGES;
        for number in 0..(len * size_of::<u32>()).div_ceil(PAYLOAD) {
            let bytes = self.store.get(extent, number, self.stream, (first + number) as u32, &mut page)?;
            let (numbers, _) = page[HEADER..HEADER + bytes].as_chunks::<4>();
            self.top.extend(numbers.iter().map(|number| u32::from_le_bytes(*number)));
        }
        drop(page);
        self.settle()
    }

    /// Bytes of memory that spilling would give back.
    pub fn spillable(&self) -> usize {
        self.top.len().saturating_sub(STAY) * size_of::<u32>()
    }

    fn held(&self) -> usize {
        self.top.capacity() * size_of::<u32>() + self.cold.capacity() * size_of::<(Extent, u32)>()
    }

    fn settle(&mut self) -> Result<(), SpillError> {
        let held = self.held();
        Ok(self.store.resize(&mut self.lease, held)?)
    }

    /// Puts on disk all but the newest.
    ///
    /// # Errors
    /// [`SpillError`]: then the numbers are lost.
    pub fn spill(&mut self) -> Result<(), SpillError> {
        if self.spillable() == 0 {
            return Ok(());
        }
        self.store.count_run();
        // The store has a lease for what a run is collected in.
        let mut bytes = Vec::with_capacity(EXTENT);
        let (oldest, _) = self.top.split_at(self.top.len() - STAY);
        for piece in oldest.chunks(PIECE) {
            bytes.clear();
            bytes.extend(piece.iter().flat_map(|number| number.to_le_bytes()));
            let extent = self.store.put(self.stream, (self.cold.len() * PAGES) as u32, &bytes)?;
            self.cold.push((extent, piece.len() as u32));
        }
        self.top.drain(..self.top.len() - STAY);
        self.top.shrink_to_fit();
        self.settle()
    }
}
