//! Which files a path with holes can mean: folders walked, nearest first.
//!
//! A walk costs no more than its budget, whatever the tree, and gives the same
//! files in the same order each time. It never leaves the root, enters no
//! `node_modules`, and decides nothing about what a file is good for.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
};

use super::{
    Resolver, Trouble,
    directories::Place,
    lookup::{Lookup, Spot},
    path,
    pattern::{NamePattern, Pattern, Progress},
};
use crate::{host::EntryKind, record::Loader};

/// What to look for.
pub struct Glob<'g> {
    /// The folder, a normal path; it may pass links.
    pub base: &'g Path,
    /// What is below it.
    pub pattern: &'g Pattern,
    /// A hole that begins a name may be a dot file or a folder of such a name.
    pub dotted: bool,
    /// Whether an entry is wanted, by the pattern's last name, its own name and
    /// whether it is a directory; what is not so much as in the right folder is not asked about.
    pub wants: &'g dyn Fn(&NamePattern, &[u8], bool) -> bool,
}

/// An entry that is wanted.
#[derive(Debug)]
pub struct Match {
    /// Its path below the base as the pattern has it: it may pass links.
    pub path: PathBuf,
    /// Its real path.
    pub real: PathBuf,
    /// It is a directory, and else a regular file.
    pub is_directory: bool,
    /// The links inside the root that `path` passes, at their real places.
    pub links: Vec<PathBuf>,
}

/// What one reference may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    matches: usize,
    folders: usize,
    /// There was more than it allows.
    pub exceeded: bool,
}

impl Budget {
    /// The most matches: more than the files of any package that loads its own
    /// parts by name (the largest sets of icons have 5,000).
    pub const MATCHES_MAX: usize = 10_000;

    /// The most folders that are listed: a walk that meets more is one over a
    /// whole workspace, not one over a program's own parts.
    pub const FOLDERS_MAX: usize = 2_000;

    /// All of it is there.
    pub fn new() -> Self {
        Self { matches: Self::MATCHES_MAX, folders: Self::FOLDERS_MAX, exceeded: false }
    }

    /// How many matches there were.
    pub fn matched(&self) -> usize {
        Self::MATCHES_MAX - self.matches
    }

    /// Takes one match, if there is one left.
    pub(super) fn take_match(&mut self) -> bool {
        take(&mut self.matches, &mut self.exceeded)
    }

    fn take_folder(&mut self) -> bool {
        take(&mut self.folders, &mut self.exceeded)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

fn take(left: &mut usize, exceeded: &mut bool) -> bool {
    let less = left.checked_sub(1);
    *exceeded |= less.is_none();
    *left = less.unwrap_or(0);
    less.is_some()
}

/// A folder that waits.
struct Folder {
    /// As the pattern has it.
    path: Vec<u8>,
    at: Progress,
    /// A link to a directory was passed below the base.
    linked: bool,
}

impl Resolver {
    /// Hands each entry that is wanted to `each`: those of a folder by name,
    /// before those of the folders in it.
    ///
    /// A link to a file is that file. Of links to directories one is passed on
    /// the way from the base, as `**` of Bash and of nft's glob does, and none
    /// that leads back up or into another package: so no walk is endless.
    pub fn glob(&self, glob: &Glob<'_>, budget: &mut Budget, each: &mut dyn FnMut(Match)) -> Vec<Trouble> {
        let mut cx = Lookup::new(path::bytes(&self.options.root), b"/", Loader::Require);
        let base = Folder { path: path::bytes(glob.base).to_vec(), at: Progress::start(), linked: false };
        if !budget.take_folder() {
            return cx.troubles;
        }
        let mut waiting = VecDeque::from([base]);
        while let Some(folder) = waiting.pop_front() {
            if !self.glob_folder(&mut cx, glob, &folder, budget, each, &mut waiting) {
                break;
            }
        }
        cx.troubles
    }

    /// One folder of a walk; `false` when no more may be matched.
    fn glob_folder(
        &self,
        cx: &mut Lookup<'_>,
        glob: &Glob<'_>,
        folder: &Folder,
        budget: &mut Budget,
        each: &mut dyn FnMut(Match),
        waiting: &mut VecDeque<Folder>,
    ) -> bool {
        let Some(place) = self.directories.open(cx, &folder.path) else { return true };
        let last = glob.pattern.last_name(&folder.at);
        let wants = |name: &[u8], is_directory: bool| {
            last.is_some_and(|last| shows(name, glob, last) && (glob.wants)(last, name, is_directory))
        };
        let may_enter = |name: &[u8]| !glob.pattern.enter(&folder.at, name, glob.dotted).is_over();
        let mut relevant = |name: &[u8], kind: EntryKind| match kind {
            _ if name == b"node_modules" => false,
            EntryKind::File => wants(name, false),
            EntryKind::Directory => wants(name, true) || may_enter(name),
            EntryKind::Link => wants(name, false) || wants(name, true) || may_enter(name),
            EntryKind::Special => false,
        };
        let most = Budget::MATCHES_MAX + Budget::FOLDERS_MAX;
        let entries = self.directories.entries(cx, &place.directory, most, &mut relevant);
        for (name, kind) in entries.first {
            let Some(spot) = self.directories.spot(cx, &place, &name) else { continue };
            if !self.directories.is_inside(&spot.real) || spot.kind == EntryKind::Special {
                continue;
            }
            let is_directory = spot.kind == EntryKind::Directory;
            let is_link = kind == EntryKind::Link;
            let path = path::child(&folder.path, &name);
            if is_directory && !(is_link && (folder.linked || !leads_on(&place, &spot))) {
                let at = glob.pattern.enter(&folder.at, &name, glob.dotted);
                // Taken now: folders that wait are bounded too.
                if !at.is_over() && budget.take_folder() {
                    waiting.push_back(Folder { path: path.clone(), at, linked: folder.linked || is_link });
                }
            }
            if wants(&name, is_directory) {
                if !budget.take_match() {
                    return false;
                }
                let (path, real) = (path::from_bytes(path), path::from_bytes(spot.real));
                each(Match { path, real, is_directory, links: spot.links });
            }
        }
        budget.exceeded |= entries.more;
        true
    }
}

fn shows(name: &[u8], glob: &Glob<'_>, last: &NamePattern) -> bool {
    glob.dotted || !last.hides(name)
}

/// A link from `place` to a directory leads neither back up nor into another package.
fn leads_on(place: &Place, target: &Spot) -> bool {
    let here = &place.directory.real;
    !path::is_inside(&target.real, here) && path::package_folder(here) == path::package_folder(&target.real)
}
