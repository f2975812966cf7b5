//! How many findings there are, of each level and category.
//!
//! Takes the same few numbers however many findings there are.

use std::path::{Path, PathBuf};

use super::LogStyle;
use crate::{
    finding::{Category, Diagnostic, Level},
    listing::Findings,
    spill::SpillError,
};

/// Under its caps the text form shows so many categories of a level, paths of
/// a category and findings of a path.
pub(super) const CAP: usize = 3;

/// Findings of one level and category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Those that the text form may show.
    pub(super) findings: u64,
    /// The files they are about.
    pub(super) paths: u64,
    /// Of the files, the caps let these many findings through.
    pub(super) within_caps: u64,
    /// Those in a `node_modules` that are hidden for it.
    pub(super) installed: u64,
}

/// Numbers of all findings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    counts: [[Count; Category::ALL.len()]; Level::ALL.len()],
}

impl Tally {
    /// Counts in one pass.
    ///
    /// # Errors
    /// [`SpillError`] if findings cannot be had back from the disk.
    pub fn of(findings: &Findings, root: &Path, style: LogStyle) -> Result<Self, SpillError> {
        let mut tally = Self::default();
        let mut file = PathBuf::new();
        // Findings of the file so far, of each level and category.
        let mut here = [[0_usize; Category::ALL.len()]; Level::ALL.len()];
        for finding in findings {
            let finding = finding?;
            if finding.file != file {
                file.clone_from(&finding.file);
                here = Default::default();
            }
            let (level, category) = (finding.level as usize, finding.code.category() as usize);
            let count = &mut tally.counts[level][category];
            if !is_candidate(&finding, root, style) {
                count.installed += 1;
                continue;
            }
            let here = &mut here[level][category];
            count.findings += 1;
            count.paths += u64::from(*here == 0);
            count.within_caps += u64::from(style.all || (count.paths <= CAP as u64 && *here < CAP));
            *here += 1;
        }
        Ok(tally)
    }

    pub(super) fn count(&self, level: Level, category: Category) -> Count {
        self.counts[level as usize][category as usize]
    }

    /// All findings of a level.
    pub fn of_level(&self, level: Level) -> u64 {
        self.counts[level as usize].iter().map(|count| count.findings + count.installed).sum()
    }

    /// Whether there are findings of this level or a worse one.
    pub fn has(&self, level: Level) -> bool {
        Level::ALL.into_iter().any(|each| each <= level && self.of_level(each) > 0)
    }

    /// The categories of a level that the text form shows, in order.
    pub(super) fn shown(&self, level: Level, style: LogStyle) -> impl Iterator<Item = Category> {
        let cap = if style.all { usize::MAX } else { CAP };
        self.with_candidates(level).take(cap)
    }

    /// Those that it does not show.
    pub(super) fn beyond_caps(&self, level: Level, style: LogStyle) -> impl Iterator<Item = Category> {
        let cap = if style.all { usize::MAX } else { CAP };
        self.with_candidates(level).skip(cap)
    }

    fn with_candidates(&self, level: Level) -> impl Iterator<Item = Category> {
        Category::ALL.into_iter().filter(move |category| self.count(level, *category).findings > 0)
    }

    /// Findings of a level that the text form hides although the level is shown.
    pub fn hidden_by_caps(&self, level: Level, style: LogStyle) -> u64 {
        let shown: u64 = self.shown(level, style).map(|category| self.count(level, category).within_caps).sum();
        self.of_level(level) - shown
    }
}

/// Whether the text form may show a finding: what is installed is somebody
/// else's to mend, unless it fails the run.
pub(super) fn is_candidate(finding: &Diagnostic, root: &Path, style: LogStyle) -> bool {
    style.all || finding.level <= style.deny || !is_installed(&finding.file, root)
}

fn is_installed(file: &Path, root: &Path) -> bool {
    file.strip_prefix(root).is_ok_and(|path| path.components().any(|name| name.as_os_str() == "node_modules"))
}
