//! How many jobs may run at one time: as many as there is room for, and always one.
//!
//! Who has a turn always comes to its end without asking for another of that
//! kind, so whoever waits gets one.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How many jobs run.
#[derive(Debug, Default)]
pub(super) struct Turns {
    running: Mutex<usize>,
    ended: Condvar,
}

/// A job that runs, until this is dropped.
#[derive(Debug)]
pub struct Turn<'t>(&'t Turns);

/// A turn that ends wakes those who wait; pressure that falls by itself is seen after this time.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

impl Turns {
    /// Waits while others run and `must_wait`.
    pub(super) fn take(&self, must_wait: &mut dyn FnMut() -> bool) -> Turn<'_> {
        let mut running = self.lock();
        while must_wait() && *running > 0 {
            running = self.wait(running);
        }
        *running += 1;
        Turn(self)
    }

    fn wait<'t>(&'t self, running: MutexGuard<'t, usize>) -> MutexGuard<'t, usize> {
        // In a checker of schedules all threads are one, which must not sleep.
        #[cfg(test)]
        if shuttle::current::try_get_current_task().is_some() {
            drop(running);
            shuttle::thread::yield_now();
            return self.lock();
        }
        self.ended.wait_timeout(running, LOOK_AGAIN).unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        // The number is right also after a panic: nothing is done while it is locked.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut running = self.0.lock();
        *running -= 1;
        drop(running);
        self.0.ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    #[test]
    fn under_pressure_jobs_run_one_by_one_and_all_of_them() {
        for (must_wait, most_allowed) in [(true, 1), (false, 4)] {
            let (turns, running, most, done) =
                (Turns::default(), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        for _ in 0..200 {
                            let _turn = turns.take(&mut || must_wait);
                            most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                            std::thread::yield_now();
                            running.fetch_sub(1, SeqCst);
                            done.fetch_add(1, SeqCst);
                        }
                    });
                }
            });
            assert_eq!(done.load(SeqCst), 800);
            assert!(most.load(SeqCst) <= most_allowed);
        }
    }
}
