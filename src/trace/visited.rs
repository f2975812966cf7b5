//! What is known of each path: listed, looked into, ignored.
//!
//! Decides whether a path is new and whether it is listed. Never asks the
//! file system.

use globset::GlobSet;

use super::{
    choice::Excludes,
    edges::EdgeLog,
    news::{Named, News},
    paths::PathTable,
};
use crate::{
    listing::{GenerationLog, Known, Listing, ListingBuilder},
    memory::{Governor, Lease, OutOfMemory},
    record::{FileId, Reason, Reasons},
    spill::{Sequence, Sorter, SpillError, Store},
};

/// Bits of a path's state, above those of its reasons.
mod state {
    pub(super) const LISTED: u8 = 0x20;
    pub(super) const QUEUED: u8 = 0x40;
    pub(super) const MODULE: u8 = 0x80;
}

/// Every path that was named so far, and who named it.
pub(super) struct Visited {
    store: Store,
    governor: Governor,
    paths: PathTable,
    states: States,
    /// None if nobody wants to know who needs whom.
    edges: Option<EdgeLog>,
    /// None if nobody listens while the trace lasts.
    news: Option<News>,
    /// Files that ask for other things where another file is the entry.
    dependent: Sequence,
    ignore: GlobSet,
    excludes: Excludes,
}

/// What to do with a path that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is listed and was not looked into before.
    New(FileId),
    /// There is nothing more to do.
    Known,
}

impl Visited {
    pub(super) fn new(
        governor: &Governor,
        store: &Store,
        ignore: GlobSet,
        keeps_parents: bool,
        has_listener: bool,
    ) -> Result<Self, SpillError> {
        Ok(Self {
            store: store.clone(),
            governor: governor.clone(),
            paths: PathTable::new(store)?,
            states: States { pieces: Vec::new(), lease: governor.lease(0)? },
            edges: if keeps_parents { Some(EdgeLog::new(store)?) } else { None },
            news: if has_listener { Some(News::new(store)?) } else { None },
            dependent: Sequence::new(store)?,
            ignore,
            excludes: Excludes::default(),
        })
    }

    /// `path`, relative to the root, is needed by `parent` for `reason`; with
    /// `follow`, its own references count too.
    ///
    /// # Errors
    /// [`SpillError`] when nothing more can be remembered.
    pub(super) fn offer(
        &mut self,
        path: &[u8],
        parent: Option<FileId>,
        reason: Reason,
        follow: bool,
    ) -> Result<Verdict, SpillError> {
        // Globs never apply to entries: those are what was asked for.
        let (child, is_new) = self.note(path, reason, follow, parent.is_none())?;
        if let Some(parent) = parent {
            self.needs(parent, (child, path), follow)?;
        }
        Ok(if is_new { Verdict::New(child) } else { Verdict::Known })
    }

    /// `path`, relative to the root, stands in a list that somebody made before.
    ///
    /// # Errors
    /// [`SpillError`] when nothing more can be remembered.
    pub(super) fn offer_listed(&mut self, path: &[u8], reason: Reason) -> Result<(), SpillError> {
        self.note(path, reason, false, false).map(drop)
    }

    /// `path`, relative to the root, is wanted by a glob of the user's for these
    /// entries, as if they needed it.
    ///
    /// # Errors
    /// [`SpillError`] when nothing more can be remembered.
    pub(super) fn offer_included(
        &mut self,
        path: &[u8],
        entries: &[FileId],
        reason: Reason,
        follow: bool,
    ) -> Result<Verdict, SpillError> {
        let (file, is_new) = self.note(path, reason, follow, false)?;
        for entry in entries.iter().filter(|entry| **entry != file) {
            self.needs(*entry, (file, path), follow)?;
        }
        Ok(if is_new { Verdict::New(file) } else { Verdict::Known })
    }

    /// The id of an entry, which was offered before.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn entry(&mut self, path: &[u8]) -> Result<FileId, SpillError> {
        self.note(path, Reason::Initial, false, true).map(|(file, _)| file)
    }

    fn needs(&mut self, parent: FileId, child: (FileId, &[u8]), follow: bool) -> Result<(), SpillError> {
        if let Some(edges) = &mut self.edges {
            edges.push(parent, child.0, follow)?;
        }
        match &mut self.news {
            // As in nft: who would have needed an ignored file is not told.
            Some(news) if self.states.get(child.0) & state::LISTED != 0 => news.needs(parent, child, &mut self.paths),
            _ => Ok(()),
        }
    }

    /// Remembers a path; gives its id, and whether it is to be looked into now.
    fn note(
        &mut self,
        path: &[u8],
        reason: Reason,
        follow: bool,
        is_asked_for: bool,
    ) -> Result<(FileId, bool), SpillError> {
        let child = self.paths.intern(path)?;
        self.states.cover(self.paths.len())?;
        let before = self.states.get(child);
        let mut state = before | Reasons::default().with(reason).bits();
        let is_first = Reasons::from_bits(before) == Reasons::default();
        let is_listed = is_asked_for || state & state::LISTED != 0;
        // What is dropped is not listed, but looked into all the same.
        let is_welcome = is_listed || ((is_first || follow) && !self.is_ignored(path));
        if is_listed || (is_first && is_welcome && !self.excludes.drops(path)) {
            state |= state::LISTED;
        }
        let is_new = follow && is_welcome && state & state::QUEUED == 0;
        if is_new {
            state |= state::QUEUED;
        }
        self.states.set(child, state);
        if let Some(news) = &mut self.news {
            let is_more = Reasons::from_bits(before) != Reasons::from_bits(state);
            news.named(path, reason, Named { is_first, is_more, is_ignored: state & state::LISTED == 0 })?;
        }
        Ok((child, is_new))
    }

    /// From now on these are dropped from the list, but looked into.
    pub(super) fn exclude(&mut self, excludes: Excludes) {
        self.excludes = excludes;
    }

    /// The globs that have dropped nothing.
    pub(super) fn unused_excludes(&self) -> impl Iterator<Item = &str> {
        self.excludes.unused()
    }

    /// It turned out to be an ES module.
    ///
    /// # Errors
    /// [`SpillError`] when nothing more can be remembered.
    pub(super) fn mark_module(&mut self, file: FileId) -> Result<(), SpillError> {
        self.states.set(file, self.states.get(file) | state::MODULE);
        let Some(news) = &mut self.news else { return Ok(()) };
        let mut path = Vec::new();
        self.paths.append(file, &mut path)?;
        news.log.module(&path)
    }

    /// What those who listen were not told yet, if anybody listens.
    pub(super) fn untold(&mut self) -> Option<&mut GenerationLog> {
        self.news.as_mut().map(|news| &mut news.log)
    }

    /// The same; from now on nothing more is told.
    pub(super) fn stop_telling(&mut self) -> Option<GenerationLog> {
        self.news.take().map(|news| news.log)
    }

    /// What it asks for depends on which file is the entry.
    ///
    /// # Errors
    /// [`SpillError`] when nothing more can be remembered.
    pub(super) fn mark_dependent(&mut self, file: FileId) -> Result<(), SpillError> {
        if self.edges.is_some() { self.dependent.push(u64::from(file.0)) } else { Ok(()) }
    }

    /// Writes the path of `file` behind what is in `path`.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub(super) fn append_path(&mut self, file: FileId, path: &mut Vec<u8>) -> Result<(), SpillError> {
        self.paths.append(file, path)
    }

    fn is_ignored(&self, path: &[u8]) -> bool {
        matches(&self.ignore, path)
    }

    /// Memory is short: puts on disk what has more than a batch.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn relieve(&mut self, batch: usize) -> Result<(), SpillError> {
        self.paths.relieve(batch)?;
        self.news.as_mut().map_or(Ok(()), |news| news.log.relieve(batch))?;
        self.edges.as_mut().map_or(Ok(()), |edges| edges.relieve(batch))
    }

    /// Everything that was found, sorted. Listed paths are handed to `each` too.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn into_listing(
        self,
        mut each: impl FnMut(&[u8]) -> Result<(), SpillError>,
    ) -> Result<Listing, SpillError> {
        let Self { store, governor, paths, states, edges, dependent, ignore, excludes, .. } = self;
        let keeps_parents = edges.is_some();
        let count = paths.len();
        let sorted = sort(&store, paths, &states)?;
        // Where each id stands in the list.
        let _positions_lease = governor.lease(if keeps_parents { count * size_of::<u32>() } else { 0 })?;
        let mut positions = vec![0; if keeps_parents { count } else { 0 }];
        let mut listing = ListingBuilder::new(&store, keeps_parents)?;
        let mut records = sorted.records()?;
        let mut position = 0;
        while let Some(record) = records.next()? {
            let Some((path, id)) = record.split_last_chunk().and_then(|(path, id)| Some((path.split_last()?.1, *id)))
            else {
                continue;
            };
            let id = FileId(u32::from_be_bytes(id));
            let state = states.get(id);
            let is_listed = state & state::LISTED != 0;
            // An entry, or a link to one: nobody else would have it listed.
            let is_excepted = is_listed && (matches(&ignore, path) || excludes.drops(path));
            let known = Known { is_module: state & state::MODULE != 0, is_ignored: !is_listed, is_excepted };
            listing.push(path, Reasons::from_bits(state), known)?;
            if is_listed {
                each(path)?;
            }
            if let Some(place) = positions.get_mut(id.0 as usize) {
                *place = position;
            }
            position += 1;
        }
        drop(records);
        drop(sorted);
        if let Some(edges) = edges {
            edges.drain(|parent, child, follow| {
                // As in nft: who would have needed an ignored file is not told.
                let is_listed = states.get(child) & state::LISTED != 0;
                match (positions.get(parent.0 as usize), positions.get(child.0 as usize)) {
                    (Some(parent), Some(child)) if is_listed => listing.needs(*parent, *child, follow),
                    _ => Ok(()),
                }
            })?;
        }
        dependent.drain(|file| match positions.get(file as usize) {
            Some(position) => listing.depends_on_entry(*position),
            None => Ok(()),
        })?;
        listing.finish()
    }
}

fn matches(globs: &GlobSet, path: &[u8]) -> bool {
    use std::os::unix::ffi::OsStrExt;
    !globs.is_empty() && globs.is_match(std::ffi::OsStr::from_bytes(path))
}

/// Paths by their bytes, each with its id. No name has a zero, so that what stands
/// behind one does not change their order.
fn sort(store: &Store, paths: PathTable, states: &States) -> Result<crate::spill::Sorted, SpillError> {
    let mut sorter = Sorter::of_bytes(store)?;
    let mut names = paths.into_names()?;
    let mut record = Vec::new();
    let mut id = 0_u32;
    while let Some(path) = names.next()? {
        if Reasons::from_bits(states.get(FileId(id))) != Reasons::default() {
            record.clear();
            record.extend_from_slice(path);
            record.push(0);
            record.extend(id.to_be_bytes());
            sorter.push(&record)?;
        }
        id += 1;
    }
    drop(names);
    sorter.finish()
}

/// A byte for each id, always in memory.
///
/// `lease` covers the pieces and their list.
struct States {
    pieces: Vec<Box<[u8; PIECE]>>,
    lease: Lease,
}

/// They grow by so many, and nothing moves.
const PIECE: usize = 4096;

impl States {
    fn get(&self, id: FileId) -> u8 {
        self.pieces.get(id.0 as usize / PIECE).map_or(0, |piece| piece[id.0 as usize % PIECE])
    }

    fn set(&mut self, id: FileId, state: u8) {
        if let Some(piece) = self.pieces.get_mut(id.0 as usize / PIECE) {
            piece[id.0 as usize % PIECE] = state;
        }
    }

    fn cover(&mut self, len: usize) -> Result<(), OutOfMemory> {
        while self.pieces.len() * PIECE < len {
            // A list that grows is there twice for a moment.
            let bytes = PIECE + 3 * size_of::<Box<[u8; PIECE]>>();
            self.lease.resize((self.pieces.len() + 1) * bytes)?;
            self.pieces.push(Box::new([0; PIECE]));
        }
        Ok(())
    }
}
