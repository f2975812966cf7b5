//! `monotrace build`: the files in a folder that runs by itself, or in an archive.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{
    exit::Exit,
    fail, next,
    plan::{Build, Destination},
    traced::{self, Traced},
};
use crate::{
    BuildError, Built, Bytes, Contents, FolderOptions, GatherError, Host, NextApp, OutputFolder, QuotedName, RealHost,
    Stage, Tracer, absolute, relative, write_archive,
};

/// Traces and copies.
pub(super) fn run(plan: &Build) -> Exit {
    let mut tracer = match traced::tracer(&plan.tracing) {
        Ok(tracer) => tracer,
        Err(exit) => return exit,
    };
    // Where Next has files outside the workspace, the root is larger.
    if let Some(next) = &plan.next {
        tracer.set_options(next.options.clone());
    }
    // First of all: nobody should wait for a trace whose result has no place.
    let folder = match claim(plan, &mut tracer) {
        Ok(folder) => folder,
        Err(error) => return refused(&error),
    };
    let (traced, apps) = match next::trace(tracer, &plan.tracing, plan.next.as_ref(), &plan.log) {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let exit = traced.end(&plan.tracing, &plan.log);
    // Without an entry, or without what a failed worker would have found, the program would not run.
    if exit != Exit::Done {
        return fail(exit, "MT6012 nothing is written, because of what is said above");
    }
    let timer = traced.tracer.counters().time(Stage::Output);
    let (mut contents, launchers) = match next::gather(&traced.tracer, &traced.trace, apps) {
        Ok(gathered) => gathered,
        Err(GatherError::App(error)) => return fail(Exit::Usage, &error.to_string()),
        Err(GatherError::Build(error)) => return refused(&error),
    };
    contents.set_links(plan.links);
    let built = write(plan, &traced, contents, folder);
    drop(timer);
    match built {
        Ok(built) => {
            let exit = traced.tell_more(&built.findings, &plan.log);
            let folder = summary(plan, &built);
            match apps {
                [] => programs(plan, &traced, &folder),
                apps => apps.iter().zip(&launchers).for_each(|(app, launcher)| server(app, &folder.join(launcher))),
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

/// Keeps the place of a folder. What goes there is no input.
fn claim(plan: &Build, tracer: &mut Tracer) -> Result<Option<OutputFolder>, BuildError> {
    match &plan.to {
        Destination::Folder { place, options, .. } => tracer.claim(place, &plan.tracing.entries, *options).map(Some),
        Destination::Archives(archives) => {
            for (_, path, typed) in archives {
                let real = |path: &Path| RealHost.real_path(path).unwrap_or_else(|_| path.to_path_buf());
                if let Some(entry) = plan.tracing.entries.iter().find(|entry| real(entry) == real(path)) {
                    return Err(BuildError::EntryInside { output: typed.clone(), entry: entry.clone() });
                }
                tracer.hide(RealHost.real_path(path).unwrap_or_else(|_| path.clone()));
            }
            Ok(None)
        }
        Destination::Stdout(_) => Ok(None),
    }
}

fn write(plan: &Build, traced: &Traced, contents: Contents, folder: Option<OutputFolder>) -> Result<Built, BuildError> {
    match (&plan.to, folder) {
        (Destination::Folder { options: FolderOptions { dry_run: true, .. }, .. }, Some(folder)) => {
            folder.preview(contents, &mut BufWriter::new(io::stdout().lock()))
        }
        (_, Some(folder)) => folder.write(contents),
        (Destination::Archives(archives), None) => {
            let archives = archives.iter().map(|(options, path, _)| (options.clone(), path.clone())).collect();
            traced.tracer.publish_archives(contents, archives)
        }
        (Destination::Stdout(options), None) => write_archive(contents, options.clone(), &mut io::stdout().lock()),
        (Destination::Folder { typed, .. }, None) => Err(BuildError::Place { to: typed.clone() }),
    }
}

fn refused(error: &BuildError) -> Exit {
    match Exit::from(error) {
        // A reader that went away wants no more words.
        Exit::BrokenPipe => Exit::BrokenPipe,
        exit => fail(exit, &format!("{} {error}", error.code())),
    }
}

fn shown(path: &Path) -> String {
    QuotedName(path.as_os_str().as_encoded_bytes()).to_string()
}

/// What was done; where stderr is gone, the output is there all the same. Gives
/// the folder in which programs are started, as it was typed.
fn summary(plan: &Build, built: &Built) -> PathBuf {
    let mut stderr = io::stderr().lock();
    let (files, links, bytes) = (built.files, built.links, Bytes(built.bytes));
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let holds = format!("{files} file{} and {links} link{}, {bytes}", plural(files), plural(links));
    let (what, folder) = match &plan.to {
        Destination::Folder { typed, options, .. } if options.dry_run => {
            (format!("{} would hold", shown(typed)), typed.clone())
        }
        Destination::Folder { typed, .. } => (format!("{} holds", shown(typed)), typed.clone()),
        Destination::Archives(archives) => {
            let names: Vec<String> = archives.iter().map(|(_, _, typed)| shown(typed)).collect();
            let holds = if names.len() == 1 { "holds" } else { "hold" };
            (format!("{} {holds}", names.join(" and ")), PathBuf::new())
        }
        Destination::Stdout(_) => ("the archive holds".to_owned(), PathBuf::new()),
    };
    let _ = writeln!(stderr, "monotrace: {what} {holds}");
    folder
}

/// Of so many programs it is told how they are started.
const TOLD: usize = 3;

/// How the programs are started.
fn programs(plan: &Build, traced: &Traced, folder: &Path) {
    let mut stderr = io::stderr().lock();
    // Where the traced code was said to be started, if there is such a folder in the output.
    let cwd = plan.tracing.options.process_cwd.strip_prefix(&traced.trace.root).unwrap_or(Path::new("")).to_path_buf();
    let cwd = if RealHost.kind(&folder.join(&cwd)).is_ok() { cwd } else { PathBuf::new() };
    let start = if cwd.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(&cwd) };
    let go = if start.as_os_str().is_empty() { String::new() } else { format!("cd {} && ", shown(&start)) };
    let entries = &plan.tracing.entries;
    for entry in entries.iter().take(TOLD).filter_map(|entry| RealHost.real_path(entry).ok()) {
        let place = absolute(Path::new("/"), &folder.join(&cwd));
        let entry = relative(&place, &absolute(Path::new("/"), &folder.join(relative(&traced.trace.root, &entry))));
        let _ = writeln!(stderr, "monotrace: run it with: {go}node {}", shown(&entry));
    }
    if entries.len() > TOLD {
        let _ = writeln!(stderr, "monotrace: and likewise {} more", entries.len() - TOLD);
    }
}

/// How a server of Next is started.
fn server(app: &NextApp, launcher: &Path) {
    let mut stderr = io::stderr().lock();
    let from = if app.is_standalone() { "with its standalone folder" } else { "without a standalone folder" };
    let launcher = shown(launcher);
    let version = app.version();
    let _ = writeln!(stderr, "monotrace: a server of Next.js {version}, {from} (--no-next: as any program)");
    let _ = writeln!(stderr, "monotrace: run it with: node {launcher}");
    if app.is_typescript() {
        let _ = writeln!(
            stderr,
            "monotrace: the server is TypeScript: run it with a Node that strips types (22.18, 23.6 or later), or \
             compile it and name the compiled file as the entry"
        );
    }
}
