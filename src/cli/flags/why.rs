//! Flags of `monotrace why`.

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace why sharp apps/web/server.js")]
#[command(mut_arg("from_nft_json", |arg| arg.hide(true)))]
pub(in crate::cli) struct Why {
    /// A file, or the name of a package
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: String,

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
