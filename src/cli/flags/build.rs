//! Flags of `monotrace build`.

use std::path::PathBuf;

use clap::Args;

use super::{Log, Tracing};

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace build apps/web/server.js -o out && node out/apps/web/server.js")]
pub(in crate::cli) struct Build {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// The folder that is made: whole, or not at all; one that monotrace made before is replaced
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(in crate::cli) output: PathBuf,

    /// Replace a folder that monotrace made even if something was put into it since
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) clean: bool,

    /// Write nothing: print what would be in the folder
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) dry_run: bool,
}
