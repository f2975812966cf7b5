//! What will be done. Every default is decided here, nowhere else.

mod about;
mod annotate;
mod build;
mod log;
mod next;
mod print;
mod size;
mod tracing;
mod why;

use std::{env, path::PathBuf};

use super::flags::{Command, Flags};

pub(super) use about::About;
pub(super) use annotate::Annotate;
pub(super) use build::{Build, Destination};
pub(super) use log::{Log, Telling};
pub(super) use next::Next;
pub(super) use print::{Form, Print};
pub(super) use size::{Limit, Size};
pub(super) use tracing::{Tracing, text};
pub(super) use why::{InPackage, Why};

/// A run, decided: a variant for each command.
#[derive(Debug)]
pub(super) enum Plan {
    Print(Box<Print>),
    Build(Box<Build>),
    About(About),
    Annotate(Box<Annotate>),
    Size(Box<Size>),
    Why(Box<Why>),
}

impl Plan {
    /// What it tells goes to stdout, not to a file alone.
    pub(super) fn writes_to_stdout(&self) -> bool {
        match self {
            Self::Print(plan) => plan.output.is_none(),
            Self::Build(plan) => match &plan.to {
                Destination::Folder { options, .. } => options.dry_run,
                Destination::Archives(_) => false,
                Destination::Stdout(_) => true,
            },
            Self::Annotate(_) => false,
            Self::About(_) | Self::Size(_) | Self::Why(_) => true,
        }
    }

    /// # Errors
    /// What cannot be done, in one line.
    pub(super) fn from_flags(flags: Flags) -> Result<Self, String> {
        match flags.command {
            Command::Why(flags) => Ok(Self::Why(Box::new(Why::from_flags(&cwd()?, flags)?))),
            Command::Size(flags) => Ok(Self::Size(Box::new(Size::from_flags(&cwd()?, flags)?))),
            Command::Annotate(flags) => Ok(Self::Annotate(Box::new(Annotate::from_flags(&cwd()?, flags)?))),
            Command::Build(flags) => Ok(Self::Build(Box::new(Build::from_flags(&cwd()?, flags)?))),
            Command::Print(flags) => Ok(Self::Print(Box::new(Print::from_flags(&cwd()?, flags)?))),
            Command::Explain(flags) => Ok(Self::About(About::explain(&flags)?)),
            Command::Completions(flags) => Ok(Self::About(About::Completions(flags.shell))),
            Command::Man(flags) => Ok(Self::About(About::man(&flags)?)),
        }
    }
}

impl Plan {
    /// The trace that is part of it, if any is.
    pub(super) fn tracing(&self) -> Option<&Tracing> {
        match self {
            Self::Print(plan) => Some(&plan.tracing),
            Self::Build(plan) => Some(&plan.tracing),
            Self::About(_) => None,
            Self::Annotate(plan) => Some(&plan.tracing),
            Self::Size(plan) => Some(&plan.tracing),
            Self::Why(plan) => Some(&plan.tracing),
        }
    }
}

/// The current directory.
///
/// # Errors
/// It cannot be used.
pub(super) fn cwd() -> Result<PathBuf, String> {
    let unusable = |error| format!("MT0002 the current directory cannot be used ({error}); go to one that exists");
    env::current_dir().map_err(unusable)
}
