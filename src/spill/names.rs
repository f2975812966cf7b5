//! Byte strings by number, each stored as what it does not share with the one before.
//!
//! Their order is the caller's; nothing here sorts or compares them.

use super::{
    SpillError,
    log::{Log, PageCache, number_at, read_at},
    page::PAYLOAD,
    sort::push_shared,
    store::Store,
};
use crate::memory::Lease;

/// So many stand in a row that are read one after the other.
const BLOCK: usize = 16;

/// Byte strings, numbered in the order in which they came.
///
/// Uses half a byte for each besides its bytes.
pub struct Names {
    log: Log,
    /// Where each block begins: its first name shares nothing.
    blocks: Vec<u64>,
    len: usize,
    last: Vec<u8>,
    frame: Vec<u8>,
    lease: Lease,
}

impl Names {
    /// No names.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store) -> Result<Self, SpillError> {
        let lease = store.lease()?;
        Ok(Self { log: Log::new(store)?, blocks: Vec::new(), len: 0, last: Vec::new(), frame: Vec::new(), lease })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Puts a name behind all others.
    ///
    /// # Errors
    /// [`SpillError`]: then nothing more can be put here.
    pub fn push(&mut self, name: &[u8]) -> Result<(), SpillError> {
        if self.len.is_multiple_of(BLOCK) {
            if self.blocks.len() == self.blocks.capacity() {
                let capacity = (self.blocks.len() * 2).max(64);
                let bytes = (capacity + self.blocks.len()) * size_of::<u64>();
                if self.lease.resize(bytes).is_err() {
                    self.log.spill()?;
                    self.log.store().resize(&mut self.lease, bytes)?;
                }
                self.blocks.reserve_exact(capacity - self.blocks.len());
                self.lease.resize(capacity * size_of::<u64>())?;
            }
            self.last.clear();
            self.blocks.push(self.log.len());
        }
        push_shared(&mut self.log, &mut self.frame, &self.last, name)?;
        self.last.clear();
        self.last.extend_from_slice(name);
        self.len += 1;
        debug_assert!(self.lease.bytes() >= (self.blocks.capacity() * size_of::<u64>()) as u64);
        Ok(())
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

    /// Where the names are.
    pub fn store(&self) -> &Store {
        self.log.store()
    }
}

/// Where somebody reads names; nearly for nothing where they are asked for in order.
///
/// Uses one page, and more up to a bound as long as memory is not short.
pub struct Cursor {
    cache: PageCache,
    /// Where the name `next` stands.
    at: u64,
    next: usize,
    /// The name before `next`.
    current: Vec<u8>,
}

impl Cursor {
    /// A cursor for one `Names` of this store that keeps at most `pages` pages.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store, pages: usize) -> Result<Self, SpillError> {
        Ok(Self { cache: PageCache::new(store, pages)?, at: 0, next: 0, current: Vec::new() })
    }

    /// The name of that number; none where there is no such.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    pub fn get(&mut self, names: &Names, number: usize) -> Result<Option<&[u8]>, SpillError> {
        if number >= names.len {
            return Ok(None);
        }
        let is_current = number + 1 == self.next;
        let is_ahead = number >= self.next && number / BLOCK == self.next / BLOCK;
        if !is_current && !is_ahead {
            self.at = names.blocks[number / BLOCK];
            self.next = number - number % BLOCK;
        }
        while self.next <= number {
            let shared = number_at(&names.log, &mut self.cache, &mut self.at)?;
            let len = number_at(&names.log, &mut self.cache, &mut self.at)?;
            self.current.truncate(shared);
            read_at(&names.log, &mut self.cache, &mut self.at, len, &mut self.current)?;
            self.next += 1;
        }
        Ok(Some(&self.current))
    }

    /// The name after the one that was read last.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    pub fn next(&mut self, names: &Names) -> Result<Option<&[u8]>, SpillError> {
        self.get(names, self.next)
    }
}

/// Gives names back in order, and the memory and disk that they took with them.
pub struct Drain {
    names: Names,
    cursor: Cursor,
}

impl Drain {
    /// All of `names`.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(names: Names) -> Result<Self, SpillError> {
        let cursor = Cursor::new(names.log.store(), 1)?;
        Ok(Self { names, cursor })
    }

    /// The next name.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back.
    #[allow(clippy::should_implement_trait, reason = "what it gives is lent until the next call")]
    pub fn next(&mut self) -> Result<Option<&[u8]>, SpillError> {
        self.names.log.forget_before((self.cursor.at / PAYLOAD as u64) as usize);
        self.cursor.next(&self.names)
    }
}
