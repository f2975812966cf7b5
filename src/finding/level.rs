//! How bad a finding is: turbotrace's ladder.

use std::{fmt, str::FromStr};

/// The rungs of turbotrace's `logLevel`, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A fault of ours.
    Bug,
    /// The run cannot give what was asked for.
    Fatal,
    /// The program will fail when it gets there.
    Error,
    /// The program may fail, or expects to.
    Warning,
    /// Something that could be done better.
    Hint,
    /// Something worth knowing.
    Note,
    /// Something to try.
    Suggestion,
    /// What the run did.
    Info,
}

impl Level {
    /// All levels, worst first.
    pub const ALL: [Level; 8] =
        [Self::Bug, Self::Fatal, Self::Error, Self::Warning, Self::Hint, Self::Note, Self::Suggestion, Self::Info];

    /// Its name on the command line and in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bug => "bug",
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
            Self::Note => "note",
            Self::Suggestion => "suggestion",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not the name of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseLevelError;

impl fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected bug, fatal, error, warning, hint, note, suggestion or info")
    }
}

impl std::error::Error for ParseLevelError {}

impl FromStr for Level {
    type Err = ParseLevelError;

    /// Takes the names, and turbotrace's `suggestions`.
    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        let text = if text == "suggestions" { "suggestion" } else { text };
        Self::ALL.into_iter().find(|level| level.name() == text).ok_or(ParseLevelError)
    }
}
