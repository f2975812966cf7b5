//! `monotrace print`: the list to stdout or a file, the findings to stderr.

use std::io::{self, Write};

use super::{
    exit::Exit,
    fail,
    plan::{Form, Print},
    traced::{self, Traced},
};
use crate::{Generation, NewsLines, QuotedName, Replacement, Report, ReportError, ReportFormat, Stage, write_report};

/// Traces and writes.
pub(super) fn run(plan: &Print) -> Exit {
    let done = match plan.form {
        Form::Report(format) => report(plan, format),
        Form::Lines => lines(plan),
    };
    match done {
        Ok(traced) => {
            let exit = traced.end(&plan.tracing, &plan.log);
            plan.next.iter().for_each(|version| tell_next(version));
            exit
        }
        Err(exit) => exit,
    }
}

fn report(plan: &Print, format: ReportFormat) -> Result<Traced, Exit> {
    let traced = traced::trace(&plan.tracing, &plan.log)?;
    let trace = &traced.trace;
    let report = Report { root: &trace.root, listing: &trace.listing, findings: &trace.findings };
    let timer = traced.tracer.counters().time(Stage::Output);
    let written = match &plan.output {
        Some(path) => traced.tracer.publish(format, &report, path),
        None => write_report(format, &report, &mut io::stdout().lock()),
    };
    drop(timer);
    written.map_err(|error| not_written(plan, &error))?;
    Ok(traced)
}

/// Writes while tracing; the last line only when all is there.
fn lines(plan: &Print) -> Result<Traced, Exit> {
    let mut tracer = traced::tracer(&plan.tracing)?;
    let failed = |error: ReportError| not_written(plan, &error);
    let mut lines = NewsLines::new(match &plan.output {
        Some(path) => Sink::File(tracer.begin_file(path).map_err(|error| failed(error.into()))?),
        None => Sink::Stdout(io::stdout().lock()),
    });
    let mut tell = |generation: &Generation| lines.tell(generation);
    let traced = traced::trace_by_generation(tracer, &plan.tracing, &plan.log, &mut tell, &failed)?;
    if let Sink::File(file) = lines.end(!traced.trace.is_incomplete).map_err(failed)? {
        file.commit().map_err(|error| failed(error.into()))?;
    }
    Ok(traced)
}

/// Where lines go.
enum Sink {
    /// Nobody sees them before it is committed.
    File(Box<dyn Replacement>),
    Stdout(io::StdoutLock<'static>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stdout(stdout) => stdout.flush(),
        }
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
            match error.kind() {
                io::ErrorKind::NotFound => {
                    fail(exit, &format!("MT6002 cannot write {path}: its folder is not there; make that first"))
                }
                _ => fail(exit, &format!("MT6002 cannot write {path}: {error}")),
            }
        }
        (ReportError::Io(error), None) => fail(exit, &format!("MT6002 cannot write to stdout: {error}")),
        (ReportError::Spill(error), _) => traced::ended_by(error),
    }
}
