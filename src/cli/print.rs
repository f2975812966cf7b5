//! `monotrace print`: the list to stdout or a file, the findings to stderr.

use std::io::{self, Write};

use super::{exit::Exit, fail, plan::Plan, stats};
use crate::{Level, QuotedName, Report, ReportFormat, Stage, Trace, Tracer, render, write_report};

/// Traces and writes.
pub(super) fn run(plan: &Plan, format: ReportFormat) -> Exit {
    let traced = Tracer::of_process(plan.options.clone()).and_then(|tracer| {
        let trace = tracer.trace(&plan.entries)?;
        Ok((tracer, trace))
    });
    let (tracer, mut trace) = match traced {
        Ok(traced) => traced,
        Err(error) => return fail(Exit::from(&error), &format!("{} {error}", error.code())),
    };
    trace.findings.extend(plan.finding.clone());
    trace.findings.sort();
    let report = Report { root: &trace.root, listing: &trace.listing, findings: &trace.findings };
    let timer = tracer.counters().time(Stage::Output);
    let written = match &plan.output {
        Some(path) => tracer.publish(format, &report, path),
        None => write_report(format, &report, &mut io::stdout().lock()),
    };
    drop(timer);
    if let Err(error) = written {
        let exit = Exit::from(&error);
        // A reader that went away wants no more words.
        return if exit == Exit::BrokenPipe { exit } else { fail(exit, &written_where(plan, &error)) };
    }
    let mut log = Vec::new();
    let rendered = render(&trace.findings, &trace.root, plan.style, &mut log)
        .and_then(|()| stats::write(plan, tracer.counters(), &mut log));
    if rendered.is_ok() {
        // Where stderr is gone, the status still tells.
        let _ = io::stderr().write_all(&log);
    }
    verdict(&trace, plan.deny)
}

fn written_where(plan: &Plan, error: &io::Error) -> String {
    match &plan.output {
        Some(path) => {
            let path = QuotedName(path.as_os_str().as_encoded_bytes());
            format!("MT6002 cannot write {path}: {error}")
        }
        None => format!("MT6002 cannot write to stdout: {error}"),
    }
}

fn verdict(trace: &Trace, deny: Level) -> Exit {
    if trace.is_incomplete {
        Exit::Fault
    } else if trace.findings.iter().any(|finding| finding.level <= deny) {
        Exit::Denied
    } else {
        Exit::Done
    }
}
