//! What every command that traces does: trace, and tell on stderr what was found.

use std::io::{self, BufWriter, Write};

use super::{exit::Exit, fail, plan, stats};
use crate::{Findings, SpillError, Trace, TraceError, Tracer, render};

/// A trace, and who made it.
pub(super) struct Traced {
    pub(super) tracer: Tracer,
    pub(super) trace: Trace,
}

/// Traces.
///
/// # Errors
/// The exit status, once stderr was told why.
pub(super) fn trace(plan: &plan::Tracing) -> Result<Traced, Exit> {
    trace_with(tracer(plan)?, plan)
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
pub(super) fn trace_with(tracer: Tracer, plan: &plan::Tracing) -> Result<Traced, Exit> {
    let trace = tracer.trace(&plan.entries).map_err(told)?;
    Ok(Traced { tracer, trace })
}

/// Tells why there is no trace.
pub(super) fn told(error: TraceError) -> Exit {
    fail(Exit::from(&error), &format!("{} {error}", error.code()))
}

impl Traced {
    /// Tells the findings and the numbers, and what they mean for the exit status.
    pub(super) fn end(&self, tracing: &plan::Tracing, log: &plan::Log) -> Exit {
        self.tell(tracing, log).unwrap_or_else(|error| ended_by(&error))
    }

    /// Tells findings of the command itself, and what they mean for the exit status.
    pub(super) fn tell_more(&self, findings: &Findings, log: &plan::Log) -> Exit {
        let mut stderr = BufWriter::new(io::stderr().lock());
        let told = self.tell_findings(findings, log, &mut stderr);
        let _ = stderr.flush();
        match told {
            Ok(true) => Exit::Denied,
            Ok(false) => Exit::Done,
            Err(error) => ended_by(&error),
        }
    }

    /// Writes the findings that are shown; whether one is at or above `--deny`.
    fn tell_findings(&self, findings: &Findings, log: &plan::Log, stderr: &mut dyn Write) -> Result<bool, SpillError> {
        // Where stderr is gone, the status still tells.
        let mut is_heard = true;
        let mut is_denied = false;
        for finding in findings {
            let finding = finding?;
            is_denied |= finding.level <= log.deny;
            is_heard = is_heard && render(&finding, &self.trace.root, log.style, stderr).is_ok();
        }
        Ok(is_denied)
    }

    fn tell(&self, tracing: &plan::Tracing, log: &plan::Log) -> Result<Exit, SpillError> {
        let mut stderr = BufWriter::new(io::stderr().lock());
        let is_denied = self.tell_findings(&self.trace.findings, log, &mut stderr)?;
        let _ = stats::write(tracing, log, self.tracer.counters(), &mut stderr);
        let _ = stderr.flush();
        Ok(match (self.trace.is_incomplete, is_denied) {
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
