//! Which packages an output has, and which of them Node finds from where.
//!
//! Here links are still links. Where copies will stand is decided in `places`.

use std::{
    collections::{BTreeMap, HashMap},
    ffi::{OsStr, OsString},
    mem::size_of,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::super::{
    error::BuildError,
    index::{Behind, Index},
    item::{Item, Kind},
};
use crate::{
    memory::Lease,
    spill::{SpillError, Store},
};

/// A package, or another folder that a link leads to, by number.
pub(super) type Package = u32;

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Node finds a package by it: it stands in a node_modules.
    Package(Package),
    /// It is called node_modules itself.
    Modules,
    /// Any other link to a folder.
    Folder(Package),
    /// A link to a file.
    File(PathBuf),
    /// It leads to nothing that is in the output.
    Nothing,
}

/// What stands in a node_modules under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shelved {
    pub(super) package: Package,
    pub(super) is_link: bool,
}

/// What is known of a folder besides its path.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// The real path.
    pub(super) path: PathBuf,
    /// A link in a node_modules leads to it.
    pub(super) is_linked: bool,
    /// It stands in a node_modules itself.
    pub(super) is_shelved: bool,
    /// Nothing but a node_modules is in the folder around: a store, such as pnpm's, keeps it there.
    pub(super) is_stored: bool,
}

pub(super) type Shelf = BTreeMap<OsString, Shelved>;

/// All packages and links, leased as they are met.
pub(super) struct Packages {
    folders: Vec<Folder>,
    numbers: HashMap<PathBuf, Package>,
    /// The node_modules of folders, by the folder that each is in.
    pub(super) shelves: BTreeMap<PathBuf, Shelf>,
    pub(super) links: HashMap<PathBuf, Link>,
    lease: Lease,
    leased: usize,
}

impl Packages {
    /// Reads all of `index`.
    pub(super) fn read(store: &Store, index: &mut Index) -> Result<Self, BuildError> {
        let mut packages = Self {
            folders: Vec::new(),
            numbers: HashMap::new(),
            shelves: BTreeMap::new(),
            links: HashMap::new(),
            lease: store.lease().map_err(SpillError::from)?,
            leased: 0,
        };
        let mut aliases = Vec::new();
        let mut record = Vec::new();
        let mut number = 0;
        while index.get(number, &mut record)? {
            number += 1;
            let Some(item) = Item::decode(&record) else { continue };
            packages.real(store, item.to)?;
            if item.kind == Kind::Link {
                let behind = index.behind(item.path(), item.source())?;
                packages.link(store, item.path(), behind, &mut aliases)?;
            }
        }
        for (holder, target) in aliases {
            let shelf = packages.shelves.get(&target).cloned().unwrap_or_default();
            for (name, shelved) in shelf {
                let linked = Shelved { is_link: true, ..shelved };
                packages.shelve(store, holder.clone(), name, linked)?;
                packages.folder_mut(shelved.package).is_linked = true;
            }
        }
        packages.find_stores(index)?;
        Ok(packages)
    }

    /// The packages whose real folders lead to an item.
    fn real(&mut self, store: &Store, item: &[u8]) -> Result<(), BuildError> {
        for (holder, name) in shelved(item) {
            let end = holder.len() + usize::from(!holder.is_empty()) + MODULES.len() + name.len();
            let is_inside = item.get(end) == Some(&b'/');
            // `.pnpm` and its like are no packages; `.prisma` is one.
            let is_store = name.starts_with(b".") && memchr::memmem::find(&item[end..], b"/node_modules/").is_some();
            let folder = Path::new(OsStr::from_bytes(&item[..end]));
            if !is_inside || is_store || self.numbers.get(folder).is_some_and(|known| self.folder(*known).is_shelved) {
                continue;
            }
            let package = self.number(store, folder)?;
            self.folder_mut(package).is_shelved = true;
            let holder = PathBuf::from(OsStr::from_bytes(holder));
            self.shelve(store, holder, OsStr::from_bytes(name).to_owned(), Shelved { package, is_link: false })?;
        }
        Ok(())
    }

    fn link(
        &mut self,
        store: &Store,
        place: &Path,
        behind: Behind,
        aliases: &mut Vec<(PathBuf, PathBuf)>,
    ) -> Result<(), BuildError> {
        let around = place.parent().unwrap_or(Path::new(""));
        let link = match behind {
            Behind::Nothing => Link::Nothing,
            Behind::File(file) => Link::File(file),
            Behind::Folder(folder) if place.ends_with("node_modules") && folder.ends_with("node_modules") => {
                aliases.push((around.to_path_buf(), folder.parent().unwrap_or(Path::new("")).to_path_buf()));
                Link::Modules
            }
            Behind::Folder(folder) => {
                let package = self.number(store, &folder)?;
                match shelved(place.as_os_str().as_bytes()).last() {
                    Some((holder, name)) if is_all(place.as_os_str().as_bytes(), holder, name) => {
                        self.folder_mut(package).is_linked = true;
                        let (holder, name) = (PathBuf::from(OsStr::from_bytes(holder)), OsStr::from_bytes(name));
                        self.shelve(store, holder, name.to_owned(), Shelved { package, is_link: true })?;
                        Link::Package(package)
                    }
                    _ => Link::Folder(package),
                }
            }
        };
        self.take(store, place.as_os_str().len() + size_of::<(PathBuf, Link)>())?;
        self.links.insert(place.to_path_buf(), link);
        Ok(())
    }

    fn shelve(&mut self, store: &Store, holder: PathBuf, name: OsString, what: Shelved) -> Result<(), BuildError> {
        self.take(store, holder.as_os_str().len() + name.len() + size_of::<(PathBuf, OsString, Shelved)>())?;
        self.shelves.entry(holder).or_default().entry(name).or_insert(what);
        Ok(())
    }

    fn number(&mut self, store: &Store, folder: &Path) -> Result<Package, BuildError> {
        if let Some(known) = self.numbers.get(folder) {
            return Ok(*known);
        }
        let number = Package::try_from(self.folders.len()).map_err(|_| BuildError::TooManyCopies)?;
        self.take(store, 2 * folder.as_os_str().len() + size_of::<(PathBuf, Package, Folder)>())?;
        let path = folder.to_path_buf();
        self.folders.push(Folder { path: path.clone(), is_linked: false, is_shelved: false, is_stored: false });
        self.numbers.insert(path, number);
        Ok(number)
    }

    /// Twice what is held: tables grow by doubling.
    pub(super) fn take(&mut self, store: &Store, bytes: usize) -> Result<(), SpillError> {
        const STEP: usize = 64 << 10;
        self.leased += 2 * bytes;
        let wanted = self.leased.next_multiple_of(STEP);
        if wanted as u64 > self.lease.bytes() {
            store.resize(&mut self.lease, wanted)?;
        }
        Ok(())
    }

    /// Which packages only links lead to, as far as Node is concerned.
    fn find_stores(&mut self, index: &mut Index) -> Result<(), SpillError> {
        for (holder, shelf) in &self.shelves {
            if holder.as_os_str().is_empty() || shelf.values().all(|shelved| shelved.is_link) {
                continue;
            }
            let mut count = |place: &Path| {
                let place = place.as_os_str().as_bytes();
                // What comes before `/` in the order of bytes is no name's next byte but the end.
                Ok::<_, SpillError>(index.lower(place, b'/' + 1)? - index.lower(place, b'/')?)
            };
            if count(holder)? == count(&holder.join("node_modules"))? {
                for shelved in shelf.values().filter(|shelved| !shelved.is_link) {
                    if let Some(folder) = self.folders.get_mut(shelved.package as usize) {
                        folder.is_stored = true;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.folders.len()
    }

    pub(super) fn folder(&self, package: Package) -> &Folder {
        &self.folders[package as usize]
    }

    fn folder_mut(&mut self, package: Package) -> &mut Folder {
        &mut self.folders[package as usize]
    }

    /// What Node finds under a name from files in `from`.
    pub(super) fn found(&self, from: &Path, name: &OsStr) -> Option<Package> {
        let mut around = from.ancestors().filter(|folder| !folder.ends_with("node_modules"));
        around.find_map(|folder| Some(self.shelves.get(folder)?.get(name)?.package))
    }

    /// The nearest numbered folder around a file that `is` wanted.
    pub(super) fn around(&self, file: &Path, is: impl Fn(&Folder) -> bool) -> Option<Package> {
        let mut known = file.ancestors().filter_map(|folder| self.numbers.get(folder).copied());
        known.find(|package| is(self.folder(*package)))
    }
}

const MODULES: &[u8] = b"node_modules/";

/// Each node_modules that a path goes through: the folder that it is in, and the package's name.
fn shelved(path: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    memchr::memmem::find_iter(path, MODULES).filter_map(|at| {
        let is_whole = at == 0 || path[at - 1] == b'/';
        let rest = &path[at + MODULES.len()..];
        let mut ends = memchr::memchr_iter(b'/', rest).chain([rest.len()]);
        let end = if rest.starts_with(b"@") { ends.nth(1)? } else { ends.next()? };
        let name = &rest[..end];
        let is_package = is_whole && !name.is_empty() && name != b".bin";
        is_package.then(|| (&path[..at.saturating_sub(1)], name))
    })
}

/// Whether the path ends with the package's name.
fn is_all(path: &[u8], holder: &[u8], name: &[u8]) -> bool {
    path.len() == holder.len() + usize::from(!holder.is_empty()) + MODULES.len() + name.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_the_packages_that_it_is_in() {
        let told = |path: &'static str| -> Vec<(&str, &str)> {
            let text = |bytes| std::str::from_utf8(bytes).unwrap();
            shelved(path.as_bytes()).map(|(holder, name)| (text(holder), text(name))).collect()
        };
        assert_eq!(told("node_modules/a/x.js"), [("", "a")]);
        assert_eq!(told("w/node_modules/@s/a"), [("w", "@s/a")]);
        assert_eq!(told("node_modules/@s"), []);
        assert_eq!(told("node_modules/.bin/x"), []);
        assert_eq!(
            told("node_modules/.pnpm/a@1/node_modules/a/x.js"),
            [("", ".pnpm"), ("node_modules/.pnpm/a@1", "a")]
        );
        assert_eq!(told("my_node_modules/a/x"), []);
    }
}
