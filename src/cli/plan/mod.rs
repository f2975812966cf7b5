//! What will be done. Every default is decided here, nowhere else.

mod annotate;
mod log;
mod print;
mod tracing;
mod why;

use std::env;

use super::flags::{Command, Flags};

pub(super) use annotate::Annotate;
pub(super) use log::Log;
pub(super) use print::Print;
pub(super) use tracing::Tracing;
pub(super) use why::Why;

/// A run, decided: a variant for each command.
#[derive(Debug)]
pub(super) enum Plan {
    Print(Print),
    Annotate(Annotate),
    Why(Why),
}

impl Plan {
    /// # Errors
    /// What cannot be done, in one line.
    pub(super) fn from_flags(flags: Flags) -> Result<Self, String> {
        let cwd = env::current_dir()
            .map_err(|error| format!("MT0002 the current directory cannot be used ({error}); go to one that exists"))?;
        match flags.command {
            Command::Print(flags) => Ok(Self::Print(Print::from_flags(&cwd, flags)?)),
            Command::Why(flags) => Ok(Self::Why(Why::from_flags(&cwd, flags)?)),
            Command::Annotate(flags) => Ok(Self::Annotate(Annotate::from_flags(&cwd, flags)?)),
        }
    }
}
