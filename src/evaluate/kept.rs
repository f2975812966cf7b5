//! How much of a file's arrays and objects lives at one time.
//!
//! Two bytes of text make an element of twenty-four, so what is kept of a file
//! has a bound of its own: the same at every limit, since it tells what is
//! found. A file that needs more is made to be hard. This only counts, and
//! knows no value.

use std::cell::Cell;

/// Bytes of elements and members; the tables of the largest bundles take a tenth.
const MOST: usize = 16 << 20;

thread_local! {
    // A file is read by one thread, and nothing of it outlives its reading.
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

/// A share of it, given back when this is dropped.
#[derive(Debug, Default)]
pub(super) struct Kept(usize);

impl Kept {
    /// A share of so many bytes, if there is that much left.
    pub(super) fn of(bytes: usize) -> Option<Self> {
        let all = LIVE.get().saturating_add(bytes);
        (all <= MOST).then(|| {
            LIVE.set(all);
            Self(bytes)
        })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        LIVE.set(LIVE.get().saturating_sub(self.0));
    }
}

/// Two values are equal by what they hold.
impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_can_be_had_again() {
        let first = Kept::of(MOST - 1);
        assert!(first.is_some() && Kept::of(2).is_none());
        let second = Kept::of(1);
        assert!(second.is_some() && Kept::of(1).is_none());
        drop(first);
        assert!(Kept::of(MOST - 1).is_some() && Kept::of(MOST).is_none());
        drop(second);
        assert!(Kept::of(MOST).is_some());
    }
}
