//! What a trace found, sorted, however much it is: files and findings, as a
//! whole or generation by generation.
//!
//! Both are read in order, as often as one likes, and never stand in memory as
//! a whole unless there is room. Nothing here decides what is listed, or writes it.

mod findings;
mod generation;
mod reach;

pub(crate) use findings::FindingLog;
pub use findings::{Diagnostics, Findings};
pub(crate) use generation::GenerationLog;
pub use generation::{FileNews, FilesNews, Generation};
pub use reach::{Paths, Reach, Subset};

use std::fmt;

use crate::{
    record::{ListedFile, Reasons},
    spill::{Cursor, Merge, Names, Sorted, Sorter, SpillError, Store},
};

/// Bits of a file's last byte, above those of its reasons.
const EXCEPTED: u8 = 0x20;
const IGNORED: u8 = 0x40;
const MODULE: u8 = 0x80;

/// Pages that are kept while parents are looked up, if memory allows: they are all over the list.
const PARENT_PAGES: usize = 1 << 14;

/// What is known of a file besides its reasons.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) is_module: bool,
    /// An ignore glob keeps it out of the list.
    pub(crate) is_ignored: bool,
    /// An ignore glob would, but it is an entry, or a link to one.
    pub(crate) is_excepted: bool,
}

/// Two positions, as a number by which edges are sorted. There are fewer than 2^31 files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edge {
    from: u32,
    to: u32,
    followed: bool,
}

impl Edge {
    fn number(self) -> u64 {
        u64::from(self.from) << 32 | u64::from(self.to) << 1 | u64::from(self.followed)
    }

    fn of(number: u64) -> Self {
        Self { from: (number >> 32) as u32, to: number as u32 >> 1, followed: number & 1 != 0 }
    }
}

/// A listing in the making: paths in order, then who needs whom.
pub(crate) struct ListingBuilder {
    names: Names,
    parents: Option<Sorter>,
    dependent: Sorter,
    record: Vec<u8>,
}

impl ListingBuilder {
    pub(crate) fn new(store: &Store, has_parents: bool) -> Result<Self, SpillError> {
        let parents = if has_parents { Some(Sorter::of_numbers(store)?) } else { None };
        let dependent = Sorter::of_numbers(store)?;
        Ok(Self { names: Names::new(store)?, parents, dependent, record: Vec::new() })
    }

    /// Puts a file behind all others, by whose bytes it is the next.
    pub(crate) fn push(&mut self, path: &[u8], reasons: Reasons, known: Known) -> Result<(), SpillError> {
        let Known { is_module, is_ignored, is_excepted } = known;
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let bits = reasons.bits() | bit(is_module, MODULE) | bit(is_ignored, IGNORED) | bit(is_excepted, EXCEPTED);
        self.record.clear();
        self.record.extend_from_slice(path);
        self.record.push(bits);
        self.names.push(&self.record)?;
        let store = self.names.store();
        if self.names.spillable() >= store.batch() && store.is_pressed() {
            self.names.spill()?;
        }
        Ok(())
    }

    /// The file at position `parent` needs the one at `child`; if that is
    /// `followed`, also what that one asks for.
    pub(crate) fn needs(&mut self, parent: u32, child: u32, followed: bool) -> Result<(), SpillError> {
        match &mut self.parents {
            Some(parents) => parents.push_number(Edge { from: child, to: parent, followed }.number()),
            None => Ok(()),
        }
    }

    /// What the file at this position needs is not the same for every entry.
    pub(crate) fn depends_on_entry(&mut self, position: u32) -> Result<(), SpillError> {
        self.dependent.push_number(u64::from(position))
    }

    pub(crate) fn finish(self) -> Result<Listing, SpillError> {
        let parents = self.parents.map(Sorter::finish).transpose()?;
        Ok(Listing { names: self.names, parents, dependent: self.dependent.finish()? })
    }
}

/// All paths of a trace, sorted by their bytes, each once.
pub struct Listing {
    /// Each path, and a byte with what else is known of it.
    names: Names,
    /// [`Edge`]s from children to parents.
    parents: Option<Sorted>,
    /// Positions of files that need other things where another file is the entry.
    dependent: Sorted,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Listing {
    /// How many paths there are, ignored ones included.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where what is made of it may go when memory is short.
    pub(crate) fn store(&self) -> &Store {
        self.names.store()
    }

    /// Listed and ignored paths, in order.
    pub fn files(&self) -> Files<'_> {
        Files { listing: self, cursor: Some(Cursor::new(self.names.store(), 1)) }
    }

    /// The paths that the program needs, in order. A small trace's are had at
    /// once by collecting them into a `Result<Vec<_>, _>`.
    pub fn listed(&self) -> impl Iterator<Item = Result<ListedFile, SpillError>> {
        self.files().filter(|file| !file.as_ref().is_ok_and(|file| file.is_ignored))
    }

    /// The position of the first path that is not before `path`.
    ///
    /// # Errors
    /// [`SpillError`] if paths cannot be had back from the disk.
    pub(crate) fn lower_bound(&self, path: &[u8]) -> Result<u32, SpillError> {
        let mut cursor = Cursor::new(self.names.store(), 1)?;
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match cursor.get(&self.names, middle)? {
                Some(record) if split(record).0 < path => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low as u32)
    }

    /// The position of a path.
    ///
    /// # Errors
    /// [`SpillError`] if paths cannot be had back from the disk.
    pub(crate) fn position(&self, path: &[u8]) -> Result<Option<u32>, SpillError> {
        let position = self.lower_bound(path)?;
        let mut cursor = Cursor::new(self.names.store(), 1)?;
        let is_there = cursor.get(&self.names, position as usize)?.is_some_and(|record| split(record).0 == path);
        Ok(is_there.then_some(position))
    }

    /// Whether a path is there, listed or ignored.
    ///
    /// # Errors
    /// [`SpillError`] if paths cannot be had back from the disk.
    pub fn has(&self, path: &[u8]) -> Result<bool, SpillError> {
        Ok(self.position(path)?.is_some())
    }

    /// Who needs what, for questions about single entries.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub fn reach(&self) -> Result<Reach<'_>, SpillError> {
        Reach::new(self)
    }

    /// Listed and ignored paths, in order, each with the paths of those who need it.
    ///
    /// # Errors
    /// [`SpillError`].
    pub fn with_parents(&self) -> Result<WithParents<'_>, SpillError> {
        let edges = self.parents.as_ref().map(Sorted::records).transpose()?;
        let parents = Cursor::new(self.names.store(), PARENT_PAGES)?;
        let mut with_parents =
            WithParents { listing: self, files: self.files(), parents, edges, edge: None, position: None };
        with_parents.advance()?;
        Ok(with_parents)
    }
}

fn split(record: &[u8]) -> (&[u8], u8) {
    record.split_last().map_or((record, 0), |(bits, path)| (path, *bits))
}

/// Paths, in order.
pub struct Files<'l> {
    listing: &'l Listing,
    /// None after an error: what follows one is not known.
    cursor: Option<Result<Cursor, SpillError>>,
}

impl Iterator for Files<'_> {
    type Item = Result<ListedFile, SpillError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cursor = match self.cursor.take()? {
            Ok(cursor) => cursor,
            Err(error) => return Some(Err(error)),
        };
        let file = match cursor.next(&self.listing.names) {
            Ok(record) => {
                let (path, bits) = split(record?);
                ListedFile {
                    path: path.to_vec(),
                    reasons: Reasons::from_bits(bits),
                    is_module: bits & MODULE != 0,
                    is_ignored: bits & IGNORED != 0,
                }
            }
            Err(error) => return Some(Err(error)),
        };
        self.cursor = Some(Ok(cursor));
        Some(Ok(file))
    }
}

/// Paths, in order, each with the paths of those who need it.
pub struct WithParents<'l> {
    listing: &'l Listing,
    files: Files<'l>,
    parents: Cursor,
    edges: Option<Merge<'l>>,
    /// The next edge: child and parent.
    edge: Option<(u32, u32)>,
    /// The file that was given last.
    position: Option<u32>,
}

impl WithParents<'_> {
    /// The next file.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub fn next_file(&mut self) -> Result<Option<ListedFile>, SpillError> {
        let position = self.position.map_or(0, |position| position + 1);
        while self.edge.is_some_and(|(child, _)| child < position) {
            self.advance()?;
        }
        self.position = Some(position);
        self.files.next().transpose()
    }

    /// The path of the next one that needs the file, in order; as in nft, none
    /// for an ignored file, and none if the trace kept no parents.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub fn next_parent(&mut self) -> Result<Option<&[u8]>, SpillError> {
        let Some((_, parent)) = self.edge.filter(|(child, _)| Some(*child) == self.position) else { return Ok(None) };
        self.advance()?;
        let record = self.parents.get(&self.listing.names, parent as usize)?;
        Ok(record.map(|record| split(record).0))
    }

    fn advance(&mut self) -> Result<(), SpillError> {
        let before = self.edge;
        // Followed or not, it is one parent.
        while self.edge == before {
            let edge = self.edges.as_mut().map(Merge::next_number).transpose()?.flatten();
            self.edge = edge.map(Edge::of).map(|edge| (edge.from, edge.to));
            if self.edge.is_none() {
                break;
            }
        }
        Ok(())
    }
}
