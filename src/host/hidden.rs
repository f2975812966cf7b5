//! A host on which some places do not exist: where an output goes is no input.
//!
//! Hides paths by their names; it is the caller who gives real ones.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Disk, EntryKind, Host, OpenError, OpenFile, Replacement, ScratchFile, StageError, Staging, Tree};

/// All that `host` knows, but for these places and what is below them.
pub(crate) struct Without {
    host: Arc<dyn Host>,
    /// Folders' real paths, all in one folder.
    hidden: Vec<PathBuf>,
}

impl Without {
    pub(crate) fn new(host: Arc<dyn Host>, hidden: Vec<PathBuf>) -> Self {
        Self { host, hidden }
    }

    fn seen(&self, path: &Path) -> io::Result<()> {
        match self.hidden.iter().any(|hidden| path.starts_with(hidden)) {
            true => Err(io::ErrorKind::NotFound.into()),
            false => Ok(()),
        }
    }
}

impl Host for Without {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        self.seen(directory)?;
        let is_hidden = |name: &OsStr| {
            self.hidden.iter().any(|hidden| hidden.file_name() == Some(name) && hidden.parent() == Some(directory))
        };
        self.host.list(directory, &mut |name, kind| {
            if !is_hidden(name) {
                each(name, kind);
            }
        })
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        self.seen(path)?;
        self.host.kind(path)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        self.seen(path)?;
        self.host.len(path)
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        self.seen(link)?;
        self.host.link_target(link)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        let real = self.host.real_path(path)?;
        self.seen(&real)?;
        Ok(real)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        self.seen(path)?;
        self.host.open(path)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.host.make_folder(folder)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        self.host.replace(path)
    }

    fn tree(&self, root: &Path) -> io::Result<Box<dyn Tree>> {
        self.host.tree(root)
    }

    fn stage(&self, place: &Path, clean: bool) -> Result<Box<dyn Staging>, StageError> {
        self.host.stage(place, clean)
    }

    fn may_stage(&self, place: &Path, clean: bool) -> Result<(), StageError> {
        self.host.may_stage(place, clean)
    }

    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>> {
        self.host.scratch(folder)
    }

    fn disk(&self, folder: &Path) -> io::Result<Disk> {
        self.host.disk(folder)
    }
}
