//! The checker's threads, and bounded channels made of its locks.
//!
//! They do what crossbeam's do, in the order that the checker wants. Outside of
//! the checker they panic: no other unit test can run the pipeline.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

pub(in crate::trace) use shuttle::thread::scope;
use shuttle::{
    current,
    sync::{Condvar, Mutex, MutexGuard},
};

/// As the real one; all stacks are as large as the checker's configuration says.
pub(in crate::trace) fn start<'scope>(
    scope: &'scope shuttle::thread::Scope<'scope, '_>,
    name: String,
    _stack: usize,
    work: impl FnOnce() + Send + 'scope,
) -> io::Result<()> {
    scope.spawn(move || {
        current::set_name_for_task(current::me(), name);
        work();
    });
    Ok(())
}

/// A channel that holds no more than `capacity` messages.
pub(in crate::trace) fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let state = State { messages: VecDeque::new(), capacity, senders: 1, receivers: 1 };
    let channel = Arc::new(Channel { state: Mutex::new(state), changed: Condvar::new(), waits: Arc::default() });
    (Sender(Arc::clone(&channel)), Receiver(channel))
}

/// A channel that always has room.
pub(in crate::trace) fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    bounded(usize::MAX)
}

struct Channel<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    /// How often somebody had to wait for room.
    waits: Arc<AtomicUsize>,
}

struct State<T> {
    messages: VecDeque<T>,
    capacity: usize,
    senders: usize,
    receivers: usize,
}

/// There is nobody on the other side.
#[derive(Debug)]
pub(in crate::trace) struct Gone;

pub(in crate::trace) struct Sender<T>(Arc<Channel<T>>);

pub(in crate::trace) struct Receiver<T>(Arc<Channel<T>>);

impl<T> Channel<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Parts of answers are sent while a job's panic unwinds.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'l>(&self, state: MutexGuard<'l, State<T>>) -> MutexGuard<'l, State<T>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State<T>)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

impl<T> Sender<T> {
    pub(in crate::trace) fn send(&self, message: T) -> Result<(), Gone> {
        let Self(channel) = self;
        let mut state = channel.lock();
        while state.receivers > 0 {
            if state.messages.len() < state.capacity {
                state.messages.push_back(message);
                drop(state);
                channel.changed.notify_all();
                return Ok(());
            }
            channel.waits.fetch_add(1, Relaxed);
            state = channel.wait(state);
        }
        Err(Gone)
    }

    /// Counts how often somebody has to wait for room in this channel.
    pub(in crate::trace) fn waits(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.0.waits)
    }
}

impl<T> Receiver<T> {
    pub(in crate::trace) fn recv(&self) -> Result<T, Gone> {
        let Self(channel) = self;
        let mut state = channel.lock();
        loop {
            if let Some(message) = state.messages.pop_front() {
                drop(state);
                channel.changed.notify_all();
                return Ok(message);
            }
            if state.senders == 0 {
                return Err(Gone);
            }
            state = channel.wait(state);
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.change(|state| state.senders += 1);
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.change(|state| state.senders -= 1);
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.0.change(|state| state.receivers += 1);
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.change(|state| state.receivers -= 1);
    }
}
