//! Flags of `monotrace print`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace print apps/web/server.js --node 22 --format json -o trace.json")]
pub(in crate::cli) struct Print {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// How the list is written
    #[arg(long, value_enum, default_value_t = FormatFlag::Text, help_heading = "Output")]
    pub(in crate::cli) format: FormatFlag,

    /// Write the list here instead of stdout: whole, or not at all
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum FormatFlag {
    /// A path a line
    Text,
    /// One object with nft's fields: fileList, esmFileList, reasons, warnings
    Json,
    /// An object a line, written while the trace goes on: files, findings, and at last how many; see docs/print.md
    Ndjson,
}
