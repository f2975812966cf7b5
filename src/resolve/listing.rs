//! The names and kinds in one directory, packed for lookup.
//!
//! A listing is made once and never changes. It follows no link and knows no
//! path but the names themselves.

use std::cmp::Ordering;

use crate::host::EntryKind;

/// Bits of an entry's word that hold its kind.
const KIND_BITS: u32 = 2;

/// The most bytes of names that a word can point into.
const NAMES_MAX: usize = (u32::MAX >> KIND_BITS) as usize;

/// The entries of one directory.
///
/// 1. Names are in order, so that a lookup is a binary search.
/// 2. Entry `i` is `names[start(i)..start(i + 1)]`; the last word is the end.
/// 3. Costs its names and four bytes for each; making it costs three times that.
pub(super) struct Listing {
    names: Vec<u8>,
    words: Vec<u32>,
}

impl Listing {
    /// What stands under `name`.
    pub(super) fn get(&self, name: &[u8]) -> Option<EntryKind> {
        let (mut low, mut high) = (0, self.words.len() - 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name(middle).cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(unpack(self.words[middle])),
            }
        }
        None
    }

    /// All entries, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], EntryKind)> {
        (0..self.words.len() - 1).map(|index| (self.name(index), unpack(self.words[index])))
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.names.capacity() + self.words.capacity() * size_of::<u32>()
    }

    fn name(&self, index: usize) -> &[u8] {
        &self.names[start(self.words[index])..start(self.words[index + 1])]
    }
}

/// Collects the entries of a directory up to a bound.
pub(super) struct ListingBuilder {
    names: Vec<u8>,
    words: Vec<u32>,
    bound: usize,
    too_big: bool,
}

impl ListingBuilder {
    /// A listing that may cost `bound` bytes.
    pub(super) fn new(bound: usize) -> Self {
        Self { names: Vec::new(), words: Vec::new(), bound: bound.min(NAMES_MAX), too_big: false }
    }

    /// Adds an entry; past the bound it only remembers that there was one.
    pub(super) fn add(&mut self, name: &[u8], kind: EntryKind) {
        let bytes = self.names.len() + name.len() + (self.words.len() + 2) * size_of::<u32>();
        if self.too_big || bytes > self.bound {
            self.too_big = true;
            self.names = Vec::new();
            self.words = Vec::new();
            return;
        }
        self.words.push(pack(self.names.len(), kind));
        self.names.extend_from_slice(name);
    }

    /// The listing; `None` when it is too big to keep.
    pub(super) fn finish(self) -> Option<Listing> {
        if self.too_big {
            return None;
        }
        let Self { names, mut words, .. } = self;
        let count = words.len();
        words.push(pack(names.len(), EntryKind::File));
        let name = |entry: usize| &names[start(words[entry])..start(words[entry + 1])];
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.sort_unstable_by_key(|entry| name(*entry as usize));
        let mut sorted = Listing { names: Vec::with_capacity(names.len()), words: Vec::with_capacity(count + 1) };
        for entry in order {
            sorted.words.push(pack(sorted.names.len(), unpack(words[entry as usize])));
            sorted.names.extend_from_slice(name(entry as usize));
        }
        sorted.words.push(pack(names.len(), EntryKind::File));
        Some(sorted)
    }
}

/// Offsets stay below `NAMES_MAX`: the builder's bound sees to it.
fn pack(start: usize, kind: EntryKind) -> u32 {
    let kind = match kind {
        EntryKind::File => 0,
        EntryKind::Directory => 1,
        EntryKind::Link => 2,
        EntryKind::Special => 3,
    };
    (start as u32) << KIND_BITS | kind
}

fn unpack(word: u32) -> EntryKind {
    match word & ((1 << KIND_BITS) - 1) {
        0 => EntryKind::File,
        1 => EntryKind::Directory,
        2 => EntryKind::Link,
        _ => EntryKind::Special,
    }
}

fn start(word: u32) -> usize {
    (word >> KIND_BITS) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_answers_like_a_map() {
        let kinds = [EntryKind::File, EntryKind::Directory, EntryKind::Link, EntryKind::Special];
        let mut model = BTreeMap::new();
        let mut builder = ListingBuilder::new(1 << 20);
        for index in 0..999_usize {
            let name = format!("{:x}", index * 2_654_435_761 % 4096).into_bytes();
            if model.insert(name.clone(), kinds[index % 4]).is_none() {
                builder.add(&name, kinds[index % 4]);
            } else {
                model.insert(name.clone(), kinds[index % 4]);
                builder.add(&[name, b"~".to_vec()].concat(), kinds[index % 4]);
            }
        }
        let listing = builder.finish().unwrap();
        let mut hits = 0;
        for index in 0..5000_usize {
            let name = format!("{index:x}").into_bytes();
            assert_eq!(listing.get(&name).is_some(), model.contains_key(&name));
            hits += usize::from(listing.get(&name).is_some());
        }
        assert!(hits > 500);
        let all: Vec<_> = listing.iter().map(|(name, _)| name).collect();
        assert!(all.is_sorted() && all.len() > 900, "{}", all.len());
    }

    #[test]
    fn an_empty_directory_and_names_that_are_no_text() {
        assert!(ListingBuilder::new(64).finish().unwrap().get(b"x").is_none());
        let mut builder = ListingBuilder::new(64);
        builder.add(b"a\xff", EntryKind::Link);
        builder.add(b"a", EntryKind::Directory);
        let listing = builder.finish().unwrap();
        assert_eq!(listing.get(b"a\xff"), Some(EntryKind::Link));
        assert_eq!(listing.get(b"a"), Some(EntryKind::Directory));
        assert_eq!(listing.get(b""), None);
    }

    #[test]
    fn past_its_bound_it_gives_up() {
        let mut builder = ListingBuilder::new(40);
        for name in [b"aaaaaaaaaa", b"bbbbbbbbbb", b"cccccccccc"] {
            builder.add(name, EntryKind::File);
        }
        assert!(builder.finish().is_none());
    }
}
