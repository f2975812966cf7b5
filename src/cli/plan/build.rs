//! `monotrace build`, decided.

use std::path::{Path, PathBuf};

use super::{Log, Next, Tracing};
use crate::{FolderOptions, absolute, cli::flags};

/// A folder to make.
#[derive(Debug)]
pub(in crate::cli) struct Build {
    pub(in crate::cli) tracing: Tracing,
    /// The apps of Next that the entries may serve.
    pub(in crate::cli) next: Option<Next>,
    pub(in crate::cli) log: Log,
    /// The folder, as an absolute path and as it was typed.
    pub(in crate::cli) output: PathBuf,
    pub(in crate::cli) typed: PathBuf,
    pub(in crate::cli) folder: FolderOptions,
}

impl Build {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Build) -> Result<Self, String> {
        if flags.output.as_os_str().is_empty() {
            return Err("MT0008 -o \"\": expected the folder that is to be made".to_owned());
        }
        let output = absolute(cwd, &flags.output);
        let typed = (flags.tracing.context_directory.is_some(), flags.tracing.process_cwd.is_some());
        let tracing = Tracing::from_flags(cwd, flags.tracing, Some(&output), false)?;
        let next = Next::find(&tracing, typed)?;
        let folder = FolderOptions { clean: flags.clean, dry_run: flags.dry_run };
        Ok(Self { tracing, next, log: Log::from_flags(cwd, &flags.log), output, typed: flags.output, folder })
    }
}
