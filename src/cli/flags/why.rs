//! Flags of `monotrace why`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

const EXAMPLES: &str = "Examples:
  monotrace why sharp apps/web/server.js
  monotrace why sharp/lib/index.js apps/web/server.js --all
  monotrace why shared/a.js --from-nft-json '.next/**/*.nft.json'";

#[derive(Debug, Args)]
#[command(after_help = "All options, and examples: monotrace why --help", after_long_help = EXAMPLES)]
pub(in crate::cli) struct Why {
    /// A file, the name of a package, or PACKAGE/PATH within one
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: OsString,

    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// Show every file that needs FILE, and where
    #[arg(long)]
    pub(in crate::cli) all: bool,

    /// text or json
    ///
    /// text: for people. json: one object.
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = WhyFormatFlag::Text)]
    pub(in crate::cli) format: WhyFormatFlag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WhyFormatFlag {
    /// For people
    Text,
    /// One object
    Json,
}
