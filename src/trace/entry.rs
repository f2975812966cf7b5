//! What the user named: is it a file within the root?

use std::path::{Path, PathBuf};

use super::TraceError;
use crate::{
    finding::{Finding, Level, Problem},
    host::EntryKind,
    resolve::{Resolver, Trouble},
};

/// An entry that is there, and the links on the way to it, relative to the root.
pub(super) struct Entry {
    pub(super) path: Vec<u8>,
    pub(super) links: Vec<Vec<u8>>,
    /// What is wrong with directories on the way.
    pub(super) troubles: Vec<Trouble>,
}

/// Finds the real file behind an entry. One that is missing or is no file is
/// a finding: the other entries are traced all the same.
///
/// # Errors
/// [`TraceError::EntryOutsideRoot`] for one that is not in the root, or leads
/// out of it: nothing is read then.
pub(super) fn locate(resolver: &Resolver, root: &Path, path: &Path) -> Result<Result<Entry, Finding>, TraceError> {
    let located = match resolver.locate(path) {
        Ok(located) => located,
        Err(_) if !path.starts_with(root) => return Err(outside(root, path)),
        Err(trouble) => return Ok(Err(Finding::from(trouble).at_level(Level::Fatal))),
    };
    if located.inside && located.kind != EntryKind::File {
        let what = if located.kind == EntryKind::Directory { "a directory" } else { "not a regular file" };
        return Ok(Err(Finding::new(path, None, Problem::NotAFile { what }).at_level(Level::Fatal)));
    }
    let relative = |path: &PathBuf| Some(path.strip_prefix(root).ok()?.as_os_str().as_encoded_bytes().to_vec());
    match relative(&located.path) {
        Some(path) => Ok(Ok(Entry {
            path,
            links: located.links.iter().filter_map(relative).collect(),
            troubles: located.troubles,
        })),
        None => Err(outside(root, path)),
    }
}

fn outside(root: &Path, entry: &Path) -> TraceError {
    TraceError::EntryOutsideRoot { entry: entry.to_path_buf(), root: root.to_path_buf() }
}
