//! Tells which keys are surely not in a set, in ten bits a key.

/// Bits a key: one key in a hundred that is not there seems to be.
const BITS: usize = 10;
/// Bits that are looked at for a key.
const PROBES: u64 = 6;

/// A Bloom filter over keys that are evenly spread already.
pub(super) struct Bloom {
    words: Vec<u64>,
}

/// Bytes of a filter for that many keys.
pub(super) fn bytes_for(keys: usize) -> usize {
    (keys * BITS).div_ceil(64).max(1) * size_of::<u64>()
}

impl Bloom {
    pub(super) fn new(keys: usize) -> Self {
        Self { words: vec![0; bytes_for(keys) / size_of::<u64>()] }
    }

    pub(super) fn insert(&mut self, key: u128) {
        for probe in 0..PROBES {
            let bit = self.bit(key, probe);
            self.words[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// False where the key was surely not inserted.
    pub(super) fn may_have(&self, key: u128) -> bool {
        (0..PROBES).all(|probe| {
            let bit = self.bit(key, probe);
            self.words[bit / 64] & (1 << (bit % 64)) != 0
        })
    }

    /// Halves of the key step through the filter: as good as hashing anew for each probe.
    fn bit(&self, key: u128, probe: u64) -> usize {
        let (start, step) = (key as u64, (key >> 64) as u64 | 1);
        let spread = start.wrapping_add(step.wrapping_mul(probe));
        let bits = self.words.len() as u128 * 64;
        ((u128::from(spread) * bits) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use siphasher::sip128::{Hasher128, SipHasher13};

    use super::*;

    #[test]
    fn nothing_is_missed_and_little_is_mistaken() {
        let key = |number: u32| {
            let mut hasher = SipHasher13::new_with_keys(1, 2);
            std::hash::Hasher::write_u32(&mut hasher, number);
            hasher.finish128().as_u128()
        };
        let mut bloom = Bloom::new(10_000);
        (0..10_000).for_each(|number| bloom.insert(key(number)));
        assert!((0..10_000).all(|number| bloom.may_have(key(number))));
        let mistaken = (10_000..110_000).filter(|number| bloom.may_have(key(*number))).count();
        assert!(mistaken < 2000, "{mistaken} of 100,000");
    }
}
