//! Lists of numbers, by number: written in order, read in any.
//!
//! What the numbers mean is the caller's affair.

use super::{
    SpillError,
    log::{Log, PageCache, read_at},
    store::Store,
};
use crate::memory::Lease;

/// So many rows share one place in the index; those before are passed over.
const BLOCK: usize = 16;

/// Bytes of a number, and of a row's length before it.
const NUMBER: usize = size_of::<u32>();

/// Rows of numbers.
///
/// Uses half a byte for each row besides four for it and for each number.
pub struct Rows {
    log: Log,
    /// Where each block begins.
    blocks: Vec<u64>,
    len: usize,
    lease: Lease,
}

impl Rows {
    /// No rows.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { log: Log::new(store)?, blocks: Vec::new(), len: 0, lease: store.lease()? })
    }

    /// Puts a row behind all others.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn push(&mut self, row: &[u32]) -> Result<(), SpillError> {
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
            self.blocks.push(self.log.len());
        }
        self.log.append(&(row.len() as u32).to_le_bytes())?;
        for number in row {
            self.log.append(&number.to_le_bytes())?;
        }
        self.len += 1;
        let store = self.log.store();
        if self.log.spillable() >= store.batch() && store.is_pressed() {
            store.count_run();
            self.log.spill()?;
        }
        Ok(())
    }
}

/// Reads rows; keeps pages of those that went to disk, if memory allows.
pub struct RowsReader {
    cache: PageCache,
    bytes: Vec<u8>,
}

impl RowsReader {
    /// A reader of rows of this store that keeps at most `pages` pages.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn new(store: &Store, pages: usize) -> Result<Self, SpillError> {
        Ok(Self { cache: PageCache::new(store, pages)?, bytes: Vec::new() })
    }

    /// Hands the numbers of a row to `each`, in order; none where there is no such row.
    ///
    /// # Errors
    /// [`SpillError`] if a page cannot be had back, also what `each` met.
    pub fn row(
        &mut self,
        rows: &Rows,
        number: usize,
        each: &mut dyn FnMut(u32) -> Result<(), SpillError>,
    ) -> Result<(), SpillError> {
        let Some(block) = rows.blocks.get(number / BLOCK).filter(|_| number < rows.len) else { return Ok(()) };
        let mut at = *block;
        for _ in 0..number % BLOCK {
            let len = self.number(rows, &mut at)?;
            at += u64::from(len) * NUMBER as u64;
        }
        for _ in 0..self.number(rows, &mut at)? {
            let number = self.number(rows, &mut at)?;
            each(number)?;
        }
        Ok(())
    }

    fn number(&mut self, rows: &Rows, at: &mut u64) -> Result<u32, SpillError> {
        self.bytes.clear();
        read_at(&rows.log, &mut self.cache, at, NUMBER, &mut self.bytes)?;
        Ok(self.bytes[..].try_into().map_or(0, u32::from_le_bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{host::RealHost, memory::Governor, spill::Settings};

    #[test]
    fn rows_come_back_from_memory_and_from_disk() {
        for always in [false, true] {
            let governor = Governor::new(8 << 20);
            let defaults = vec!["/var/tmp".into()];
            let settings = Settings { defaults, always, batch: 1 << 10, ..Settings::new(0) };
            let store = Store::new(Arc::new(RealHost), &governor, settings).unwrap();
            let mut rows = Rows::new(&store).unwrap();
            let row = |number: u32| (0..number % 37).map(|place| number * 40 + place).collect::<Vec<_>>();
            for number in 0..20_000 {
                rows.push(&row(number)).unwrap();
            }
            assert_eq!(store.spilled().runs > 0, always);
            let mut reader = RowsReader::new(&store, 4).unwrap();
            for number in (0..20_000).rev().step_by(7).chain([0, 19_999]) {
                let mut seen = Vec::new();
                reader.row(&rows, number as usize, &mut |one| Ok(seen.push(one))).unwrap();
                assert_eq!(seen, row(number));
            }
            reader.row(&rows, 20_000, &mut |_| panic!("there is no such row")).unwrap();
            drop((rows, reader, store));
            assert_eq!(governor.leased(), 0);
        }
    }
}
