//! Flags of `monotrace print`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

const EXAMPLES: &str = "Examples:
  monotrace print apps/web/server.js
  monotrace print apps/web/server.js --node 20.19 --format json -o trace.json
  monotrace print apps/web/server.js --format ndjson | jq -r '.file // empty'
  monotrace print --from-nft-json '.next/**/*.nft.json'";

#[derive(Debug, Args)]
#[command(after_help = "All options, and examples: monotrace print --help", after_long_help = EXAMPLES)]
pub(in crate::cli) struct Print {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// text, json or ndjson
    ///
    /// text: a path a line. json: one object with nft's fields: fileList, esmFileList, reasons, warnings. ndjson: an
    /// object a line, written while the trace goes on: files, findings, and at last how many; see docs/print.md.
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = FormatFlag::Text)]
    pub(in crate::cli) format: FormatFlag,

    /// Write the list here: whole, or not at all
    ///
    /// Without it the list goes to stdout.
    #[arg(short, long, value_name = "FILE")]
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
