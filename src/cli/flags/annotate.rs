//! Flags of `monotrace annotate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

const EXAMPLES: &str = "Examples:
  monotrace annotate dist/server.js dist/worker.js
  monotrace annotate dist/*.js --manifest extended --output-directory manifests";

#[derive(Debug, Args)]
#[command(after_help = "All options, and examples: monotrace annotate --help", after_long_help = EXAMPLES)]
#[command(mut_arg("from_nft_json", |arg| arg.hide(true)))]
pub(in crate::cli) struct Annotate {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// plain or extended
    ///
    /// plain: version and files, as nft's users write it. extended: also fileHashes, symlinks and entryHash, as
    /// Turbopack writes it since Next.js 16.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "FORM", default_value_t = ManifestFlag::Plain)]
    pub(in crate::cli) manifest: ManifestFlag,

    /// Write manifests below this folder
    ///
    /// At the entries' paths relative to the root, instead of beside the entries.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) output_directory: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ManifestFlag {
    /// version and files, as nft's users write it
    Plain,
    /// Also fileHashes, symlinks and entryHash, as Turbopack writes it since Next.js 16
    Extended,
}
