//! What will be done. Every default is decided here, nowhere else.

mod build;
mod log;
mod print;
mod size;
mod tracing;

use std::env;

use super::flags::{Command, Flags};

pub(super) use build::{Build, Destination};
pub(super) use log::Log;
pub(super) use print::Print;
pub(super) use size::{Limit, Size};
pub(super) use tracing::Tracing;

/// A run, decided: a variant for each command.
#[derive(Debug)]
pub(super) enum Plan {
    Print(Print),
    Build(Build),
    Size(Size),
}

impl Plan {
    /// # Errors
    /// What cannot be done, in one line.
    pub(super) fn from_flags(flags: Flags) -> Result<Self, String> {
        let cwd = env::current_dir()
            .map_err(|error| format!("MT0002 the current directory cannot be used ({error}); go to one that exists"))?;
        match flags.command {
            Command::Build(flags) => Ok(Self::Build(Build::from_flags(&cwd, flags)?)),
            Command::Size(flags) => Ok(Self::Size(Size::from_flags(&cwd, flags)?)),
            Command::Print(flags) => Ok(Self::Print(Print::from_flags(&cwd, flags)?)),
        }
    }
}
