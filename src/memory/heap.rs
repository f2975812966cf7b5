//! The command's allocator: the system's own, with a wall at the limit.
//!
//! It counts what is live, roughly and cheaply. Once that is a good part of the
//! limit, what is really resident is read each time that the heap has grown a
//! little; where it would pass the limit, pages that the allocator keeps are
//! given back, and where that does not help, or the system has no memory left,
//! the process says so and ends. So no fault of ours and no hostile file takes
//! more than the user allowed. A program that uses the library keeps its own
//! allocator, and nothing of this happens.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::{
        OnceLock,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

use super::process::Gauge;

/// The allocator; see the top of this file.
#[derive(Clone, Copy, Debug)]
pub struct Heap;

/// A thread tells what it took and gave back when it is so much.
const STRIDE: i64 = 64 << 10;

/// Live bytes of all threads, but for a stride of each.
static LIVE: AtomicI64 = AtomicI64::new(0);

/// From so many live bytes on what is resident is watched.
static WATCH_FROM: AtomicU64 = AtomicU64::new(u64::MAX);

static WALL: OnceLock<Wall> = OnceLock::new();

struct Wall {
    limit: u64,
    /// What is resident beside the heap: the program.
    program: u64,
    gauge: Gauge,
    last_words: fn(),
}

thread_local! {
    // Const and without a destructor: it can be used while a thread begins or ends.
    static UNTOLD: Cell<i64> = const { Cell::new(0) };
}

/// What the process says when it ends at the wall, in one write.
const AT_THE_WALL: &[u8] = b"monotrace: MT4002 the memory limit does not suffice: one file or reference needs more \
than is left of it; raise --memory-limit or use fewer --threads\n";

/// What it says when the system refuses.
const SYSTEM_REFUSED: &[u8] = b"monotrace: MT4002 the system gives no more memory (a limit of the process, or of the \
machine); lower --memory-limit below it, so that less is taken\n";

/// The exit status for resources that do not suffice.
const EXIT_RESOURCES: i32 = 3;

/// Bytes below the limit at which the process ends: other threads go on for a
/// moment, and to say it takes some too.
const MARGIN: u64 = 512 << 10;

/// Holds the process to `limit` from now on. `last_words` is called before it
/// ends for lack of memory: it must not allocate much and never wait.
///
/// The C library's allocator is told to keep few arenas, each of which would
/// hold pages of its own, and to give large blocks and the heap's end back.
pub fn tune_heap(limit: u64, last_words: fn()) {
    if let Some(gauge) = Gauge::new() {
        let program = gauge.resident().unwrap_or(0).saturating_sub(live());
        let _ = WALL.set(Wall { limit, program, gauge, last_words });
        WATCH_FROM.store(limit / 4, Relaxed);
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: these calls set numbers of the allocator and may be made at any time.
    unsafe {
        let arenas = if limit < 256 << 20 { 2 } else { 8 };
        libc::mallopt(libc::M_ARENA_MAX, arenas);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 256 << 10);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 512 << 10);
    }
}

/// Gives back what the allocator keeps of what was freed.
pub(super) fn purge() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it may be called at any time and by any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Bytes that are live, but for a stride of each thread.
fn live() -> u64 {
    u64::try_from(LIVE.load(Relaxed)).unwrap_or(0)
}

/// Notes that a thread took or gave back bytes; true if the heap has grown and should be looked at.
fn note(bytes: i64) -> bool {
    UNTOLD.with(|untold| {
        let all = untold.get() + bytes;
        if all.abs() < STRIDE {
            untold.set(all);
            return false;
        }
        untold.set(0);
        let live = LIVE.fetch_add(all, Relaxed) + all;
        all > 0 && u64::try_from(live).unwrap_or(0) > WATCH_FROM.load(Relaxed)
    })
}

/// Ends the process if `bytes` more would pass the limit.
#[cold]
fn look(bytes: usize) {
    let Some(wall) = WALL.get() else { return };
    let passes = || wall.gauge.resident().is_some_and(|resident| resident + bytes as u64 + MARGIN > wall.limit);
    // What others have taken and not yet touched is not resident, but will be.
    if wall.program + live() + MARGIN > wall.limit {
        end(wall, AT_THE_WALL);
    }
    if passes() {
        purge();
        if passes() {
            end(wall, AT_THE_WALL);
        }
    }
}

/// The system had nothing: perhaps it has once we gave back what we do not use.
#[cold]
fn again(allocate: impl Fn() -> *mut u8) -> *mut u8 {
    purge();
    let block = allocate();
    if block.is_null()
        && let Some(wall) = WALL.get()
    {
        end(wall, SYSTEM_REFUSED);
    }
    block
}

fn end(wall: &Wall, words: &[u8]) -> ! {
    (wall.last_words)();
    // Where stderr is gone, the status is all that is left to say.
    let _ = rustix::io::write(rustix::stdio::stderr(), words);
    // SAFETY: it ends the process at once: other threads may hold any lock,
    // and nothing is left that a destructor would have to do.
    unsafe { libc::_exit(EXIT_RESOURCES) }
}

/// What a block takes of the heap: its length, and what the allocator notes of it.
fn cost(bytes: usize) -> i64 {
    bytes as i64 + 16
}

// SAFETY: every call goes to the system's allocator with the same arguments,
// and its answer is handed on; what is done beside it allocates nothing.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if note(cost(layout.size())) {
            look(layout.size());
        }
        // SAFETY: the caller's promise.
        let allocate = || unsafe { System.alloc(layout) };
        let block = allocate();
        if block.is_null() { again(allocate) } else { block }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if note(cost(layout.size())) {
            look(layout.size());
        }
        // SAFETY: the caller's promise.
        let allocate = || unsafe { System.alloc_zeroed(layout) };
        let block = allocate();
        if block.is_null() { again(allocate) } else { block }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let more = cost(size) - cost(layout.size());
        if note(more) {
            look(size.saturating_sub(layout.size()));
        }
        // SAFETY: the caller's promise; a block that could not be moved is as it was.
        let allocate = || unsafe { System.realloc(block, layout, size) };
        let moved = allocate();
        if moved.is_null() { again(allocate) } else { moved }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(-cost(layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_freed_between_what_is_kept_is_given_back() {
        let gauge = Gauge::new().unwrap();
        let before = gauge.resident().unwrap();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(|| {
                    let all: Vec<Box<[u8]>> = (0..500_000).map(|_| vec![1_u8; 100].into()).collect();
                    all.into_iter().step_by(1000).collect::<Vec<_>>()
                })
            })
            .collect();
        let kept: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(kept.iter().map(Vec::len).sum::<usize>(), 2000);
        purge();
        // 200 MB were live; each that is kept holds a page. Other tests have theirs meanwhile.
        let after = gauge.resident().unwrap();
        assert!(after < before + (100 << 20), "{} MB → {} MB", before >> 20, after >> 20);
    }

    #[test]
    fn a_thread_tells_in_strides() {
        let counted = std::thread::spawn(move || {
            let before = live();
            assert!(!note(STRIDE - 1), "too little to tell");
            assert_eq!(live(), before);
            note(1);
            let with = live();
            note(-STRIDE);
            (with.abs_diff(before), live().abs_diff(before))
        });
        // Nobody else counts: the tests' own allocator is another one.
        assert_eq!(counted.join().unwrap(), (STRIDE.unsigned_abs(), 0));
    }
}
