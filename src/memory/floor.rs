//! The least memory that a run needs, whatever its input.
//!
//! Estimates from above, held by tests that run the command at just this limit.

use std::{fmt, num::NonZeroUsize};

/// What the program has resident by itself: code, tables, what the C library
/// keeps, and a reserve with which an error can still be told.
pub const IMAGE: u64 = 7 << 20;

/// Bytes of a worker's stack: nothing recurses with its input.
pub const STACK: usize = 512 << 10;

/// What a worker takes: its stack, the buffer through which it reads,
/// and what an ordinary file's evaluation and resolution make.
pub const PER_WORKER: usize = STACK + (512 << 10);

/// What all share: caches, tables and buffers at their smallest.
pub const SHARED: u64 = 4 << 20;

/// A limit below which a run does not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The limit that was given, in bytes.
    pub limit: u64,
    /// How many workers were asked for.
    pub threads: usize,
}

impl Floor {
    /// Checks that a limit suffices.
    ///
    /// # Errors
    /// It does not.
    pub fn check(limit: u64, threads: usize) -> Result<(), Floor> {
        if limit < needed(threads) << 20 { Err(Floor { limit, threads }) } else { Ok(()) }
    }
}

impl Floor {
    /// The most workers with which a run begins; one if not even that does.
    pub fn threads_that_fit(limit: u64) -> NonZeroUsize {
        let fit = limit.saturating_sub(IMAGE + SHARED) / PER_WORKER as u64;
        NonZeroUsize::new(usize::try_from(fit).unwrap_or(usize::MAX)).unwrap_or(NonZeroUsize::MIN)
    }
}

/// Megabytes with which a run of so many workers begins.
fn needed(threads: usize) -> u64 {
    (IMAGE + SHARED + (PER_WORKER * threads) as u64).div_ceil(1 << 20)
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, threads } = *self;
        let needed_here = needed(threads);
        write!(f, "{} MB are too few: it needs at least {needed_here} MB", limit >> 20)?;
        if threads > 1 {
            write!(f, " with {threads} threads, or {} MB with --threads 1", needed(1))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_fit_as_are_not_refused() {
        for limit in [0, 1 << 20, 13 << 20, 16 << 20, 32 << 20, 6000 << 20] {
            let most = Floor::threads_that_fit(limit).get();
            assert!(most == 1 || Floor::check(limit, most).is_ok(), "{limit}");
            assert!(Floor::check(limit, most + 1).is_err(), "{limit}");
        }
    }

    #[test]
    fn the_number_that_is_named_suffices() {
        for threads in [1, 2, 8, 1024] {
            let floor = Floor::check(0, threads).unwrap_err();
            let text = floor.to_string();
            let named = text.split(' ').filter_map(|word| word.parse::<u64>().ok()).nth(1).unwrap();
            assert!(Floor::check(named << 20, threads).is_ok(), "{text}");
            assert!(Floor::check((named << 20) - 1, threads).is_err(), "{text}");
        }
    }
}
