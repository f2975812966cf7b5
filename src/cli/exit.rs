//! How the process says what happened.

use std::process::ExitCode;

use crate::{BuildError, ReportError, SpillError, TraceError};

/// The exit statuses that scripts can rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: done.
    Done,
    /// 1: there are findings at or above `--deny`.
    Denied,
    /// 2: what was typed cannot be done.
    Usage,
    /// 3: memory, disk or descriptors do not suffice.
    Resources,
    /// 4: the result cannot be written, the root cannot be read.
    Io,
    /// 5: it would leave the tracing root.
    Containment,
    /// 70: a fault of ours.
    Fault,
    /// 141: the reader of our output went away (128 + SIGPIPE).
    BrokenPipe,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Denied => 1,
            Exit::Usage => 2,
            Exit::Resources => 3,
            Exit::Io => 4,
            Exit::Containment => 5,
            Exit::Fault => 70,
            Exit::BrokenPipe => 141,
        })
    }
}

impl From<&TraceError> for Exit {
    fn from(error: &TraceError) -> Self {
        match error {
            TraceError::EntryOutsideRoot { .. } | TraceError::ManifestOutsideRoot { .. } => Exit::Containment,
            TraceError::Glob(_) | TraceError::ExtendedGlob { .. } => Exit::Usage,
            TraceError::Floor(_) | TraceError::Memory(_) | TraceError::Descriptors | TraceError::Thread(_) => {
                Exit::Resources
            }
            TraceError::Spill(error) => Exit::from(error),
            TraceError::Root { .. } | TraceError::Stopped => Exit::Io,
        }
    }
}

impl From<&std::io::Error> for Exit {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Exit::BrokenPipe,
            _ => Exit::Io,
        }
    }
}

impl From<&SpillError> for Exit {
    fn from(error: &SpillError) -> Self {
        if error.is_shortage() { Exit::Resources } else { Exit::Io }
    }
}

impl From<&BuildError> for Exit {
    fn from(error: &BuildError) -> Self {
        match error {
            error if error.is_refusal() => Exit::Containment,
            error if error.is_shortage() => Exit::Resources,
            BuildError::Io { error, .. } => Exit::from(error),
            BuildError::Against(_) => Exit::Usage,
            _ => Exit::Io,
        }
    }
}

impl From<&ReportError> for Exit {
    fn from(error: &ReportError) -> Self {
        match error {
            ReportError::Io(error) => Exit::from(error),
            ReportError::Spill(error) => Exit::from(error),
        }
    }
}
