//! Flags of `monotrace why`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace why sharp apps/web/server.js")]
pub(in crate::cli) struct Why {
    /// A file, the name of a package, or PACKAGE/PATH within one
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: OsString,

    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// Show every file that needs FILE, and where
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) all: bool,

    /// How the answer is written
    #[arg(long, value_enum, default_value_t = WhyFormatFlag::Text, help_heading = "Output")]
    pub(in crate::cli) format: WhyFormatFlag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WhyFormatFlag {
    /// For people
    Text,
    /// One object
    Json,
}
