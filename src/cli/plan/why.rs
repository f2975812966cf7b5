//! `monotrace why`, decided.

use std::path::{Path, PathBuf};

use super::{Log, Tracing};
use crate::{
    absolute,
    cli::flags::{self, WhyFormatFlag},
};

/// A question to answer.
#[derive(Debug)]
pub(in crate::cli) struct Why {
    pub(in crate::cli) tracing: Tracing,
    pub(in crate::cli) log: Log,
    /// What was typed.
    pub(in crate::cli) asked: String,
    /// The file that this is, if it is one.
    pub(in crate::cli) path: PathBuf,
    /// The package that this is, if it is no file.
    pub(in crate::cli) package: Option<String>,
    pub(in crate::cli) all: bool,
    pub(in crate::cli) is_json: bool,
}

impl Why {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Why) -> Result<Self, String> {
        if !flags.tracing.from_nft_json.is_empty() {
            return Err(
                "MT0008 manifests do not tell why a file is listed: --from-nft-json is for print and build".into()
            );
        }
        let path = absolute(cwd, Path::new(&flags.file));
        let package = is_package_name(&flags.file).then(|| flags.file.clone());
        let tracing = Tracing::from_flags(cwd, flags.tracing, None, true)?;
        let is_json = flags.format == WhyFormatFlag::Json;
        Ok(Self {
            tracing,
            log: Log::from_flags(cwd, &flags.log),
            asked: flags.file,
            path,
            package,
            all: flags.all,
            is_json,
        })
    }
}

/// `a` or `@s/a`.
fn is_package_name(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    match text.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((scope, name)) => is_name(scope) && is_name(name),
        None => is_name(text) && !text.starts_with('@'),
    }
}
