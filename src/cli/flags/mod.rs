//! What the user typed: validated word by word, nothing opened.
//!
//! A flag is added here, in its command's file or in one that commands share,
//! and decided in `plan`. Those without a heading are on the one screen of `-h`;
//! the others are hidden there.

mod about;
mod annotate;
mod build;
mod config;
mod log;
mod next;
mod print;
mod size;
mod tracing;
mod why;

use clap::{Parser, Subcommand};

pub(super) use about::{Completions, Explain, Man};
pub(super) use annotate::{Annotate, ManifestFlag};
pub(super) use build::{Build, LinksFlag};
pub(super) use config::Config;
pub(super) use log::{ColorFlag, Log, ReporterFlag, StatsFlag};
pub(super) use next::Next;
pub(super) use print::{FormatFlag, Print};
pub(super) use size::{BudgetFlag, Size, SizeFormatFlag};
pub(super) use tracing::Tracing;
pub(super) use why::{Why, WhyFormatFlag};

/// Options without a heading are those that are used most: the ones that `-h` shows, on one screen.
const AFTER_HELP: &str = "Example: monotrace print apps/web/server.js
More of a command: monotrace COMMAND -h, or all of it: monotrace help COMMAND";

const AFTER_LONG_HELP: &str = "Examples:
  monotrace print apps/web/server.js
  monotrace build apps/web/server.js -o out
  monotrace why sharp apps/web/server.js

Exit status: 0 done; 1 findings at or above --deny; 2 usage; 3 memory, disk or descriptors; 4 I/O; 5 refused, it would \
                          leave the tracing root; 70 a fault of ours.";

/// Finds every file that a Node.js program needs at run time, and nothing else.
#[derive(Debug, Parser)]
#[command(name = "monotrace", version, about, max_term_width = 100, subcommand_required = true)]
#[command(after_help = AFTER_HELP, after_long_help = AFTER_LONG_HELP)]
pub(super) struct Flags {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) config: Config,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the files that the entries need
    Print(Print),
    /// Write ENTRY.nft.json beside each entry: its files
    Annotate(Annotate),
    /// Make a folder of these files that runs by itself
    Build(Build),
    /// Tell how large they are: in all, by package, by kind
    Size(Size),
    /// Tell why a file or package is listed, or what keeps it away
    Why(Why),
    /// Tell what a finding's code means, and what to do
    Explain(Explain),
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page, or a command's own
    Man(Man),
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
