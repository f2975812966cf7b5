//! The only door to the file system.
//!
//! Rooms ask a [`Host`]; [`RealHost`] asks the kernel, and tests pass one that
//! fails where they want it to. No host follows a path out of what it was
//! asked, caches an answer or interprets what it reads.

mod below;
mod copy;
mod hidden;
mod real;
mod replacement;
mod stage;

pub(crate) use hidden::Without;
pub use real::RealHost;
pub(crate) use replacement::abandon_replacements;
pub(crate) use stage::{MARKER, abandon_empty_stages, abandon_stages, names_beside};

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What stands under a name, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A FIFO, a socket, a device.
    Special,
}

/// What an open file was when it was asked: two equal stamps mean that nothing
/// was written in between, as far as the file system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Length in bytes.
    pub len: u64,
    /// Last change of content, in nanoseconds since the epoch.
    pub modified: i128,
    /// Last change of content or attributes, in nanoseconds since the epoch.
    pub changed: i128,
}

/// Why a file could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It is there, but it is a directory or a special file; it was not opened
    /// in a way that could block.
    NotRegular(EntryKind),
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A regular file that is open for reading.
pub trait OpenFile: Send {
    /// What it is now.
    ///
    /// # Errors
    /// What the system said.
    fn stamp(&self) -> io::Result<Stamp>;

    /// Reads at `offset` without moving any cursor; 0 at the end of the file.
    ///
    /// # Errors
    /// What the system said; an interrupted call is repeated, not reported.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// The file itself where it can be mapped.
    fn mappable(&self) -> Option<&File>;
}

/// What stands at a place of a tree, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub kind: EntryKind,
    /// Its length, and when it changed last.
    pub stamp: Stamp,
    /// Its rights, as `chmod` has them.
    pub mode: u32,
    /// Bytes that it takes on the disk: fewer than its length if it has holes.
    pub allocated: u64,
}

/// A folder that is held open, and what is below it. Paths are relative to it
/// and made of names alone; one that passes a link is refused with ELOOP, so
/// that nobody is led out of the folder, whatever changes in it meanwhile.
pub trait Tree: Send {
    /// What stands at `path`.
    ///
    /// # Errors
    /// What the system said.
    fn look(&mut self, path: &Path) -> io::Result<Seen>;

    /// Where the link at `path` points, as it is written.
    ///
    /// # Errors
    /// What the system said.
    fn link_target(&mut self, path: &Path) -> io::Result<PathBuf>;

    /// Opens a regular file for reading. Never blocks on a FIFO.
    ///
    /// # Errors
    /// [`OpenError`].
    fn open(&mut self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError>;

    /// Hands each entry of a folder to `each`, in no order, `.` and `..` left out.
    ///
    /// # Errors
    /// What the system said; entries may have been handed out before.
    fn list(&mut self, folder: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()>;
}

/// Why a folder is not made.
#[derive(Debug)]
pub enum StageError {
    /// A link stands at the place: what is behind it is not ours to replace.
    Link,
    /// Something else than a folder stands there.
    NotAFolder,
    /// A folder stands there that is not empty and was not made here.
    Foreign,
    /// A folder stands there that was made here, but others put something into
    /// it or took something out.
    Altered,
    /// Somebody else's folder has the name that the new one has while it is made.
    ForeignBeside(PathBuf),
    /// Another process makes a folder for the same place.
    Busy,
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for StageError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A folder that will take another's place, whole, when it is committed.
/// Dropped before that, it leaves nothing behind. Paths are relative to it and
/// made of names alone; folders on the way are made.
pub trait Staging: Send {
    /// Makes a file of the first `len` bytes of `source`, sharing them on the
    /// disk where it can do that. With `only_shared` it fails where it cannot.
    ///
    /// # Errors
    /// What the system said; `AlreadyExists` where something stands there,
    /// `UnexpectedEof` where the source has become shorter.
    fn copy(&mut self, path: &Path, source: &dyn OpenFile, len: u64, mode: u32, only_shared: bool) -> io::Result<()>;

    /// Makes a file of `bytes`.
    ///
    /// # Errors
    /// What the system said; `AlreadyExists` where something stands there.
    fn write(&mut self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()>;

    /// Makes a link that says `target`.
    ///
    /// # Errors
    /// What the system said; `AlreadyExists` where something stands there.
    fn link(&mut self, path: &Path, target: &Path) -> io::Result<()>;

    /// Puts the folder in its place. What stood there is gone afterwards.
    ///
    /// # Errors
    /// [`StageError`]; what stood there is then untouched.
    fn commit(self: Box<Self>) -> Result<(), StageError>;
}

/// A file that will take another's place, whole, when it is committed. Dropped
/// before that, it leaves nothing behind.
pub trait Replacement: Write + Send {
    /// Puts it in its place.
    ///
    /// # Errors
    /// What the system said; the old file is then untouched.
    fn commit(self: Box<Self>) -> io::Result<()>;

    /// The name that it has until then, where it must have one.
    fn interim_name(&self) -> Option<PathBuf> {
        None
    }

    /// Puts it in its place until further notice, for files that appear
    /// together: the old file comes back unless [`InPlace::keep`] is said.
    ///
    /// # Errors
    /// What the system said; the old file is then untouched.
    fn put(self: Box<Self>) -> io::Result<Box<dyn InPlace>>;
}

/// A file that has taken another's place. Dropped, it gives the place back.
pub trait InPlace: Send {
    /// It stays, and the old file is gone.
    fn keep(self: Box<Self>);
}

/// A file without a name, for what does not fit into memory. It is gone when
/// this is dropped, and also when the process is killed.
pub trait ScratchFile: Send {
    /// Writes at `offset` without moving any cursor; perhaps only the first of the bytes.
    ///
    /// # Errors
    /// What the system said; an interrupted call is repeated, not reported.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Reads at `offset` without moving any cursor; 0 at the end of the file.
    ///
    /// # Errors
    /// What the system said; an interrupted call is repeated, not reported.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

/// What a folder's file system has to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that may still be written.
    pub free: u64,
    /// Its files are memory (tmpfs, ramfs).
    pub is_memory: bool,
}

/// The file system, as far as a trace needs it. Paths are absolute.
pub trait Host: Send + Sync {
    /// Hands each entry of a directory to `each`, in no order, `.` and `..` left out.
    ///
    /// # Errors
    /// What the system said; entries may have been handed out before.
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()>;

    /// What stands at `path`; a link is a link.
    ///
    /// # Errors
    /// What the system said.
    fn kind(&self, path: &Path) -> io::Result<EntryKind>;

    /// Bytes of the regular file at `path`; 0 for what is none, a link too.
    ///
    /// # Errors
    /// What the system said.
    fn len(&self, path: &Path) -> io::Result<u64>;

    /// Where a link points, as it is written.
    ///
    /// # Errors
    /// What the system said.
    fn link_target(&self, link: &Path) -> io::Result<PathBuf>;

    /// The same place without links, `.` and `..`.
    ///
    /// # Errors
    /// What the system said.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;

    /// Opens a regular file for reading. Never blocks on a FIFO.
    ///
    /// # Errors
    /// [`OpenError`].
    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError>;

    /// Makes a folder, and those on the way to it; one that is there may stay.
    ///
    /// # Errors
    /// What the system said.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// Begins a file that will replace `path`.
    ///
    /// # Errors
    /// What the system said.
    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>>;

    /// Holds a folder open for reading what is below it.
    ///
    /// # Errors
    /// What the system said.
    fn tree(&self, root: &Path) -> io::Result<Box<dyn Tree>>;

    /// Begins a folder that will stand at `place`, a real path but for its last
    /// name. What stands there must be empty or made here; with `clean` others
    /// may have put something into it.
    ///
    /// # Errors
    /// [`StageError`].
    fn stage(&self, place: &Path, clean: bool) -> Result<Box<dyn Staging>, StageError>;

    /// Whether [`Self::stage`] would begin, as far as can be told without
    /// making anything.
    ///
    /// # Errors
    /// [`StageError`].
    fn may_stage(&self, place: &Path, clean: bool) -> Result<(), StageError>;

    /// A scratch file on the file system of `folder`.
    ///
    /// # Errors
    /// What the system said.
    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>>;

    /// What the file system of `folder` has to offer.
    ///
    /// # Errors
    /// What the system said.
    fn disk(&self, folder: &Path) -> io::Result<Disk>;
}

/// The whole of a small file, such as those of /proc and /sys, whose length
/// nobody knows before; `None` if it cannot be read or is not small.
pub(crate) fn read_small(host: &dyn Host, path: &Path) -> Option<Vec<u8>> {
    const MOST: usize = 4 << 20;
    const STEP: usize = 16 << 10;
    let file = host.open(path).ok()?;
    let mut text = Vec::new();
    loop {
        let len = text.len();
        text.resize(len + STEP, 0);
        let read = file.read_at(&mut text[len..], len as u64).ok()?;
        text.truncate(len + read);
        if read == 0 {
            return Some(text);
        }
        if text.len() > MOST {
            return None;
        }
    }
}
