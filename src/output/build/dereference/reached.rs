//! Who gets to the files of a linked package, and how: by Node's lookup, or by
//! a path that is written out.
//!
//! A lookup finds a copy elsewhere; a path does not. So the trace's own edges
//! tell which folders must stay where they are, which links must be copied to
//! just their place, and which paths lead out of a folder that is copied.

use std::{
    collections::HashSet,
    ffi::OsStr,
    hash::{Hash, Hasher},
    mem::size_of,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::{
    super::{contents::Notes, error::BuildError},
    packages::{Folder, Link, Package, Packages},
};
use crate::{
    finding::Problem,
    listing::Listing,
    record::{Reason, Reasons},
    spill::Store,
};

/// How folders are reached.
#[derive(Default)]
pub(super) struct Reached {
    /// They are needed where they are.
    pub(super) stay: HashSet<Package>,
    /// Files in them ask for what is elsewhere.
    pub(super) asking: HashSet<Package>,
    /// Links through which a path leads to a file that is no module.
    pub(super) pinned: HashSet<PathBuf>,
}

/// A numbered folder that may go from its place.
fn may_go(folder: &Folder) -> bool {
    folder.is_stored || (folder.is_linked && !folder.is_shelved)
}

impl Reached {
    /// Reads the edges of `listing`, and tells of paths that lead out of a copy.
    pub(super) fn read(
        store: &Store,
        listing: &Listing,
        packages: &mut Packages,
        notes: &mut Notes<'_>,
    ) -> Result<Self, BuildError> {
        let mut reached = Self::default();
        let passed = passed(store, listing, packages)?;
        let aimed = aimed(store, packages)?;
        let mut files = listing.with_parents()?;
        while let Some(file) = files.next_file()? {
            let child = Path::new(OsStr::from_bytes(&file.path));
            if file.is_ignored || packages.links.contains_key(child) {
                continue;
            }
            let home = packages.around(child, |_| true);
            let mut is_wanted = false;
            while let Some(parent) = files.next_parent()? {
                is_wanted = true;
                let parent = Path::new(OsStr::from_bytes(parent));
                if parent == child {
                    continue;
                }
                reached.edge(packages, &passed, parent, (child, home, file.reasons), notes)?;
                let package = |file: &Path| packages.around(file, |folder| folder.is_shelved);
                let is_own = package(parent) == package(child) && !child.ends_with("package.json");
                if is_own && aimed.contains(parent) {
                    notes.tell(parent, Problem::PathLeavesCopy { target: child.to_path_buf() })?;
                }
            }
            // An entry, or what a manifest or a glob names: by its path.
            if let Some(home) = home
                && (!is_wanted || has(file.reasons, Reason::Initial))
                && (has(file.reasons, Reason::Initial) || !packages.folder(home).is_stored)
            {
                reached.stay.insert(home);
            }
        }
        Ok(reached)
    }

    fn edge(
        &mut self,
        packages: &Packages,
        passed: &HashSet<u128>,
        parent: &Path,
        (child, home, reasons): (&Path, Option<Package>, Reasons),
        notes: &mut Notes<'_>,
    ) -> Result<(), BuildError> {
        let is_by_link = home.is_some_and(|home| passed.contains(&pair(parent, &home)));
        let folder = home.map(|home| packages.folder(home)).filter(|folder| !parent.starts_with(&folder.path));
        if let (Some(folder), Some(home)) = (folder, home) {
            if !is_by_link && !is_looked_up(packages, parent, home) {
                self.stay.insert(home);
            } else if folder.is_linked && (has(reasons, Reason::Asset) || has(reasons, Reason::SharedLib)) {
                self.pin(packages, parent, home);
            }
        }
        let from = packages.around(parent, |folder| folder.is_linked || !folder.is_shelved);
        let Some(from) = from.filter(|from| !child.starts_with(&packages.folder(*from).path)) else { return Ok(()) };
        self.asking.insert(from);
        // What is in a node_modules is found by a lookup; a package.json further up is nobody's wish.
        let is_path = !is_by_link && !child.components().any(|part| part.as_os_str() == "node_modules");
        if is_path && !child.ends_with("package.json") {
            notes.tell(parent, Problem::PathLeavesCopy { target: child.to_path_buf() })?;
        }
        Ok(())
    }

    /// The links that Node passes from there to a package are copied to just their place.
    fn pin(&mut self, packages: &Packages, parent: &Path, home: Package) {
        for around in parent.ancestors() {
            let Some(shelf) = packages.shelves.get(around) else { continue };
            for (name, _) in shelf.iter().filter(|(_, shelved)| shelved.is_link && shelved.package == home) {
                self.pinned.insert(around.join("node_modules").join(name));
            }
        }
    }

    /// Whether a folder's place will be given up if it is copied elsewhere.
    pub(super) fn goes(&self, packages: &Packages, package: Package) -> bool {
        may_go(packages.folder(package)) && !self.stay.contains(&package)
    }
}

fn has(reasons: Reasons, reason: Reason) -> bool {
    reasons.iter().any(|known| known == reason)
}

/// Whether Node's lookup, without a link, leads from a file to a package.
fn is_looked_up(packages: &Packages, parent: &Path, home: Package) -> bool {
    let path = &packages.folder(home).path;
    let name = path.iter().rev().take_while(|part| *part != "node_modules").collect::<Vec<_>>();
    let name: PathBuf = name.into_iter().rev().collect();
    packages.folder(home).is_shelved && packages.found(parent, name.as_os_str()) == Some(home)
}

fn pair(parent: &Path, to: &impl Hash) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(parent.as_os_str().as_bytes());
    to.hash(&mut hasher);
    hasher.finish128().as_u128()
}

/// The files that links lead to.
fn aimed(store: &Store, packages: &mut Packages) -> Result<HashSet<PathBuf>, BuildError> {
    let files = packages.links.values().filter_map(|link| match link {
        Link::File(file) => Some(file.clone()),
        _ => None,
    });
    let aimed: HashSet<PathBuf> = files.collect();
    packages.take(store, aimed.iter().map(|file| file.as_os_str().len() + size_of::<PathBuf>()).sum())?;
    Ok(aimed)
}

/// Each file that passed a link, with where that leads.
fn passed(store: &Store, listing: &Listing, packages: &mut Packages) -> Result<HashSet<u128>, BuildError> {
    let mut passed = HashSet::new();
    let mut files = listing.with_parents()?;
    while let Some(file) = files.next_file()? {
        let path = Path::new(OsStr::from_bytes(&file.path));
        let (Some(Link::Package(to)) | Some(Link::Folder(to))) = packages.links.get(path).cloned() else { continue };
        while let Some(parent) = files.next_parent()? {
            if passed.insert(pair(Path::new(OsStr::from_bytes(parent)), &to)) {
                packages.take(store, size_of::<u128>())?;
            }
        }
    }
    Ok(passed)
}
