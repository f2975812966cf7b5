//! What is told on stderr, and what findings mean for the exit status.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::Level;

#[derive(Debug, Args)]
pub(in crate::cli) struct Log {
    /// The least level shown
    ///
    /// From the most severe on: bug, fatal, error, warning, hint, note, suggestion, info.
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(in crate::cli) log_level: Level,

    /// Show the steps behind each finding
    #[arg(long, help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) log_detail: bool,

    /// Show all findings of these levels, also those in node_modules, instead of the first few
    #[arg(long, visible_alias = "show-all", help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) log_all: bool,

    /// Show nothing but what makes the run fail
    #[arg(short, long, help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) quiet: bool,

    /// Exit 1 from LEVEL on
    ///
    /// That is, when a finding is at this level or a more severe one.
    #[arg(long, value_name = "LEVEL", default_value = "fatal")]
    pub(in crate::cli) deny: Level,

    /// How findings are told
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ReporterFlag::Text, help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) reporter: ReporterFlag,

    /// Write them here in that form, whole or not at all; stderr has the text form all the same
    #[arg(long, value_name = "FILE", help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) report_file: Option<PathBuf>,

    /// Tell on stderr what the run took: memory, files, bytes, time
    #[arg(long, value_enum, value_name = "FORMAT", num_args = 0..=1, default_missing_value = "text", require_equals = true,
          help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) stats: Option<StatsFlag>,

    /// Whether findings are coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorFlag::Auto, help_heading = "Findings", hide_short_help = true)]
    pub(in crate::cli) color: ColorFlag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ReporterFlag {
    /// By level, category and file, with the code around each place
    Text,
    /// A finding a line, and nothing else: for grep and scripts
    Line,
    /// One object
    Json,
    /// GitHub Actions: annotations
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ColorFlag {
    /// On a terminal, unless NO_COLOR is set, and where FORCE_COLOR is
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
