//! The command line: flags (what was typed) → plan (what will be done) → run.
//!
//! Everything here is about words and exit statuses; how a trace is made is
//! the library's affair, and only its public names are used.

mod about;
mod annotate;
mod build;
mod closed;
mod config;
mod exit;
mod flags;
mod next;
mod plan;
mod print;
mod progress;
mod signals;
mod size;
mod stats;
mod summary;
mod traced;
mod why;

use std::{io::Write, process::ExitCode};

use clap::{ArgMatches, CommandFactory, FromArgMatches, error::ErrorKind};

use crate::TameSentence;
pub use closed::look_at_stdout;
use exit::Exit;
use flags::Flags;
use plan::Plan;

/// Runs the command with this process's arguments.
pub fn main() -> ExitCode {
    silence_worker_panics();
    signals::end_the_run();
    typed().map_or_else(|exit| exit, begin).into()
}

/// Does what was typed, or tells what would be done.
fn begin(typed: Typed) -> Exit {
    let Typed { flags, matches, config } = typed;
    let prints_config = flags.config.print_config;
    match Plan::from_flags(flags) {
        Ok(_) if prints_config && closed::stdout_was_closed() => not_told(&closed::error()),
        Ok(plan) if prints_config => match config::print(&matches, &config, &plan, &mut std::io::stdout().lock()) {
            Ok(()) => Exit::Done,
            Err(error) => not_told(&error),
        },
        Ok(plan) => run(&plan),
        Err(message) => fail(Exit::Usage, &message),
    }
}

/// What was typed, over what the configuration says.
struct Typed {
    flags: Flags,
    /// The same, with who said it.
    matches: ArgMatches,
    config: config::Config,
}

/// What was typed, over what the configuration says.
///
/// # Errors
/// The exit status of a run that ends here, once it was told why.
fn typed() -> Result<Typed, Exit> {
    let matches = Flags::command().try_get_matches().map_err(|error| not_typed(&error))?;
    // Where there is no current directory the plan says so, if it needs one.
    let cwd = plan::cwd().unwrap_or_default();
    let refused = |message: String| fail(Exit::Usage, &message);
    let (command, config) = config::apply(Flags::command(), &matches, &cwd).map_err(refused)?;
    let matches = command.try_get_matches().map_err(|error| not_typed(&error))?;
    let flags = Flags::from_arg_matches(&matches).map_err(|error| not_typed(&error))?;
    Ok(Typed { flags, matches, config })
}

/// `--help` and `--version` come this way too, and succeed.
fn not_typed(error: &clap::Error) -> Exit {
    if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return fail(Exit::Usage, &in_one_line(&error.to_string()));
    }
    let told = match error.use_stderr() || !closed::stdout_was_closed() {
        true => error.print(),
        false => Err(closed::error()),
    };
    match told {
        Ok(()) if error.use_stderr() => Exit::Usage,
        Ok(()) => Exit::Done,
        Err(error) => not_told(&error),
    }
}

/// Stdout takes no more: a reader that went away wants no more words.
fn not_told(error: &std::io::Error) -> Exit {
    match Exit::from(error) {
        Exit::BrokenPipe => Exit::BrokenPipe,
        exit => fail(exit, &format!("MT6002 cannot write to stdout: {error}")),
    }
}

/// What the parser of the command line says in several lines, with the command whose help tells more.
fn in_one_line(text: &str) -> String {
    let command = text
        .lines()
        .find_map(|line| line.strip_prefix("Usage: monotrace "))
        .and_then(|usage| usage.split(' ').next())
        .filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
    let told = text.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let mut line = String::new();
    for part in told.map(str::trim).filter(|part| !part.is_empty()) {
        let separator = match line.chars().last() {
            None => "",
            Some(':') => " ",
            Some(_) if part.starts_with(['<', '-', '[']) => ", ",
            Some(_) => "; ",
        };
        line.push_str(separator);
        line.push_str(part);
    }
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    let of = command.map_or_else(String::new, |command| format!(" {command}"));
    format!("MT0001 {line}; `monotrace{of} -h` tells what there is")
}

fn run(plan: &Plan) -> Exit {
    if plan.writes_to_stdout() && closed::stdout_was_closed() {
        return not_told(&closed::error());
    }
    match plan {
        Plan::Build(plan) => build::run(plan),
        Plan::Print(plan) => print::run(plan),
        Plan::About(plan) => about::run(plan),
        Plan::Annotate(plan) => annotate::run(plan),
        Plan::Size(plan) => size::run(plan),
        Plan::Why(plan) => why::run(plan),
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
