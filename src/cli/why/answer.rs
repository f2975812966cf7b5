//! Which files are meant, and the ways to them.

use std::{collections::BTreeSet, ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use super::Failure;
use crate::{
    Reach, Reason, Reasons,
    cli::{plan::Why, traced::Traced},
};

/// No more folders of one package are told.
const COPIES_MAX: usize = 16;

/// What the user asked about, as the trace has it.
pub(super) enum Subject {
    /// A path, relative to the root.
    File(Vec<u8>),
    /// Folders of a package, relative to the root, each with `/` at its end.
    Package(BTreeSet<Vec<u8>>),
    /// Nothing on the list.
    Absent,
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
    match &plan.package {
        Some(name) => {
            let folders = folders_of(name, traced)?;
            Ok(if folders.is_empty() { Subject::Absent } else { Subject::Package(folders) })
        }
        None => Ok(Subject::Absent),
    }
}

/// The path as it was typed, with its folder's real path.
fn named(plan: &Why, traced: &Traced) -> Option<std::path::PathBuf> {
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
fn folders_of(name: &str, traced: &Traced) -> Result<BTreeSet<Vec<u8>>, Failure> {
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
        if folders.len() == COPIES_MAX {
            break;
        }
    }
    Ok(folders)
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
