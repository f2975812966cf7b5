//! Threads and channels, as far as the pipeline needs them: std's and crossbeam's.
//!
//! In unit tests they are a checker's, which decides at each step who goes on.
//! So the pipeline itself, and no model of it, runs under schedules that hardly
//! ever happen. Nothing here knows what is sent, or who sends it to whom.

#[cfg(test)]
mod checked;

#[cfg(test)]
pub(super) use checked::{Receiver, Sender, bounded, scope, start, unbounded};
#[cfg(not(test))]
pub(super) use {
    crossbeam_channel::{Receiver, Sender, bounded, unbounded},
    real::start,
    std::thread::scope,
};

#[cfg(not(test))]
mod real {
    use std::{io, thread};

    /// Starts a thread with a name and a stack of so many bytes, which ends before the scope does.
    ///
    /// # Errors
    /// What the system said.
    pub(in crate::trace) fn start<'scope>(
        scope: &'scope thread::Scope<'scope, '_>,
        name: String,
        stack: usize,
        work: impl FnOnce() + Send + 'scope,
    ) -> io::Result<()> {
        thread::Builder::new().name(name).stack_size(stack).spawn_scoped(scope, work)?;
        Ok(())
    }
}
