//! `monotrace print`: the list to stdout or a file, the findings to stderr.

use std::io::{self, BufWriter, Write};

use super::{exit::Exit, fail, plan::Plan, stats};
use crate::{
    Counters, QuotedName, Report, ReportError, ReportFormat, SpillError, Stage, Trace, Tracer, render, write_report,
};

/// Traces and writes.
pub(super) fn run(plan: &Plan, format: ReportFormat) -> Exit {
    let mut tracer = match Tracer::of_process(plan.options.clone()) {
        Ok(tracer) => tracer,
        Err(error) => return fail(Exit::from(&error), &format!("{} {error}", error.code())),
    };
    plan.finding.iter().for_each(|finding| tracer.note(finding.clone()));
    let trace = match tracer.trace(&plan.entries) {
        Ok(trace) => trace,
        Err(error) => return fail(Exit::from(&error), &format!("{} {error}", error.code())),
    };
    let report = Report { root: &trace.root, listing: &trace.listing, findings: &trace.findings };
    let timer = tracer.counters().time(Stage::Output);
    let written = match &plan.output {
        Some(path) => tracer.publish(format, &report, path),
        None => write_report(format, &report, &mut io::stdout().lock()),
    };
    drop(timer);
    if let Err(error) = written {
        return not_written(plan, &error);
    }
    log(&trace, plan, tracer.counters()).unwrap_or_else(|error| ended_by(&error))
}

fn not_written(plan: &Plan, error: &ReportError) -> Exit {
    let exit = Exit::from(error);
    match (error, &plan.output) {
        // A reader that went away wants no more words.
        (ReportError::Io(_), _) if exit == Exit::BrokenPipe => exit,
        (ReportError::Io(error), Some(path)) => {
            let path = QuotedName(path.as_os_str().as_encoded_bytes());
            fail(exit, &format!("MT6002 cannot write {path}: {error}"))
        }
        (ReportError::Io(error), None) => fail(exit, &format!("MT6002 cannot write to stdout: {error}")),
        (ReportError::Spill(error), _) => ended_by(error),
    }
}

fn ended_by(error: &SpillError) -> Exit {
    fail(Exit::from(error), &format!("{} {error}", error.code()))
}

/// Tells the findings on stderr, and what they mean for the exit status.
fn log(trace: &Trace, plan: &Plan, counters: &Counters) -> Result<Exit, SpillError> {
    let mut stderr = BufWriter::new(io::stderr().lock());
    // Where stderr is gone, the status still tells.
    let mut is_heard = true;
    let mut is_denied = false;
    for finding in &trace.findings {
        let finding = finding?;
        is_denied |= finding.level <= plan.deny;
        is_heard = is_heard && render(&finding, &trace.root, plan.style, &mut stderr).is_ok();
    }
    if is_heard {
        let _ = stats::write(plan, counters, &mut stderr);
    }
    let _ = stderr.flush();
    Ok(match (trace.is_incomplete, is_denied) {
        (true, _) => Exit::Fault,
        (false, true) => Exit::Denied,
        (false, false) => Exit::Done,
    })
}
