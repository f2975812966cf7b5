//! What a folder holds, told by one number; and emptying one.
//!
//! Passes no links, keeps no list of what it met, and takes a deep folder step
//! by step: memory and descriptors stay what they are.

use std::{
    ffi::OsStr,
    hash::Hasher,
    io,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
    time::Instant,
};

use rustix::{
    fs::{AtFlags, Dir, FileType, OFlags},
    io::{Errno, retry_on_intr},
};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::host::below;

/// Folders deeper than this are not told apart.
const DEEPEST: usize = 200;

/// All names in a folder, in any order, as one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) count: u64,
    pub(super) sum: u128,
}

impl Names {
    /// Something stands at `path`; folders are told from all else.
    pub(super) fn add(&mut self, path: &Path, is_folder: bool) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(number(path, is_folder));
    }
}

fn number(path: &Path, is_folder: bool) -> u128 {
    // Not a secret key: it is read by the next version too.
    let mut hasher = SipHasher13::new_with_keys(0, u64::from(is_folder));
    hasher.write(path.as_os_str().as_bytes());
    hasher.finish128().as_u128()
}

const LIST: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW);

fn list(folder: BorrowedFd<'_>, path: &Path) -> io::Result<Dir> {
    // A folder is opened by no name of its own.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let fd = match path == Path::new(".") {
        true => rustix::fs::openat(folder, path, LIST | OFlags::CLOEXEC, rustix::fs::Mode::empty())?,
        false => below::open(folder, path, LIST)?,
    };
    Ok(Dir::new(fd)?)
}

fn is_dots(name: &OsStr) -> bool {
    name == "." || name == ".."
}

/// What is in a folder, but for `except` at its top; `None` for one that is too deep.
pub(super) fn names(folder: BorrowedFd<'_>, except: &str) -> io::Result<Option<Names>> {
    let mut names = Names::default();
    let mut path = PathBuf::new();
    let mut open = vec![list(folder, &path)?];
    loop {
        let depth = open.len();
        let Some(directory) = open.last_mut() else { return Ok(Some(names)) };
        let Some(entry) = directory.read() else {
            open.pop();
            path.pop();
            continue;
        };
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if is_dots(name) || (depth == 1 && name == except) {
            continue;
        }
        let mut kind = entry.file_type();
        if kind == FileType::Unknown {
            let stat = rustix::fs::statat(directory.fd()?, name, AtFlags::SYMLINK_NOFOLLOW)?;
            kind = FileType::from_raw_mode(stat.st_mode);
        }
        path.push(name);
        names.add(&path, kind == FileType::Directory);
        if kind != FileType::Directory {
            path.pop();
        } else if depth == DEEPEST {
            return Ok(None);
        } else {
            open.push(list(folder, &path)?);
        }
    }
}

/// Whether a folder holds anything but `except`.
pub(super) fn is_empty(folder: BorrowedFd<'_>, except: &str) -> io::Result<bool> {
    for entry in list(folder, Path::new(""))? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if !is_dots(name) && name != except {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes away all that a folder holds but `except`, or what it can until then.
pub(super) fn empty(folder: BorrowedFd<'_>, except: &str, until: Option<Instant>) -> io::Result<()> {
    let mut path = PathBuf::new();
    loop {
        if until.is_some_and(|until| Instant::now() >= until) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let is_top = path.as_os_str().is_empty();
        match empty_one(list(folder, &path)?, if is_top { except } else { "" })? {
            Left::Folder(name) => path.push(name),
            // What was taken away may have hidden the rest from this reading.
            Left::Perhaps => {}
            Left::Nothing if is_top => return Ok(()),
            Left::Nothing => {
                let name = path.file_name().map(OsStr::to_owned).unwrap_or_default();
                path.pop();
                let holder = list(folder, &path)?;
                match rustix::fs::unlinkat(holder.fd()?.as_fd(), &name, AtFlags::REMOVEDIR) {
                    Ok(()) | Err(Errno::NOENT) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

/// What is still in a folder after its files were taken away.
enum Left {
    Folder(std::ffi::OsString),
    Perhaps,
    Nothing,
}

fn empty_one(mut directory: Dir, except: &str) -> io::Result<Left> {
    let mut left = Left::Nothing;
    while let Some(entry) = directory.read() {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if is_dots(name) || name == except {
            continue;
        }
        left = Left::Perhaps;
        match retry_on_intr(|| rustix::fs::unlinkat(directory.fd()?, name, AtFlags::empty())) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(Errno::ISDIR | Errno::PERM) => return Ok(Left::Folder(name.to_owned())),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(left)
}
