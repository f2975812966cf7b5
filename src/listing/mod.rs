//! What a trace found, sorted, however much it is: files and findings.
//!
//! Both are read in order, as often as one likes, and never stand in memory as
//! a whole unless there is room. Nothing here decides what is listed, or writes it.

mod findings;

pub(crate) use findings::FindingLog;
pub use findings::{Diagnostics, Findings};

use std::fmt;

use crate::{
    record::{ListedFile, Reasons},
    spill::{Cursor, Merge, Names, Sorted, Sorter, SpillError, Store},
};

/// Bits of a file's last byte, above those of its reasons.
const IGNORED: u8 = 0x40;
const MODULE: u8 = 0x80;

/// Pages that are kept while parents are looked up, if memory allows: they are all over the list.
const PARENT_PAGES: usize = 1 << 14;

/// A listing in the making: paths in order, then who needs whom.
pub(crate) struct ListingBuilder {
    names: Names,
    parents: Option<Sorter>,
    record: Vec<u8>,
}

impl ListingBuilder {
    pub(crate) fn new(store: &Store, has_parents: bool) -> Result<Self, SpillError> {
        let parents = if has_parents { Some(Sorter::of_numbers(store)?) } else { None };
        Ok(Self { names: Names::new(store)?, parents, record: Vec::new() })
    }

    /// Puts a file behind all others, by whose bytes it is the next.
    pub(crate) fn push(
        &mut self,
        path: &[u8],
        reasons: Reasons,
        is_module: bool,
        is_ignored: bool,
    ) -> Result<(), SpillError> {
        let bits = reasons.bits() | if is_module { MODULE } else { 0 } | if is_ignored { IGNORED } else { 0 };
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

    /// The file at position `parent` needs the one at `child`.
    pub(crate) fn needs(&mut self, parent: u32, child: u32) -> Result<(), SpillError> {
        match &mut self.parents {
            Some(parents) => parents.push_number(u64::from(child) << 32 | u64::from(parent)),
            None => Ok(()),
        }
    }

    pub(crate) fn finish(self) -> Result<Listing, SpillError> {
        let parents = self.parents.map(Sorter::finish).transpose()?;
        Ok(Listing { names: self.names, parents })
    }
}

/// All paths of a trace, sorted by their bytes, each once.
pub struct Listing {
    /// Each path, and a byte with what else is known of it.
    names: Names,
    /// Position of the child, position of the parent.
    parents: Option<Sorted>,
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
        let edge = self.edges.as_mut().map(Merge::next_number).transpose()?.flatten();
        self.edge = edge.map(|edge| ((edge >> 32) as u32, edge as u32));
        Ok(())
    }
}
