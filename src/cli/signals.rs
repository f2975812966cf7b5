//! SIGINT, SIGTERM and SIGHUP end the run: at once, with nothing left behind.
//!
//! The status is 128 and the signal's number, as shells have it. What is not
//! written whole is taken away first; a second signal does not wait for that.

use std::{
    io::Write,
    sync::{Arc, atomic::AtomicBool},
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ},
    flag,
    iterator::Signals,
};

/// What a shell adds to the number of a signal that ended a process.
const ENDED_BY: i32 = 128;

/// A thread that only waits and says one line needs no more.
const STACK: usize = 64 << 10;

/// From now on signals end the run as this file says. Where they cannot be
/// caught, they end it all the same, as the system does it.
pub(super) fn end_the_run() {
    // A file that grows past `ulimit -f` is an error of that write, not the process's end.
    let _ = flag::register(SIGXFSZ, Arc::default());
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    let waits = move || {
        let Some(signal) = signals.forever().next() else { return };
        for again in [SIGINT, SIGTERM, SIGHUP] {
            let _ = flag::register_conditional_shutdown(again, ENDED_BY + again, Arc::new(AtomicBool::new(true)));
        }
        let name = match signal {
            SIGINT => "SIGINT",
            SIGTERM => "SIGTERM",
            _ => "SIGHUP",
        };
        let what = if crate::abandon_output() { "the folder is whole" } else { "nothing was written" };
        let _no_line_comes_back = super::progress::clear();
        let _ = writeln!(std::io::stderr(), "monotrace: MT9002 ended by {name}; {what}");
        std::process::exit(ENDED_BY + signal);
    };
    // Without this thread signals that come are only noted: better not to catch them.
    let thread = std::thread::Builder::new().name("monotrace-signals".to_owned()).stack_size(STACK);
    if thread.spawn(waits).is_err() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let _ = flag::register_conditional_shutdown(signal, ENDED_BY + signal, Arc::new(AtomicBool::new(true)));
        }
    }
}
