//! Which files are meant, and the ways to them.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::Failure;
use crate::{
    Place, Reach, Reason, Reasons, Reference, ReferenceKind,
    cli::{
        plan::{InPackage, Why},
        traced::Traced,
    },
};

/// No more folders of one package, or files below a path in it, are told.
const TARGETS_MAX: usize = 16;

/// What the user asked about, as the trace has it.
pub(super) enum Subject {
    /// A path, relative to the root.
    File(Vec<u8>),
    /// What stands for a package, or for a path in one.
    Package(Within),
    /// Nothing on the list.
    Absent,
}

/// Files of a package.
pub(super) struct Within {
    /// Each is a file, or a folder of the package with `/` at its end, of which the first file will do.
    pub(super) targets: BTreeSet<Vec<u8>>,
    /// There are more than are told.
    pub(super) has_more: bool,
}

/// Whether `path` is this target, or in it.
pub(super) fn is_in(target: &[u8], path: &[u8]) -> bool {
    if target.ends_with(b"/") { path.starts_with(target) } else { path == target }
}

/// A way from an entry to a file: both, and what is between.
pub(super) struct Chain {
    pub(super) files: Vec<Vec<u8>>,
}

/// What was asked about.
pub(super) fn subject(plan: &Why, traced: &Traced) -> Result<Subject, Failure> {
    let trace = &traced.trace;
    let real = traced.tracer.look_at(&plan.path).map(|(_, real)| real).ok();
    // A link is listed by its own name, a file by its real one.
    for path in [named(plan, traced).as_deref(), real.as_deref()].into_iter().flatten() {
        if let Some(path) = below(&trace.root, path)
            && is_listed(traced, path)?
        {
            return Ok(Subject::File(path.to_vec()));
        }
    }
    let Some(InPackage { name, subpath }) = &plan.package else { return Ok(Subject::Absent) };
    let mut within = folders_of(name, traced)?;
    if let Some(subpath) = subpath {
        within = files_at(name, subpath, &within, traced)?;
    }
    Ok(if within.targets.is_empty() { Subject::Absent } else { Subject::Package(within) })
}

/// The path as it was typed, with its folder's real path.
fn named(plan: &Why, traced: &Traced) -> Option<PathBuf> {
    let (_, folder) = traced.tracer.look_at(plan.path.parent()?).ok()?;
    Some(folder.join(plan.path.file_name()?))
}

/// A path's bytes as seen from the root, if it is there.
pub(super) fn below<'p>(root: &Path, path: &'p Path) -> Option<&'p [u8]> {
    Some(path.strip_prefix(root).ok()?.as_os_str().as_bytes())
}

fn is_listed(traced: &Traced, path: &[u8]) -> Result<bool, Failure> {
    if !traced.trace.listing.has(path)? {
        return Ok(false);
    }
    for file in traced.trace.listing.listed() {
        let file = file?;
        if file.path.as_slice() >= path {
            return Ok(file.path == path);
        }
    }
    Ok(false)
}

/// The folders of a package from which files are listed: those below a
/// `node_modules`, and those that a link there leads to.
pub(super) fn folders_of(name: &str, traced: &Traced) -> Result<Within, Failure> {
    let trace = &traced.trace;
    let installed = format!("node_modules/{name}");
    let mut folders = BTreeSet::new();
    for file in trace.listing.listed() {
        let path = file?.path;
        let Some(at) = memchr::memmem::rfind(&path, installed.as_bytes()) else { continue };
        let is_whole = at == 0 || path[at - 1] == b'/';
        let end = at + installed.len();
        match path.get(end) {
            Some(b'/') if is_whole && !holds(&path[end..], b"/node_modules/") => {
                folders.insert(path[..=end].to_vec());
            }
            None if is_whole => {
                let link = trace.root.join(OsStr::from_bytes(&path));
                let real = traced.tracer.look_at(&link).map(|(_, real)| real).ok();
                if let Some(folder) = real.as_deref().and_then(|real| below(&trace.root, real)) {
                    folders.insert([folder, b"/"].concat());
                }
            }
            _ => {}
        }
        if folders.len() > TARGETS_MAX {
            break;
        }
    }
    Ok(Within::of(folders))
}

impl Within {
    fn of(mut targets: BTreeSet<Vec<u8>>) -> Self {
        let has_more = targets.len() > TARGETS_MAX;
        while targets.len() > TARGETS_MAX {
            targets.pop_last();
        }
        Self { targets, has_more }
    }
}

/// The listed files that `name/subpath` means in these folders: what a program would load by it, the file of that
/// path, and all that is below it.
fn files_at(name: &str, subpath: &str, folders: &Within, traced: &Traced) -> Result<Within, Failure> {
    let trace = &traced.trace;
    let mut found = BTreeSet::new();
    for folder in &folders.targets {
        let asks = |kind, specifier: String| {
            let place = Place { line: 1, column: 1 };
            Reference { kind, specifier, from: None, place, guarded: true }
        };
        // A package may load itself by its name, where it has `exports`.
        let references = [ReferenceKind::Require, ReferenceKind::Import]
            .map(|kind| [asks(kind, format!("{name}/{subpath}")), asks(kind, format!("./{subpath}"))]);
        let from = trace.root.join(OsStr::from_bytes(folder)).join("package.json");
        for (path, reason, _) in traced.tracer.follow(&from, references.as_flattened())?.files {
            if reason != Reason::Resolve && is_listed(traced, &path)? {
                found.insert(path);
            }
        }
        let (file, below) = ([folder, subpath.as_bytes()].concat(), [folder, subpath.as_bytes(), b"/"].concat());
        for listed in trace.listing.listed() {
            let path = listed?.path;
            if path == file || path.starts_with(&below) {
                found.insert(path);
            }
            if found.len() > TARGETS_MAX {
                return Ok(Within::of(found));
            }
        }
    }
    Ok(Within::of(found))
}

fn holds(path: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(path, part).is_some()
}

/// The shortest way to a file, or to the first file of a folder: one that is
/// run or read, if there is any.
pub(super) fn chain(
    reach: &Reach<'_>,
    traced: &Traced,
    wanted: &dyn Fn(&[u8]) -> bool,
) -> Result<Option<Chain>, Failure> {
    let entries: Vec<&[u8]> = traced.trace.entries.iter().map(|entry| entry.file.as_slice()).collect();
    let is_used = |reasons: Reasons| reasons.iter().any(|reason| reason != Reason::Resolve);
    let files = reach.chain(&entries, &mut |path, reasons| is_used(reasons) && wanted(path))?;
    let files = match files {
        Some(files) => Some(files),
        None => reach.chain(&entries, &mut |path, _| wanted(path))?,
    };
    Ok(files.map(|files| Chain { files }))
}

/// Hands over everybody who needs a file, in order.
pub(super) fn each_parent(
    traced: &Traced,
    file: &[u8],
    each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut files = traced.trace.listing.with_parents()?;
    while let Some(found) = files.next_file()? {
        if found.path == file {
            while let Some(parent) = files.next_parent()? {
                each(parent)?;
            }
            break;
        }
    }
    Ok(())
}

/// Takes a manifest and what it lists.
type EachManifest<'e> = &'e mut dyn FnMut(&[u8], &[u8]) -> Result<(), Failure>;

/// Hands over each manifest that lists something that is `wanted`, and what, by manifests' paths.
pub(super) fn each_manifest(
    plan: &Why,
    traced: &Traced,
    wanted: &dyn Fn(&[u8]) -> bool,
    each: EachManifest<'_>,
) -> Result<(), Failure> {
    if plan.tracing.options.manifests.is_empty() {
        return Ok(());
    }
    let mut told = Ok(());
    traced.tracer.listed_by(&traced.trace, &mut |file, manifest| {
        if told.is_ok() && wanted(file) {
            let name = below(&traced.trace.root, manifest).unwrap_or_else(|| manifest.as_os_str().as_bytes());
            told = each(name, file);
        }
    })?;
    told
}
