//! The host that asks the kernel.
//!
//! Everything here is one system call and its translation; an interrupted call
//! is repeated, and one that finds no descriptor left waits for its turn.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Write},
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt, fs::FileExt},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat},
    io::{Errno, retry_on_intr},
};

use super::{
    Disk, EntryKind, Host, InPlace, OpenError, OpenFile, Replacement, ScratchFile, StageError, Staging, Stamp, Tree,
    below::{Below, RealTree},
    replacement::RealReplacement,
    stage::{self, RealStage},
};

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealHost;

/// What the kernel calls it; `None` where the file system does not say in a listing.
pub(super) fn kind_of(file_type: FileType) -> Option<EntryKind> {
    match file_type {
        FileType::RegularFile => Some(EntryKind::File),
        FileType::Directory => Some(EntryKind::Directory),
        FileType::Symlink => Some(EntryKind::Link),
        FileType::Unknown => None,
        _ => Some(EntryKind::Special),
    }
}

/// How often a worker waits for another to give its descriptor back, and how long.
const TURNS: u32 = 5000;
const TURN: Duration = Duration::from_millis(1);

/// Opens; where no descriptor is left, waits for one: a worker holds one at a
/// time and not for long, so with few there are only fewer workers at a time.
fn open_in_turn(path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    in_turn(|| retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty())))
}

pub(super) fn in_turn<T>(open: impl Fn() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    for _ in 0..TURNS {
        match open() {
            Err(Errno::MFILE | Errno::NFILE) => std::thread::sleep(TURN),
            opened => return opened,
        }
    }
    Err(Errno::MFILE)
}

/// Hands each entry of an open directory to `each`.
pub(super) fn each_entry(fd: OwnedFd, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
    let mut directory = Dir::new(fd)?;
    while let Some(entry) = directory.read() {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        match kind_of(entry.file_type()) {
            Some(kind) => each(name, kind),
            // Gone again since it was listed: as if it had not been.
            None => {
                let stat = rustix::fs::statat(directory.fd()?, name, AtFlags::SYMLINK_NOFOLLOW);
                if let Ok(stat) = stat {
                    each(name, kind_of(FileType::from_raw_mode(stat.st_mode)).unwrap_or(EntryKind::Special));
                }
            }
        }
    }
    Ok(())
}

impl Host for RealHost {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        each_entry(open_in_turn(directory, flags)?, each)
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        let stat = retry_on_intr(|| rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW))?;
        Ok(kind_of(FileType::from_raw_mode(stat.st_mode)).unwrap_or(EntryKind::Special))
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        let stat = retry_on_intr(|| rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW))?;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        Ok(if is_file { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 })
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        let target = retry_on_intr(|| rustix::fs::readlink(link, Vec::new()))?;
        Ok(PathBuf::from(OsStr::from_bytes(target.as_bytes())))
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        #[allow(clippy::disallowed_methods, reason = "this is the door")]
        path.canonicalize()
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        // NONBLOCK: the open of a FIFO without a writer would wait for ever.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = match open_in_turn(path, flags) {
            Ok(fd) => fd,
            // What the open of a socket says.
            Err(Errno::NXIO) => return Err(OpenError::NotRegular(EntryKind::Special)),
            Err(error) => return Err(OpenError::Io(error.into())),
        };
        let stat = rustix::fs::fstat(&fd).map_err(io::Error::from)?;
        match kind_of(FileType::from_raw_mode(stat.st_mode)) {
            Some(EntryKind::File) => Ok(Box::new(RealFile(File::from(fd)))),
            other => Err(OpenError::NotRegular(other.unwrap_or(EntryKind::Special))),
        }
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        let stands = match retry_on_intr(|| rustix::fs::stat(path)) {
            Ok(stat) => Some(stat),
            Err(Errno::NOENT) => None,
            Err(error) => return Err(error.into()),
        };
        // Behind a link it is the file that is replaced, not the link.
        let place = if stands.is_some() { self.real_path(path).ok() } else { Some(self.behind_links(path)?) };
        let file_type = stands.map_or(FileType::RegularFile, |stat| FileType::from_raw_mode(stat.st_mode));
        let place = match (file_type, place) {
            (FileType::RegularFile, Some(place)) => place,
            // A terminal, a pipe, /dev/null: there is nothing to put in its place. A file without a
            // name (/dev/stdout, when its file was deleted) has no place either.
            (FileType::CharacterDevice | FileType::Fifo | FileType::RegularFile, _) => {
                let flags = OFlags::WRONLY | OFlags::CLOEXEC;
                let fd = retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))?;
                return Ok(Box::new(Device(File::from(fd))));
            }
            (FileType::Directory, _) => return Err(Errno::ISDIR.into()),
            _ => return Err(Errno::INVAL.into()),
        };
        let folder = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        retry_on_intr(|| rustix::fs::stat(&folder))?;
        let mode = stands.map(|stat| stat.st_mode);
        Ok(Box::new(RealReplacement::new(&folder, place, mode)?))
    }

    fn tree(&self, root: &Path) -> io::Result<Box<dyn Tree>> {
        Ok(Box::new(RealTree(Below::new(root)?)))
    }

    fn stage(&self, place: &Path, clean: bool) -> Result<Box<dyn Staging>, StageError> {
        Ok(Box::new(RealStage::begin(place, clean)?))
    }

    fn may_stage(&self, place: &Path, clean: bool) -> Result<(), StageError> {
        stage::may_begin(place, clean)
    }

    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>> {
        // O_TMPFILE, or created and unlinked at once: no name is left to clean up.
        // Not the error itself: it tells a name that nobody knows.
        let open = || tempfile::tempfile_in(folder).map_err(|error| errno_of(&error));
        Ok(Box::new(RealScratch { file: in_turn(open)?, longest: longest_file() }))
    }

    fn disk(&self, folder: &Path) -> io::Result<Disk> {
        let room = retry_on_intr(|| rustix::fs::statvfs(folder))?;
        Ok(Disk { free: room.f_bavail.saturating_mul(room.f_frsize), is_memory: is_memory(folder)? })
    }
}

/// The system's number for an error that may have words of its own around it.
fn errno_of(error: &io::Error) -> Errno {
    let inner = || error.get_ref()?.source()?.downcast_ref::<io::Error>()?.raw_os_error();
    let number = error.raw_os_error().or_else(inner);
    number.map_or(Errno::IO, Errno::from_raw_os_error)
}

/// Whether the file system of `folder` keeps its files in memory.
#[cfg(target_os = "linux")]
fn is_memory(folder: &Path) -> io::Result<bool> {
    const TMPFS: u32 = 0x0102_1994;
    const RAMFS: u32 = 0x8584_58f6;
    let kind = retry_on_intr(|| rustix::fs::statfs(folder))?.f_type;
    // The width of this field is the machine's own; the magic numbers have 32 bits.
    Ok(matches!(kind as u32, TMPFS | RAMFS))
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// The longest file that this process may write: a write beyond it is answered
/// with a signal that ends the process.
fn longest_file() -> u64 {
    rustix::process::getrlimit(rustix::process::Resource::Fsize).current.unwrap_or(u64::MAX)
}

struct RealScratch {
    file: File,
    longest: u64,
}

impl ScratchFile for RealScratch {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        if offset.saturating_add(bytes.len() as u64) > self.longest {
            return Err(Errno::FBIG.into());
        }
        loop {
            match self.file.write_at(bytes, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        read_at(&self.file, buffer, offset)
    }
}

fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl RealHost {
    /// The path that a link to nothing leads to, which a write would create.
    fn behind_links(&self, path: &Path) -> io::Result<PathBuf> {
        let mut place = path.to_path_buf();
        // The kernel passes no more links than this.
        for _ in 0..40 {
            match self.link_target(&place) {
                Ok(target) => place = place.parent().unwrap_or(Path::new("/")).join(target),
                Err(_) => return Ok(place),
            }
        }
        Err(Errno::LOOP.into())
    }
}

/// What is written to as it is.
struct Device(File);

impl Write for Device {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl InPlace for Device {
    fn keep(self: Box<Self>) {}
}

impl Replacement for Device {
    /// What was written to a pipe or a terminal cannot be had back.
    fn put(self: Box<Self>) -> io::Result<Box<dyn InPlace>> {
        Ok(self)
    }

    fn commit(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// A regular file that is open.
pub(super) struct RealFile(pub(super) File);

pub(super) fn stamp_of(stat: &Stat) -> Stamp {
    let nanoseconds = |seconds: i64, rest: u64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Stamp {
        len: u64::try_from(stat.st_size).unwrap_or(0),
        modified: nanoseconds(stat.st_mtime, stat.st_mtime_nsec),
        changed: nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
    }
}

impl OpenFile for RealFile {
    fn stamp(&self) -> io::Result<Stamp> {
        Ok(stamp_of(&rustix::fs::fstat(&self.0)?))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        read_at(&self.0, buffer, offset)
    }

    fn mappable(&self) -> Option<&File> {
        Some(&self.0)
    }
}
