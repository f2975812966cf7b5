//! A cache with a bound in bytes, keyed by path, that all workers share.
//!
//! It only forgets: an entry never changes while it is here. Everything that
//! uses it is correct when it keeps nothing at all.

use quick_cache::{OptionsBuilder, Weighter, sync::Cache};

/// Bytes that the cache itself spends on an entry: its slot, its place in the
/// table, the key's and the value's allocations, and what it remembers of
/// entries that it dropped.
const ENTRY_OVERHEAD: usize = 160;

/// A usual entry, to size the tables with: an estimate, not a bound.
const USUAL_ENTRY: usize = 1024;

/// What a value costs beside its slot.
pub(super) trait Weigh {
    /// Bytes on the heap.
    fn heap_bytes(&self) -> usize;
}

#[derive(Clone)]
struct Bytes;

impl<V: Weigh> Weighter<Box<[u8]>, V> for Bytes {
    fn weight(&self, key: &Box<[u8]>, value: &V) -> u64 {
        (key.len() + value.heap_bytes() + ENTRY_OVERHEAD) as u64
    }
}

/// Values by path.
pub(super) struct ByteCache<V> {
    cache: Cache<Box<[u8]>, V, Bytes, ahash::RandomState>,
}

impl<V: Weigh + Clone> ByteCache<V> {
    /// An empty cache that keeps at most `bytes`, in `shards` with a lock each.
    pub(super) fn new(bytes: usize, shards: usize) -> Self {
        let options = OptionsBuilder::new()
            .shards(shards)
            .estimated_items_capacity((bytes / USUAL_ENTRY).max(1))
            .weight_capacity(bytes as u64)
            .build()
            .expect("both capacities are set");
        Self { cache: Cache::with_options(options, Bytes, ahash::RandomState::new(), Default::default()) }
    }

    /// The most bytes that a value should have: larger ones push everything
    /// else out, or are not kept.
    pub(super) fn entry_max(&self) -> usize {
        (self.cache.shard_capacity() / 4) as usize
    }

    /// The value of `path`.
    pub(super) fn get(&self, path: &[u8]) -> Option<V> {
        self.cache.get(path)
    }

    /// Keeps `value`, if there is room.
    pub(super) fn insert(&self, path: &[u8], value: V) {
        self.cache.insert(path.into(), value);
    }
}
