//! What every command that traces does: trace, and tell on stderr what was found.

use std::{
    io::{self, BufWriter, Write},
    time::{Instant, SystemTime},
};

use super::{exit::Exit, fail, plan, stats, summary};
use crate::{Log, QuotedName, RealHost, ReportError, SpillError, Tally, Trace, Tracer, publish_log, write_log};

/// A trace, and who made it.
pub(super) struct Traced {
    pub(super) tracer: Tracer,
    pub(super) trace: Trace,
    /// When it began, by both clocks: what files say, and what took how long.
    began: (SystemTime, Instant),
}

/// Traces.
///
/// # Errors
/// The exit status, once stderr was told why.
pub(super) fn trace(plan: &plan::Tracing) -> Result<Traced, Exit> {
    let began = (SystemTime::now(), Instant::now());
    let told = |error: crate::TraceError| fail(Exit::from(&error), &format!("{} {error}", error.code()));
    let mut tracer = Tracer::of_process(plan.options.clone()).map_err(told)?;
    plan.finding.iter().for_each(|finding| tracer.note(finding.clone()));
    let trace = tracer.trace(&plan.entries).map_err(told)?;
    Ok(Traced { tracer, trace, began })
}

impl Traced {
    /// Tells the findings and the numbers, and what they mean for the exit status.
    pub(super) fn end(&self, tracing: &plan::Tracing, log: &plan::Log) -> Exit {
        self.tell(tracing, log).unwrap_or_else(|exit| exit)
    }

    fn tell(&self, tracing: &plan::Tracing, plan: &plan::Log) -> Result<Exit, Exit> {
        let tally = Tally::of(&self.trace.findings, &self.trace.root, plan.style).map_err(|error| ended_by(&error))?;
        let log = Log {
            host: &RealHost,
            root: &self.trace.root,
            repository: plan.repository.as_deref().filter(|folder| self.trace.root.starts_with(folder)),
            began: self.began.0,
            findings: &self.trace.findings,
            tally: &tally,
            style: plan.style,
        };
        let mut stderr = BufWriter::new(io::stderr().lock());
        match write_log(plan.reporter, &log, &mut stderr) {
            Ok(()) => {
                let taken = self.began.1.elapsed();
                if plan.summary {
                    let told = summary::Summary { trace: &self.trace, tally: &tally, style: plan.style, taken };
                    told.write(tracing, &mut stderr).map_err(|error| ended_by(&error))?;
                }
                let _ = stats::write(tracing, plan, self.tracer.counters(), &mut stderr);
            }
            // Where stderr is gone, the status still tells.
            Err(ReportError::Io(_)) => {}
            Err(ReportError::Spill(error)) => return Err(ended_by(&error)),
        }
        let _ = stderr.flush();
        drop(stderr);
        if let Some((path, reporter)) = &plan.file {
            let log = Log { style: crate::LogStyle { color: false, ..log.style }, ..log };
            publish_log(*reporter, &log, path).map_err(|error| match error {
                ReportError::Io(error) => {
                    let name = QuotedName(path.as_os_str().as_encoded_bytes());
                    fail(Exit::Io, &format!("MT6002 cannot write {name}: {error}"))
                }
                ReportError::Spill(error) => ended_by(&error),
            })?;
        }
        Ok(match (self.trace.is_incomplete, tally.has(plan.style.deny)) {
            (true, _) => Exit::Fault,
            (false, true) => Exit::Denied,
            (false, false) => Exit::Done,
        })
    }
}

/// What was found cannot be had back from the disk.
pub(super) fn ended_by(error: &SpillError) -> Exit {
    fail(Exit::from(error), &format!("{} {error}", error.code()))
}
