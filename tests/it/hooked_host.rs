//! The real file system, behind a function that may refuse each question.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
};

use monotrace::{
    Disk, EntryKind, Host, OpenError, OpenFile, RealHost, Replacement, ScratchFile, StageError, Staging, Tree,
};

/// What a host is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    List,
    Kind,
    Open,
}

/// A host whose function is called first; what it refuses is not done.
pub struct HookedHost<F>(pub F);

impl<F: Fn(Asked, &Path) -> io::Result<()> + Send + Sync> Host for HookedHost<F> {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        (self.0)(Asked::List, directory)?;
        RealHost.list(directory, each)
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        (self.0)(Asked::Kind, path)?;
        RealHost.kind(path)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        RealHost.len(path)
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        RealHost.link_target(link)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        RealHost.real_path(path)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        (self.0)(Asked::Open, path)?;
        RealHost.open(path)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        RealHost.make_folder(folder)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        RealHost.replace(path)
    }

    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>> {
        RealHost.scratch(folder)
    }

    fn tree(&self, root: &Path) -> io::Result<Box<dyn Tree>> {
        RealHost.tree(root)
    }

    fn stage(&self, place: &Path, clean: bool) -> Result<Box<dyn Staging>, StageError> {
        RealHost.stage(place, clean)
    }

    fn may_stage(&self, place: &Path, clean: bool) -> Result<(), StageError> {
        RealHost.may_stage(place, clean)
    }

    fn disk(&self, folder: &Path) -> io::Result<Disk> {
        RealHost.disk(folder)
    }
}
