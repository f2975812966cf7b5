//! `monotrace size`, decided.

use std::path::{Path, PathBuf};

use super::{Log, Next, Tracing, next::Typed, tracing::small_file};
use crate::{
    QuotedName, SizeFormat, SizeOptions, absolute,
    cli::flags::{self, BudgetFlag, SizeFormatFlag},
};

/// The largest earlier report, in bytes.
const REPORT_MAX: usize = 4 << 20;

/// Sizes to tell.
#[derive(Debug)]
pub(in crate::cli) struct Size {
    pub(in crate::cli) tracing: Tracing,
    /// The apps of Next that the entries may serve.
    pub(in crate::cli) next: Option<Next>,
    pub(in crate::cli) log: Log,
    pub(in crate::cli) format: SizeFormat,
    pub(in crate::cli) options: SizeOptions,
    pub(in crate::cli) limits: Vec<Limit>,
}

/// A budget: of all entries, or of one of them.
#[derive(Debug)]
pub(in crate::cli) struct Limit {
    /// As it was typed.
    pub(in crate::cli) name: String,
    pub(in crate::cli) entry: Option<PathBuf>,
    pub(in crate::cli) bytes: u64,
}

impl Size {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Size) -> Result<Self, String> {
        let format = match flags.format {
            SizeFormatFlag::Text => SizeFormat::Text,
            SizeFormatFlag::Json => SizeFormat::Json,
        };
        let against = flags.against.map(|file| {
            let shown = QuotedName(file.as_os_str().as_encoded_bytes()).to_string();
            small_file(&absolute(cwd, &file), REPORT_MAX).map_err(|why| format!("MT0009 --against {shown}: {why}"))
        });
        let options = SizeOptions { top: flags.top, against: against.transpose()? };
        let typed = Typed::of(&flags.tracing);
        let tracing = Tracing::from_flags(cwd, flags.tracing, None, false)?;
        let next = Next::find(cwd, &tracing, flags.next, typed)?;
        let limits = flags.budget.into_iter().map(|budget| limit(cwd, &tracing, budget)).collect::<Result<_, _>>()?;
        Ok(Self { tracing, next, log: Log::from_flags(cwd, &flags.log), format, options, limits })
    }
}

fn limit(cwd: &Path, tracing: &Tracing, budget: BudgetFlag) -> Result<Limit, String> {
    let entry = budget.entry.map(|entry| absolute(cwd, &entry));
    if entry.as_ref().is_some_and(|entry| !tracing.entries.contains(entry)) {
        return Err(format!("MT0010 --budget {:?}: this is none of the entries", budget.typed));
    }
    Ok(Limit { name: budget.typed, entry, bytes: budget.bytes })
}
