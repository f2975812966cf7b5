//! Flags of `monotrace build`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Log, Next, Tracing};

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace build apps/web/server.js -o out && cd out && node apps/web/server.js")]
pub(in crate::cli) struct Build {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,
    #[command(flatten)]
    pub(in crate::cli) next: Next,

    /// The folder that is made: whole, or not at all; one that monotrace made before is replaced
    #[arg(short, long, value_name = "DIR", required_unless_present = "tar", help_heading = "Output")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Write a tar archive instead, the same bytes each time; - is stdout. Its times are $SOURCE_DATE_EPOCH, else 0
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "clean", "dry_run"], help_heading = "Output")]
    pub(in crate::cli) tar: Option<PathBuf>,

    /// Split FILE.tar into FILE.dependencies.tar and FILE.app.tar, so that an image keeps the larger one
    #[arg(long, requires = "tar", help_heading = "Output")]
    pub(in crate::cli) layers: bool,

    /// What becomes of symbolic links
    #[arg(long, value_enum, value_name = "HOW", default_value_t = LinksFlag::Preserve, help_heading = "Output")]
    pub(in crate::cli) links: LinksFlag,

    /// Replace a folder that monotrace made even if something was put into it since
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) clean: bool,

    /// Write nothing: print what would be in the folder
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum LinksFlag {
    /// They are links in the output too
    Preserve,
    /// What they lead to is copied to their place
    Dereference,
}
