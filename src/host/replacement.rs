//! A file that takes another's place, whole, or leaves nothing.
//!
//! While it is written it has no name where the file system allows that, so
//! that a process that is killed leaves nothing. Where it must have one, that
//! name is known here, and whoever ends the process takes it away first. What
//! is written, and which place is taken, is decided elsewhere.

use std::{
    fs::{File, Permissions},
    io::{self, Write},
    os::{fd::AsRawFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, RenameFlags},
    io::{Errno, retry_on_intr},
};
use tempfile::{NamedTempFile, TempPath};

use super::{InPlace, Replacement};

/// Names that stand on a disk and must not stay there. Locked while one comes or goes.
static NAMES: Mutex<Vec<Name>> = Mutex::new(Vec::new());

/// What must go if the process ends now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    /// A file that is not whole.
    Unfinished(PathBuf),
    /// What stood at the second place before, and comes back.
    Old(PathBuf, PathBuf),
    /// A file at whose place nothing stood.
    New(PathBuf),
}

impl Name {
    fn undo(&self) {
        let _ = match self {
            Self::Unfinished(path) | Self::New(path) => rustix::fs::unlink(path),
            Self::Old(old, place) => rustix::fs::rename(old, place),
        };
    }
}

/// What names begin with while a file is not whole.
const PREFIX: &str = ".monotrace-";

fn names() -> MutexGuard<'static, Vec<Name>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes away what unfinished files are called, and lets no other begin or be
/// finished. The process is about to end.
pub fn abandon_replacements() {
    // Who holds the lock is in the midst of one system call, or waits for this very thread.
    for _ in 0..100 {
        let mut names = match NAMES.try_lock() {
            Ok(names) => names,
            Err(TryLockError::Poisoned(names)) => names.into_inner(),
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            }
        };
        for name in names.drain(..) {
            name.undo();
        }
        // Never unlocked: nothing more is to be done.
        std::mem::forget(names);
        return;
    }
}

/// What will stand at `place`.
pub(super) struct RealReplacement {
    file: Unfinished,
    place: PathBuf,
}

enum Unfinished {
    Unnamed(File),
    Named(NamedTempFile, Known),
}

/// A name that is in [`NAMES`], until this is dropped.
struct Known(Name);

impl Known {
    fn new(names: &mut Vec<Name>, name: Name) -> Self {
        names.push(name.clone());
        Self(name)
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        names().retain(|name| *name != self.0);
    }
}

/// A file in its place; dropped with its name known, it goes again.
struct Put(Option<Known>);

impl InPlace for Put {
    fn keep(mut self: Box<Self>) {
        if let Some(known) = self.0.take() {
            let mut names = names();
            if let Name::Old(old, _) = &known.0 {
                let _ = rustix::fs::unlink(old);
            }
            names.retain(|name| *name != known.0);
            drop(names);
        }
    }
}

impl Drop for Put {
    fn drop(&mut self) {
        if let Some(known) = &self.0 {
            known.0.undo();
        }
    }
}

impl RealReplacement {
    /// Begins a file for `place`, which is in `folder`, with the rights that
    /// the umask leaves, or with `mode`.
    pub(super) fn new(folder: &Path, place: PathBuf, mode: Option<u32>) -> io::Result<Self> {
        let file = match unnamed(folder) {
            Some(file) => Unfinished::Unnamed(file),
            None => named(folder)?,
        };
        let replacement = Self { file, place };
        if let Some(mode) = mode {
            // Who could read the old file can read the new one, and nobody else.
            rustix::fs::fchmod(replacement.file(), Mode::from_raw_mode(mode))?;
        }
        Ok(replacement)
    }

    fn file(&self) -> &File {
        match &self.file {
            Unfinished::Unnamed(file) => file,
            Unfinished::Named(file, _) => file.as_file(),
        }
    }
}

/// A file without a name; `None` where there is no such thing.
fn unnamed(folder: &Path) -> Option<File> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = File::from(retry_on_intr(|| rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666))).ok()?);
    // It gets its name by this path.
    rustix::fs::lstat(path_of(&file)).is_ok().then_some(file)
}

fn named(folder: &Path) -> io::Result<Unfinished> {
    let mut names = names();
    // What a file gets that a shell's `>` makes: the umask decides.
    let everyone = Permissions::from_mode(0o666);
    let file = tempfile::Builder::new().prefix(PREFIX).permissions(everyone).tempfile_in(folder);
    // Not the error itself: it tells a name that nobody knows.
    let file = file.map_err(|error| io::Error::from(error.kind()))?;
    let known = Known::new(&mut names, Name::Unfinished(file.path().to_path_buf()));
    Ok(Unfinished::Named(file, known))
}

fn path_of(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

impl Write for RealReplacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Unfinished::Unnamed(file) => file.write(bytes),
            Unfinished::Named(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Replacement for RealReplacement {
    fn interim_name(&self) -> Option<PathBuf> {
        match &self.file {
            Unfinished::Unnamed(_) => None,
            Unfinished::Named(file, _) => Some(file.path().to_path_buf()),
        }
    }

    fn commit(self: Box<Self>) -> io::Result<()> {
        self.file().sync_data()?;
        let Self { file, place } = *self;
        match file {
            Unfinished::Named(file, known) => {
                // Nobody may end the process between the two.
                let names = names();
                let persisted = file.persist(&place);
                drop(names);
                drop(known);
                persisted.map_err(|refused| refused.error)?;
            }
            Unfinished::Unnamed(file) => {
                let _names = names();
                linked(&path_of(&file), &place)?.persist(&place).map_err(|error| error.error)?;
            }
        }
        Ok(())
    }

    fn put(self: Box<Self>) -> io::Result<Box<dyn InPlace>> {
        self.file().sync_data()?;
        let Self { file, place } = *self;
        // Nobody may end the process while names change.
        let mut names = names();
        let (new, known) = match file {
            Unfinished::Named(file, known) => (file.into_temp_path(), Some(known)),
            Unfinished::Unnamed(file) => (linked(&path_of(&file), &place)?, None),
        };
        let put = take_place(&mut names, new, &place);
        // Its name is the old file's now, or nobody's.
        names.retain(|name| known.as_ref().is_none_or(|known| *name != known.0));
        drop(names);
        Ok(Box::new(put?))
    }
}

/// A file without a name, under a name of its own beside its place: a link takes no place that is taken.
fn linked(from: &str, place: &Path) -> io::Result<TempPath> {
    let folder = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let link = |name: &Path| -> io::Result<()> {
        Ok(retry_on_intr(|| rustix::fs::linkat(CWD, from, CWD, name, AtFlags::SYMLINK_FOLLOW))?)
    };
    let linked = tempfile::Builder::new().prefix(PREFIX).make_in(folder, link);
    Ok(linked.map_err(|error| io::Error::from(error.kind()))?.into_temp_path())
}

/// Puts `new` at a place so that what stood there can come back.
fn take_place(names: &mut Vec<Name>, new: TempPath, place: &Path) -> io::Result<Put> {
    let rename = |flags| retry_on_intr(|| rustix::fs::renameat_with(CWD, &*new, CWD, place, flags));
    match rename(RenameFlags::EXCHANGE) {
        // The old file has the new one's name now.
        Ok(()) => {
            let old = new.keep().map_err(|error| error.error)?;
            Ok(Put(Some(Known::new(names, Name::Old(old, place.to_path_buf())))))
        }
        Err(Errno::NOENT) => {
            match rename(RenameFlags::NOREPLACE) {
                Err(Errno::INVAL | Errno::NOSYS) => rename(RenameFlags::empty())?,
                renamed => renamed?,
            }
            Ok(Put(Some(Known::new(names, Name::New(place.to_path_buf())))))
        }
        // No exchange on this file system: the old file gets a second name first.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let folder = place.parent().unwrap_or(Path::new("."));
            let link = |name: &Path| -> io::Result<()> { Ok(rustix::fs::link(place, name)?) };
            let old = tempfile::Builder::new().prefix(PREFIX).make_in(folder, link)?.into_temp_path();
            rename(RenameFlags::empty())?;
            let old = old.keep().map_err(|error| error.error)?;
            Ok(Put(Some(Known::new(names, Name::Old(old, place.to_path_buf())))))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "this is the door")]
mod tests {
    use super::*;

    #[test]
    fn with_a_name_or_without_it_appears_whole_or_not_at_all() {
        for has_name in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("out");
            std::fs::write(&place, "old").unwrap();
            let begin = || {
                let file = if has_name {
                    named(folder.path()).unwrap()
                } else {
                    Unfinished::Unnamed(unnamed(folder.path()).expect("the temp folder's file system can do that"))
                };
                Box::new(RealReplacement { file, place: place.clone() })
            };
            let entries = || std::fs::read_dir(folder.path()).unwrap().count();
            let mut dropped = begin();
            dropped.write_all(b"half").unwrap();
            assert_eq!(entries(), 1 + usize::from(has_name));
            drop(dropped);
            assert_eq!((entries(), std::fs::read(&place).unwrap()), (1, b"old".to_vec()));
            let mut whole = begin();
            whole.write_all(b"new").unwrap();
            whole.commit().unwrap();
            assert_eq!((entries(), std::fs::read(&place).unwrap()), (1, b"new".to_vec()));
            let put = || {
                let mut whole = begin();
                whole.write_all(b"newer").unwrap();
                whole.put().unwrap()
            };
            let text = || std::fs::read(&place).unwrap();
            let there = put();
            assert_eq!(text(), b"newer");
            drop(there);
            assert_eq!((entries(), text()), (1, b"new".to_vec()));
            put().keep();
            assert_eq!((entries(), text()), (1, b"newer".to_vec()));
            std::fs::remove_file(&place).unwrap();
            drop(put());
            assert_eq!(entries(), 0);
            put().keep();
            assert_eq!((entries(), text()), (1, b"newer".to_vec()));
            let is_here = |name: &Name| format!("{name:?}").contains(folder.path().to_str().unwrap());
            assert!(!names().iter().any(is_here));
        }
    }
}
