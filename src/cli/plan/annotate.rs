//! `monotrace annotate`, decided.

use std::path::{Path, PathBuf};

use super::{Log, Tracing};
use crate::{
    absolute,
    cli::flags::{self, ManifestFlag},
};

/// Manifests to write.
#[derive(Debug)]
pub(in crate::cli) struct Annotate {
    pub(in crate::cli) tracing: Tracing,
    pub(in crate::cli) log: Log,
    pub(in crate::cli) is_extended: bool,
    /// Where manifests go; beside the entries if nowhere else.
    pub(in crate::cli) directory: Option<PathBuf>,
}

impl Annotate {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Annotate) -> Result<Self, String> {
        if !flags.tracing.from_nft_json.is_empty() {
            return Err(
                "MT0008 annotate writes manifests and takes none: --from-nft-json is for print, build and why".into()
            );
        }
        let directory = flags.output_directory.map(|path| absolute(cwd, &path));
        let tracing = Tracing::from_flags(cwd, flags.tracing, directory.as_deref(), true)?;
        let is_extended = flags.manifest == ManifestFlag::Extended;
        Ok(Self { tracing, log: Log::from_flags(cwd, &flags.log), is_extended, directory })
    }
}
