//! `monotrace print`, decided.

use std::path::{Path, PathBuf};

use super::{Log, Tracing, next};
use crate::{
    ReportFormat, absolute,
    cli::flags::{self, FormatFlag},
};

/// A list to write.
#[derive(Debug)]
pub(in crate::cli) struct Print {
    pub(in crate::cli) tracing: Tracing,
    pub(in crate::cli) log: Log,
    pub(in crate::cli) format: ReportFormat,
    /// Where the list goes; stdout if nowhere else.
    pub(in crate::cli) output: Option<PathBuf>,
    /// The version of Next, if an entry is a server of it.
    pub(in crate::cli) next: Option<String>,
}

impl Print {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Print) -> Result<Self, String> {
        let format = match flags.format {
            FormatFlag::Text => ReportFormat::Text,
            FormatFlag::Json => ReportFormat::Json,
            FormatFlag::Ndjson => ReportFormat::Ndjson,
        };
        let output = flags.output.map(|path| absolute(cwd, &path));
        // A list of paths tells nobody who needs whom.
        let parents = format != ReportFormat::Text;
        let tracing = Tracing::from_flags(cwd, flags.tracing, output.as_deref(), parents)?;
        let log = Log::from_flags(cwd, &flags.log);
        let next = if log.summary { next::served(&tracing) } else { None };
        Ok(Self { tracing, log, format, output, next })
    }
}
