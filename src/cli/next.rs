//! What `build` and `size` do for servers of Next.js: trace them as such, and
//! gather what their folders hold besides.

use std::path::PathBuf;

use super::{
    exit::Exit,
    plan,
    traced::{self, Traced},
};
use crate::{Contents, GatherError, NextApp, Tracer};

/// Traces. Where an entry may be a server of Next it is traced as one, and as
/// any other program if it turns out that it does not load Next.
///
/// # Errors
/// The exit status, once stderr was told why.
pub(super) fn trace<'p>(
    mut tracer: Tracer,
    tracing: &plan::Tracing,
    next: Option<&'p plan::Next>,
    log: &plan::Log,
) -> Result<(Traced, &'p [NextApp]), Exit> {
    let Some(next) = next else {
        return Ok((traced::trace_with(tracer, tracing, log, &tracing.entries)?, &[]));
    };
    tracer.set_options(next.options.clone());
    let traced = traced::trace_with(tracer, tracing, log, &next.entries)?;
    if next.apps.iter().any(NextApp::is_certain) || loads_next(&traced)? {
        return Ok((traced, &next.apps));
    }
    let mut tracer = traced.tracer;
    tracer.set_options(tracing.options.clone());
    Ok((traced::trace_with(tracer, tracing, log, &tracing.entries)?, &[]))
}

fn loads_next(traced: &Traced) -> Result<bool, Exit> {
    for file in traced.trace.listing.listed() {
        let file = file.map_err(|error| traced::ended_by(&error))?;
        if NextApp::is_used_by(&file.path) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a trace and apps put into a folder, and the programs that start the servers.
///
/// # Errors
/// [`GatherError`].
pub(super) fn gather<'a>(
    tracer: &Tracer,
    trace: &crate::Trace,
    apps: impl IntoIterator<Item = &'a NextApp>,
) -> Result<(Contents, Vec<PathBuf>), GatherError> {
    let mut contents = tracer.contents(trace)?;
    let mut launchers = Vec::new();
    for app in apps {
        launchers.push(tracer.gather_next(app, trace, &mut contents)?);
    }
    Ok((contents, launchers))
}
