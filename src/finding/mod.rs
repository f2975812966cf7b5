//! What we tell the user: findings as data, with stable codes.
//!
//! Rooms make findings and hand them on; nothing here prints by itself,
//! decides an exit status or drops a finding.

mod catalogue;
mod category;
mod diagnostic;
mod entries;
mod level;

pub use catalogue::{Code, Problem, ResolutionError};
pub use category::Category;
pub use diagnostic::Diagnostic;
pub(crate) use diagnostic::record;
pub use entries::Entry;
pub use level::{Level, ParseLevelError};

use std::{cmp::Ordering, path::PathBuf};

use crate::record::Place;

/// One thing that the user should know, and where it is.
///
/// Findings sort by file, place, code and text; that is the order of every output.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Ord for Finding {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |finding: &Self| (finding.place, finding.problem.code());
        let text = |finding: &Self| finding.problem.to_string();
        (&self.file, place(self))
            .cmp(&(&other.file, place(other)))
            .then_with(|| text(self).cmp(&text(other)))
            // The rest tells apart what is not equal.
            .then_with(|| (&self.problem, self.level, &self.steps).cmp(&(&other.problem, other.level, &other.steps)))
    }
}

impl PartialOrd for Finding {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_sort_by_file_place_code_and_text() {
        let place = Some(Place { line: 1, column: 1 });
        let large = |len| Problem::TooLargeToScan { len };
        let sorted = [
            Finding::new("/a", None, Problem::WorkerPanic),
            Finding::new("/a", place, large(10)),
            Finding::new("/a", place, large(9)),
            Finding::new("/a", place, Problem::BrokenPackageJson { what: String::new() }),
            Finding::new("/a", place, Problem::PackageJsonTooLarge { len: 1, cap: 1 }),
            Finding::new("/a", place, Problem::BrokenWorkspace { what: String::new() }),
            Finding::new("/a", place, Problem::Missing),
            Finding::new("/a", place, Problem::OutOfDescriptors),
            Finding::new("/b", None, Problem::Missing),
        ];
        assert!(sorted.is_sorted());
    }
}
