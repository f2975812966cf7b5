//! `monotrace why`: the shortest way from an entry to a file, or what keeps it away.
//!
//! - `answer` what is told, as data; `absent` what is told of a file that is not listed
//! - `text` and `json` how it is written

mod absent;
mod answer;
mod json;
mod text;

use std::io::{self, BufWriter, Write};

use super::{exit::Exit, fail, plan::Why, traced};
use crate::TraceError;

/// Traces and answers.
pub(super) fn run(plan: &Why) -> Exit {
    let traced = match traced::trace(&plan.tracing, &plan.log) {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let mut sink = BufWriter::new(io::stdout().lock());
    let told = match plan.is_json {
        true => json::write(plan, &traced, &mut sink),
        false => text::write(plan, &traced, &mut sink),
    };
    let told = told.and_then(|is_listed| sink.flush().map(|()| is_listed).map_err(Failure::Io));
    match told {
        Ok(is_listed) => match traced.end(&plan.tracing, &plan.log) {
            Exit::Done if !is_listed => Exit::Denied,
            exit => exit,
        },
        Err(Failure::Io(error)) => match Exit::from(&error) {
            // A reader that went away wants no more words.
            Exit::BrokenPipe => Exit::BrokenPipe,
            exit => fail(exit, &format!("MT6002 cannot write to stdout: {error}")),
        },
        Err(Failure::Trace(error)) => fail(Exit::from(&error), &format!("{} {error}", error.code())),
    }
}

/// Why there is no answer.
enum Failure {
    Io(io::Error),
    Trace(TraceError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<crate::SpillError> for Failure {
    fn from(error: crate::SpillError) -> Self {
        Self::Trace(error.into())
    }
}

impl From<TraceError> for Failure {
    fn from(error: TraceError) -> Self {
        Self::Trace(error)
    }
}
