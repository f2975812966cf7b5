//! A folder that takes another's place, whole, or leaves nothing.
//!
//! It is made beside its place, under a name that the next run knows, with a
//! marker in it that is locked while somebody works there. So a run that was
//! killed leaves at most this folder, and the next one takes it away. In its
//! place comes by one exchange of names; where the file system has none, by two
//! renames that the next run can undo. What is not ours is never taken away.

mod marker;
mod sweep;

pub(crate) use marker::MARKER;

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    hash::Hasher,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::{
    fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, RenameFlags},
    io::{Errno, retry_on_intr},
};

use super::{OpenFile, StageError, Staging, below::Below, copy, real::in_turn};
use marker::{Marker, State};
use sweep::Names;

/// What the folder is called while it is made, before the name of its place.
const PREFIX: &str = ".monotrace-stage-";

/// What the old folder is called between two renames.
const OLD_PREFIX: &str = ".monotrace-old-";

/// Longer names are told by a number instead: a name has 255 bytes at the most.
const LONGEST_NAME: usize = 200;

/// All names that a folder has while it is made and put in its place.
pub fn names_beside(place: &Path) -> Vec<PathBuf> {
    let name = place.file_name().unwrap_or_default();
    [name.to_owned(), beside(PREFIX, name), beside(OLD_PREFIX, name)].map(|name| place.with_file_name(name)).into()
}

/// What the folder `place` is called while it is not in its place.
fn beside(prefix: &str, place: &OsStr) -> OsString {
    let mut name = OsString::from(prefix);
    if place.len() <= LONGEST_NAME {
        name.push(place);
    } else {
        let mut hasher = siphasher::sip::SipHasher13::new();
        hasher.write(place.as_bytes());
        name.push(format!("{:016x}", hasher.finish()));
    }
    name
}

/// How often a folder is begun anew that another run took away meanwhile.
const TRIES: usize = 100;

/// After so many files whose bytes could not be shared it is not tried again.
const SHARES_TRIED: u32 = 8;

/// Folders that are being made, and whether each still holds nothing but its
/// marker. Locked while something is put there.
static UNDER_WAY: Mutex<Vec<(PathBuf, bool)>> = Mutex::new(Vec::new());

fn under_way() -> MutexGuard<'static, Vec<(PathBuf, bool)>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder came into its place.
static IS_IN_PLACE: AtomicBool = AtomicBool::new(false);

/// Takes away folders that hold nothing yet, for those who may not take memory.
pub fn abandon_empty_stages() {
    let Ok(stages) = UNDER_WAY.try_lock() else { return };
    // What holds more must keep its marker: without it the next run would take it for somebody's.
    for (stage, _) in stages.iter().filter(|(_, is_empty)| *is_empty) {
        let folder = rustix::fs::openat(CWD, stage, FOLDER, Mode::empty());
        if folder.is_ok_and(|folder| rustix::fs::unlinkat(&folder, MARKER, AtFlags::empty()).is_ok()) {
            let _ = rustix::fs::rmdir(stage);
        }
    }
    // Never unlocked: nothing more is to be done.
    std::mem::forget(stages);
}

/// Takes away what unfinished folders hold, as far as `time` allows, and lets
/// no other begin or be finished. The process is about to end; what is left is
/// taken away by the next run. Tells whether one came into its place before.
pub fn abandon_stages(time: Duration) -> bool {
    let until = Instant::now() + time;
    let stages = loop {
        match UNDER_WAY.try_lock() {
            Ok(stages) => break stages,
            Err(TryLockError::Poisoned(stages)) => break stages.into_inner(),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => return IS_IN_PLACE.load(Ordering::Relaxed),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    for (stage, _) in &*stages {
        if let Ok(folder) = rustix::fs::openat(CWD, stage, FOLDER, Mode::empty()) {
            let _ = discard(folder.as_fd(), Some(until)).and_then(|()| Ok(rustix::fs::rmdir(stage)?));
        }
    }
    // Never unlocked: nothing more is to be done.
    std::mem::forget(stages);
    IS_IN_PLACE.load(Ordering::Relaxed)
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Takes away all that is in a folder, the marker last.
fn discard(folder: BorrowedFd<'_>, until: Option<Instant>) -> io::Result<()> {
    sweep::empty(folder, MARKER, until)?;
    match rustix::fs::unlinkat(folder, MARKER, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Where a folder will stand: the one that holds it, held open, and its name there.
struct Spot {
    holder: OwnedFd,
    path: PathBuf,
    name: OsString,
}

/// What stands at a place.
enum Standing {
    Nothing,
    /// A folder with nothing in it.
    Empty,
    /// A folder that was made here, and its marker.
    Ours(OwnedFd, File),
}

impl Spot {
    fn new(place: &Path) -> io::Result<Self> {
        let (Some(holder), Some(name)) = (place.parent(), place.file_name()) else {
            return Err(Errno::INVAL.into());
        };
        let fd = in_turn(|| retry_on_intr(|| rustix::fs::openat(CWD, holder, FOLDER, Mode::empty())))?;
        Ok(Self { holder: fd, path: holder.to_path_buf(), name: name.to_owned() })
    }

    fn open(&self, name: &OsStr) -> io::Result<OwnedFd> {
        Ok(in_turn(|| retry_on_intr(|| rustix::fs::openat(&self.holder, name, FOLDER, Mode::empty())))?)
    }

    fn rename(&self, from: &OsStr, to: &OsStr, flags: RenameFlags) -> rustix::io::Result<()> {
        retry_on_intr(|| rustix::fs::renameat_with(&self.holder, from, &self.holder, to, flags))
    }

    fn is_there(&self, name: &OsStr) -> io::Result<bool> {
        match retry_on_intr(|| rustix::fs::statat(&self.holder, name, AtFlags::SYMLINK_NOFOLLOW)) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What stands at the place now; what is not ours to replace is an error.
    fn standing(&self, clean: bool) -> Result<Standing, StageError> {
        let stat = match retry_on_intr(|| rustix::fs::statat(&self.holder, &self.name, AtFlags::SYMLINK_NOFOLLOW)) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(Standing::Nothing),
            Err(error) => return Err(io::Error::from(error).into()),
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {}
            FileType::Symlink => return Err(StageError::Link),
            _ => return Err(StageError::NotAFolder),
        }
        let folder = self.open(&self.name)?;
        if sweep::is_empty(folder.as_fd(), "")? {
            return Ok(Standing::Empty);
        }
        let Some(file) = open_marker(folder.as_fd())? else { return Err(StageError::Foreign) };
        let marker = Marker::read(&file)?.filter(|marker| marker.state == State::Whole).ok_or(StageError::Foreign)?;
        let is_unaltered = || -> io::Result<bool> {
            Ok(sweep::names(folder.as_fd(), MARKER)?.is_some_and(|names| marker.is_of(names)))
        };
        if !clean && !is_unaltered()? {
            return Err(StageError::Altered);
        }
        Ok(Standing::Ours(folder, file))
    }

    /// A run that was killed between two renames took the old folder out of its place.
    fn recover(&self) -> Result<(), StageError> {
        let old = beside(OLD_PREFIX, &self.name);
        let Ok(folder) = self.open(&old) else { return Ok(()) };
        let Some(marker) = open_marker(folder.as_fd())? else { return Ok(()) };
        if !lock(&marker)? {
            return Err(StageError::Busy);
        }
        if self.is_there(&self.name)? {
            discard(folder.as_fd(), None)?;
            let _ = rustix::fs::unlinkat(&self.holder, &old, AtFlags::REMOVEDIR);
        } else {
            self.rename(&old, &self.name, RenameFlags::empty()).map_err(io::Error::from)?;
        }
        Ok(())
    }
}

/// The marker in a folder, for reading and locking; none where no regular file bears its name.
fn open_marker(folder: BorrowedFd<'_>) -> io::Result<Option<File>> {
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match in_turn(|| retry_on_intr(|| rustix::fs::openat(folder, MARKER, flags, Mode::empty()))) {
        Ok(fd) => {
            let is_file = FileType::from_raw_mode(rustix::fs::fstat(&fd)?.st_mode) == FileType::RegularFile;
            Ok(is_file.then(|| File::from(fd)))
        }
        Err(Errno::NOENT | Errno::LOOP | Errno::ISDIR | Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Locks for as long as the file is open; false if another has it.
fn lock(file: &File) -> io::Result<bool> {
    match retry_on_intr(|| rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive)) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        // A file system without locks: two runs at one time are then the user's care.
        Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::NOLCK) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Whether a folder could be begun, nothing made.
pub(super) fn may_begin(place: &Path, clean: bool) -> Result<(), StageError> {
    match Spot::new(place) {
        Ok(spot) => spot.standing(clean).map(drop),
        // It would be made with its folders.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Folders that were made on the way to the place: they go if nothing comes of it.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    /// Makes `folder` and those on the way to it.
    fn all(folder: &Path) -> io::Result<Self> {
        let mut made = Self::default();
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| rustix::fs::stat(*folder).is_err_and(|error| error == Errno::NOENT))
            .collect();
        for folder in missing.into_iter().rev() {
            match rustix::fs::mkdir(folder, Mode::from_raw_mode(0o777)) {
                Ok(()) => made.0.push(folder.to_path_buf()),
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(made)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        while let Some(folder) = self.0.pop() {
            let _ = rustix::fs::rmdir(&folder);
        }
    }
}

/// What will stand at a place.
///
/// 1. While it is here, its path is in [`UNDER_WAY`] and its marker is locked.
/// 2. `names` tells all that is in it but the marker.
pub(super) struct RealStage {
    spot: Spot,
    name: OsString,
    path: PathBuf,
    clean: bool,
    below: Below,
    marker: File,
    names: Names,
    /// How often in a row bytes could not be shared.
    unshared: u32,
    is_committed: bool,
    /// Dropped after the folder itself is gone.
    made: Made,
}

impl RealStage {
    pub(super) fn begin(place: &Path, clean: bool) -> Result<Self, StageError> {
        let made = Made::all(place.parent().unwrap_or(Path::new("/")))?;
        let spot = Spot::new(place)?;
        spot.recover()?;
        spot.standing(clean)?;
        let name = beside(PREFIX, &spot.name);
        let path = spot.path.join(&name);
        let mut stages = under_way();
        let occupied = occupy(&spot, &name);
        if occupied.is_err() {
            // Made just now, perhaps: then it is empty, and goes. What is not empty stays.
            let _ = rustix::fs::unlinkat(&spot.holder, &name, AtFlags::REMOVEDIR);
        }
        let (folder, marker) = occupied.map_err(|error| match error {
            StageError::Foreign => StageError::ForeignBeside(path.clone()),
            error => error,
        })?;
        stages.push((path.clone(), false));
        drop(stages);
        let below = Below::of(folder);
        let stage = Self {
            spot,
            name,
            path,
            clean,
            below,
            marker,
            names: Names::default(),
            unshared: 0,
            is_committed: false,
            made,
        };
        // Left by a run that was killed.
        sweep::empty(stage.below.root(), MARKER, None)?;
        Marker::new(State::Unfinished, Names::default()).write(&stage.marker)?;
        stage.tell_empty(&mut under_way(), true);
        Ok(stage)
    }

    fn tell_empty(&self, stages: &mut [(PathBuf, bool)], is_empty: bool) {
        stages.iter_mut().filter(|(stage, _)| *stage == self.path).for_each(|(_, told)| *told = is_empty);
    }

    /// A new file, which nobody else has.
    fn create(&mut self, path: &Path, mode: u32) -> io::Result<File> {
        let mut at_work = under_way();
        self.tell_empty(&mut at_work, false);
        let names = &mut self.names;
        let (folder, name) = self.below.place_made(path, &mut |made| names.add(made, true))?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(mode);
        let fd = in_turn(|| retry_on_intr(|| rustix::fs::openat(folder, name, flags, mode)))?;
        names.add(path, false);
        Ok(File::from(fd))
    }

    /// Puts the folder in its place; gives back what stood there, which is now
    /// called as the second says.
    fn take_place(&self) -> Result<Option<(OwnedFd, File, OsString)>, StageError> {
        let (spot, old_name) = (&self.spot, beside(OLD_PREFIX, &self.spot.name));
        let failed = |error: Errno| match error {
            // Something came there meanwhile.
            Errno::EXIST | Errno::NOTEMPTY => StageError::Foreign,
            Errno::NOTDIR => StageError::NotAFolder,
            error => StageError::Io(error.into()),
        };
        match spot.standing(self.clean)? {
            Standing::Nothing => {
                match spot.rename(&self.name, &spot.name, RenameFlags::NOREPLACE) {
                    // Not every file system can promise that; a folder replaces none that is not empty.
                    Err(Errno::INVAL | Errno::NOSYS) => {
                        spot.rename(&self.name, &spot.name, RenameFlags::empty()).map_err(failed)?;
                    }
                    renamed => renamed.map_err(failed)?,
                }
                Ok(None)
            }
            Standing::Empty => {
                spot.rename(&self.name, &spot.name, RenameFlags::empty()).map_err(failed)?;
                Ok(None)
            }
            Standing::Ours(folder, marker) => {
                if !lock(&marker)? {
                    return Err(StageError::Busy);
                }
                let mode = rustix::fs::fstat(&folder).map_err(io::Error::from)?.st_mode & 0o777;
                // Who could look into the old folder can look into the new one, and nobody else.
                rustix::fs::chmodat(&spot.holder, &self.name, Mode::from_raw_mode(mode), AtFlags::empty())
                    .map_err(io::Error::from)?;
                match spot.rename(&self.name, &spot.name, RenameFlags::EXCHANGE) {
                    Ok(()) => Ok(Some((folder, marker, self.name.clone()))),
                    Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                        spot.rename(&spot.name, &old_name, RenameFlags::empty()).map_err(failed)?;
                        if let Err(error) = spot.rename(&self.name, &spot.name, RenameFlags::empty()) {
                            let _ = spot.rename(&old_name, &spot.name, RenameFlags::empty());
                            return Err(failed(error));
                        }
                        Ok(Some((folder, marker, old_name)))
                    }
                    Err(error) => Err(failed(error)),
                }
            }
        }
    }
}

/// The folder `name`, made or found, and its marker, locked.
fn occupy(spot: &Spot, name: &OsStr) -> Result<(OwnedFd, File), StageError> {
    for _ in 0..TRIES {
        match retry_on_intr(|| rustix::fs::mkdirat(&spot.holder, name, Mode::from_raw_mode(0o777))) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        let folder = match spot.open(name) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        let marker = match open_marker(folder.as_fd())? {
            Some(marker) => marker,
            // Whoever makes the marker has the folder; what has none and is not empty is not ours.
            None if !sweep::is_empty(folder.as_fd(), MARKER)? => return Err(StageError::Foreign),
            None => {
                let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let mode = Mode::from_raw_mode(0o666);
                match in_turn(|| retry_on_intr(|| rustix::fs::openat(&folder, MARKER, flags, mode))) {
                    Ok(fd) => File::from(fd),
                    Err(Errno::EXIST | Errno::NOENT) => continue,
                    Err(error) => return Err(io::Error::from(error).into()),
                }
            }
        };
        if !lock(&marker)? {
            return Err(StageError::Busy);
        }
        let is_ours = Marker::read(&marker)?.is_some() || sweep::is_empty(folder.as_fd(), MARKER)?;
        if !is_ours {
            return Err(StageError::Foreign);
        }
        // Whoever had the lock before may have taken the folder away, or put it in its place.
        let same = |left: &rustix::fs::Stat, right: &rustix::fs::Stat| {
            (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino)
        };
        let here = rustix::fs::fstat(&folder).map_err(io::Error::from)?;
        let named = rustix::fs::statat(&spot.holder, name, AtFlags::SYMLINK_NOFOLLOW);
        let has_name = rustix::fs::fstat(&marker).map_err(io::Error::from)?.st_nlink > 0;
        if has_name && named.is_ok_and(|named| same(&here, &named)) {
            return Ok((folder, marker));
        }
    }
    Err(StageError::Busy)
}

impl Staging for RealStage {
    fn copy(&mut self, path: &Path, source: &dyn OpenFile, len: u64, mode: u32, only_shared: bool) -> io::Result<()> {
        let file = self.create(path, mode)?;
        if len == 0 {
            return Ok(());
        }
        if only_shared || self.unshared < SHARES_TRIED {
            if copy::share(source, &file)? {
                self.unshared = 0;
                return Ok(());
            }
            self.unshared += 1;
        }
        if only_shared {
            return Err(Errno::NOSPC.into());
        }
        let has_holes = match source.mappable() {
            Some(source) => super::below::seen(&rustix::fs::fstat(source)?).allocated < len,
            None => false,
        };
        copy::copy(source, &file, len, has_holes)
    }

    fn write(&mut self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        use std::io::Write;
        self.create(path, mode)?.write_all(bytes)
    }

    fn link(&mut self, path: &Path, target: &Path) -> io::Result<()> {
        let mut at_work = under_way();
        self.tell_empty(&mut at_work, false);
        let names = &mut self.names;
        let (folder, name) = self.below.place_made(path, &mut |made| names.add(made, true))?;
        retry_on_intr(|| rustix::fs::symlinkat(target, folder, name))?;
        names.add(path, false);
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<(), StageError> {
        Marker::new(State::Whole, self.names).write(&self.marker)?;
        // One call for all files: what has the name afterwards is on the disk.
        rustix::fs::syncfs(&self.marker).map_err(io::Error::from)?;
        let mut stages = under_way();
        let old = self.take_place()?;
        self.is_committed = true;
        IS_IN_PLACE.store(true, Ordering::Relaxed);
        self.made.0.clear();
        let _ = rustix::fs::fsync(&self.spot.holder);
        stages.retain(|(stage, _)| *stage != self.path);
        drop(stages);
        if let Some((folder, _marker, name)) = old {
            // What cannot be taken away now is taken away by the next run.
            if discard(folder.as_fd(), None).or_else(|_| discard(folder.as_fd(), None)).is_ok() {
                let _ = rustix::fs::unlinkat(&self.spot.holder, &name, AtFlags::REMOVEDIR);
            }
        }
        Ok(())
    }
}

impl Drop for RealStage {
    fn drop(&mut self) {
        if self.is_committed {
            return;
        }
        if discard(self.below.root(), None).is_ok() {
            let _ = rustix::fs::unlinkat(&self.spot.holder, &self.name, AtFlags::REMOVEDIR);
        }
        under_way().retain(|(stage, _)| *stage != self.path);
    }
}
