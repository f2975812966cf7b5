//! Flags of `monotrace build`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Log, Next, Tracing};

const EXAMPLES: &str = "Examples:
  monotrace build apps/web/server.js -o out && cd out && node apps/web/server.js
  monotrace build apps/web/server.js --tar image.tar --layers
  monotrace build --from-nft-json '.next/**/*.nft.json' -o out --dry-run";

#[derive(Debug, Args)]
#[command(after_help = "All options, and examples: monotrace build --help", after_long_help = EXAMPLES)]
pub(in crate::cli) struct Build {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,
    #[command(flatten)]
    pub(in crate::cli) next: Next,

    /// The folder to make: whole, or not at all
    ///
    /// One that monotrace made before is replaced; another is refused.
    #[arg(short, long, value_name = "DIR", required_unless_present = "tar")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Write a tar archive instead; - is stdout
    ///
    /// The same bytes each time: its times are $SOURCE_DATE_EPOCH, else 0.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "clean", "dry_run"])]
    pub(in crate::cli) tar: Option<PathBuf>,

    /// Split FILE.tar into FILE.dependencies.tar and FILE.app.tar, so that an image keeps the larger one
    #[arg(long, requires = "tar", help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) layers: bool,

    /// preserve or dereference
    ///
    /// What becomes of symbolic links. preserve: they are links in the output too. dereference: what they lead to is
    /// copied to their place.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "HOW", default_value_t = LinksFlag::Preserve)]
    pub(in crate::cli) links: LinksFlag,

    /// Replace a folder that monotrace made even if something was put into it since
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) clean: bool,

    /// Only print what would be in the folder
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum LinksFlag {
    /// They are links in the output too
    Preserve,
    /// What they lead to is copied to their place
    Dereference,
}
