//! What the user typed: validated word by word, nothing opened.
//!
//! A flag is added here and decided in `plan`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{Level, NodeVersion, Platform, TraceOptions};

/// Finds every file that a Node.js program needs at run time, and nothing else.
#[derive(Debug, Parser)]
#[command(name = "monotrace", version, about, max_term_width = 100, subcommand_required = true)]
#[command(after_help = "Exit status: 0 done; 1 findings at or above --deny; 2 usage; 3 memory, disk or descriptors; \
                        4 I/O; 5 refused, it would leave the tracing root; 70 a fault of ours.")]
pub(super) struct Flags {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the files that the entries need
    Print(Print),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace print apps/web/server.js --node 22 --format json -o trace.json")]
pub(super) struct Print {
    #[command(flatten)]
    pub(super) trace: Trace,
    #[command(flatten)]
    pub(super) log: Log,

    /// How the list is written
    #[arg(long, value_enum, default_value_t = FormatFlag::Text, help_heading = "Output")]
    pub(super) format: FormatFlag,

    /// Write the list here instead of stdout: whole, or not at all
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Trace {
    /// Files that the program starts with
    #[arg(required = true, value_name = "ENTRY")]
    pub(super) entries: Vec<PathBuf>,

    /// The tracing root: nothing outside is listed [default: the workspace root that the first
    /// entry's package is a member of, else the current directory]
    #[arg(long, visible_alias = "base", value_name = "DIR", help_heading = "Tracing")]
    pub(super) context_directory: Option<PathBuf>,

    /// What process.cwd() is in the traced code [default: the current directory]
    #[arg(long, value_name = "DIR", help_heading = "Tracing")]
    pub(super) process_cwd: Option<PathBuf>,

    /// The Node that will run the code, such as 22 or 20.19.1; never this machine's
    #[arg(long, value_name = "VERSION", default_value = "22", help_heading = "Tracing")]
    pub(super) node: NodeVersion,

    /// The machine that will run the code, such as linux-x64-gnu, linux-arm64-musl, darwin-arm64,
    /// win32-x64 [default: this machine]
    #[arg(long, value_name = "OS-ARCH[-LIBC]", help_heading = "Tracing")]
    pub(super) target: Option<Platform>,

    /// What process.env.NAME is in the traced code, such as NODE_ENV=production
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Tracing")]
    pub(super) env: Vec<String>,

    /// Conditions of exports and imports, besides those that Node always sets
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Tracing")]
    pub(super) conditions: Vec<String>,

    /// Leave out the main of packages that have exports
    #[arg(long, help_heading = "Tracing")]
    pub(super) exports_only: bool,

    /// Take both branches of every module-sync, whatever --node says
    #[arg(long, help_heading = "Tracing")]
    pub(super) module_sync_catchall: bool,

    /// Follow require in ES modules too
    #[arg(long, help_heading = "Tracing")]
    pub(super) mixed_modules: bool,

    /// Where a specifier leads that nothing else answers; a KEY that ends with / is a beginning
    #[arg(long, value_name = "KEY=TARGET", help_heading = "Tracing")]
    pub(super) paths: Vec<String>,

    /// Look only into files that are at most N references away from an entry
    #[arg(long, value_name = "N", help_heading = "Tracing")]
    pub(super) depth: Option<u32>,

    /// Leave out files that match, relative to the root; entries never are
    #[arg(long, value_name = "GLOB", help_heading = "Tracing")]
    pub(super) ignore: Vec<String>,

    /// A TOML file of recipes: what packages need and no expression tells; see docs/recipes.md
    #[arg(long, value_name = "FILE", help_heading = "Tracing")]
    pub(super) recipes: Vec<PathBuf>,

    /// Work out no expressions: follow only what is written out
    #[arg(long, help_heading = "Tracing")]
    pub(super) no_analysis: bool,

    /// Part of --no-analysis: no folders and patterns
    #[arg(long, help_heading = "Tracing")]
    pub(super) no_emit_globs: bool,

    /// Part of --no-analysis: no files named by path expressions
    #[arg(long, help_heading = "Tracing")]
    pub(super) no_compute_file_references: bool,

    /// Part of --no-analysis: no strings that are put together
    #[arg(long, help_heading = "Tracing")]
    pub(super) no_evaluate_pure_expressions: bool,

    /// How many workers look at files, at most 1024 [default: the cores]
    #[arg(long, value_name = "N", value_parser = threads, help_heading = "Resources")]
    pub(super) threads: Option<NonZeroUsize>,

    /// The most memory that the whole process may take, in megabytes [default: 6000, or less where
    /// this machine, its control groups or ulimit have less]
    #[arg(long, value_name = "MB", help_heading = "Resources")]
    pub(super) memory_limit: Option<u64>,

    /// Where temporary files go when memory is short; in memory they count as memory [default:
    /// $TMPDIR, else beside the output, else /var/tmp]
    #[arg(long, value_name = "DIR", help_heading = "Resources")]
    pub(super) temp_dir: Option<PathBuf>,

    /// Write at most so many megabytes of temporary files; 0 for none at all
    #[arg(long, value_name = "MB", help_heading = "Resources")]
    pub(super) max_temp_size: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct Log {
    /// The least severe level that is shown: bug, fatal, error, warning, hint, note, suggestion, info
    #[arg(long, value_name = "LEVEL", default_value = "error", help_heading = "Findings")]
    pub(super) log_level: Level,

    /// Show the steps behind each finding
    #[arg(long, help_heading = "Findings")]
    pub(super) log_detail: bool,

    /// Exit 1 when a finding is at or above LEVEL
    #[arg(long, value_name = "LEVEL", default_value = "fatal", help_heading = "Findings")]
    pub(super) deny: Level,

    /// Tell on stderr what the run took: memory, files, bytes, time
    #[arg(long, value_enum, value_name = "FORMAT", num_args = 0..=1, default_missing_value = "text", require_equals = true,
          help_heading = "Findings")]
    pub(super) stats: Option<StatsFlag>,

    /// Whether findings are coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorFlag::Auto, help_heading = "Findings")]
    pub(super) color: ColorFlag,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatFlag {
    /// A path a line
    Text,
    /// One object with nft's fields: fileList, esmFileList, reasons, warnings
    Json,
    /// An object a line: each file, then each finding
    Ndjson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorFlag {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StatsFlag {
    /// A line for each number
    Text,
    /// One object on one line
    Json,
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let most = TraceOptions::THREADS_MAX;
    let threads = text.parse().ok().filter(|threads: &NonZeroUsize| threads.get() <= most);
    threads.ok_or_else(|| format!("expected a number from 1 to {most}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Flags::command().debug_assert();
    }

    #[test]
    fn a_wrong_value_is_refused_by_name() {
        for (wrong, word) in [
            (["--node", "x"], "--node"),
            (["--threads", "0"], "--threads"),
            (["--threads", "1025"], "1 to 1024"),
            (["--threads", "18446744073709551615"], "1 to 1024"),
            (["--log-level", "loud"], "--log-level"),
            (["--format", "xml"], "--format"),
            (["--depth", "deep"], "--depth"),
            (["--color", "red"], "--color"),
            (["--memory-limit", "much"], "--memory-limit"),
            (["--stats=xml", "--quiet"], "--stats"),
        ] {
            let arguments = ["monotrace", "print", "a.js"].into_iter().chain(wrong);
            let error = Flags::try_parse_from(arguments).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
