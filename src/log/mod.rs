//! The findings of a run, told to people and to machines.
//!
//! A trace may have more findings than fit into memory, and they come sorted by
//! file: what is told in another order is read once more for each of its parts,
//! and nothing is kept but numbers. Nothing here decides how bad a finding is,
//! or what it means for the exit status.
//!
//! - `tally` how many there are, of which kind, and which of them are shown
//! - `text` the form for people; `frame` the lines of code around a place
//! - `totals` what a listing comes to
//! - `line`, `json`, `github`, `sarif` a form for each kind of machine

mod frame;
mod github;
mod json;
mod line;
mod sarif;
mod tally;
mod text;
mod totals;

pub use tally::Tally;
pub use totals::Totals;

use std::{
    io::{BufWriter, Write},
    path::Path,
    time::SystemTime,
};

use crate::{finding::Level, host::Host, listing::Findings, output::ReportError};

/// The form in which findings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reporter {
    /// By level, category and file, with the code around each place.
    #[default]
    Text,
    /// A finding a line, in order: level, code, place, message.
    Line,
    /// One object.
    Json,
    /// Commands that GitHub Actions turn into annotations.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// What of the findings is told, and how it looks.
#[derive(Clone, Copy, Debug)]
pub struct LogStyle {
    /// The least severe level that is shown.
    pub level: Level,
    /// Findings of this level and worse fail the run; the text form shows them wherever they are.
    pub deny: Level,
    /// The steps behind a finding are shown too.
    pub steps: bool,
    /// The text form shows all, instead of the first few that are not in a `node_modules`.
    pub all: bool,
    /// Colours are used.
    pub color: bool,
}

/// Findings to tell.
#[derive(Clone, Copy)]
pub struct Log<'l> {
    /// Shows the code around a place.
    pub host: &'l dyn Host,
    /// The tracing root's real path; files are told relative to it.
    pub root: &'l Path,
    /// The folder that GitHub's annotations are relative to, if not the root.
    pub repository: Option<&'l Path>,
    /// When the trace began: code that was changed later is not shown.
    pub began: SystemTime,
    /// The findings.
    pub findings: &'l Findings,
    /// How many of them there are, counted with `style`.
    pub tally: &'l Tally,
    /// What of them is told.
    pub style: LogStyle,
}

/// Writes the findings to `sink`.
///
/// # Errors
/// [`ReportError`].
pub fn write(reporter: Reporter, log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut sink = BufWriter::new(sink);
    match reporter {
        Reporter::Text => text::write(log, &mut sink)?,
        Reporter::Line => line::write(log, &mut sink)?,
        Reporter::Json => json::write(log, &mut sink)?,
        Reporter::Github => github::write(log, &mut sink)?,
        Reporter::Sarif => sarif::write(log, &mut sink)?,
    }
    Ok(sink.flush()?)
}

/// Writes the findings to a file that appears whole or not at all.
///
/// # Errors
/// [`ReportError`]; a file that was there is then untouched.
pub fn publish(reporter: Reporter, log: &Log<'_>, path: &Path) -> Result<(), ReportError> {
    let mut replacement = log.host.replace(path)?;
    write(reporter, log, &mut replacement)?;
    Ok(replacement.commit()?)
}
