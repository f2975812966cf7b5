//! What we tell the user: findings as data, with stable codes.
//!
//! Rooms make findings and hand them on; nothing here prints by itself,
//! decides an exit status or drops a finding.

mod catalogue;
mod level;
mod render;

pub use catalogue::{Code, Problem, ResolutionError};
pub use level::{Level, ParseLevelError};
pub use render::{Style, render};

use std::path::PathBuf;

use crate::record::Place;

/// One thing that the user should know, and where it is.
///
/// Findings sort by file, place and code; that is the order of every output.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file it is about, as an absolute path.
    pub file: PathBuf,
    /// The place in that file, where there is one.
    pub place: Option<Place>,
    /// What it is.
    pub problem: Problem,
    /// How bad it is here: the same problem may be expected in one place.
    pub level: Level,
    /// What was tried, in order, as full sentences.
    pub steps: Vec<String>,
}

impl Finding {
    /// A finding at the problem's usual level.
    pub fn new(file: impl Into<PathBuf>, place: Option<Place>, problem: Problem) -> Self {
        let level = problem.usual_level();
        Self { file: file.into(), place, problem, level, steps: Vec::new() }
    }

    /// The same finding with the steps behind it.
    #[must_use]
    pub fn with_steps(mut self, steps: Vec<String>) -> Self {
        self.steps = steps;
        self
    }

    /// The same finding at another level.
    #[must_use]
    pub fn at_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }
}
