//! Every path of a trace, once: a tree of names.
//!
//! A path costs one node and the bytes of its last name; its folders are
//! shared. The table gives a path back from its id and never forgets one.

use ahash::RandomState;
use hashbrown::HashTable;

use crate::{
    memory::{Lease, OutOfMemory},
    record::FileId,
};

/// One name under its parent.
struct Node {
    parent: u32,
    name_at: u32,
    name_len: u16,
}

/// All paths, relative to the root, which is the id 0.
///
/// 1. `index` holds every id but 0, once, under the hash of (parent, name).
/// 2. A node's parent has a smaller id than the node.
/// 3. `lease` covers the capacity of the three containers.
pub(super) struct PathTable {
    nodes: Vec<Node>,
    names: Vec<u8>,
    index: HashTable<u32>,
    hasher: RandomState,
    lease: Lease,
}

const ROOT: u32 = 0;

impl PathTable {
    pub(super) fn new(lease: Lease) -> Self {
        let root = Node { parent: ROOT, name_at: 0, name_len: 0 };
        Self { nodes: vec![root], names: Vec::new(), index: HashTable::new(), hasher: RandomState::new(), lease }
    }

    /// The id of a path relative to the root, with single `/` between names.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the table would outgrow its lease.
    pub(super) fn intern(&mut self, path: &[u8]) -> Result<FileId, OutOfMemory> {
        let mut id = ROOT;
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            id = self.child(id, name)?;
        }
        Ok(FileId(id))
    }

    /// How many ids there are: all smaller numbers are ids.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Writes the path of `id` behind what is in `path`.
    pub(super) fn append(&self, id: FileId, path: &mut Vec<u8>) {
        let mut names = Vec::with_capacity(16);
        let mut at = id.0;
        while at != ROOT {
            names.push(at);
            at = self.nodes[at as usize].parent;
        }
        for (index, id) in names.iter().rev().enumerate() {
            if index > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(self.name(*id));
        }
    }

    fn name(&self, id: u32) -> &[u8] {
        let node = &self.nodes[id as usize];
        &self.names[node.name_at as usize..][..usize::from(node.name_len)]
    }

    fn child(&mut self, parent: u32, name: &[u8]) -> Result<u32, OutOfMemory> {
        let hash = self.hasher.hash_one((parent, name));
        let same = |id: &u32| self.nodes[*id as usize].parent == parent && self.name(*id) == name;
        if let Some(id) = self.index.find(hash, same) {
            return Ok(*id);
        }
        self.reserve(name.len())?;
        let id = self.nodes.len() as u32;
        let node = Node { parent, name_at: self.names.len() as u32, name_len: name.len() as u16 };
        self.names.extend_from_slice(name);
        self.nodes.push(node);
        let (nodes, names, hasher) = (&self.nodes, &self.names, &self.hasher);
        self.index.insert_unique(hash, id, |id| {
            let node = &nodes[*id as usize];
            hasher.hash_one((node.parent, &names[node.name_at as usize..][..usize::from(node.name_len)]))
        });
        Ok(id)
    }

    /// Room for one more node with a name of `len` bytes, leased before it is taken.
    fn reserve(&mut self, len: usize) -> Result<(), OutOfMemory> {
        let full = OutOfMemory { asked: len as u64, leased: self.names.len() as u64, limit: u64::from(u32::MAX) };
        if u16::try_from(len).is_err() || self.names.len() + len > u32::MAX as usize {
            return Err(full);
        }
        let room = |used: usize, capacity: usize, more: usize| {
            if used + more <= capacity { capacity } else { (used + more).next_power_of_two().max(64) }
        };
        let nodes = room(self.nodes.len(), self.nodes.capacity(), 1);
        let names = room(self.names.len(), self.names.capacity(), len);
        if nodes != self.nodes.capacity() || names != self.names.capacity() {
            // The index keeps its load below 7/8: twice the nodes in slots of five bytes covers it.
            self.lease.resize(nodes * size_of::<Node>() + names + nodes * 2 * 5)?;
            self.nodes.reserve_exact(nodes - self.nodes.len());
            self.names.reserve_exact(names - self.names.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::memory::Governor;

    #[test]
    fn a_path_keeps_its_id_and_gives_itself_back() {
        let governor = Governor::new(1 << 20);
        let mut table = PathTable::new(governor.lease(0).unwrap());
        let mut model = BTreeMap::new();
        let mut state = 7_u32;
        for _ in 0..5000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let path = format!("a{}/b{}/\u{fe}{}", state >> 30, (state >> 20) & 15, (state >> 10) & 255);
            let id = table.intern(path.as_bytes()).unwrap();
            assert_eq!(*model.entry(path).or_insert(id), id);
        }
        for (path, id) in model {
            let mut back = Vec::new();
            table.append(id, &mut back);
            assert_eq!(back, path.as_bytes());
        }
        assert!(governor.leased() > 0);
        drop(table);
        assert_eq!(governor.leased(), 0);
    }

    #[test]
    fn a_table_that_may_not_grow_says_so() {
        let governor = Governor::new(4096);
        let mut table = PathTable::new(governor.lease(0).unwrap());
        let refused = (0..10_000).find(|number| table.intern(number.to_string().as_bytes()).is_err());
        assert!(refused.is_some_and(|number| number > 10));
        assert!(table.intern(b"3").is_ok(), "what is there stays");
    }
}
