//! What every command that traces does: trace, and tell on stderr what was found.

use std::{
    io::{self, BufWriter, Write},
    ops::ControlFlow,
    path::PathBuf,
    time::{Instant, SystemTime},
};

use super::{exit::Exit, fail, plan, progress, stats, summary};
use crate::{
    Code, Findings, Generation, Log, LogStyle, QuotedName, RealHost, ReportError, SpillError, Stage, Tally, Trace,
    TraceError, Tracer, publish_log, write_log,
};

/// A trace, and who made it.
pub(super) struct Traced {
    pub(super) tracer: Tracer,
    pub(super) trace: Trace,
    /// When it was begun, by both clocks.
    began: (SystemTime, Instant),
}

/// Traces, and tells meanwhile how far it is.
///
/// # Errors
/// The exit status, once stderr was told why.
pub(super) fn trace(plan: &plan::Tracing, log: &plan::Log) -> Result<Traced, Exit> {
    trace_with(tracer(plan)?, plan, log, &plan.entries)
}

/// Who will trace, for commands that have something to arrange before.
///
/// # Errors
/// The exit status, once stderr was told why.
pub(super) fn tracer(plan: &plan::Tracing) -> Result<Tracer, Exit> {
    let mut tracer = Tracer::of_process(plan.options.clone()).map_err(told)?;
    plan.finding.iter().for_each(|finding| tracer.note(finding.clone()));
    Ok(tracer)
}

/// Traces.
///
/// # Errors
/// The exit status, once stderr was told why.
pub(super) fn trace_with(
    tracer: Tracer,
    plan: &plan::Tracing,
    log: &plan::Log,
    entries: &[PathBuf],
) -> Result<Traced, Exit> {
    let began = (SystemTime::now(), Instant::now());
    let trace = progress::during(plan, log.telling, tracer.counters(), || tracer.trace(entries)).map_err(told)?;
    Ok(Traced { tracer, trace, began })
}

/// Traces, and hands over what became known after each generation of files.
///
/// # Errors
/// The exit status, once stderr was told why: by `refused`, when `each` failed.
pub(super) fn trace_by_generation(
    tracer: Tracer,
    plan: &plan::Tracing,
    log: &plan::Log,
    each: &mut dyn FnMut(&Generation) -> Result<(), ReportError>,
    refused: &dyn Fn(ReportError) -> Exit,
) -> Result<Traced, Exit> {
    let began = (SystemTime::now(), Instant::now());
    let mut stopped = None;
    let mut listener = |generation: &Generation| {
        let _timer = tracer.counters().time(Stage::Output);
        match each(generation) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                stopped = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let traced = progress::during(plan, log.telling, tracer.counters(), || {
        tracer.trace_by_generation(&plan.entries, &mut listener)
    });
    match (traced, stopped) {
        (_, Some(error)) => Err(refused(error)),
        (Ok(trace), None) => Ok(Traced { tracer, trace, began }),
        (Err(error), None) => Err(told(error)),
    }
}

/// Tells why there is no trace.
pub(super) fn told(error: TraceError) -> Exit {
    fail(Exit::from(&error), &format!("{} {error}", error.code()))
}

impl Traced {
    /// Tells the findings and the numbers, and what they mean for the exit status.
    pub(super) fn end(&self, tracing: &plan::Tracing, log: &plan::Log) -> Exit {
        match self.tell(&self.trace.findings, log, Some(tracing)) {
            Ok(_) if self.trace.is_incomplete => Exit::Fault,
            Ok(true) => Exit::Denied,
            Ok(false) => Exit::Done,
            Err(exit) => exit,
        }
    }

    /// Tells findings of the command itself, and what they mean for the exit status.
    pub(super) fn tell_more(&self, findings: &Findings, log: &plan::Log) -> Exit {
        match self.tell(findings, log, None) {
            Ok(true) => Exit::Denied,
            Ok(false) => Exit::Done,
            Err(exit) => exit,
        }
    }

    /// Whether one of the findings is at or above `--deny`. The run's numbers are told with those of the trace.
    fn tell(&self, findings: &Findings, plan: &plan::Log, tracing: Option<&plan::Tracing>) -> Result<bool, Exit> {
        let root = &self.trace.root;
        let tally = Tally::of(findings, root, plan.style).map_err(|error| ended_by(&error))?;
        let log = Log {
            host: &RealHost,
            root,
            repository: plan.repository.as_deref().filter(|folder| root.starts_with(folder)),
            began: self.began.0,
            findings,
            tally: &tally,
            style: plan.style,
        };
        let mut stderr = BufWriter::new(io::stderr().lock());
        match write_log(plan.reporter, &log, &mut stderr) {
            Ok(()) => {
                if let Some(tracing) = tracing {
                    self.tell_numbers(plan, tracing, &tally, &mut stderr)?;
                }
            }
            // Where stderr is gone, the status still tells.
            Err(ReportError::Io(_)) => {}
            Err(ReportError::Spill(error)) => return Err(ended_by(&error)),
        }
        let _ = stderr.flush();
        drop(stderr);
        if let Some((path, reporter)) = &plan.file {
            let log = Log { style: LogStyle { color: false, ..log.style }, ..log };
            publish_log(*reporter, &log, path).map_err(|error| match error {
                ReportError::Io(error) => {
                    let name = QuotedName(path.as_os_str().as_encoded_bytes());
                    fail(Exit::Io, &format!("MT6002 cannot write {name}: {error}"))
                }
                ReportError::Spill(error) => ended_by(&error),
            })?;
        }
        Ok(tally.has(plan.style.deny))
    }

    fn tell_numbers(
        &self,
        plan: &plan::Log,
        tracing: &plan::Tracing,
        tally: &Tally,
        stderr: &mut dyn Write,
    ) -> Result<(), Exit> {
        if plan.summary {
            let taken = self.began.1.elapsed();
            let told = summary::Summary { trace: &self.trace, tally, style: plan.style, taken };
            told.write(tracing, stderr).map_err(|error| ended_by(&error))?;
        }
        let _ = stats::write(tracing, plan, self.tracer.counters(), stderr);
        Ok(())
    }
}

/// What was found cannot be had back from the disk.
pub(super) fn ended_by(error: &SpillError) -> Exit {
    fail(Exit::from(error), &format!("{} {error}", Code(error.code())))
}
