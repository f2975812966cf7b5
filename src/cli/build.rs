//! `monotrace build`: the files in a folder that runs by itself.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{
    exit::Exit,
    fail,
    plan::Build,
    size_text::Bytes,
    traced::{self, Traced},
};
use crate::{BuildError, Built, Contents, GatherError, Host, NextApp, QuotedName, RealHost, Stage, Tracer, relative};

/// Traces and copies.
pub(super) fn run(plan: &Build) -> Exit {
    let mut tracer = match traced::tracer(&plan.tracing) {
        Ok(tracer) => tracer,
        Err(exit) => return exit,
    };
    if let Some(next) = &plan.next {
        tracer.set_options(next.options.clone());
    }
    // First of all: nobody should wait for a trace whose result has no place.
    let folder = match tracer.claim(&plan.output, &plan.tracing.entries, plan.folder) {
        Ok(folder) => folder,
        Err(error) => return refused(&error),
    };
    let (traced, apps) = match trace(tracer, plan) {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let exit = traced.end(&plan.tracing, &plan.log);
    // Without an entry, or without what a failed worker would have found, the folder would not run.
    if exit != Exit::Done {
        fail(exit, &format!("MT6012 {} is not written, because of what is said above", shown(plan)));
        return exit;
    }
    let timer = traced.tracer.counters().time(Stage::Output);
    let gathered = gather(&traced, apps).map_err(|error| match error {
        GatherError::App(error) => Err(fail(Exit::Usage, &error.to_string())),
        GatherError::Build(error) => Ok(error),
    });
    let (contents, launchers) = match gathered {
        Ok(gathered) => gathered,
        Err(Ok(error)) => return refused(&error),
        Err(Err(exit)) => return exit,
    };
    let built = match plan.folder.dry_run {
        true => folder.preview(contents, &mut BufWriter::new(io::stdout().lock())),
        false => folder.write(contents),
    };
    drop(timer);
    match built {
        Ok(built) => {
            let exit = traced.tell_more(&built.findings, &plan.log);
            summary(plan, &built);
            match apps {
                [] => programs(plan, &traced),
                apps => apps.iter().zip(&launchers).for_each(|(app, launcher)| server(plan, app, launcher)),
            }
            exit
        }
        Err(BuildError::Incomplete { files, is_led_astray, findings }) => {
            traced.tell_more(&findings, &plan.log);
            refused(&BuildError::Incomplete { files, is_led_astray, findings })
        }
        Err(error) => refused(&error),
    }
}

/// Traces. Where an entry may be a server of Next it is traced as one, and as
/// any other program if it turns out that it does not load Next.
fn trace(tracer: Tracer, plan: &Build) -> Result<(Traced, &[NextApp]), Exit> {
    let Some(next) = &plan.next else {
        return Ok((traced::trace_with(tracer, &plan.tracing, &plan.log, &plan.tracing.entries)?, &[]));
    };
    let traced = traced::trace_with(tracer, &plan.tracing, &plan.log, &next.entries)?;
    if next.apps.iter().any(NextApp::is_certain) || loads_next(&traced)? {
        return Ok((traced, &next.apps));
    }
    let mut tracer = traced.tracer;
    tracer.set_options(plan.tracing.options.clone());
    Ok((traced::trace_with(tracer, &plan.tracing, &plan.log, &plan.tracing.entries)?, &[]))
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

/// What the folder will hold, and the programs that start servers of Next.
fn gather(traced: &Traced, apps: &[NextApp]) -> Result<(Contents, Vec<PathBuf>), GatherError> {
    let mut contents = traced.tracer.contents(&traced.trace)?;
    let mut launchers = Vec::new();
    for app in apps {
        launchers.push(traced.tracer.gather_next(app, &traced.trace, &mut contents)?);
    }
    Ok((contents, launchers))
}

fn refused(error: &BuildError) -> Exit {
    fail(Exit::from(error), &format!("{} {error}", error.code()))
}

fn shown(plan: &Build) -> String {
    QuotedName(plan.typed.as_os_str().as_encoded_bytes()).to_string()
}

/// What was done; where stderr is gone, the folder is there all the same.
fn summary(plan: &Build, built: &Built) {
    let mut stderr = io::stderr().lock();
    let (files, links, bytes) = (built.files, built.links, Bytes(built.bytes));
    let does = if plan.folder.dry_run { "would hold" } else { "holds" };
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let _ = writeln!(
        stderr,
        "monotrace: {} {does} {files} file{} and {links} link{}, {bytes}",
        shown(plan),
        plural(files),
        plural(links)
    );
}

/// How the programs are started.
fn programs(plan: &Build, traced: &Traced) {
    let mut stderr = io::stderr().lock();
    for entry in plan.tracing.entries.iter().filter_map(|entry| RealHost.real_path(entry).ok()) {
        let entry = plan.typed.join(relative(&traced.trace.root, &entry));
        let _ = writeln!(stderr, "monotrace: run it with: node {}", QuotedName(entry.as_os_str().as_encoded_bytes()));
    }
}

/// How a server of Next is started.
fn server(plan: &Build, app: &NextApp, launcher: &Path) {
    let mut stderr = io::stderr().lock();
    let from = if app.is_standalone() { "with its standalone folder" } else { "without a standalone folder" };
    let launcher = plan.typed.join(launcher);
    let launcher = QuotedName(launcher.as_os_str().as_encoded_bytes());
    let _ = writeln!(stderr, "monotrace: a server of Next.js {}, {from}; run it with: node {launcher}", app.version());
    if app.is_typescript() {
        let _ = writeln!(
            stderr,
            "monotrace: the server is TypeScript: run it with a Node that strips types (22.18, 23.6 or later), or \
             compile it and name the compiled file as the entry"
        );
    }
}
