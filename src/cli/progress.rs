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
            Telling::Log => line.log(&ended, LOGGED, &mut std::io::stderr()),
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

    /// Writes a line whenever `every` has passed.
    fn log(&self, ended: &mpsc::Receiver<()>, every: Duration, sink: &mut dyn Write) {
        while ended.recv_timeout(every) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = writeln!(sink, "info: {}", self.text());
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    /// Ends the trace once so many lines were written.
    struct Lines {
        text: String,
        left: usize,
        end: Option<mpsc::Sender<()>>,
    }

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.text += std::str::from_utf8(bytes).unwrap();
            if self.text.lines().count() >= self.left {
                self.end = None;
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_has_a_line_whenever_the_time_has_passed_and_none_after_the_end() {
        assert_eq!(LOGGED, Duration::from_secs(10));
        let counters = Counters::default();
        let line = Line { counters: &counters, limit: 6000 << 20, began: Instant::now() };
        let (end, ended) = mpsc::channel();
        let mut lines = Lines { text: String::new(), left: 3, end: Some(end) };
        line.log(&ended, Duration::from_millis(1), &mut lines);
        assert_eq!(lines.text.matches('\n').count(), 3, "{}", lines.text);
        assert!(lines.text.lines().all(|line| line.starts_with("info: 0 of 0 files, 0/s")), "{}", lines.text);
        // A run that is over before the time has passed has none.
        let (end, ended) = mpsc::channel();
        drop(end);
        let mut lines = Lines { text: String::new(), left: 1, end: None };
        line.log(&ended, LOGGED, &mut lines);
        assert_eq!(lines.text, "");
    }

    #[test]
    fn a_line_tells_files_rate_memory_and_what_was_spilled() {
        let counters = Counters::default();
        let began = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        let line = Line { counters: &counters, limit: 512 << 20, began };
        counters.files.store(1000, Relaxed);
        counters.known.store(2500, Relaxed);
        let told = line.text();
        assert!(told.starts_with("1000 of 2500 files, ") && told.ends_with(" of 512 MB"), "{told}");
        let rate: u64 = told.split(", ").nth(1).unwrap().strip_suffix("/s").unwrap().parse().unwrap();
        assert!((90..=100).contains(&rate), "{told}");
        counters.spilled_bytes.store(7 << 20, Relaxed);
        assert!(line.text().ends_with(" of 512 MB, spilled 7 MB"), "{}", line.text());
    }
}
