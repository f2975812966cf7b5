//! Places below a folder that is held open, with no link on the way.
//!
//! Who could put a link into a tree while it is read or written could lead the
//! reader or writer out of it. Here the kernel is told to pass none
//! (`openat2`); where it does not know how, each folder on the way is opened by
//! its name. Never makes a path absolute, and never follows a link.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, Stat},
    io::{Errno, retry_on_intr},
};

use super::{
    EntryKind, OpenError, OpenFile, Seen, Tree,
    real::{RealFile, each_entry, in_turn, kind_of, stamp_of},
};

/// Only names: neither `..` nor a link leads anywhere.
const NAMES_ALONE: ResolveFlags = ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS);

/// To hold a folder open, without the right to list it.
const AS_FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// How often a path is tried again that was renamed while it was walked.
const TRIES: usize = 16;

/// A folder that is held open, and the one below it that was used last.
pub(super) struct Below {
    root: OwnedFd,
    last: Option<(PathBuf, OwnedFd)>,
}

impl Below {
    /// Below the folder at `path`; links on the way to it are passed.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self::of(in_turn(|| retry_on_intr(|| rustix::fs::openat(CWD, path, flags, Mode::empty())))?))
    }

    pub(super) fn of(root: OwnedFd) -> Self {
        Self { root, last: None }
    }

    pub(super) fn root(&self) -> BorrowedFd<'_> {
        self.root.as_fd()
    }

    /// The folder that holds `path`, and its name there.
    pub(super) fn place<'p>(&mut self, path: &'p Path) -> io::Result<(BorrowedFd<'_>, &'p OsStr)> {
        let (folder, name) = split(path)?;
        if folder.as_os_str().is_empty() {
            return Ok((self.root.as_fd(), name));
        }
        let is_last = self.last.as_ref().is_some_and(|(last, _)| last == folder);
        if !is_last {
            // Given back first: with few descriptors each counts.
            self.last = None;
            self.last = Some((folder.to_path_buf(), open(self.root.as_fd(), folder, AS_FOLDER)?));
        }
        let fd = self.last.as_ref().map_or(self.root.as_fd(), |(_, fd)| fd.as_fd());
        Ok((fd, name))
    }

    /// As [`Self::place`]; folders that are missing are made, and told to `made`.
    pub(super) fn place_made<'p>(
        &mut self,
        path: &'p Path,
        made: &mut dyn FnMut(&Path),
    ) -> io::Result<(BorrowedFd<'_>, &'p OsStr)> {
        let (folder, _) = split(path)?;
        let is_known = folder.as_os_str().is_empty() || self.last.as_ref().is_some_and(|(last, _)| last == folder);
        if !is_known {
            self.last = None;
            let fd = match open(self.root.as_fd(), folder, AS_FOLDER) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(folder, made)?,
                opened => opened?,
            };
            self.last = Some((folder.to_path_buf(), fd));
        }
        self.place(path)
    }

    fn make(&self, folder: &Path, made: &mut dyn FnMut(&Path)) -> io::Result<OwnedFd> {
        let mut here: Option<OwnedFd> = None;
        let mut path = PathBuf::new();
        for name in folder.components() {
            path.push(name);
            let at = here.as_ref().map_or(self.root.as_fd(), |fd| fd.as_fd());
            let name = name.as_os_str();
            let next = match open(at, Path::new(name), AS_FOLDER) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    retry_on_intr(|| rustix::fs::mkdirat(at, name, Mode::from_raw_mode(0o777)))?;
                    made(&path);
                    open(at, Path::new(name), AS_FOLDER)?
                }
                opened => opened?,
            };
            here = Some(next);
        }
        here.ok_or_else(|| Errno::INVAL.into())
    }
}

/// The folder of a path that is made of names alone, and the last of them.
fn split(path: &Path) -> io::Result<(&Path, &OsStr)> {
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    match (is_plain, path.parent(), path.file_name()) {
        (true, Some(folder), Some(name)) => Ok((folder, name)),
        _ => Err(Errno::INVAL.into()),
    }
}

/// Opens what stands at `path` below `root`.
pub(super) fn open(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    // A link at the end is then told as a link, and not as what is no folder.
    let at_end = if flags.contains(OFlags::DIRECTORY) { flags.difference(OFlags::NOFOLLOW) } else { flags };
    let at_once =
        || retry_on_intr(|| rustix::fs::openat2(root, path, at_end | OFlags::CLOEXEC, Mode::empty(), NAMES_ALONE));
    for _ in 0..TRIES {
        match in_turn(at_once) {
            // Something was renamed meanwhile: the kernel cannot tell whether it stayed below.
            Err(Errno::AGAIN) => {}
            // An old kernel, or a sandbox that does not know the call.
            Err(Errno::NOSYS | Errno::PERM) => return by_names(root, path, flags),
            opened => return Ok(opened?),
        }
    }
    Err(Errno::AGAIN.into())
}

fn by_names(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let step = |at: BorrowedFd<'_>, name: &OsStr, flags: OFlags| {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        in_turn(|| retry_on_intr(|| rustix::fs::openat(at, name, flags, Mode::empty())))
    };
    let (folder, name) = split(path)?;
    let mut here: Option<OwnedFd> = None;
    for name in folder.components() {
        let at = here.as_ref().map_or(root, |fd| fd.as_fd());
        here =
            Some(step(at, name.as_os_str(), AS_FOLDER).map_err(|error| link_on_the_way(at, name.as_os_str(), error))?);
    }
    let at = here.as_ref().map_or(root, |fd| fd.as_fd());
    Ok(step(at, name, flags).map_err(|error| link_on_the_way(at, name, error))?)
}

/// A link where a folder is needed is told as such, as `openat2` does.
fn link_on_the_way(at: BorrowedFd<'_>, name: &OsStr, error: Errno) -> Errno {
    let is_link = || {
        let stat = rustix::fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW);
        stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
    };
    if error == Errno::NOTDIR && is_link() { Errno::LOOP } else { error }
}

pub(super) fn seen(stat: &Stat) -> Seen {
    /// What `st_blocks` counts, whatever the disk's own blocks are.
    const BLOCK: u64 = 512;
    Seen {
        kind: kind_of(FileType::from_raw_mode(stat.st_mode)).unwrap_or(EntryKind::Special),
        stamp: stamp_of(stat),
        mode: stat.st_mode & 0o7777,
        allocated: u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(BLOCK),
    }
}

/// A tree that is read.
pub(super) struct RealTree(pub(super) Below);

impl Tree for RealTree {
    fn look(&mut self, path: &Path) -> io::Result<Seen> {
        let (folder, name) = self.0.place(path)?;
        Ok(seen(&retry_on_intr(|| rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW))?))
    }

    fn link_target(&mut self, path: &Path) -> io::Result<PathBuf> {
        let (folder, name) = self.0.place(path)?;
        let target = retry_on_intr(|| rustix::fs::readlinkat(folder, name, Vec::new()))?;
        Ok(PathBuf::from(OsStr::from_bytes(target.as_bytes())))
    }

    fn open(&mut self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        let (folder, name) = self.0.place(path)?;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let open = || retry_on_intr(|| rustix::fs::openat(folder, name, flags, Mode::empty()));
        let fd = match in_turn(open) {
            Err(Errno::NXIO) => return Err(OpenError::NotRegular(EntryKind::Special)),
            opened => opened.map_err(io::Error::from)?,
        };
        let stat = rustix::fs::fstat(&fd).map_err(io::Error::from)?;
        match seen(&stat).kind {
            EntryKind::File => Ok(Box::new(RealFile(File::from(fd)))),
            other => Err(OpenError::NotRegular(other)),
        }
    }

    fn list(&mut self, folder: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        let fd = open(self.0.root(), folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW)?;
        each_entry(fd, each)
    }
}
