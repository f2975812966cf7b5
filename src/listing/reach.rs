//! What is reached from one of several entries.
//!
//! One trace serves them all; the list of one alone is what its references lead
//! to, and theirs. A file counts as looked into for an entry only if something
//! that is looked into for it follows the file: another entry may have it run
//! what this one only reads. Nothing here traces or writes.

use super::{EXCEPTED, Edge, IGNORED, Listing, split};
use crate::{
    memory::Lease,
    record::Reasons,
    spill::{Cursor, Rows, RowsReader, Sorted, Sorter, SpillError, Stack},
};

/// Pages that are kept of what went to disk, if memory allows.
const PAGES: usize = 1 << 12;

/// Who needs what.
///
/// Uses a quarter of a byte for each path and four bytes for each edge; the
/// edges may go to disk.
pub struct Reach<'l> {
    listing: &'l Listing,
    /// By the parent's position: its children's, twice, and one more where the child is followed.
    children: Rows,
    excepted: Bits,
    dependent: Bits,
}

/// The paths that one entry needs.
///
/// Uses a bit for each path of the listing.
pub struct Subset<'l> {
    listing: &'l Listing,
    listed: Bits,
    /// What a file on the list needs is not the same for every entry: to trace
    /// this one alone may give another list.
    pub depends_on_entry: bool,
}

impl<'l> Reach<'l> {
    pub(super) fn new(listing: &'l Listing) -> Result<Self, SpillError> {
        let store = listing.names.store();
        let lease = || store.lease();
        let mut excepted = Bits::new(lease()?, listing.len())?;
        let mut cursor = Cursor::new(store, 1)?;
        for position in 0..listing.len() {
            if cursor.get(&listing.names, position)?.is_some_and(|record| split(record).1 & EXCEPTED != 0) {
                excepted.set(position as u32);
            }
        }
        let mut dependent = Bits::new(lease()?, listing.len())?;
        let mut positions = listing.dependent.records()?;
        while let Some(position) = positions.next_number()? {
            dependent.set(position as u32);
        }
        let children = match &listing.parents {
            Some(parents) => children(listing, parents)?,
            None => Rows::new(store)?,
        };
        Ok(Self { listing, children, excepted, dependent })
    }

    /// What the entry needs: itself, the `links` that lead to it, and all that
    /// it reaches. Paths are relative to the root.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn of(&self, entry: &[u8], links: &[Vec<u8>]) -> Result<Subset<'l>, SpillError> {
        let listing = self.listing;
        let store = listing.names.store();
        let mut listed = Bits::new(store.lease()?, listing.len())?;
        let mut looked_into = Bits::new(store.lease()?, listing.len())?;
        let mut waiting = Stack::new(store)?;
        for link in links {
            if let Some(link) = listing.position(link)? {
                listed.set(link);
            }
        }
        if let Some(entry) = listing.position(entry)? {
            listed.set(entry);
            looked_into.set(entry);
            waiting.push(entry)?;
        }
        let mut depends_on_entry = false;
        let mut reader = RowsReader::new(store, PAGES)?;
        while let Some(parent) = waiting.pop()? {
            depends_on_entry |= self.dependent.has(parent);
            reader.row(&self.children, parent as usize, &mut |child| {
                let (child, followed) = (child >> 1, child & 1 != 0);
                // Another entry, which a glob leaves out of this one's list.
                if self.excepted.has(child) && !listed.has(child) {
                    return Ok(());
                }
                listed.set(child);
                if followed && !looked_into.has(child) {
                    looked_into.set(child);
                    waiting.push(child)?;
                }
                Ok(())
            })?;
        }
        Ok(Subset { listing, listed, depends_on_entry })
    }
}

/// Edges from children to parents, the other way round.
fn children(listing: &Listing, parents: &Sorted) -> Result<Rows, SpillError> {
    let store = listing.names.store();
    let mut turned = Sorter::of_numbers(store)?;
    let mut edges = parents.records()?;
    while let Some(edge) = edges.next_number()? {
        let Edge { from, to, followed } = Edge::of(edge);
        turned.push_number(Edge { from: to, to: from, followed }.number())?;
    }
    drop(edges);
    let turned = turned.finish()?;
    let mut edges = turned.records()?;
    let mut rows = Rows::new(store)?;
    let mut row = Vec::new();
    let mut lease = store.lease()?;
    let mut edge = edges.next_number()?.map(Edge::of);
    for parent in 0..listing.len() as u32 {
        row.clear();
        while let Some(Edge { to, followed, .. }) = edge.filter(|edge| edge.from == parent) {
            if row.len() == row.capacity() {
                let room = (row.capacity() * 2).max(64);
                store.resize(&mut lease, (room + row.capacity()) * size_of::<u32>())?;
                row.reserve_exact(room - row.len());
            }
            row.push(to << 1 | u32::from(followed));
            edge = edges.next_number()?.map(Edge::of);
        }
        rows.push(&row)?;
    }
    Ok(rows)
}

impl<'l> Subset<'l> {
    /// Leaves a path out, if it is there.
    ///
    /// # Errors
    /// [`SpillError`] if paths cannot be had back from the disk.
    pub fn leave_out(&mut self, path: &[u8]) -> Result<(), SpillError> {
        if let Some(position) = self.listing.position(path)? {
            self.listed.clear(position);
        }
        Ok(())
    }

    /// All its paths, in the listing's order.
    ///
    /// # Errors
    /// [`SpillError::Memory`].
    pub fn paths(&self) -> Result<Paths<'_>, SpillError> {
        self.paths_within(0, self.listing.len() as u32)
    }

    /// Its paths at the positions from `from` to before `to`.
    pub(crate) fn paths_within(&self, from: u32, to: u32) -> Result<Paths<'_>, SpillError> {
        Ok(Paths { subset: self, cursor: Cursor::new(self.listing.names.store(), 1)?, next: from, end: to })
    }
}

/// Paths of a subset, in order.
pub struct Paths<'s> {
    subset: &'s Subset<'s>,
    cursor: Cursor,
    next: u32,
    end: u32,
}

impl Paths<'_> {
    /// The next path, and its position.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    #[allow(clippy::should_implement_trait, reason = "what it gives is lent until the next call")]
    pub fn next(&mut self) -> Result<Option<(u32, &[u8])>, SpillError> {
        let Subset { listing, listed, .. } = self.subset;
        let Some(position) = listed.next(self.next).filter(|position| *position < self.end) else { return Ok(None) };
        self.next = position + 1;
        let record = self.cursor.get(&listing.names, position as usize)?;
        Ok(record.map(|record| {
            debug_assert!(split(record).1 & IGNORED == 0 && Reasons::from_bits(split(record).1) != Reasons::default());
            (position, split(record).0)
        }))
    }
}

/// A bit for each position, under a lease.
struct Bits {
    words: Vec<u64>,
    _lease: Lease,
}

impl Bits {
    fn new(mut lease: Lease, len: usize) -> Result<Self, SpillError> {
        let words = len.div_ceil(64);
        lease.resize(words * size_of::<u64>())?;
        Ok(Self { words: vec![0; words], _lease: lease })
    }

    fn has(&self, position: u32) -> bool {
        self.words.get(position as usize / 64).is_some_and(|word| word & (1 << (position % 64)) != 0)
    }

    fn set(&mut self, position: u32) {
        if let Some(word) = self.words.get_mut(position as usize / 64) {
            *word |= 1 << (position % 64);
        }
    }

    fn clear(&mut self, position: u32) {
        if let Some(word) = self.words.get_mut(position as usize / 64) {
            *word &= !(1 << (position % 64));
        }
    }

    /// The first position from `from` on whose bit is set.
    fn next(&self, from: u32) -> Option<u32> {
        let first = from as usize / 64;
        let mut word = self.words.get(first)? & (u64::MAX << (from % 64));
        for index in first.. {
            if word != 0 {
                return Some(index as u32 * 64 + word.trailing_zeros());
            }
            word = *self.words.get(index + 1)?;
        }
        None
    }
}
