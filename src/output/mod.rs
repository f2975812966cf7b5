//! Writers: a listing and its findings as bytes for somebody else.
//!
//! A writer decides nothing: it does not sort, filter or look at a file. What
//! goes to a file goes through [`publish`], so that nobody sees half of it.

mod build;
mod digest;
pub(crate) mod json;
mod manifest;
mod ndjson;
mod size;
mod text;

pub use build::{ArchiveOptions, BuildError, Built, Contents, FolderOptions, Layer, Links, OutputFolder};
pub(crate) use build::{publish_archives, write_archives};
pub use digest::Digests;
pub use manifest::{Manifest, ManifestForm, publish_manifest};
pub use ndjson::NewsLines;
pub use size::{AgainstError, Budget, Bytes, PackageSize, SizeFormat, SizeOptions, Sizes, Weight, weigh};

use std::{
    fmt,
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::{
    host::Host,
    listing::{Findings, Listing},
    spill::SpillError,
};

/// Why a report is not written.
#[derive(Debug)]
pub enum ReportError {
    /// What the sink said.
    Io(io::Error),
    /// The listing cannot be had back from the disk.
    Spill(SpillError),
}

impl From<io::Error> for ReportError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<SpillError> for ReportError {
    fn from(error: SpillError) -> Self {
        Self::Spill(error)
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Spill(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReportError {}

/// The form in which a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ReportFormat {
    /// A path a line.
    #[default]
    Text,
    /// One object with nft's fields.
    Json,
}

/// All that a writer may know.
#[derive(Clone, Copy)]
pub struct Report<'r> {
    /// The tracing root: findings are told relative to it.
    pub root: &'r Path,
    /// The files.
    pub listing: &'r Listing,
    /// The findings; the text form leaves them to the log.
    pub findings: &'r Findings,
}

/// Writes the report to `sink`.
///
/// # Errors
/// [`ReportError`].
pub fn write(format: ReportFormat, report: &Report<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut sink = BufWriter::new(sink);
    match format {
        ReportFormat::Text => text::write(report, &mut sink)?,
        ReportFormat::Json => json::write(report, &mut sink)?,
    }
    Ok(sink.flush()?)
}

/// Writes the report to a file that appears whole or not at all.
///
/// # Errors
/// [`ReportError`]; a file that was there is then untouched.
pub fn publish(host: &dyn Host, format: ReportFormat, report: &Report<'_>, path: &Path) -> Result<(), ReportError> {
    let mut replacement = host.replace(path)?;
    write(format, report, &mut replacement)?;
    Ok(replacement.commit()?)
}
