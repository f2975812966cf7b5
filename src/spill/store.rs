//! The one temporary file of a trace: where it is, which parts of it are in use.
//!
//! It is opened when the first page has to be written, and not before. Nothing
//! here knows what is in a page, and no page is kept in memory.

use std::{
    fmt,
    hash::BuildHasher,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    SpillError,
    page::{self, Name, PAGE, PAGES, PAYLOAD},
};
use crate::{
    host::{Host, ScratchFile},
    memory::{Counters, Governor, Lease, OutOfMemory, Pressure},
};

/// Bytes of an extent on disk.
const EXTENT_ON_DISK: u64 = (PAGES * PAGE) as u64;

/// How long it waits at a time for memory that others hold, how often while
/// nothing moves, and how often in all.
const WAIT: Duration = Duration::from_millis(1);
const PATIENCE: u32 = 100;
const WAIT_MOST: u32 = 5000;

/// What decides where data goes that does not fit into memory.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that the user named. If it is in memory, what is written there counts as memory.
    pub named: Option<PathBuf>,
    /// Folders to try where none is named, best first; those in memory are passed over.
    pub defaults: Vec<PathBuf>,
    /// Most bytes on disk.
    pub most: u64,
    /// Structures smaller than this gain nothing by going to disk.
    pub batch: usize,
    /// Structures go to disk as soon as they may, whatever memory there is.
    pub always: bool,
    /// This written page gets a bit flipped, for tests; the first is 1.
    pub flip: Option<u64>,
}

impl Settings {
    /// The usual settings for a memory limit: a batch small enough that all
    /// structures together stay far below it.
    pub fn new(memory_limit: u64) -> Self {
        let batch = (memory_limit / 128).clamp(64 << 10, 4 << 20) as usize;
        Self { named: None, defaults: Vec::new(), most: u64::MAX, batch, always: false, flip: None }
    }
}

/// What went to disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spilled {
    /// Bytes that were written to temporary files, all in all.
    pub bytes: u64,
    /// The largest size that the temporary file had, in bytes.
    pub most: u64,
    /// Sorted runs and pieces of logs that were written.
    pub runs: u64,
}

/// A temporary file that is shared by all that may go to disk. Cloning it is cheap.
///
/// Uses two extents of memory, leased from the start so that there is always a
/// way out: what a run is collected in, and its pages. Where the file is memory
/// too, its size is leased as it grows.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    host: Arc<dyn Host>,
    governor: Governor,
    settings: Settings,
    nonce: u64,
    file: Mutex<Scratch>,
}

struct Scratch {
    open: Option<Open>,
    /// Extents that the file has room for.
    extents: u32,
    /// Those that hold nothing now: four bytes for 64 KiB on disk.
    free: Vec<u32>,
    streams: u64,
    pages: u64,
    spilled: Spilled,
    /// For the extent that is being written.
    buffer: Vec<u8>,
    _reserve: Lease,
}

struct Open {
    file: Box<dyn ScratchFile>,
    folder: PathBuf,
    /// For the whole file, where its pages are memory.
    charge: Option<Lease>,
}

/// Some pages of a stream on disk; given back when this is dropped.
pub(super) struct Extent {
    store: Store,
    number: u32,
}

impl Drop for Extent {
    fn drop(&mut self) {
        self.store.scratch().free.push(self.number);
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl Store {
    /// A store that has not written anything.
    ///
    /// # Errors
    /// [`SpillError`] if the limit has no room for one extent, or if the named folder is none.
    pub fn new(host: Arc<dyn Host>, governor: &Governor, settings: Settings) -> Result<Self, SpillError> {
        if let Some(folder) = &settings.named {
            host.disk(folder).map_err(|error| SpillError::Io { folder: folder.clone(), error })?;
        }
        let scratch = Scratch {
            open: None,
            extents: 0,
            free: Vec::new(),
            streams: 0,
            pages: 0,
            spilled: Spilled::default(),
            buffer: Vec::new(),
            _reserve: governor.lease(2 * PAGES * PAGE)?,
        };
        let shared = Shared { host, governor: governor.clone(), settings, nonce: random(), file: Mutex::new(scratch) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// A lease that covers nothing yet.
    pub fn lease(&self) -> Result<Lease, OutOfMemory> {
        self.shared.governor.lease(0)
    }

    /// Makes `lease` one of `bytes`. Where that is refused it waits a little for
    /// what others hold for a moment, such as the bytes of a file.
    ///
    /// # Errors
    /// [`OutOfMemory`], if nothing moves for a while.
    pub fn resize(&self, lease: &mut Lease, bytes: usize) -> Result<(), OutOfMemory> {
        let mut leased = 0;
        let mut patience = 0;
        for _ in 0..WAIT_MOST {
            match lease.resize(bytes) {
                Ok(()) => return Ok(()),
                Err(error) if patience == PATIENCE => return Err(error),
                Err(_) => {}
            }
            let now = self.shared.governor.leased();
            patience = if now == leased { patience + 1 } else { 0 };
            leased = now;
            std::thread::sleep(WAIT);
        }
        lease.resize(bytes)
    }

    /// Whether memory is short: what has more than a batch should go to disk.
    pub fn is_pressed(&self) -> bool {
        self.shared.settings.always || self.shared.governor.pressure() >= Pressure::Spill
    }

    /// Structures smaller than this gain nothing by going to disk.
    pub fn batch(&self) -> usize {
        self.shared.settings.batch
    }

    /// What went to disk so far.
    pub fn spilled(&self) -> Spilled {
        self.scratch().spilled
    }

    /// A number for a new stream of pages.
    pub(super) fn stream(&self) -> u64 {
        let mut scratch = self.scratch();
        scratch.streams += 1;
        scratch.streams
    }

    /// Counts a run or piece that went to disk.
    pub(super) fn count_run(&self) {
        self.scratch().spilled.runs += 1;
        Counters::add(&self.shared.governor.counters().spilled_runs, 1);
    }

    /// Writes the pages of a stream from page `first` on, no more than an extent.
    ///
    /// # Errors
    /// [`SpillError`]: nothing is in use that was not before.
    pub(super) fn put(&self, stream: u64, first: u32, payload: &[u8]) -> Result<Extent, SpillError> {
        let mut scratch = self.scratch();
        let scratch = &mut *scratch;
        if scratch.open.is_none() {
            scratch.open = Some(self.open()?);
        }
        let number = scratch.free.pop().unwrap_or(scratch.extents);
        match self.put_at(scratch, number, stream, first, payload) {
            Ok(()) => {
                scratch.extents = scratch.extents.max(number + 1);
                Ok(Extent { store: self.clone(), number })
            }
            Err(error) => {
                if number < scratch.extents {
                    scratch.free.push(number);
                }
                Err(error)
            }
        }
    }

    fn put_at(
        &self,
        scratch: &mut Scratch,
        number: u32,
        stream: u64,
        first: u32,
        payload: &[u8],
    ) -> Result<(), SpillError> {
        let Shared { host, settings, nonce, .. } = &*self.shared;
        let Some(open) = &mut scratch.open else { return Err(SpillError::NoFolder) };
        let pages = payload.len().div_ceil(PAYLOAD);
        let (from, needed) = (u64::from(number) * EXTENT_ON_DISK, (pages * PAGE) as u64);
        let size = from + needed;
        if size > settings.most {
            let free = settings.most.saturating_sub(from);
            return Err(SpillError::TooMuch { needed, free, limit: settings.most });
        }
        if let Some(charge) = &mut open.charge
            && size > charge.bytes()
        {
            charge.resize(usize::try_from(size).unwrap_or(usize::MAX))?;
        }
        scratch.buffer.clear();
        scratch.buffer.reserve_exact(PAGES * PAGE);
        scratch.buffer.resize(pages * PAGE, 0);
        let places = scratch.buffer.chunks_exact_mut(PAGE);
        for (page, (place, part)) in places.zip(payload.chunks(PAYLOAD)).enumerate() {
            let number = first + page as u32;
            page::seal(place, Name { nonce: *nonce, stream, number }, part);
            scratch.pages += 1;
            if settings.flip == Some(scratch.pages) {
                place[PAGE / 2] ^= 1;
            }
        }
        write_whole(&*open.file, &scratch.buffer, from).map_err(|error| {
            let free = host.disk(&open.folder).ok().map(|disk| disk.free);
            SpillError::refused(open.folder.clone(), needed, free, error)
        })?;
        scratch.spilled.bytes += needed;
        Counters::add(&self.shared.governor.counters().spilled_bytes, pages * PAGE);
        scratch.spilled.most = scratch.spilled.most.max(size);
        Ok(())
    }

    /// Reads page `page` of an extent into `buffer`, [`PAGE`] bytes; how many bytes the page holds.
    ///
    /// # Errors
    /// [`SpillError::Damaged`] if it is not page `number` of `stream` as it was written.
    pub(super) fn get(
        &self,
        extent: &Extent,
        page: usize,
        stream: u64,
        number: u32,
        buffer: &mut [u8],
    ) -> Result<usize, SpillError> {
        let scratch = self.scratch();
        let Some(open) = &scratch.open else { return Err(SpillError::NoFolder) };
        let from = u64::from(extent.number) * EXTENT_ON_DISK + (page * PAGE) as u64;
        let damaged = || SpillError::Damaged { folder: open.folder.clone() };
        let mut filled = 0;
        while filled < PAGE {
            match open.file.read_at(&mut buffer[filled..PAGE], from + filled as u64) {
                Ok(0) => return Err(damaged()),
                Ok(read) => filled += read,
                Err(error) => return Err(SpillError::Io { folder: open.folder.clone(), error }),
            }
        }
        page::check(buffer, Name { nonce: self.shared.nonce, stream, number }).ok_or_else(damaged)
    }

    /// The named folder, or the first of the others that is on a disk and takes a file.
    fn open(&self) -> Result<Open, SpillError> {
        let Shared { host, governor, settings, .. } = &*self.shared;
        if let Some(folder) = &settings.named {
            let refused = |error| refused_at_all(&**host, folder, error);
            let charge = match host.disk(folder).map_err(refused)?.is_memory {
                true => Some(governor.lease(0)?),
                false => None,
            };
            return Ok(Open { file: host.scratch(folder).map_err(refused)?, folder: folder.clone(), charge });
        }
        let mut failure = SpillError::NoFolder;
        for folder in &settings.defaults {
            match host.disk(folder) {
                Ok(disk) if disk.is_memory => continue,
                Ok(_) => {}
                Err(_) => continue,
            }
            match host.scratch(folder) {
                Ok(file) => return Ok(Open { file, folder: folder.clone(), charge: None }),
                Err(error) => failure = refused_at_all(&**host, folder, error),
            }
        }
        Err(failure)
    }

    fn scratch(&self) -> MutexGuard<'_, Scratch> {
        // Whoever panicked while holding it left at worst an extent that nobody uses.
        self.shared.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused_at_all(host: &dyn Host, folder: &Path, error: io::Error) -> SpillError {
    let free = host.disk(folder).ok().map(|disk| disk.free);
    SpillError::refused(folder.to_path_buf(), EXTENT_ON_DISK, free, error)
}

fn write_whole(file: &dyn ScratchFile, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write_at(bytes, at)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => {
                bytes = &bytes[written.min(bytes.len())..];
                at += written as u64;
            }
        }
    }
    Ok(())
}

/// A number that nobody can guess and that no other run has.
pub(super) fn random() -> u64 {
    std::hash::RandomState::new().hash_one(0)
}
