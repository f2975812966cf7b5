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
    ops::Range,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
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

/// Bytes of mapped files that may be touched at any time, which nobody allocates.
static MAPPED: AtomicU64 = AtomicU64::new(0);

/// Once so many bytes were live, what is resident is watched.
static WATCH_FROM: AtomicI64 = AtomicI64::new(i64::MAX);
static WATCHED: AtomicBool = AtomicBool::new(false);

/// A thread that took so many bytes looks again: the farther the limit, the more they are.
static STEP: AtomicI64 = AtomicI64::new(STRIDE);

static WALL: OnceLock<Wall> = OnceLock::new();

/// Held from the look at what is resident until what was asked for is resident
/// too, so that two threads never count on the same bytes.
static AT_THE_GAUGE: Mutex<()> = Mutex::new(());

struct Wall {
    limit: u64,
    threads: u64,
    /// Bytes below it at which the process ends.
    margin: u64,
    /// What is resident of the program's file, as far as that was seen.
    program_file: AtomicU64,
    /// What was resident at first beside that and the heap.
    program_data: u64,
    gauge: Gauge,
    last_words: fn(),
}

thread_local! {
    // Const and without a destructor: they can be used while a thread begins or ends.
    /// What the thread took and gave back and did not tell yet.
    static UNTOLD: Cell<i64> = const { Cell::new(0) };
    /// What it took since it looked. What it gives back does not count: its
    /// pages may stay, and the next block may lie elsewhere.
    static SINCE_LOOK: Cell<i64> = const { Cell::new(0) };
}

/// What the process says when it ends at the wall, in one write.
const AT_THE_WALL: &[u8] = b"monotrace: MT4002 the memory limit does not suffice: one file or reference needs more \
than is left of it; raise --memory-limit or use fewer --threads\n";

/// What it says when the system refuses.
const SYSTEM_REFUSED: &[u8] = b"monotrace: MT4002 the system gives no more memory (a limit of the process, or of the \
machine); lower --memory-limit below it, so that less is taken\n";

/// The exit status for resources that do not suffice.
const EXIT_RESOURCES: i32 = 3;

/// Bytes below the limit at which the process ends: to say it takes some.
const MARGIN: u64 = 512 << 10;

/// And so many for each thread: what it did not tell yet, and what it told and has not touched.
const MARGIN_OF_A_THREAD: u64 = 2 * STRIDE as u64;

/// Bytes from which on a block that the heap has no room for is a mapping of its own.
const MAPPING: usize = 256 << 10;

/// The smallest page there is.
const PAGE: usize = 4 << 10;

/// Holds the process with so many threads to `limit` from now on. `last_words` is called before it
/// ends for lack of memory: it must not allocate much and never wait.
///
/// The C library's allocator is told to keep few arenas, each of which would
/// hold pages of its own, and to give large blocks and the heap's end back.
pub fn tune_heap(limit: u64, threads: usize, last_words: fn()) {
    if let Some(gauge) = Gauge::new() {
        let (resident, program_file) = gauge.resident_and_of_files().unwrap_or_default();
        let program_data = resident.saturating_sub(program_file).saturating_sub(live());
        // This thread is one too.
        let threads = threads as u64 + 1;
        let margin = MARGIN + MARGIN_OF_A_THREAD * threads;
        // Nearly all code is wanted sooner or later, and some of it when there is no room left.
        let program_file = AtomicU64::new(program_file.max(gauge.code().unwrap_or(0)));
        let _ = WALL.set(Wall { limit, threads, margin, program_file, program_data, gauge, last_words });
        WATCH_FROM.store(i64::try_from(limit / 4).unwrap_or(i64::MAX), Relaxed);
    }
    #[cfg(feature = "failalloc")]
    failing::begin();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: these calls set numbers of the allocator and may be made at any time.
    unsafe {
        let arenas = if limit < 256 << 20 { 2 } else { 8 };
        libc::mallopt(libc::M_ARENA_MAX, arenas);
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPING as i32);
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

/// Notes that the heap has `more` bytes than before, or fewer.
fn note(more: i64) {
    UNTOLD.with(|untold| {
        let all = untold.get() + more;
        if all.abs() < STRIDE {
            untold.set(all);
        } else {
            untold.set(0);
            let live = LIVE.fetch_add(all, Relaxed) + all;
            if live > WATCH_FROM.load(Relaxed) {
                WATCHED.store(true, Relaxed);
            }
        }
    });
}

/// True if a thread that takes so many bytes has to look before.
fn is_time_to_look(bytes: i64) -> bool {
    SINCE_LOOK.with(|since| {
        let all = since.get() + bytes;
        let looks = all >= STEP.load(Relaxed) || bytes >= STRIDE;
        since.set(if looks { 0 } else { all });
        looks && WATCHED.load(Relaxed)
    })
}

/// Pages of a mapped file that may be touched, until this is dropped.
#[derive(Debug)]
pub struct Touchable {
    bytes: u64,
}

/// So many bytes of a mapped file may be resident from now on: to touch them
/// takes no allocation, so the wall must know of them before.
pub fn may_touch(bytes: usize) -> Touchable {
    let bytes = bytes as u64;
    MAPPED.fetch_add(bytes, Relaxed);
    if WATCHED.load(Relaxed) {
        let turn = AT_THE_GAUGE.lock().unwrap_or_else(PoisonError::into_inner);
        look(0, turn);
    }
    Touchable { bytes }
}

impl Drop for Touchable {
    fn drop(&mut self) {
        MAPPED.fetch_sub(self.bytes, Relaxed);
    }
}

/// Ends the process if `bytes` more would pass the limit; keeps the turn if they would not.
fn look<'turn>(bytes: usize, turn: MutexGuard<'turn, ()>) -> Option<MutexGuard<'turn, ()>> {
    let wall = WALL.get()?;
    // What others may touch and have not yet touched is not resident, but will be.
    let left = || {
        // What the kernel does not tell ends nobody.
        let Some((resident, files)) = wall.gauge.resident_and_of_files() else { return Some(0) };
        let own = resident.saturating_sub(files);
        let mapped = MAPPED.load(Relaxed);
        // More and more of the program's own code is resident: so much of it at least.
        let program = files.saturating_sub(mapped);
        let program = program.max(wall.program_file.fetch_max(program, Relaxed));
        let files = files.max(program + mapped);
        wall.limit.checked_sub((own + bytes as u64).max(wall.program_data + live()) + files + wall.margin)
    };
    let left = left().or_else(|| {
        purge();
        left()
    });
    let Some(left) = left else {
        drop(turn);
        end(wall, AT_THE_WALL);
    };
    let step = i64::try_from(left / 2 / wall.threads).unwrap_or(i64::MAX);
    STEP.store(step.max(STRIDE), Relaxed);
    Some(turn)
}

/// Takes a block: the heap has `more` bytes then, `bytes` at most get resident,
/// and `new` are those of the block that nobody wrote yet.
fn take(more: i64, bytes: usize, new: Range<usize>, allocate: impl Fn() -> *mut u8) -> *mut u8 {
    #[cfg(feature = "failalloc")]
    let allocate = || if failing::is_this_one() { std::ptr::null_mut() } else { allocate() };
    note(more);
    let block = if is_time_to_look(cost(bytes)) { watched(bytes, new, &allocate) } else { allocate() };
    if block.is_null() { again(allocate) } else { block }
}

/// A block of a heap that has grown: what it takes is looked at before, and a
/// large one is touched at once, since what is resident tells of nothing that
/// was taken and not touched.
#[cold]
fn watched(bytes: usize, new: Range<usize>, allocate: impl Fn() -> *mut u8) -> *mut u8 {
    let turn = AT_THE_GAUGE.lock().unwrap_or_else(PoisonError::into_inner);
    let _turn = look(bytes, turn);
    let block = allocate();
    if !block.is_null() && new.len() as i64 >= STRIDE {
        for page in new.step_by(PAGE) {
            // SAFETY: the byte is in the block, and nobody has written there yet.
            unsafe { block.add(page).write_volatile(0) };
        }
    }
    block
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

/// Allocations that fail because a test says so: `MONOTRACE_FAIL_ALLOCATION=N`,
/// the Nth alone, or `N..`, all from the Nth on.
#[cfg(feature = "failalloc")]
mod failing {
    use super::{AtomicBool, AtomicI64, Relaxed};

    static UNTIL: AtomicI64 = AtomicI64::new(i64::MAX);
    static ALL_AFTER: AtomicBool = AtomicBool::new(false);

    pub(super) fn begin() {
        let asked = std::env::var("MONOTRACE_FAIL_ALLOCATION").unwrap_or_default();
        ALL_AFTER.store(asked.ends_with(".."), Relaxed);
        if let Ok(nth) = asked.trim_end_matches("..").parse() {
            UNTIL.store(nth, Relaxed);
        }
    }

    pub(super) fn is_this_one() -> bool {
        let until = UNTIL.fetch_sub(1, Relaxed);
        until == 1 || until < 1 && ALL_AFTER.load(Relaxed)
    }
}

fn end(wall: &Wall, words: &[u8]) -> ! {
    (wall.last_words)();
    // Where stderr is gone, the status is all that is left to say.
    let _ = rustix::io::write(rustix::stdio::stderr(), words);
    // SAFETY: it ends the process at once: other threads may hold any lock,
    // and nothing is left that a destructor would have to do.
    unsafe { libc::_exit(EXIT_RESOURCES) }
}

/// Whether a block, which the allocator gave, is a mapping of its own, which
/// grows without being copied. A length alone does not tell: where the heap has
/// room it takes long blocks too.
fn is_a_mapping(block: *const u8) -> bool {
    // SAFETY: before each block the C library has its length, in whose second bit it notes this.
    cfg!(all(target_os = "linux", target_env = "gnu")) && unsafe { block.cast::<usize>().sub(1).read() } & 2 != 0
}

/// What a block takes of the heap: its length, and what the allocator notes of it.
fn cost(bytes: usize) -> i64 {
    bytes as i64 + 16
}

// SAFETY: every call goes to the system's allocator with the same arguments,
// and its answer is handed on; what is done beside it allocates nothing.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let allocate = || unsafe { System.alloc(layout) };
        take(cost(layout.size()), layout.size(), 0..layout.size(), allocate)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let allocate = || unsafe { System.alloc_zeroed(layout) };
        take(cost(layout.size()), layout.size(), 0..layout.size(), allocate)
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise; a block that could not be moved is as it was.
        let allocate = || unsafe { System.realloc(block, layout, size) };
        // A block that is no mapping of its own may be copied: for a moment there are two.
        let bytes = if is_a_mapping(block) { size.saturating_sub(layout.size()) } else { size };
        take(cost(size) - cost(layout.size()), bytes, layout.size()..size, allocate)
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
        // 200 MB were live; each that is kept holds a page. Other tests have theirs meanwhile, for a moment.
        let after = (0..100).map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            purge();
            gauge.resident().unwrap()
        });
        let after: Vec<u64> = after.take_while(|after| *after >= before + (100 << 20)).collect();
        assert!(after.len() < 100, "{} MB → {:?} MB", before >> 20, after.last().map(|after| after >> 20));
    }

    #[test]
    fn a_thread_tells_in_strides() {
        let counted = std::thread::spawn(move || {
            let before = live();
            note(STRIDE - 1);
            assert_eq!(live(), before, "too little to tell");
            note(1);
            let with = live();
            note(-STRIDE);
            (with.abs_diff(before), live().abs_diff(before))
        });
        // Nobody else counts: the tests' own allocator is another one.
        assert_eq!(counted.join().unwrap(), (STRIDE.unsigned_abs(), 0));
    }

    #[test]
    fn what_is_given_back_and_taken_again_is_looked_at_too() {
        let looks = std::thread::spawn(move || {
            WATCHED.store(true, Relaxed);
            // A sixteenth of a stride, taken and given back: nothing more is live, but pages were touched.
            let looks = (0..64).filter(|_| is_time_to_look(STRIDE / 16)).count();
            let of_large_blocks = (0..3).filter(|_| is_time_to_look(STRIDE)).count();
            WATCHED.store(false, Relaxed);
            (looks, of_large_blocks)
        });
        assert_eq!(looks.join().unwrap(), (4, 3));
    }

    #[test]
    fn a_large_block_is_resident_once_it_is_taken() {
        let gauge = Gauge::new().unwrap();
        let mut block: Vec<u8> = Vec::with_capacity(256 << 20);
        let before = gauge.resident().unwrap();
        let start = block.as_mut_ptr();
        watched(block.capacity(), 0..block.capacity(), || start);
        let after = gauge.resident().unwrap();
        assert!(after > before + (200 << 20), "{} MB → {} MB", before >> 20, after >> 20);
    }
}
