//! `monotrace build`: the files in a folder that runs by itself.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use super::{
    exit::Exit,
    fail,
    plan::Build,
    traced::{self, Traced},
};
use crate::{BuildError, Built, Bytes, Host, QuotedName, RealHost, Stage, relative};

/// Traces and copies.
pub(super) fn run(plan: &Build) -> Exit {
    let mut tracer = match traced::tracer(&plan.tracing) {
        Ok(tracer) => tracer,
        Err(exit) => return exit,
    };
    // First of all: nobody should wait for a trace whose result has no place.
    let folder = match tracer.claim(&plan.output, &plan.tracing.entries, plan.folder) {
        Ok(folder) => folder,
        Err(error) => return refused(&error),
    };
    let traced = match traced::trace_with(tracer, &plan.tracing) {
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
    let built = traced.tracer.contents(&traced.trace).and_then(|contents| match plan.folder.dry_run {
        true => folder.preview(contents, &mut BufWriter::new(io::stdout().lock())),
        false => folder.write(contents),
    });
    drop(timer);
    match built {
        Ok(built) => {
            let exit = traced.tell_more(&built.findings, &plan.log);
            summary(plan, &traced, &built);
            exit
        }
        Err(BuildError::Incomplete { files, is_led_astray, findings }) => {
            traced.tell_more(&findings, &plan.log);
            refused(&BuildError::Incomplete { files, is_led_astray, findings })
        }
        Err(error) => refused(&error),
    }
}

fn refused(error: &BuildError) -> Exit {
    fail(Exit::from(error), &format!("{} {error}", error.code()))
}

fn shown(plan: &Build) -> String {
    QuotedName(plan.typed.as_os_str().as_encoded_bytes()).to_string()
}

/// What was done, and how the program is started; where stderr is gone, the folder is there all the same.
fn summary(plan: &Build, traced: &Traced, built: &Built) {
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
    let entries = plan.tracing.entries.iter().filter_map(|entry| RealHost.real_path(entry).ok());
    let run: Vec<PathBuf> = entries.map(|entry| plan.typed.join(relative(&traced.trace.root, &entry))).collect();
    for entry in run {
        let _ = writeln!(stderr, "monotrace: run it with: node {}", QuotedName(entry.as_os_str().as_encoded_bytes()));
    }
}
