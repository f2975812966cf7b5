//! Everything that will stand in an output, by place: what stands where, and
//! where its links lead.
//!
//! Asks no file system: what counts is what the output will be.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Component, Path, PathBuf},
};

use super::item::{Item, Kind};
use crate::spill::{Cursor, Names, SpillError, Store};

/// Pages that are kept while places are looked up, if memory allows.
const PAGES: usize = 1 << 12;

/// More links in a row are a circle; the kernel passes no more.
const HOPS_MAX: usize = 40;

/// Records of items, in order.
pub(super) struct Index {
    names: Names,
    cursor: Cursor,
    key: Vec<u8>,
}

/// What stands at a place, links passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    File(PathBuf),
    Folder(PathBuf),
    Nothing,
}

impl Index {
    pub(super) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { names: Names::new(store)?, cursor: Cursor::new(store, PAGES)?, key: Vec::new() })
    }

    /// Puts a record behind all others, by whose bytes it is the next.
    pub(super) fn push(&mut self, record: &[u8]) -> Result<(), SpillError> {
        self.names.push(record)?;
        let store = self.names.store();
        if self.names.spillable() >= store.batch() && store.is_pressed() {
            self.names.spill()?;
        }
        Ok(())
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// The record of that number, copied to `out`; false where there is none.
    pub(super) fn get(&mut self, number: usize, out: &mut Vec<u8>) -> Result<bool, SpillError> {
        out.clear();
        let record = self.cursor.get(&self.names, number)?;
        out.extend_from_slice(record.unwrap_or_default());
        Ok(record.is_some())
    }

    /// The number of the first record that does not come before `place` with `next` behind it.
    pub(super) fn lower(&mut self, place: &[u8], next: u8) -> Result<usize, SpillError> {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.extend_from_slice(place);
        key.push(next);
        let (mut low, mut high) = (0, self.names.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cursor.get(&self.names, middle)?.is_some_and(|record| record < &key[..]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        self.key = key;
        Ok(low)
    }

    /// Whether the record `number` begins with `place` and `next`.
    fn begins(&mut self, number: usize, place: &[u8], next: u8) -> Result<bool, SpillError> {
        let record = self.cursor.get(&self.names, number)?;
        Ok(record.is_some_and(|record| record.strip_prefix(place).is_some_and(|rest| rest.first() == Some(&next))))
    }

    /// Whether anything stands in a folder of this path.
    fn is_folder(&mut self, place: &[u8]) -> Result<bool, SpillError> {
        if place.is_empty() {
            return Ok(true);
        }
        let first = self.lower(place, b'/')?;
        self.begins(first, place, b'/')
    }

    /// Whether a file or link stands just there.
    pub(super) fn is_item(&mut self, place: &Path) -> Result<bool, SpillError> {
        Ok(self.at(place.as_os_str().as_bytes())?.is_some())
    }

    /// What the item at `place` is, and what it says if it is a link.
    fn at(&mut self, place: &[u8]) -> Result<Option<(Kind, PathBuf)>, SpillError> {
        let number = self.lower(place, 0)?;
        if !self.begins(number, place, 0)? {
            return Ok(None);
        }
        let item = self.cursor.get(&self.names, number)?.and_then(Item::decode);
        Ok(item.map(|item| (item.kind, PathBuf::from(OsStr::from_bytes(item.from)))))
    }

    /// Where a link at `link` that says `target` leads.
    pub(super) fn behind(&mut self, link: &Path, target: &Path) -> Result<Behind, SpillError> {
        let mut here = link.parent().unwrap_or(Path::new("")).to_path_buf();
        // The last comes first.
        let mut pending: Vec<PathBuf> = Vec::new();
        push_names(&mut pending, target);
        let mut hops = 0;
        let mut is_file = false;
        while let Some(name) = pending.pop() {
            if is_file {
                return Ok(Behind::Nothing);
            }
            if name == Path::new("..") {
                if !here.pop() {
                    return Ok(Behind::Nothing);
                }
                continue;
            }
            here.push(&name);
            match self.at(here.as_os_str().as_bytes())? {
                Some((Kind::Link, says)) => {
                    hops += 1;
                    if hops > HOPS_MAX {
                        return Ok(Behind::Nothing);
                    }
                    here.pop();
                    push_names(&mut pending, &says);
                }
                Some(_) => is_file = true,
                None => {}
            }
        }
        Ok(match is_file {
            true => Behind::File(here),
            false if self.is_folder(here.as_os_str().as_bytes())? => Behind::Folder(here),
            false => Behind::Nothing,
        })
    }
}

fn push_names(pending: &mut Vec<PathBuf>, path: &Path) {
    let names = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    let names: Vec<PathBuf> = names.map(|part| PathBuf::from(part.as_os_str())).collect();
    pending.extend(names.into_iter().rev());
}
