//! Files that the user adds by a glob: folders walked as far as it can match.
//!
//! As in Next, a glob means files, `**` passes no link, and a name that is
//! spelled or begun in the glob may be a link to a folder. Folders that wait are
//! kept where they have room, on disk if need be. Never leaves the root.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use globset::GlobMatcher;

use super::{TraceError, absolute, choice};
use crate::{
    finding::{Finding, Problem},
    host::{EntryKind, Host},
    resolve::Resolver,
    spill::{Cursor, Names, Store},
};

/// A glob has no more segments than this, nor does it stand for more globs.
const SEGMENTS_MAX: usize = 60;
const ALTERNATIVES_MAX: usize = 64;

/// What a walk finds.
pub(super) enum Included {
    /// A file, or a link on the way to one, relative to the root.
    File(Vec<u8>),
    Link(Vec<u8>),
    Finding(Finding),
}

/// What a walk needs.
pub(super) struct Walk<'w> {
    pub(super) host: &'w dyn Host,
    pub(super) store: &'w Store,
    pub(super) resolver: &'w Resolver,
    pub(super) root: &'w Path,
}

/// One segment of a glob.
enum Segment {
    /// Any number of folders.
    Folders,
    Name(GlobMatcher),
}

/// Where in the glob a folder stands: a bit for each segment that may be next.
type Progress = u64;

impl Walk<'_> {
    /// Hands each file that `pattern` means to `each`; where it means none, that is a finding.
    ///
    /// # Errors
    /// [`TraceError::Glob`] for a glob that cannot be understood, and what `each` says.
    pub(super) fn walk(
        &self,
        pattern: &str,
        each: &mut dyn FnMut(Included) -> Result<(), TraceError>,
    ) -> Result<(), TraceError> {
        // As a whole, so that a wrong one is told before anything is walked.
        choice::glob(pattern)?;
        let mut matched = 0_u64;
        for glob in alternatives(choice::plain(pattern)) {
            let mut counted = |included: Included| {
                matched += u64::from(matches!(included, Included::File(_)));
                each(included)
            };
            self.walk_one(&glob, &mut counted)?;
        }
        if matched == 0 {
            let problem = Problem::GlobMatchesNothing { option: "--include", glob: pattern.to_owned() };
            each(Included::Finding(Finding::new(self.root, None, problem)))?;
        }
        Ok(())
    }

    fn walk_one(&self, glob: &str, each: &mut dyn FnMut(Included) -> Result<(), TraceError>) -> Result<(), TraceError> {
        let (base, rest) = split(glob);
        let base = absolute(self.root, Path::new(&base));
        if !base.starts_with(self.root) {
            return each(Included::Finding(Finding::new(self.root, None, Problem::OutsideRoot { target: base })));
        }
        let segments = segments(&rest)?;
        let goes_on = !segments.is_empty();
        let Some((folder, EntryKind::Directory)) = self.pass(&base, goes_on, each)? else { return Ok(()) };
        if !goes_on {
            return Ok(());
        }
        // Each that waits: where it stands in the glob, and its real path.
        let mut folders = Names::new(self.store)?;
        folders.push(&waiting(begin(&segments), &folder))?;
        let mut next = Cursor::new(self.store, 1)?;
        while let Some(record) = next.next(&folders)? {
            let Some((at, folder)) = record.split_first_chunk() else { continue };
            let (at, folder) = (Progress::from_be_bytes(*at), PathBuf::from(OsStr::from_bytes(folder)));
            self.enter(&segments, at, &folder, &mut folders, each)?;
            if folders.spillable() >= self.store.batch() && self.store.is_pressed() {
                folders.spill()?;
            }
        }
        Ok(())
    }

    /// Hands on what one folder has, and puts its folders behind the others.
    fn enter(
        &self,
        segments: &[Segment],
        at: Progress,
        folder: &Path,
        folders: &mut Names,
        each: &mut dyn FnMut(Included) -> Result<(), TraceError>,
    ) -> Result<(), TraceError> {
        let end = 1 << segments.len();
        let mut refused = Ok(());
        let mut found: Result<(), TraceError> = Ok(());
        let listed = self.host.list(folder, &mut |name, kind| {
            if refused.is_err() || found.is_err() {
                return;
            }
            let (by_name, by_folders) = step(segments, at, name);
            match kind {
                EntryKind::File if (by_name | by_folders) & end != 0 => {
                    found = self.file(&folder.join(name), each);
                }
                EntryKind::Directory if (by_name | by_folders) & !end != 0 => {
                    refused = folders.push(&waiting(by_name | by_folders, &folder.join(name)));
                }
                EntryKind::Link if by_name != 0 || by_folders & end != 0 => {
                    let goes_on = by_name & !end != 0;
                    match self.pass(&folder.join(name), goes_on, each) {
                        Ok(Some((real, EntryKind::Directory))) if goes_on => {
                            refused = folders.push(&waiting(by_name, &real));
                        }
                        Ok(_) => {}
                        Err(error) => found = Err(error),
                    }
                }
                _ => {}
            }
        });
        refused?;
        found?;
        match listed {
            Ok(()) => Ok(()),
            Err(error) => each(Included::Finding(Finding::new(folder, None, Problem::unreadable(&error)))),
        }
    }

    fn file(&self, path: &Path, each: &mut dyn FnMut(Included) -> Result<(), TraceError>) -> Result<(), TraceError> {
        match path.strip_prefix(self.root) {
            Ok(inside) => each(Included::File(inside.as_os_str().as_bytes().to_vec())),
            Err(_) => Ok(()),
        }
    }

    /// What stands behind the links of a path, if it is within the root. A file is handed on, and so is a folder's
    /// way if it is entered: the links.
    fn pass(
        &self,
        path: &Path,
        enters: bool,
        each: &mut dyn FnMut(Included) -> Result<(), TraceError>,
    ) -> Result<Option<(PathBuf, EntryKind)>, TraceError> {
        let Ok(located) = self.resolver.locate(path) else { return Ok(None) };
        if !located.inside {
            let problem = Problem::OutsideRoot { target: located.path };
            each(Included::Finding(Finding::new(path, None, problem)))?;
            return Ok(None);
        }
        let is_used = located.kind == EntryKind::File || (enters && located.kind == EntryKind::Directory);
        for link in located.links.iter().filter(|_| is_used) {
            if let Ok(inside) = link.strip_prefix(self.root) {
                each(Included::Link(inside.as_os_str().as_bytes().to_vec()))?;
            }
        }
        if located.kind == EntryKind::File {
            self.file(&located.path, each)?;
        }
        Ok(Some((located.path, located.kind)))
    }
}

fn waiting(at: Progress, folder: &Path) -> Vec<u8> {
    [&at.to_be_bytes(), folder.as_os_str().as_bytes()].concat()
}

/// The folder that a glob names before its first wildcard, and the rest.
fn split(glob: &str) -> (String, String) {
    let has_wildcard = |segment: &str| segment.contains(['*', '?', '[', '{', '\\']);
    let literal = glob.split('/').take_while(|segment| !has_wildcard(segment)).count();
    let join = |segments: Vec<&str>| segments.join("/");
    // A glob begins at the root of the trace, not of the machine.
    let base = join(glob.split('/').take(literal).collect()).trim_start_matches('/').to_owned();
    (base, join(glob.split('/').skip(literal).collect()))
}

fn segments(rest: &str) -> Result<Vec<Segment>, TraceError> {
    let segment = |text: &str| match text {
        "**" => Ok(Segment::Folders),
        name => Ok(Segment::Name(choice::glob(name)?.compile_matcher())),
    };
    // More than anybody writes: what is behind them says nothing.
    rest.split('/').filter(|text| !text.is_empty() && *text != ".").take(SEGMENTS_MAX).map(segment).collect()
}

/// The segments that may be next at the start: behind `**` also what follows it.
fn begin(segments: &[Segment]) -> Progress {
    closed(segments, 1)
}

/// `**` may mean no folder at all, unless it is the last: then it means what is in them.
fn closed(segments: &[Segment], mut at: Progress) -> Progress {
    for (index, segment) in segments.iter().enumerate() {
        if at & (1 << index) != 0 && matches!(segment, Segment::Folders) && index + 1 < segments.len() {
            at |= 1 << (index + 1);
        }
    }
    at
}

/// Where one goes from `at` by this name: by a segment that names it, and by `**`.
fn step(segments: &[Segment], at: Progress, name: &OsStr) -> (Progress, Progress) {
    let (mut by_name, mut by_folders) = (0, 0);
    for (index, segment) in segments.iter().enumerate().filter(|(index, _)| at & (1 << index) != 0) {
        match segment {
            Segment::Name(matcher) if matcher.is_match(name) => by_name |= 1 << (index + 1),
            Segment::Name(_) => {}
            Segment::Folders => {
                by_folders |= 1 << index;
                if index + 1 == segments.len() {
                    by_folders |= 1 << (index + 1);
                }
            }
        }
    }
    (closed(segments, by_name), closed(segments, by_folders))
}

/// `{a/b,c}/d` as `a/b/d` and `c/d`: segments can only be told apart without
/// slashes in braces. Other braces stay.
fn alternatives(glob: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut pending = vec![glob.to_owned()];
    while let Some(glob) = pending.pop() {
        match braces(&glob) {
            Some((start, end, parts)) if pending.len() + done.len() + parts.len() <= ALTERNATIVES_MAX => {
                pending.extend(parts.iter().map(|part| format!("{}{part}{}", &glob[..start], &glob[end..])));
            }
            _ => done.push(glob),
        }
    }
    done
}

/// The first outermost braces that have a slash in them, and their parts.
fn braces(glob: &str) -> Option<(usize, usize, Vec<&str>)> {
    let (mut depth, mut start, mut part, mut parts) = (0_usize, 0, 0, Vec::new());
    for (index, character) in glob.char_indices() {
        match character {
            '{' => {
                if depth == 0 {
                    (start, part, parts) = (index, index + 1, Vec::new());
                }
                depth += 1;
            }
            ',' if depth == 1 => {
                parts.push(&glob[part..index]);
                part = index + 1;
            }
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    parts.push(&glob[part..index]);
                    if glob[start..index].contains('/') {
                        return Some((start, index + 1, parts));
                    }
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_begins_where_it_has_no_wildcard() {
        let both = |base: &str, rest: &str| (base.to_owned(), rest.to_owned());
        assert_eq!(split("public/img/**/*.png"), both("public/img", "**/*.png"));
        assert_eq!(split("a.txt"), both("a.txt", ""));
        assert_eq!(split("**"), both("", "**"));
        assert_eq!(split("/data/*"), both("data", "*"));
    }

    #[test]
    fn braces_with_slashes_are_several_globs() {
        let mut all = alternatives("{a/b,c}/{d,e}/{f/g,h}");
        all.sort();
        assert_eq!(all, ["a/b/{d,e}/f/g", "a/b/{d,e}/h", "c/{d,e}/f/g", "c/{d,e}/h"]);
        assert_eq!(alternatives("{a,b}"), ["{a,b}"]);
        assert_eq!(alternatives("{a/b"), ["{a/b"]);
    }
}
