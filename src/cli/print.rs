//! `monotrace print`: the list to stdout or a file, the findings to stderr.

use std::io::{self, Write};

use super::{exit::Exit, fail, plan::Print, traced};
use crate::{QuotedName, Report, ReportError, Stage, write_report};

/// Traces and writes.
pub(super) fn run(plan: &Print) -> Exit {
    let traced = match traced::trace(&plan.tracing, &plan.log) {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let trace = &traced.trace;
    let report = Report { root: &trace.root, listing: &trace.listing, findings: &trace.findings };
    let timer = traced.tracer.counters().time(Stage::Output);
    let written = match &plan.output {
        Some(path) => traced.tracer.publish(plan.format, &report, path),
        None => write_report(plan.format, &report, &mut io::stdout().lock()),
    };
    drop(timer);
    match written {
        Ok(()) => {
            let exit = traced.end(&plan.tracing, &plan.log);
            plan.next.iter().for_each(|version| tell_next(version));
            exit
        }
        Err(error) => not_written(plan, &error),
    }
}

/// What the list is not.
fn tell_next(version: &str) {
    let _ = writeln!(
        io::stderr(),
        "monotrace: a server of Next.js {version}: listed is the server alone; build adds its pages, static files and \
         launcher, and size counts them"
    );
}

fn not_written(plan: &Print, error: &ReportError) -> Exit {
    let exit = Exit::from(error);
    match (error, &plan.output) {
        // A reader that went away wants no more words.
        (ReportError::Io(_), _) if exit == Exit::BrokenPipe => exit,
        (ReportError::Io(error), Some(path)) => {
            let path = QuotedName(path.as_os_str().as_encoded_bytes());
            fail(exit, &format!("MT6002 cannot write {path}: {error}"))
        }
        (ReportError::Io(error), None) => fail(exit, &format!("MT6002 cannot write to stdout: {error}")),
        (ReportError::Spill(error), _) => traced::ended_by(error),
    }
}
