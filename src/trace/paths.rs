//! Every path of a trace, once: its id, and the path back from it.
//!
//! Ids are given in order. A path is known by its fingerprint alone, so that
//! what was named before is found without reading it again. Never forgets one.

use crate::{
    record::FileId,
    spill::{Cursor, Drain, Fingerprints, Names, SpillError, Store},
};

/// Pages that are kept of those on disk: files that were found together wait together.
const PAGES: usize = 64;

/// All paths, relative to the root.
pub(super) struct PathTable {
    names: Names,
    prints: Fingerprints,
    cursor: Cursor,
}

impl PathTable {
    pub(super) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { names: Names::new(store)?, prints: Fingerprints::new(store)?, cursor: Cursor::new(store, PAGES)? })
    }

    /// The id of a path.
    ///
    /// # Errors
    /// [`SpillError`] where neither memory nor disk has room.
    pub(super) fn intern(&mut self, path: &[u8]) -> Result<FileId, SpillError> {
        let print = self.prints.print(path);
        if let Some(id) = self.prints.find(print)? {
            return Ok(FileId(id));
        }
        self.prints.reserve()?;
        self.names.push(path)?;
        Ok(FileId(self.prints.insert(print)))
    }

    /// How many ids there are: all smaller numbers are ids.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Writes the path of `id` behind what is in `path`.
    ///
    /// # Errors
    /// [`SpillError`] if it cannot be had back from the disk.
    pub(super) fn append(&mut self, id: FileId, path: &mut Vec<u8>) -> Result<(), SpillError> {
        if let Some(name) = self.cursor.get(&self.names, id.0 as usize)? {
            path.extend_from_slice(name);
        }
        Ok(())
    }

    /// Puts on disk what has more than a batch.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn relieve(&mut self, batch: usize) -> Result<(), SpillError> {
        if self.prints.spillable() >= batch {
            self.prints.spill()?;
        }
        if self.names.spillable() >= batch {
            self.names.spill()?;
        }
        Ok(())
    }

    /// The paths, by id. What is needed to find them is given back at once.
    ///
    /// # Errors
    /// [`SpillError`].
    pub(super) fn into_names(self) -> Result<Drain, SpillError> {
        let Self { names, prints, cursor } = self;
        drop((prints, cursor));
        Drain::new(names)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::{host::RealHost, memory::Governor, spill::Settings};

    fn store(governor: &Governor) -> Store {
        let settings = Settings { defaults: vec!["/var/tmp".into()], ..Settings::new(0) };
        Store::new(Arc::new(RealHost), governor, settings).unwrap()
    }

    #[test]
    fn a_path_keeps_its_id_and_gives_itself_back() {
        // The second limit makes all that is older than the last few thousand go to disk.
        for limit in [64 << 20, 600 << 10] {
            let governor = Governor::new(limit);
            let store = store(&governor);
            let mut table = PathTable::new(&store).unwrap();
            let mut model = BTreeMap::new();
            let mut state = 7_u32;
            for _ in 0..60_000 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let path = format!("a{}/b{}/\u{fe}{}", state >> 30, (state >> 20) & 63, (state >> 10) & 1023);
                let id = table.intern(path.as_bytes()).unwrap();
                assert_eq!(*model.entry(path).or_insert(id), id);
                if store.is_pressed() {
                    table.relieve(store.batch()).unwrap();
                }
            }
            for (path, id) in &model {
                let mut back = Vec::new();
                table.append(*id, &mut back).unwrap();
                assert_eq!(back, path.as_bytes());
            }
            assert_eq!(store.spilled().runs > 0, limit < 1 << 20);
            let mut names = table.into_names().unwrap();
            let mut id = 0;
            while let Some(name) = names.next().unwrap() {
                assert_eq!(model[std::str::from_utf8(name).unwrap()], FileId(id));
                id += 1;
            }
            assert_eq!(id as usize, model.len());
            drop((names, store));
            assert_eq!(governor.leased(), 0);
        }
    }

    #[test]
    fn a_table_that_may_not_grow_says_so() {
        let governor = Governor::new(200 << 10);
        let settings = Settings::new(0);
        let store = Store::new(Arc::new(RealHost), &governor, settings).unwrap();
        let mut table = PathTable::new(&store).unwrap();
        let refused = (0..100_000).find(|number| table.intern(number.to_string().as_bytes()).is_err());
        assert!(refused.is_some_and(|number| number > 10));
    }
}
