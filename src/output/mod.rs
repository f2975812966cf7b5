//! Writers: a listing and its findings as bytes for somebody else.
//!
//! A writer decides nothing: it does not sort, filter or look at a file. What
//! goes to a file goes through [`publish`], so that nobody sees half of it.

mod json;
mod ndjson;
mod text;

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::{finding::Finding, host::Host, record::Listing};

/// The form in which a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ReportFormat {
    /// A path a line.
    #[default]
    Text,
    /// One object with nft's fields.
    Json,
    /// An object a line: each file, then each finding.
    Ndjson,
}

/// All that a writer may know.
#[derive(Clone, Copy)]
pub struct Report<'r> {
    /// The tracing root: findings are told relative to it.
    pub root: &'r Path,
    /// The files.
    pub listing: &'r Listing,
    /// The findings; the text form leaves them to the log.
    pub findings: &'r [Finding],
}

/// Writes the report to `sink`.
///
/// # Errors
/// What the sink said.
pub fn write(format: ReportFormat, report: &Report<'_>, sink: &mut dyn Write) -> io::Result<()> {
    let mut sink = BufWriter::new(sink);
    match format {
        ReportFormat::Text => text::write(report, &mut sink)?,
        ReportFormat::Json => json::write(report, &mut sink)?,
        ReportFormat::Ndjson => ndjson::write(report, &mut sink)?,
    }
    sink.flush()
}

/// Writes the report to a file that appears whole or not at all.
///
/// # Errors
/// What the system said; a file that was there is then untouched.
pub fn publish(host: &dyn Host, format: ReportFormat, report: &Report<'_>, path: &Path) -> io::Result<()> {
    let mut replacement = host.replace(path)?;
    write(format, report, &mut replacement)?;
    replacement.commit()
}
