//! How many bytes the caches may have now: all that was leased for them, or less under pressure.
//!
//! It only counts; what goes first is the caches' affair.

use std::sync::{Mutex, TryLockError};

use crate::memory::{Lease, Pressure};

/// What the caches keep at the least, in percent: below it a trace lists the
/// same directories for each file.
const LEAST: u64 = 12;

/// Questions between two changes: what was changed must show first.
const BETWEEN_LESS: u32 = 32;
const BETWEEN_MORE: u32 = 1024;

/// A lease that shrinks and grows.
pub(super) struct Allowance {
    state: Mutex<State>,
}

/// The lease is `percent` of `most`.
struct State {
    lease: Lease,
    most: u64,
    percent: u64,
    /// Questions since the last change.
    asked: u32,
}

impl Allowance {
    /// All of the lease.
    pub(super) fn new(lease: Lease) -> Self {
        let most = lease.bytes();
        Self { state: Mutex::new(State { lease, most, percent: 100, asked: 0 }) }
    }

    /// How many percent of it the caches may have from now on, if that has changed.
    pub(super) fn mind(&self, pressure: Pressure) -> Option<u64> {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(state)) => state.into_inner(),
            // Another worker asks.
            Err(TryLockError::WouldBlock) => return None,
        };
        let percent = match pressure {
            Pressure::Full => (state.percent / 2).max(LEAST),
            Pressure::Spill => state.percent,
            Pressure::Calm => (state.percent * 2).min(100),
        };
        if percent == state.percent {
            state.asked = 0;
            return None;
        }
        state.asked += 1;
        let between = if percent < state.percent { BETWEEN_LESS } else { BETWEEN_MORE };
        if state.asked < between {
            return None;
        }
        let bytes = usize::try_from(state.most / 100 * percent).unwrap_or(usize::MAX);
        state.asked = 0;
        // More is refused where there is none: then it stays as it is.
        state.lease.resize(bytes).ok()?;
        state.percent = percent;
        Some(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Governor;

    #[test]
    fn it_halves_under_pressure_and_comes_back() {
        let governor = Governor::new(10_000);
        let allowance = Allowance::new(governor.lease(8000).unwrap());
        let changes = |pressure, times: u32| (0..times).filter_map(|_| allowance.mind(pressure)).collect::<Vec<_>>();
        assert!(changes(Pressure::Calm, 5000).is_empty());
        assert_eq!(changes(Pressure::Full, 200), [50, 25, 12]);
        assert_eq!(governor.leased(), 80 * 12);
        assert!(changes(Pressure::Spill, 5000).is_empty());
        let others = governor.lease(7000).unwrap();
        assert_eq!(changes(Pressure::Calm, 5000), [24], "nobody has room for more");
        drop(others);
        assert_eq!(changes(Pressure::Calm, 5000), [48, 96, 100]);
        drop(allowance);
        assert_eq!(governor.leased(), 0);
    }
}
