//! Where copies of linked packages stand, so that Node finds from each file
//! what it found while links were links.
//!
//! Node looks upwards, so one copy serves all that stands below the folder
//! whose node_modules it is in. A package goes as far up as it may: where
//! nobody who looks there wants another one of that name, and where none of
//! that name is in between. That is how npm lays out what it installs. Copies
//! nothing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ffi::{OsStr, OsString},
    mem::size_of,
    path::{Path, PathBuf},
};

use super::{
    super::error::BuildError,
    packages::{Link, Package, Packages, Shelf},
    reached::Reached,
};
use crate::spill::Store;

/// Copies within copies, deeper than anything that is installed.
const DEEPEST: usize = 64;

/// So many copies of each package, and so many more, and it is told as too much.
const TIMES_MAX: usize = 50;
const MORE_MAX: usize = 10_000;

/// A folder and the place of its copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
    /// Only what belongs to no other package: the copy stands within the folder itself.
    pub(super) is_shallow: bool,
}

/// A folder of the output in which a node_modules may be.
struct Node {
    /// The folder that it is, or is a copy of.
    folder: PathBuf,
    place: PathBuf,
    above: Option<usize>,
    depth: usize,
    /// What stands in its node_modules.
    slots: BTreeMap<OsString, Package>,
    /// What is looked up from below and found above, where several packages have that name.
    passed: BTreeMap<OsString, Package>,
}

/// The places of all copies.
pub(super) struct Places<'p> {
    store: &'p Store,
    packages: &'p mut Packages,
    reached: &'p Reached,
    nodes: Vec<Node>,
    /// The nodes of folders that keep their place.
    kept: BTreeMap<PathBuf, usize>,
    /// Names that several packages have.
    ambiguous: HashSet<OsString>,
    /// Nothing is put further up.
    top: usize,
    copies: Vec<Copy>,
    placed: HashSet<Package>,
}

/// What [`places`] decided.
pub(super) struct Placed {
    pub(super) copies: Vec<Copy>,
    /// There is a copy of it.
    pub(super) packages: HashSet<Package>,
}

/// Decides. `live` are the folders with a node_modules that hold more than that.
///
/// # Errors
/// [`BuildError::TooManyCopies`] where no finite number of copies would do.
pub(super) fn places(
    store: &Store,
    packages: &mut Packages,
    reached: &Reached,
    live: &BTreeSet<PathBuf>,
    links: &[(PathBuf, Package)],
) -> Result<Placed, BuildError> {
    let ambiguous = ambiguous(packages);
    let mut places = Places {
        store,
        packages,
        reached,
        nodes: Vec::new(),
        kept: BTreeMap::new(),
        ambiguous,
        top: 0,
        copies: Vec::new(),
        placed: HashSet::new(),
    };
    places.keep(live)?;
    places.share()?;
    for node in places.kept.values().copied().collect::<Vec<_>>() {
        places.own_links(node)?;
    }
    for (place, package) in links {
        places.folder_link(place, *package)?;
    }
    // Copies bring needs of their own, which bring copies.
    let mut next = places.kept.len();
    while next < places.nodes.len() {
        places.needs(next)?;
        next += 1;
    }
    Ok(Placed { copies: places.copies, packages: places.placed })
}

fn ambiguous(packages: &Packages) -> HashSet<OsString> {
    let mut first: HashMap<&OsStr, Package> = HashMap::new();
    let mut ambiguous = HashSet::new();
    for (name, shelved) in packages.shelves.values().flatten() {
        if *first.entry(name).or_insert(shelved.package) != shelved.package {
            ambiguous.insert(name.clone());
        }
    }
    ambiguous
}

impl Places<'_> {
    /// Folders that keep their place, and what is in them already.
    fn keep(&mut self, live: &BTreeSet<PathBuf>) -> Result<(), BuildError> {
        let root = PathBuf::new();
        let folders: Vec<PathBuf> =
            std::iter::once(&root).chain(live.iter().filter(|folder| **folder != root)).cloned().collect();
        let mut common: Option<PathBuf> = None;
        for folder in folders {
            let above = folder.ancestors().skip(1).find_map(|around| self.kept.get(around).copied());
            let shelf = self.packages.shelves.get(&folder);
            if shelf.is_some_and(|shelf| shelf.values().any(|shelved| shelved.is_link)) {
                common = Some(match common {
                    Some(common) => {
                        common.ancestors().find(|around| folder.starts_with(around)).unwrap_or(&root).to_path_buf()
                    }
                    None => folder.clone(),
                });
            }
            let slots = self.standing(&folder, |_| true);
            let node = self.node(folder.clone(), folder.clone(), above, slots)?;
            self.kept.insert(folder, node);
        }
        let common = common.unwrap_or_default();
        self.top = common.ancestors().find_map(|around| self.kept.get(around).copied()).unwrap_or(0);
        Ok(())
    }

    /// What stands in a folder's node_modules and is no link.
    fn standing(&self, folder: &Path, is_there: impl Fn(Package) -> bool) -> BTreeMap<OsString, Package> {
        let shelf = self.packages.shelves.get(folder).into_iter().flatten();
        let real = shelf.filter(|(_, shelved)| !shelved.is_link && is_there(shelved.package));
        real.map(|(name, shelved)| (name.clone(), shelved.package)).collect()
    }

    fn node(
        &mut self,
        folder: PathBuf,
        place: PathBuf,
        above: Option<usize>,
        slots: BTreeMap<OsString, Package>,
    ) -> Result<usize, BuildError> {
        let depth = above.map_or(0, |above| self.nodes[above].depth + 1);
        let most = self.packages.len() * TIMES_MAX + MORE_MAX;
        if depth > DEEPEST || self.nodes.len() > most {
            return Err(BuildError::TooManyCopies);
        }
        let names: usize = slots.keys().map(|name| name.len() + size_of::<(OsString, Package)>()).sum();
        let bytes = size_of::<Node>() + size_of::<Copy>() + folder.as_os_str().len() + 2 * place.as_os_str().len();
        self.packages.take(self.store, bytes + names)?;
        self.nodes.push(Node { folder, place, above, depth, slots, passed: BTreeMap::new() });
        Ok(self.nodes.len() - 1)
    }

    /// Packages that several ask for stand where all of them find them: of each name the one that most ask for.
    fn share(&mut self) -> Result<(), BuildError> {
        let mut askers: BTreeMap<&OsStr, BTreeMap<Package, (usize, &Path)>> = BTreeMap::new();
        for (holder, shelf) in &self.packages.shelves {
            for (name, shelved) in shelf.iter().filter(|(_, shelved)| shelved.is_link) {
                let asked = askers.entry(name).or_default().entry(shelved.package).or_insert((0, holder));
                asked.0 += 1;
            }
        }
        let top = &self.nodes[self.top].folder;
        let own = self.packages.shelves.get(top);
        let mut shared = Vec::new();
        for (name, asked) in &askers {
            let by_number = |(package, (count, _)): &(&Package, &(usize, &Path))| {
                (*count, std::cmp::Reverse(self.packages.folder(**package).path.clone()))
            };
            let Some((package, (count, holder))) = asked.iter().max_by_key(by_number) else { continue };
            let is_alone = *count == 1 && self.kept.contains_key(*holder);
            if !is_alone && own.is_none_or(|own| !own.contains_key(*name)) {
                shared.push(((*name).to_owned(), *package));
            }
        }
        // What the top itself asks for comes first.
        self.own_links(self.top)?;
        for (name, package) in shared {
            if self.permits(self.top, &name, package) && self.search(self.top, &name, package).is_err() {
                self.put(self.top, name, package)?;
            }
        }
        Ok(())
    }

    /// The packages that links in a folder's node_modules lead to.
    fn own_links(&mut self, node: usize) -> Result<(), BuildError> {
        let folder = self.nodes[node].folder.clone();
        let shelf: Shelf = self.packages.shelves.get(&folder).cloned().unwrap_or_default();
        for (name, shelved) in shelf.into_iter().filter(|(_, shelved)| shelved.is_link) {
            let link = folder.join("node_modules").join(&name);
            let is_pinned = self.reached.pinned.contains(&link) && !self.nodes[node].slots.contains_key(&name);
            match self.search(node, &name, shelved.package) {
                Ok(passed) if !is_pinned => self.pass(&passed, &name, shelved.package)?,
                _ => self.put(node, name, shelved.package)?,
            }
        }
        Ok(())
    }

    /// A link that Node's lookup does not pass: its folder is copied to its very place.
    fn folder_link(&mut self, place: &Path, package: Package) -> Result<(), BuildError> {
        let above = place.ancestors().skip(1).find_map(|around| self.kept.get(around).copied());
        let from = self.packages.folder(package).path.clone();
        if self.reached.asking.contains(&package) {
            self.folders(from, place.to_path_buf(), above)?;
        }
        Ok(())
    }

    /// What Node found from a folder must be found from its copy.
    fn needs(&mut self, node: usize) -> Result<(), BuildError> {
        let folder = self.nodes[node].folder.clone();
        let mut seen = HashSet::new();
        for around in folder.ancestors().filter(|around| !around.ends_with("node_modules")) {
            let Some(shelf) = self.packages.shelves.get(around) else { continue };
            let needed: Vec<(OsString, Package)> =
                shelf.iter().map(|(name, shelved)| (name.clone(), shelved.package)).collect();
            for (name, package) in needed {
                // A package finds itself in itself.
                let is_itself = folder.starts_with(&self.packages.folder(package).path);
                if seen.insert(name.clone()) && !is_itself {
                    self.ensure(node, &name, package)?;
                }
            }
        }
        Ok(())
    }

    /// Looks upwards as Node does.
    ///
    /// # Errors
    /// The nodes that were passed in vain, upwards, and whether another package is in the way.
    fn search(&self, from: usize, name: &OsStr, package: Package) -> Result<Vec<usize>, Vec<usize>> {
        let mut passed = Vec::new();
        let mut at = Some(from);
        while let Some(node) = at {
            match self.nodes[node].slots.get(name) {
                Some(found) if *found == package => return Ok(passed),
                Some(_) => return Err(passed),
                None => passed.push(node),
            }
            at = self.nodes[node].above;
        }
        Err(passed)
    }

    /// Sees to it that `package` is what is found under `name` from a node.
    fn ensure(&mut self, from: usize, name: &OsStr, package: Package) -> Result<(), BuildError> {
        let passed = match self.search(from, name, package) {
            Ok(passed) => return self.pass(&passed, name, package),
            Err(passed) => passed,
        };
        let end = passed.iter().position(|node| *node == self.top).map_or(passed.len(), |top| top + 1);
        let highest = (0..end).rev().find(|at| self.permits(passed[*at], name, package));
        let Some(highest) = highest else { return Err(BuildError::TooManyCopies) };
        self.pass(&passed[..highest], name, package)?;
        self.put(passed[highest], name.to_owned(), package)
    }

    fn pass(&mut self, nodes: &[usize], name: &OsStr, package: Package) -> Result<(), BuildError> {
        if self.ambiguous.contains(name) {
            for node in nodes {
                self.packages.take(self.store, name.len() + size_of::<(OsString, Package)>())?;
                self.nodes[*node].passed.insert(name.to_owned(), package);
            }
        }
        Ok(())
    }

    /// Whether nobody who looks there wants another package of that name.
    fn permits(&self, node: usize, name: &OsStr, package: Package) -> bool {
        let node = &self.nodes[node];
        let is_same = |other: Option<Package>| other.is_none_or(|other| other == package);
        is_same(node.passed.get(name).copied()) && is_same(self.packages.found(&node.folder, name))
    }

    /// Puts a copy of a package into the node_modules of a node.
    fn put(&mut self, node: usize, name: OsString, package: Package) -> Result<(), BuildError> {
        let place = self.nodes[node].place.join("node_modules").join(&name);
        self.nodes[node].slots.insert(name, package);
        self.placed.insert(package);
        let from = self.packages.folder(package).path.clone();
        let is_shallow = self.folders(from.clone(), place.clone(), Some(node))?;
        self.copies.push(Copy { from, to: place, is_shallow });
        Ok(())
    }

    /// Nodes for a copied folder, and for those in it that have a node_modules; tells whether the copy is within it.
    fn folders(&mut self, from: PathBuf, to: PathBuf, above: Option<usize>) -> Result<bool, BuildError> {
        let is_shallow = to.starts_with(&from);
        let slots = self.standing(&from, |_| !is_shallow);
        let top = self.node(from.clone(), to.clone(), above, slots)?;
        if is_shallow {
            return Ok(true);
        }
        let inside: Vec<PathBuf> = self
            .packages
            .shelves
            .range::<PathBuf, _>((std::ops::Bound::Excluded(&from), std::ops::Bound::Unbounded))
            .map(|(holder, _)| holder)
            .take_while(|holder| holder.starts_with(&from))
            .cloned()
            .collect();
        let mut nodes: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for holder in inside {
            let above = holder.ancestors().skip(1).find_map(|around| nodes.get(around).copied()).unwrap_or(top);
            let place = to.join(holder.strip_prefix(&from).unwrap_or(&holder));
            let slots = self.standing(&holder, |_| true);
            nodes.insert(holder.clone(), self.node(holder, place, Some(above), slots)?);
        }
        Ok(false)
    }
}

/// Links to folders that Node's lookup does not pass, in order.
pub(super) fn folder_links(packages: &Packages, is_kept: impl Fn(&Path) -> bool) -> Vec<(PathBuf, Package)> {
    let mut links: Vec<(PathBuf, Package)> = packages
        .links
        .iter()
        .filter_map(|(place, link)| match link {
            Link::Folder(package) if is_kept(place) => Some((place.clone(), *package)),
            _ => None,
        })
        .collect();
    links.sort();
    links
}
