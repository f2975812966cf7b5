//! Whether stdout was closed from the start (`monotrace print a.js >&-`).
//!
//! The runtime opens `/dev/null` in its place before `main`, and a list that
//! goes there is lost without a word. So the command looks before that, and
//! tells here what it saw. Nothing here writes.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
};

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Notes whether stdout is closed: only before the runtime begins can it be.
pub fn look_at_stdout() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}

pub(super) fn stdout_was_closed() -> bool {
    WAS_CLOSED.load(Ordering::Relaxed)
}

/// What the system would have said.
pub(super) fn error() -> io::Error {
    rustix::io::Errno::BADF.into()
}
