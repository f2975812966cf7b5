//! `monotrace print`, decided.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use super::{Log, Telling, Tracing, next};
use crate::{
    ReportFormat, absolute,
    cli::flags::{self, FormatFlag},
};

/// A list to write.
#[derive(Debug)]
pub(in crate::cli) struct Print {
    pub(in crate::cli) tracing: Tracing,
    pub(in crate::cli) log: Log,
    pub(in crate::cli) form: Form,
    /// Where the list goes; stdout if nowhere else.
    pub(in crate::cli) output: Option<PathBuf>,
    /// The version of Next, if an entry is a server of it.
    pub(in crate::cli) next: Option<String>,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    /// When the trace is done.
    Report(ReportFormat),
    /// As it becomes known.
    Lines,
}

impl Print {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Print) -> Result<Self, String> {
        let form = match flags.format {
            FormatFlag::Text => Form::Report(ReportFormat::Text),
            FormatFlag::Json => Form::Report(ReportFormat::Json),
            FormatFlag::Ndjson => Form::Lines,
        };
        let output = flags.output.map(|path| absolute(cwd, &path));
        // A list of paths tells nobody who needs whom, and lines told it before the end.
        let parents = form == Form::Report(ReportFormat::Json);
        let tracing = Tracing::from_flags(cwd, flags.tracing, output.as_deref(), parents)?;
        let mut log = Log::from_flags(cwd, &flags.log);
        // Two that write to one screen at a time would spoil each other's lines.
        if form == Form::Lines && output.is_none() && log.telling == Telling::Line && std::io::stdout().is_terminal() {
            log.telling = Telling::Nothing;
        }
        let next = if log.summary { next::served(&tracing) } else { None };
        Ok(Self { tracing, log, form, output, next })
    }
}
