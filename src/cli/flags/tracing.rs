//! What is traced and how: flags of every command that traces.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{ArgAction, Args};

use crate::{NodeVersion, Platform, TraceOptions};

#[derive(Debug, Args)]
pub(in crate::cli) struct Tracing {
    /// Files that the program starts with
    #[arg(required_unless_present = "from_nft_json", value_name = "ENTRY")]
    pub(in crate::cli) entries: Vec<PathBuf>,

    /// List what these .nft.json manifests list, such as '.next/**/*.nft.json', besides what entries need
    #[arg(long, value_name = "GLOB", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) from_nft_json: Vec<String>,

    /// The tracing root
    ///
    /// Nothing outside is listed. Default: the workspace root that the first entry's package is a member of, else the current directory.
    #[arg(long, visible_alias = "base", value_name = "DIR")]
    pub(in crate::cli) context_directory: Option<PathBuf>,

    /// What process.cwd() is in the traced code [default: the current directory]
    #[arg(long, value_name = "DIR", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) process_cwd: Option<PathBuf>,

    /// The Node that will run it
    ///
    /// Such as 22 or 20.19.1; never this machine's.
    #[arg(long, value_name = "VERSION", default_value = "22")]
    pub(in crate::cli) node: NodeVersion,

    /// The machine that will run the code, such as linux-x64-gnu, linux-arm64-musl, darwin-arm64,
    /// win32-x64 [default: this machine]
    #[arg(long, value_name = "OS-ARCH[-LIBC]", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) target: Option<Platform>,

    /// What process.env.NAME is in the traced code, such as NODE_ENV=production
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) env: Vec<String>,

    /// Conditions of exports and imports, besides those that Node always sets
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) conditions: Vec<String>,

    /// Leave out the main of packages that have exports
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) exports_only: bool,

    /// Take both branches of every module-sync, whatever --node says
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) module_sync_catchall: bool,

    /// Follow require in ES modules too
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) mixed_modules: bool,

    /// Where a specifier leads that nothing else answers; a KEY that ends with / is a beginning
    #[arg(long, value_name = "KEY=TARGET", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) paths: Vec<String>,

    /// Look only into files that are at most N references away from an entry
    #[arg(long, value_name = "N", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) depth: Option<u32>,

    /// Leave out files that match, relative to the root; entries never are
    #[arg(long, value_name = "GLOB", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) ignore: Vec<String>,

    /// List files that match besides
    ///
    /// Relative to the root; they are not looked into. May be given several times.
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) include: Vec<String>,

    /// Drop files that match from the list
    ///
    /// Relative to the root; what they ask for stays, and entries do. May be given several times.
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) exclude: Vec<String>,

    /// The same as --include, where one of the entries matches the first glob
    #[arg(long, num_args = 2, action = ArgAction::Append, value_names = ["ENTRIES", "GLOB"], help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) include_for: Vec<String>,

    /// The same as --exclude, where all entries match the first glob
    #[arg(long, num_args = 2, action = ArgAction::Append, value_names = ["ENTRIES", "GLOB"], help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) exclude_for: Vec<String>,

    /// Look into what --include adds
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) trace_includes: bool,

    /// A TOML file of recipes: what packages need and no expression tells; see docs/recipes.md
    #[arg(long, value_name = "FILE", help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) recipes: Vec<PathBuf>,

    /// Work out no expressions: follow only what is written out
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) no_analysis: bool,

    /// Part of --no-analysis: no folders and patterns
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) no_emit_globs: bool,

    /// Part of --no-analysis: no files named by path expressions
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) no_compute_file_references: bool,

    /// Part of --no-analysis: no strings that are put together
    #[arg(long, help_heading = "Tracing", hide_short_help = true)]
    pub(in crate::cli) no_evaluate_pure_expressions: bool,

    /// How many workers look at files, at most 1024 [default: the cores]
    #[arg(long, value_name = "N", value_parser = threads, help_heading = "Resources", hide_short_help = true)]
    pub(in crate::cli) threads: Option<NonZeroUsize>,

    /// The most memory of the whole process
    ///
    /// In megabytes. Default: 6000, or less where this machine, its control groups or ulimit have less.
    #[arg(long, value_name = "MB")]
    pub(in crate::cli) memory_limit: Option<u64>,

    /// Where temporary files go when memory is short; in memory they count as memory [default:
    /// $TMPDIR, else beside the output, else /var/tmp]
    #[arg(long, value_name = "DIR", help_heading = "Resources", hide_short_help = true)]
    pub(in crate::cli) temp_dir: Option<PathBuf>,

    /// Write at most so many megabytes of temporary files; 0 for none at all
    #[arg(long, value_name = "MB", help_heading = "Resources", hide_short_help = true)]
    pub(in crate::cli) max_temp_size: Option<u64>,
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let most = TraceOptions::THREADS_MAX;
    let threads = text.parse().ok().filter(|threads: &NonZeroUsize| threads.get() <= most);
    threads.ok_or_else(|| format!("expected a number from 1 to {most}"))
}
