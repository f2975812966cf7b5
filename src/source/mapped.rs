//! A mapped file that may shrink under us without taking the process along,
//! and whose pages need not all be resident at one time.
//!
//! Reading a page past the end of a mapped file raises SIGBUS. A handler puts
//! a page of zeros there, notes it, and lets the reader go on; afterwards
//! [`Mapped::with_bytes`] says that the bytes were not the file's.
//!
//! A map that is read in windows may not be touched at first. Reading it raises
//! SIGSEGV, and the handler opens the window around that place and closes the
//! one that was opened longest ago, whose pages are then let go. So the reader
//! sees one slice, whatever its order, and [`WINDOWS_BYTES`] of it are resident.
//!
//! Faults that are not ours go to whoever handled them before.

use std::{cell::Cell, fs::File, io, mem::MaybeUninit, ptr, sync::OnceLock};

use memmap2::{Advice, Mmap, MmapOptions};

/// A file mapped for reading.
pub(super) struct Mapped {
    map: Mmap,
    how: Reading,
}

/// How much of a map may be resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Whole,
    /// [`WINDOWS_BYTES`].
    InWindows,
}

/// Bytes of a window, whole pages on every machine: a fault for so many costs nothing.
const WINDOW: usize = 256 << 10;

/// How many windows are open: no instruction touches more than two.
const WINDOWS: usize = 4;

/// What is resident of a map that is read in windows.
pub(super) const WINDOWS_BYTES: usize = WINDOW * WINDOWS;

/// Addresses of the map that this thread looks at, and what became of them.
#[derive(Clone, Copy)]
struct Watch {
    start: usize,
    end: usize,
    /// A page was not there.
    faulted: bool,
    in_windows: bool,
    /// Where the open windows begin; 0: none. The oldest stands at `oldest`.
    open: [usize; WINDOWS],
    oldest: usize,
}

const NOTHING: Watch = Watch { start: 0, end: 0, faulted: false, in_windows: false, open: [0; WINDOWS], oldest: 0 };

thread_local! {
    // Const and without a destructor: the handler may touch it at any time.
    static WATCH: Cell<Watch> = const { Cell::new(NOTHING) };
}

/// Who handled a signal before us.
struct Previous {
    signal: libc::c_int,
    action: OnceLock<libc::sigaction>,
}

static PREVIOUS: [Previous; 2] = [
    Previous { signal: libc::SIGBUS, action: OnceLock::new() },
    Previous { signal: libc::SIGSEGV, action: OnceLock::new() },
];

impl Mapped {
    /// Maps the first `len` bytes of `file`, which are at least one.
    pub(super) fn new(file: &File, len: usize, how: Reading) -> io::Result<Self> {
        install_handlers()?;
        // SAFETY: we only read, and keep no reference past `with_bytes`. The
        // file may be written to meanwhile: the bytes are then any bytes,
        // which the lexer takes, and the caller compares stamps afterwards.
        // If it shrinks, reading raises SIGBUS, which the handler answers.
        let map = unsafe { MmapOptions::new().len(len).map(file) }?;
        // One pass from front to back; an advice that is refused costs nothing.
        let _ = map.advise(Advice::Sequential);
        let mapped = Self { map, how };
        if how == Reading::InWindows {
            // SAFETY: the whole map, which nobody reads yet. From now on each
            // read of it is one that the handler answers: `with_bytes` is the
            // only way to it, and watches.
            let closed = unsafe { libc::mprotect(mapped.map.as_ptr() as *mut _, len, libc::PROT_NONE) };
            if closed != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(mapped)
    }

    /// Calls `look` with the bytes; `None` when some of them were not there.
    pub(super) fn with_bytes<R>(&self, look: &mut impl FnMut(&[u8]) -> R) -> Option<R> {
        let start = self.map.as_ptr() as usize;
        let in_windows = self.how == Reading::InWindows;
        WATCH.set(Watch { start, end: start + self.map.len(), in_windows, ..NOTHING });
        let _stop = StopWatching;
        let answer = look(&self.map);
        (!WATCH.get().faulted).then_some(answer)
    }
}

/// Ends the watch also when `look` panics.
struct StopWatching;

impl Drop for StopWatching {
    fn drop(&mut self) {
        WATCH.set(NOTHING);
    }
}

fn install_handlers() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let install = || PREVIOUS.iter().try_for_each(install_handler);
    INSTALLED.get_or_init(install).map_err(io::Error::from_raw_os_error)
}

fn install_handler(previous: &Previous) -> Result<(), i32> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    let mut before = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: both structs live through the calls; all-zero bytes are a valid
    // `sigaction` (an empty mask, no flags), and `before` is written by the
    // kernel before it is read. It is known before the handler may need it.
    unsafe {
        if libc::sigaction(previous.signal, ptr::null(), before.as_mut_ptr()) == 0 {
            let _ = previous.action.set(before.assume_init());
            let action = action.assume_init_mut();
            action.sa_sigaction = on_fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            if libc::sigaction(previous.signal, ptr::from_ref(action), ptr::null_mut()) == 0 {
                return Ok(());
            }
        }
    }
    Err(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL))
}

/// Answers SIGBUS and SIGSEGV: only calls what may be called in a handler
/// (`mmap`, `mprotect`, `madvise` and `sigaction` are plain system calls).
extern "C" fn on_fault(signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    let watch = WATCH.get();
    // SAFETY: the kernel hands a valid `info` to an SA_SIGINFO handler. The
    // pages that are replaced, opened or closed lie within this thread's own
    // map, which nobody else refers to; the bytes of a page that is replaced
    // had no meaning any more, and those of a window that is closed come back
    // from the file when it is opened again.
    unsafe {
        let address = (*info).si_addr() as usize;
        let is_ours = (watch.start..watch.end).contains(&address);
        if is_ours && signal == libc::SIGSEGV && watch.in_windows {
            let begin = address - (address - watch.start) % WINDOW;
            let open = libc::PROT_READ;
            if libc::mprotect(begin as *mut _, WINDOW.min(watch.end - begin), open) == 0 {
                let mut watch = watch;
                let oldest = std::mem::replace(&mut watch.open[watch.oldest], begin);
                watch.oldest = (watch.oldest + 1) % WINDOWS;
                if oldest != 0 {
                    // Had it not been closed, its pages would only stay a little longer.
                    let len = WINDOW.min(watch.end - oldest);
                    libc::madvise(oldest as *mut _, len, libc::MADV_DONTNEED);
                    libc::mprotect(oldest as *mut _, len, libc::PROT_NONE);
                }
                WATCH.set(watch);
                return;
            }
        }
        if is_ours && signal == libc::SIGBUS {
            let size = libc::sysconf(libc::_SC_PAGESIZE) as usize;
            let page = (address & !(size - 1)) as *mut libc::c_void;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            if libc::mmap(page, size, libc::PROT_READ, flags, -1, 0) != libc::MAP_FAILED {
                WATCH.set(Watch { faulted: true, ..watch });
                return;
            }
        }
        // Not ours: whoever was there before gets it when the read is repeated.
        let previous = PREVIOUS.iter().find(|previous| previous.signal == signal);
        let action = previous.and_then(|previous| previous.action.get()).map_or(ptr::null(), ptr::from_ref);
        if action.is_null() || libc::sigaction(signal, action, ptr::null_mut()) != 0 {
            libc::abort();
        }
    }
}
