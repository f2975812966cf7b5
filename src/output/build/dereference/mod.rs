//! Copies in place of links, for places that know no links.
//!
//! - `packages` which packages there are, and what Node finds from where
//! - `reached` who gets to their files by a path that is written out
//! - `places` where copies must stand, and how few of them
//!
//! What only links lead to, as in pnpm's store, leaves its place. What cannot
//! be right without links is told, or refused; it is never left out silently.

mod packages;
mod places;
mod reached;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{
    contents::Notes,
    error::BuildError,
    index::Index,
    item::{Item, Kind},
};
use crate::{
    finding::Problem,
    listing::Listing,
    spill::{Sorter, Store},
};
use packages::{Link, Package, Packages};
use places::Copy;
use reached::Reached;

/// So many times the items that there were, and so many more, and it is told as too much.
const TIMES_MAX: usize = 50;
const MORE_MAX: usize = 10_000;

/// Folders behind links behind links, deeper than anybody makes them.
const DEEPEST: usize = 64;

/// Puts all of `index` into `items`, with copies in place of links. `listing` tells who asked for what.
///
/// # Errors
/// [`BuildError::TooManyCopies`].
pub(super) fn dereference(
    store: &Store,
    index: &mut Index,
    listing: &Listing,
    items: &mut Sorter,
    notes: &mut Notes<'_>,
) -> Result<(), BuildError> {
    let mut packages = Packages::read(store, index)?;
    let mut reached = Reached::read(store, listing, &mut packages, notes)?;
    stay_if_more(index, listing, &packages, &mut reached)?;
    let goes = |packages: &Packages, place: &Path| {
        packages
            .around(place, |folder| folder.is_stored || folder.is_linked)
            .filter(|home| reached.goes(packages, *home))
    };
    let live = live(index, &packages, &|place| goes(&packages, place).is_none())?;
    let links = places::folder_links(&packages, |place| goes(&packages, place).is_none());
    let placed = places::places(store, &mut packages, &reached, &live, &links)?;

    let most = index.names().len() * TIMES_MAX + MORE_MAX;
    let mut copier = Copier { index, packages: &packages, items, notes, left: most, record: Vec::new() };
    let mut record = Vec::new();
    let mut number = 0;
    while copier.index.get(number, &mut record)? {
        number += 1;
        let Some(item) = Item::decode(&record) else { continue };
        if goes(&packages, item.path()).is_some_and(|home| placed.packages.contains(&home)) {
            continue;
        }
        match item.kind {
            Kind::Link => copier.link(item.path(), item.path())?,
            _ => copier.items.push(&record)?,
        }
    }
    for copy in &placed.copies {
        copier.package(copy)?;
    }
    Ok(())
}

/// Files that the trace does not know were named by a path: where they are they stay.
fn stay_if_more(
    index: &mut Index,
    listing: &Listing,
    packages: &Packages,
    reached: &mut Reached,
) -> Result<(), BuildError> {
    let mut counts: HashMap<Package, i64> = HashMap::new();
    let home = |path: &Path| packages.around(path, |folder| folder.is_linked && !folder.is_stored);
    let mut record = Vec::new();
    let mut number = 0;
    while index.get(number, &mut record)? {
        number += 1;
        if let Some(home) = Item::decode(&record).and_then(|item| home(item.path())) {
            *counts.entry(home).or_default() += 1;
        }
    }
    for file in listing.listed() {
        if let Some(home) = home(Path::new(std::ffi::OsStr::from_bytes(&file?.path))) {
            *counts.entry(home).or_default() -= 1;
        }
    }
    reached.stay.extend(counts.into_iter().filter(|(_, more)| *more > 0).map(|(home, _)| home));
    Ok(())
}

/// The folders with a node_modules in which something else stays.
fn live(
    index: &mut Index,
    packages: &Packages,
    stays: &dyn Fn(&Path) -> bool,
) -> Result<BTreeSet<PathBuf>, BuildError> {
    let mut live = BTreeSet::new();
    let mut last = PathBuf::new();
    let mut record = Vec::new();
    let mut number = 0;
    while index.get(number, &mut record)? {
        number += 1;
        let Some(item) = Item::decode(&record).filter(|item| item.kind != Kind::Link) else { continue };
        let folder = item.path().parent().unwrap_or(Path::new(""));
        if (folder == last && number > 1) || !stays(item.path()) {
            continue;
        }
        folder.clone_into(&mut last);
        for around in folder.ancestors() {
            if packages.shelves.contains_key(around) && !live.contains(around) {
                live.insert(around.to_path_buf());
            }
        }
    }
    Ok(live)
}

/// A folder that is being copied.
struct Copying {
    /// The folder, and where its copy goes.
    from: PathBuf,
    to: PathBuf,
    /// The next record.
    next: usize,
}

struct Copier<'c, 'n> {
    index: &'c mut Index,
    packages: &'c Packages,
    items: &'c mut Sorter,
    notes: &'c mut Notes<'n>,
    left: usize,
    record: Vec<u8>,
}

impl Copier<'_, '_> {
    /// What stands at `to` for the link at `link`.
    fn link(&mut self, link: &Path, to: &Path) -> Result<(), BuildError> {
        let mut open = Vec::new();
        self.enter(&mut open, link, to)?;
        self.drain(&mut open, &|_| true)
    }

    /// A package at a place where Node finds it.
    fn package(&mut self, copy: &Copy) -> Result<(), BuildError> {
        let own: HashSet<&Path> = HashSet::from([copy.from.as_path()]);
        let packages = self.packages;
        let is_own = |path: &Path| {
            let home = packages.around(path, |_| true).map(|home| packages.folder(home).path.as_path());
            !copy.is_shallow || home.is_none_or(|home| own.contains(home) || copy.from.starts_with(home))
        };
        let next = self.index.lower(copy.from.as_os_str().as_bytes(), b'/')?;
        self.drain(&mut vec![Copying { from: copy.from.clone(), to: copy.to.clone(), next }], &is_own)
    }

    fn drain(&mut self, open: &mut Vec<Copying>, is_wanted: &dyn Fn(&Path) -> bool) -> Result<(), BuildError> {
        let mut record = Vec::new();
        while let Some(copying) = open.last_mut() {
            let number = copying.next;
            copying.next += 1;
            let has_more = self.index.get(number, &mut record)?;
            let item = Item::decode(&record).filter(|_| has_more);
            let below = item.as_ref().and_then(|item| item.path().strip_prefix(&copying.from).ok());
            let (Some(item), Some(below)) = (item, below) else {
                open.pop();
                continue;
            };
            let to = copying.to.join(below);
            match item.kind {
                _ if !is_wanted(item.path()) => {}
                Kind::Link => self.enter(open, item.path(), &to)?,
                _ => self.push(&item, &to)?,
            }
        }
        Ok(())
    }

    /// Begins to copy what a link leads to.
    fn enter(&mut self, open: &mut Vec<Copying>, link: &Path, to: &Path) -> Result<(), BuildError> {
        match self.packages.links.get(link) {
            Some(Link::File(file)) => {
                let number = self.index.lower(file.as_os_str().as_bytes(), 0)?;
                let mut record = Vec::new();
                if self.index.get(number, &mut record)?
                    && let Some(item) = Item::decode(&record)
                {
                    self.push(&item, to)?;
                }
            }
            Some(Link::Folder(package)) => {
                let folder = self.packages.folder(*package).path.clone();
                // Into itself, or back to where one came from.
                let is_circle = to.starts_with(&folder) || open.iter().any(|around| around.from.starts_with(&folder));
                if is_circle || open.len() >= DEEPEST {
                    let target = folder.to_string_lossy().into_owned();
                    return self.notes.tell(link, Problem::LinkInCircle { target });
                }
                let next = self.index.lower(folder.as_os_str().as_bytes(), b'/')?;
                open.push(Copying { from: folder, to: to.to_path_buf(), next });
            }
            // Those have places of their own.
            Some(Link::Package(_) | Link::Modules | Link::Nothing) | None => {}
        }
        Ok(())
    }

    fn push(&mut self, item: &Item<'_>, to: &Path) -> Result<(), BuildError> {
        self.left = self.left.checked_sub(1).ok_or(BuildError::TooManyCopies)?;
        let from = item.source().as_os_str().as_bytes();
        let from = if item.kind == Kind::Text { item.from } else { from };
        Item { to: to.as_os_str().as_bytes(), from, ..*item }.encode(&mut self.record);
        Ok(self.items.push(&self.record)?)
    }
}
