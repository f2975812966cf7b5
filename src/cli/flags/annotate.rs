//! Flags of `monotrace annotate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Log, Tracing};

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace annotate dist/server.js dist/worker.js --manifest extended")]
pub(in crate::cli) struct Annotate {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,

    /// What a manifest tells
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ManifestFlag::Plain, help_heading = "Output")]
    pub(in crate::cli) manifest: ManifestFlag,

    /// Write manifests here, at the entries' paths relative to the root, instead of beside the entries
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(in crate::cli) output_directory: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ManifestFlag {
    /// version and files, as nft's users write it
    Plain,
    /// Also fileHashes, symlinks and entryHash, as Turbopack writes it since Next.js 16
    Extended,
}
