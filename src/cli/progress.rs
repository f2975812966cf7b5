//! What a long run tells while it lasts: a line that is redrawn on a terminal,
//! or a line every ten seconds where CI reads `info`.
//!
//! A thread of its own reads the counters, and nothing waits for it: the trace
//! and its result are the same without it. The line is gone when the trace
//! ends, also by a signal. Under a limit that is tight there is none: the
//! thread's memory is the trace's then.

use std::{
    io::Write,
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plan::{self, Telling};
use crate::{Counters, Floor, resident};

/// A thread that formats one line needs no more.
const STACK: usize = 128 << 10;

/// What the thread and its line may take of the limit.
const TAKES: u64 = 1 << 20;

/// A run that is over before this shows nothing.
const SHORT: Duration = Duration::from_millis(400);

/// A screen's line is redrawn that often, and a log's line written.
const REDRAWN: Duration = Duration::from_millis(100);
const LOGGED: Duration = Duration::from_secs(10);

/// Whether a line stands on the terminal; held while it is drawn.
static LINE: Mutex<bool> = Mutex::new(false);

/// Runs `work`, and tells meanwhile how far it is.
pub(super) fn during<T>(tracing: &plan::Tracing, telling: Telling, counters: &Counters, work: impl FnOnce() -> T) -> T {
    let options = &tracing.options;
    let has_room = Floor::check(options.memory_limit.saturating_sub(TAKES), options.threads.get()).is_ok();
    if telling == Telling::Nothing || !has_room {
        return work();
    }
    thread::scope(|scope| {
        let (end, ended) = mpsc::channel::<()>();
        let line = Line { counters, limit: options.memory_limit, began: Instant::now() };
        let builder = thread::Builder::new().name("monotrace-progress".to_owned()).stack_size(STACK);
        // Without the thread there is no line, and nothing else is missing.
        let _ = builder.spawn_scoped(scope, move || match telling {
            Telling::Nothing => {}
            Telling::Line => line.draw(&ended),
            Telling::Log => line.log(&ended),
        });
        let done = work();
        drop(end);
        done
    })
}

/// Takes the line away, and keeps it from coming back for as long as the answer
/// lives: for who ends the process. Waits for a drawing, but not for ever: a
/// terminal may be stopped.
pub(super) fn clear() -> Option<MutexGuard<'static, bool>> {
    for _ in 0..20 {
        if let Ok(mut line) = LINE.try_lock() {
            if std::mem::take(&mut *line) {
                let _ = std::io::stderr().write_all(b"\r\x1b[2K");
            }
            return Some(line);
        }
        thread::sleep(Duration::from_millis(5));
    }
    None
}

struct Line<'c> {
    counters: &'c Counters,
    limit: u64,
    began: Instant,
}

impl Line<'_> {
    fn draw(&self, ended: &mpsc::Receiver<()>) {
        if ended.recv_timeout(SHORT) != Err(mpsc::RecvTimeoutError::Timeout) {
            return;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        loop {
            let mut line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
            *line = true;
            bar.set_message(self.text());
            bar.tick();
            drop(line);
            if ended.recv_timeout(REDRAWN) != Err(mpsc::RecvTimeoutError::Timeout) {
                break;
            }
        }
        let mut line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
        bar.finish_and_clear();
        *line = false;
    }

    fn log(&self, ended: &mpsc::Receiver<()>) {
        while ended.recv_timeout(LOGGED) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = writeln!(std::io::stderr(), "info: {}", self.text());
        }
    }

    fn text(&self) -> String {
        use std::sync::atomic::Ordering::Relaxed;
        let seconds = self.began.elapsed().as_secs_f64();
        let (done, known) = (self.counters.files.load(Relaxed), self.counters.known.load(Relaxed));
        let spilled = self.counters.spilled_bytes.load(Relaxed) >> 20;
        let rate = (done as f64 / seconds.max(0.001)) as u64;
        let memory = resident().map_or(String::new(), |bytes| format!(", memory {}", bytes.div_ceil(1 << 20)));
        let memory = if memory.is_empty() { memory } else { format!("{memory} of {} MB", self.limit >> 20) };
        let spilled = if spilled == 0 { String::new() } else { format!(", spilled {spilled} MB") };
        format!("{done} of {} files, {rate}/s{memory}{spilled}", known.max(done))
    }
}
