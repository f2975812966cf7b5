//! A cache with a bound in bytes, keyed by path, that all workers share.
//!
//! It only forgets: an entry never changes while it is here. Everything that
//! uses it is correct when it keeps nothing at all.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use quick_cache::{Lifecycle, OptionsBuilder, Weighter, sync::Cache};

use crate::memory::{Counters, Governor};

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

/// Counts what is let go.
#[derive(Clone)]
struct Evictions(Governor);

impl<V> Lifecycle<Box<[u8]>, V> for Evictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _path: Box<[u8]>, _value: V) {
        Counters::add(&self.0.counters().evictions, 1);
    }
}

/// Values by path.
pub(super) struct ByteCache<V> {
    cache: Cache<Box<[u8]>, V, Bytes, ahash::RandomState, Evictions>,
    /// The most bytes that it may have ever.
    most: u64,
    /// The most bytes that it may have now.
    now: AtomicU64,
}

impl<V: Weigh + Clone> ByteCache<V> {
    /// An empty cache that keeps at most `bytes`, in `shards` with a lock each.
    pub(super) fn new(bytes: usize, shards: usize, governor: &Governor) -> Self {
        let options = OptionsBuilder::new()
            .shards(shards)
            .estimated_items_capacity((bytes / USUAL_ENTRY).max(1))
            .weight_capacity(bytes as u64)
            .build()
            .expect("both capacities are set");
        let cache = Cache::with_options(options, Bytes, ahash::RandomState::new(), Evictions(governor.clone()));
        Self { cache, most: bytes as u64, now: AtomicU64::new(bytes as u64) }
    }

    /// The most bytes that a value should have: larger ones push everything
    /// else out, or are not kept.
    pub(super) fn entry_max(&self) -> usize {
        (self.cache.shard_capacity() / 4) as usize
    }

    /// Keeps at most `percent` of its bound from now on: what is too much goes.
    pub(super) fn keep(&self, percent: u64) {
        let bytes = self.most / 100 * percent;
        if self.now.swap(bytes, Relaxed) != bytes {
            self.cache.set_capacity(bytes);
        }
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
