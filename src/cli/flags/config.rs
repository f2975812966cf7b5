//! Which configuration file gives flags their defaults.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct Config {
    /// The configuration [default: the nearest monotrace.json, monotrace.jsonc or "monotrace" in a
    /// package.json above the first entry, within the repository]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Configuration", hide_short_help = true)]
    pub(in crate::cli) config: Option<PathBuf>,

    /// Read no configuration
    #[arg(long, global = true, conflicts_with = "config", help_heading = "Configuration", hide_short_help = true)]
    pub(in crate::cli) no_config: bool,

    /// Print the options that are in force and where each comes from, and trace nothing
    #[arg(long, global = true, help_heading = "Configuration", hide_short_help = true)]
    pub(in crate::cli) print_config: bool,
}
