//! What is told on stderr, and what findings mean for the exit status.

use clap::{Args, ValueEnum};

use crate::Level;

#[derive(Debug, Args)]
pub(in crate::cli) struct Log {
    /// The least severe level that is shown: bug, fatal, error, warning, hint, note, suggestion, info
    #[arg(long, value_name = "LEVEL", default_value = "error", help_heading = "Findings")]
    pub(in crate::cli) log_level: Level,

    /// Show the steps behind each finding
    #[arg(long, help_heading = "Findings")]
    pub(in crate::cli) log_detail: bool,

    /// Exit 1 when a finding is at or above LEVEL
    #[arg(long, value_name = "LEVEL", default_value = "fatal", help_heading = "Findings")]
    pub(in crate::cli) deny: Level,

    /// Tell on stderr what the run took: memory, files, bytes, time
    #[arg(long, value_enum, value_name = "FORMAT", num_args = 0..=1, default_missing_value = "text", require_equals = true,
          help_heading = "Findings")]
    pub(in crate::cli) stats: Option<StatsFlag>,

    /// Whether findings are coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorFlag::Auto, help_heading = "Findings")]
    pub(in crate::cli) color: ColorFlag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ColorFlag {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum StatsFlag {
    /// A line for each number
    Text,
    /// One object on one line
    Json,
}
