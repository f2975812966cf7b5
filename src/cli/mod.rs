//! The command line: flags (what was typed) → plan (what will be done) → run.
//!
//! Everything here is about words and exit statuses; how a trace is made is
//! the library's affair, and only its public names are used.

mod about;
mod annotate;
mod build;
mod exit;
mod flags;
mod plan;
mod print;
mod signals;
mod size_text;
mod stats;
mod summary;
mod traced;

use std::{io::Write, process::ExitCode};

use clap::Parser;

use crate::TameSentence;
use exit::Exit;
use flags::Flags;
use plan::Plan;

/// Runs the command with this process's arguments.
pub fn main() -> ExitCode {
    silence_worker_panics();
    signals::end_the_run();
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => {
            // `--help` and `--version` come this way too, and succeed.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            return if error.print().is_ok() { exit.into() } else { Exit::Io.into() };
        }
    };
    match Plan::from_flags(flags) {
        Ok(plan) => run(&plan).into(),
        Err(message) => fail(Exit::Usage, &message).into(),
    }
}

fn run(plan: &Plan) -> Exit {
    match plan {
        Plan::Build(plan) => build::run(plan),
        Plan::Print(plan) => print::run(plan),
        Plan::About(plan) => about::run(plan),
        Plan::Annotate(plan) => annotate::run(plan),
    }
}

/// Says on one line of stderr why the run ends.
fn fail(exit: Exit, message: &str) -> Exit {
    // Where stderr is gone, the status is all that is left to say.
    let _ = writeln!(std::io::stderr(), "monotrace: {}", TameSentence(message));
    exit
}

/// A worker that fails is told of as a finding, with the file's name; the
/// panic's own text says less.
fn silence_worker_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let on_worker = std::thread::current().name().is_some_and(crate::is_worker_thread);
        if !on_worker {
            usual(panic);
        }
    }));
}
