//! Flags of commands that know servers of Next.js.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Default, Args)]
pub(in crate::cli) struct Next {
    /// Take a server of Next.js as any other program: without its pages, static files and launcher
    #[arg(long, help_heading = "Next.js", hide_short_help = true)]
    pub(in crate::cli) no_next: bool,

    /// The app's build (distDir), where it is not found by itself
    #[arg(long, value_name = "DIR", conflicts_with = "no_next", help_heading = "Next.js", hide_short_help = true)]
    pub(in crate::cli) next_dist: Option<PathBuf>,
}
