//! A mapped file that may shrink under us without taking the process along.
//!
//! Reading a page past the end of a mapped file raises SIGBUS. A handler puts
//! a page of zeros there, notes it, and lets the reader go on; afterwards
//! [`Mapped::with_bytes`] says that the bytes were not the file's. Faults that
//! are not ours go to whoever handled them before. Nothing outside this file
//! is unsafe.

use std::{cell::Cell, fs::File, io, mem::MaybeUninit, ptr, sync::OnceLock};

use memmap2::{Advice, Mmap, MmapOptions};

/// A file mapped for reading.
pub(super) struct Mapped(Mmap);

/// Addresses of the map that this thread looks at, and whether it faulted.
#[derive(Clone, Copy)]
struct Watch {
    start: usize,
    end: usize,
    faulted: bool,
}

const NOTHING: Watch = Watch { start: 0, end: 0, faulted: false };

thread_local! {
    // Const and without a destructor: the handler may touch it at any time.
    static WATCH: Cell<Watch> = const { Cell::new(NOTHING) };
}

static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

impl Mapped {
    /// Maps the first `len` bytes of `file`, which are at least one.
    pub(super) fn new(file: &File, len: usize) -> io::Result<Self> {
        install_handler()?;
        // SAFETY: we only read, and keep no reference past `with_bytes`. The
        // file may be written to meanwhile: the bytes are then any bytes,
        // which the lexer takes, and the caller compares stamps afterwards.
        // If it shrinks, reading raises SIGBUS, which the handler answers.
        let map = unsafe { MmapOptions::new().len(len).map(file) }?;
        // One pass from front to back; an advice that is refused costs nothing.
        let _ = map.advise(Advice::Sequential);
        Ok(Self(map))
    }

    /// Calls `look` with the bytes; `None` when some of them were not there.
    pub(super) fn with_bytes<R>(&self, look: &mut impl FnMut(&[u8]) -> R) -> Option<R> {
        let start = self.0.as_ptr() as usize;
        WATCH.set(Watch { start, end: start + self.0.len(), faulted: false });
        let _stop = StopWatching;
        let answer = look(&self.0);
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

fn install_handler() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    INSTALLED
        .get_or_init(|| {
            let mut previous = MaybeUninit::<libc::sigaction>::zeroed();
            // SAFETY: both structs live through the call; all-zero bytes are a
            // valid `sigaction` (an empty mask, no flags), and `previous` is
            // written by the kernel before it is read.
            let previous = unsafe {
                let mut action = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
                action.sa_sigaction = on_fault as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                if libc::sigaction(libc::SIGBUS, &raw const action, previous.as_mut_ptr()) != 0 {
                    return Err(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL));
                }
                previous.assume_init()
            };
            let _ = PREVIOUS.set(previous);
            Ok(())
        })
        .map_err(io::Error::from_raw_os_error)
}

/// Answers SIGBUS: only calls what may be called in a handler (`mmap` and
/// `sigaction` are plain system calls).
extern "C" fn on_fault(signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    let watch = WATCH.get();
    // SAFETY: the kernel hands a valid `info` to an SA_SIGINFO handler. The
    // page that is replaced lies within this thread's own map, which nobody
    // else refers to; its bytes had no meaning any more.
    unsafe {
        let address = (*info).si_addr() as usize;
        if (watch.start..watch.end).contains(&address) {
            let size = libc::sysconf(libc::_SC_PAGESIZE) as usize;
            let page = (address & !(size - 1)) as *mut libc::c_void;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            if libc::mmap(page, size, libc::PROT_READ, flags, -1, 0) != libc::MAP_FAILED {
                WATCH.set(Watch { faulted: true, ..watch });
                return;
            }
        }
        // Not ours: whoever was there before gets it when the read is repeated.
        let previous = PREVIOUS.get().map_or(ptr::null(), ptr::from_ref);
        if previous.is_null() || libc::sigaction(signal, previous, ptr::null_mut()) != 0 {
            libc::abort();
        }
    }
}
