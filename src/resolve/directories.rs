//! What stands where: directories, their listings, and the links between them.
//!
//! Each directory inside the root is listed once and kept while the cache has
//! room; lookups are then memory reads. Directories outside the root, those too
//! big to keep and those that cannot be listed are asked about name by name,
//! and nothing outside the root is ever listed. One that the cache had to let go is
//! asked about name by name too, until that has cost as much as to list it again. Nothing here opens a file.

use std::{
    collections::{BTreeMap, HashSet},
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use ahash::RandomState;

use super::{
    Trouble,
    cache::{ByteCache, Weigh},
    listing::{Listing, ListingBuilder},
    lookup::{Lookup, Spot},
    path,
};
use crate::{
    finding::Problem,
    host::{EntryKind, Host},
    memory::{Counters, Governor},
};

/// Links in one path before the kernel says ELOOP.
const LINK_HOPS_MAX: usize = 40;

/// The largest listing that is kept, in bytes; larger directories are probed.
const LISTING_MAX: usize = 4 << 20;

/// How many directories are known to be too big; others of that kind are read over again.
const OVERSIZED_MAX: usize = 4096;

/// A directory that was let go is remembered for so many bytes of the cache.
const CACHE_PER_HASH: usize = 128;

/// So many names cost as much to ask for as a usual directory to list.
const PROBES_MAX: u32 = 16;

/// Every lookup reads this cache: workers should seldom meet.
const CACHE_SHARDS: usize = 8;

/// A directory under its real path.
pub(super) struct Directory {
    /// Its real path.
    pub(super) real: Box<[u8]>,
    /// It belongs to the user's own source: inside the root, in no `node_modules`.
    pub(super) own_source: bool,
    /// `None`: it is probed, name by name.
    listing: Option<Listing>,
    /// How often it was probed, of one that was listed before and let go.
    probes: Option<AtomicU32>,
    /// What the system said when it did not list it. Each lookup here tells it:
    /// which one comes first is a matter of chance.
    fault: Option<Box<Trouble>>,
}

/// Entries of one directory, in the order of their names.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) first: Vec<(Box<[u8]>, EntryKind)>,
    /// There are more that were wanted.
    pub(super) more: bool,
}

/// Whether something stands under a name is not to be learnt; the lookup tells why.
struct Refused;

/// How a path that passes links leads to a directory.
pub(super) struct Alias {
    real: Box<[u8]>,
    links: Box<[PathBuf]>,
    hops: usize,
}

/// What the cache knows about a path.
#[derive(Clone)]
pub(super) enum Known {
    /// The path is a directory's real path.
    Real(Arc<Directory>),
    /// The path passes links.
    Alias(Arc<Alias>),
    /// There is no directory. Kept only where no listing says so for free.
    Absent,
}

impl Weigh for Known {
    fn heap_bytes(&self) -> usize {
        match self {
            Self::Real(directory) => {
                let listing = directory.listing.as_ref().map_or(0, Listing::heap_bytes);
                let fault = directory.fault.as_ref().map_or(0, |_| size_of::<Trouble>() + directory.real.len());
                size_of::<Directory>() + directory.real.len() + listing + fault
            }
            Self::Alias(alias) => {
                let links: usize = alias.links.iter().map(|link| size_of::<PathBuf>() + link.as_os_str().len()).sum();
                size_of::<Alias>() + alias.real.len() + links
            }
            Self::Absent => 0,
        }
    }
}

/// A directory, and how the path that was asked for led there.
#[derive(Clone)]
pub(super) struct Place {
    /// The directory.
    pub(super) directory: Arc<Directory>,
    alias: Option<Arc<Alias>>,
}

impl Place {
    /// The links inside the root that were passed to get here, where they really are.
    pub(super) fn links(&self) -> &[PathBuf] {
        self.alias.as_ref().map_or(&[], |alias| &alias.links)
    }

    /// How many links were passed, those outside the root too.
    fn hops(&self) -> usize {
        self.alias.as_ref().map_or(0, |alias| alias.hops)
    }

    /// The same directory as if its real path had been asked for.
    pub(super) fn without_links(&self) -> Self {
        Self { directory: Arc::clone(&self.directory), alias: None }
    }
}

/// All directories that were asked about, as many as there is room for.
pub(super) struct Directories {
    host: Arc<dyn Host>,
    root: Box<[u8]>,
    cache: ByteCache<Known>,
    listing_max: usize,
    governor: Governor,
    oversized: Hashes,
    /// Those that were listed: whoever asks for one again, the cache has let it go.
    listed: Hashes,
}

impl Directories {
    /// Nothing is known yet. Keeps at most `cache_bytes`.
    pub(super) fn new(host: Arc<dyn Host>, governor: &Governor, root: &Path, cache_bytes: usize) -> Self {
        let cache = ByteCache::new(cache_bytes, CACHE_SHARDS, governor);
        let listing_max = LISTING_MAX.min(cache.entry_max());
        let (oversized, listed) = (Hashes::new(OVERSIZED_MAX), Hashes::new(cache_bytes / CACHE_PER_HASH));
        let governor = governor.clone();
        Self { host, root: path::bytes(root).into(), cache, listing_max, governor, oversized, listed }
    }

    /// Keeps at most `percent` of the bytes it was made with.
    pub(super) fn keep(&self, percent: u64) {
        self.cache.keep(percent);
    }

    /// The path is inside the tracing root.
    pub(super) fn is_inside(&self, path: &[u8]) -> bool {
        path::is_inside(&self.root, path)
    }

    /// The directory at a normal path; `None` when there is none.
    pub(super) fn open(&self, cx: &mut Lookup<'_>, path: &[u8]) -> Option<Place> {
        match self.cache.get(path) {
            Some(known) => self.place(known),
            // The kernel reads no further, whatever the first directories are.
            None if path.len() > path::PATH_MAX => {
                cx.because(path, Problem::NameTooLong);
                None
            }
            None => self.descend(cx, path),
        }
    }

    /// What stands under `name`, links not followed; `None` when nothing does.
    pub(super) fn entry(&self, cx: &mut Lookup<'_>, directory: &Directory, name: &[u8]) -> Option<EntryKind> {
        self.look(cx, directory, name).ok().flatten()
    }

    /// What stands under `name`, where it can be learnt.
    fn look(&self, cx: &mut Lookup<'_>, directory: &Directory, name: &[u8]) -> Result<Option<EntryKind>, Refused> {
        if name.len() > path::NAME_MAX || directory.real.len() + 1 + name.len() > path::PATH_MAX {
            cx.because(&path::child(&directory.real, name), Problem::NameTooLong);
            return Err(Refused);
        }
        if let Some(fault) = &directory.fault {
            cx.trouble(fault);
        }
        match &directory.listing {
            Some(listing) => Ok(listing.get(name)),
            None => {
                if let Some(probes) = &directory.probes
                    && let Some(found) = self.look_again(directory, probes.fetch_add(1, Relaxed), name)
                {
                    return Ok(found);
                }
                self.probe(cx, directory, name)
            }
        }
    }

    /// What stands under `name` in a directory that was let go and has been
    /// `probed` so often since; `None` if it can be neither asked for nor listed.
    fn look_again(&self, directory: &Directory, probed: u32, name: &[u8]) -> Option<Option<EntryKind>> {
        if probed != PROBES_MAX {
            match self.host.kind(path::as_path(&path::child(&directory.real, name))) {
                Ok(kind) => return Some(Some(kind)),
                Err(error) if is_absence(&error) => return Some(None),
                // A listing may tell all the same, and did when it was there.
                Err(_) => {}
            }
        }
        let (listing, _) = self.list(&directory.real);
        let listing = listing?;
        let found = listing.get(name);
        self.keep_listed(&directory.real, listing);
        Some(found)
    }

    /// What stands under `name`, links passed; `None` when nothing does.
    pub(super) fn spot(&self, cx: &mut Lookup<'_>, place: &Place, name: &[u8]) -> Option<Spot> {
        let kind = self.entry(cx, &place.directory, name)?;
        if kind == EntryKind::Link {
            return self.follow(cx, place, name);
        }
        let (links, hops) = (place.links().to_vec(), place.hops());
        Some(Spot { real: path::child(&place.directory.real, name), kind, links, hops })
    }

    /// The file under `name`: whatever is there and no directory, as Node sees it.
    pub(super) fn file(&self, cx: &mut Lookup<'_>, place: &Place, name: &[u8]) -> Option<Spot> {
        self.spot(cx, place, name).filter(|spot| spot.kind != EntryKind::Directory)
    }

    /// What stands at a normal path, links passed.
    pub(super) fn find(&self, cx: &mut Lookup<'_>, path: &[u8]) -> Option<Spot> {
        let Some((directory, name)) = path::split(path) else {
            return Some(Spot { real: b"/".to_vec(), kind: EntryKind::Directory, links: Vec::new(), hops: 0 });
        };
        let place = self.open(cx, directory)?;
        self.spot(cx, &place, name)
    }

    /// The path of `name` in the directory at `path`, unless it is known that
    /// nothing is there: most directories have no `node_modules`, and that is
    /// cheaper to see in their listing than to look up under a path of its own.
    pub(super) fn below(&self, cx: &mut Lookup<'_>, path: &[u8], name: &[u8]) -> Option<Vec<u8>> {
        let place = self.open(cx, path)?;
        match &place.directory.listing {
            Some(listing) if listing.get(name).is_none() => None,
            _ => Some(path::child(path, name)),
        }
    }

    /// The first `most` entries that are wanted of a directory inside the root.
    ///
    /// What is not known of a directory is asked for again: one that is too big
    /// to keep is read past, and one that may not be read is a trouble now.
    pub(super) fn entries(
        &self,
        cx: &mut Lookup<'_>,
        directory: &Directory,
        most: usize,
        wanted: &mut dyn FnMut(&[u8], EntryKind) -> bool,
    ) -> Entries {
        if let Some(fault) = &directory.fault {
            cx.trouble(fault);
        }
        if let Some(listing) = &directory.listing {
            let mut kept = listing.iter().filter(|(name, kind)| wanted(name, *kind));
            let first = kept.by_ref().take(most).map(|(name, kind)| (name.into(), kind)).collect();
            return Entries { first, more: kept.next().is_some() };
        }
        if directory.fault.is_some() || !self.is_inside(&directory.real) {
            return Entries::default();
        }
        let mut first = BTreeMap::new();
        let mut more = false;
        let listed = self.host.list(path::as_path(&directory.real), &mut |name, kind| {
            let name = name.as_bytes();
            if wanted(name, kind) {
                first.insert(Box::from(name), kind);
                if first.len() > most {
                    first.pop_last();
                    more = true;
                }
            }
        });
        if let Err(error) = listed {
            // What was handed out before is a matter of chance.
            first.clear();
            more = false;
            self.say(cx, &directory.real, &error);
        }
        Entries { first: first.into_iter().collect(), more }
    }

    fn place(&self, known: Known) -> Option<Place> {
        match known {
            Known::Real(directory) => Some(Place { directory, alias: None }),
            Known::Alias(alias) => {
                let directory = self.real(&alias.real);
                Some(Place { directory, alias: Some(alias) })
            }
            Known::Absent => None,
        }
    }

    /// Goes down to `path` from the nearest directory above it that is known.
    fn descend(&self, cx: &mut Lookup<'_>, path: &[u8]) -> Option<Place> {
        let mut place = None;
        let mut known_len = 0;
        for above in path::ancestors(path).skip(1) {
            if let Some(known) = self.cache.get(above) {
                place = Some(self.place(known)?);
                known_len = if above == b"/" { 0 } else { above.len() };
                break;
            }
        }
        let mut place = match place {
            Some(place) => place,
            None => Place { directory: self.real(b"/"), alias: None },
        };
        for end in memchr::memchr_iter(b'/', &path[known_len + 1..]).map(|at| known_len + 1 + at).chain([path.len()]) {
            let asked = &path[..end];
            let Some((_, name)) = path::split(asked) else { return Some(place) };
            place = self.step(cx, &place, asked, name)?;
        }
        Some(place)
    }

    /// Goes from a directory to the one under `name` in it, whose path is `asked`.
    fn step(&self, cx: &mut Lookup<'_>, from: &Place, asked: &[u8], name: &[u8]) -> Option<Place> {
        let (real, links, hops) = match self.look(cx, &from.directory, name).ok()? {
            Some(EntryKind::Directory) => (path::child(&from.directory.real, name), from.links().to_vec(), from.hops()),
            Some(EntryKind::Link) => match self.follow(cx, from, name) {
                Some(Spot { real, kind: EntryKind::Directory, links, hops }) => (real, links, hops),
                _ => return None,
            },
            Some(EntryKind::File | EntryKind::Special) => return None,
            None => {
                // A listing answers again for as little; a probe would ask the system.
                if from.directory.listing.is_none() {
                    self.cache.insert(asked, Known::Absent);
                }
                return None;
            }
        };
        let directory = self.real(&real);
        if *asked == *directory.real {
            return Some(Place { directory, alias: None });
        }
        let alias = Arc::new(Alias { real: real.into(), links: links.into(), hops });
        self.cache.insert(asked, Known::Alias(Arc::clone(&alias)));
        Some(Place { directory, alias: Some(alias) })
    }

    /// Passes the link `name` in a directory, and all that it leads to.
    fn follow(&self, cx: &mut Lookup<'_>, from: &Place, name: &[u8]) -> Option<Spot> {
        let (at, links) = (from.directory.real.to_vec(), from.links().to_vec());
        let mut walk = Walk { at, pending: vec![name.to_vec()], links, hops: from.hops() };
        while let Some(segment) = walk.pending.pop() {
            match segment.as_slice() {
                b"" | b"." => continue,
                b".." => {
                    walk.at = path::parent(&walk.at).unwrap_or(b"/").to_vec();
                    continue;
                }
                _ => {}
            }
            let directory = self.real(&walk.at);
            let here = path::child(&walk.at, &segment);
            match self.entry(cx, &directory, &segment)? {
                EntryKind::Directory => walk.at = here,
                EntryKind::Link => self.pass_link(cx, &mut walk, here)?,
                kind => {
                    // Something more, if only a slash: ENOTDIR.
                    let whole = walk.pending.is_empty();
                    return whole.then_some(Spot { real: here, kind, links: walk.links, hops: walk.hops });
                }
            }
        }
        Some(Spot { real: walk.at, kind: EntryKind::Directory, links: walk.links, hops: walk.hops })
    }

    fn pass_link(&self, cx: &mut Lookup<'_>, walk: &mut Walk, link: Vec<u8>) -> Option<()> {
        walk.hops += 1;
        if walk.hops > LINK_HOPS_MAX {
            cx.because(&link, Problem::LinkLoop);
            return None;
        }
        let target = match self.host.link_target(path::as_path(&link)) {
            Ok(target) => target,
            Err(error) => {
                self.say(cx, &link, &error);
                return None;
            }
        };
        if self.is_inside(&link) {
            walk.links.push(path::from_bytes(link));
        }
        let target = target.as_os_str().as_bytes();
        if target.starts_with(b"/") {
            walk.at = b"/".to_vec();
        }
        walk.pending.extend(target.rsplit(|byte| *byte == b'/').map(<[u8]>::to_vec));
        Some(())
    }

    /// The directory at a real path, which is known to be one.
    fn real(&self, real: &[u8]) -> Arc<Directory> {
        if let Some(Known::Real(directory)) = self.cache.get(real) {
            return directory;
        }
        let inside = self.is_inside(real);
        let was_let_go = inside && self.listed.has(self.listed.hash_of(real));
        let (listing, fault) = if inside && !was_let_go { self.list(real) } else { (None, None) };
        if listing.is_some() {
            self.listed.add(self.listed.hash_of(real));
        }
        let probes = was_let_go.then(AtomicU32::default);
        let own_source = inside && !path::in_node_modules(real);
        let directory = Arc::new(Directory { real: real.into(), own_source, listing, probes, fault });
        self.cache.insert(real, Known::Real(Arc::clone(&directory)));
        directory
    }

    /// Keeps a directory that was probed as one that is listed.
    fn keep_listed(&self, real: &[u8], listing: Listing) {
        let own_source = !path::in_node_modules(real);
        let directory = Directory { real: real.into(), own_source, listing: Some(listing), probes: None, fault: None };
        self.cache.insert(real, Known::Real(Arc::new(directory)));
    }

    /// Lists a directory; no listing when it has to be probed, and why if that is a fault.
    fn list(&self, directory: &[u8]) -> (Option<Listing>, Option<Box<Trouble>>) {
        let hash = self.oversized.hash_of(directory);
        if self.oversized.has(hash) {
            return (None, None);
        }
        Counters::add(&self.governor.counters().directories, 1);
        let mut builder = ListingBuilder::new(self.listing_max);
        match self.host.list(path::as_path(directory), &mut |name, kind| builder.add(name.as_bytes(), kind)) {
            Ok(()) => {
                let listing = builder.finish();
                if listing.is_none() {
                    self.oversized.add(hash);
                }
                (listing, None)
            }
            // Search permission without read permission is a way to set up a
            // directory, not a fault: its names can be asked for one by one.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => (None, None),
            // Gone since its name was seen.
            Err(error) if error.kind() == io::ErrorKind::NotFound => (None, None),
            Err(error) => (None, Some(Box::new(Trouble::unreadable(directory, &error)))),
        }
    }

    /// Asks the system about one name.
    fn probe(&self, cx: &mut Lookup<'_>, directory: &Directory, name: &[u8]) -> Result<Option<EntryKind>, Refused> {
        let path = path::child(&directory.real, name);
        match self.host.kind(path::as_path(&path)) {
            Ok(kind) => return Ok(Some(kind)),
            Err(error) if is_absence(&error) => return Ok(None),
            // It is the directory that may not be searched, whatever is in it.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => self.say(cx, &directory.real, &error),
            Err(error) => self.say(cx, &path, &error),
        }
        Err(Refused)
    }

    /// Tells what the system said when it did not answer.
    fn say(&self, cx: &mut Lookup<'_>, path: &[u8], error: &io::Error) {
        match error.kind() {
            _ if is_absence(error) => {}
            io::ErrorKind::InvalidFilename => cx.because(path, Problem::NameTooLong),
            _ if error.raw_os_error() == Some(libc::ELOOP) => cx.because(path, Problem::LinkLoop),
            _ => cx.refused(path, error),
        }
    }
}

/// The system says that nothing is there.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Directories that need not be read over at once, by hashes of their paths. One
/// that only hashes like them is probed, which is as right.
struct Hashes {
    hashes: Mutex<HashSet<u64, RandomState>>,
    most: usize,
    hasher: RandomState,
}

impl Hashes {
    fn new(most: usize) -> Self {
        Self { hashes: Mutex::default(), most, hasher: RandomState::new() }
    }

    fn hash_of(&self, directory: &[u8]) -> u64 {
        self.hasher.hash_one(directory)
    }

    fn has(&self, hash: u64) -> bool {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner).contains(&hash)
    }

    fn add(&self, hash: u64) {
        let mut hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        if hashes.len() < self.most {
            hashes.insert(hash);
        }
    }
}

/// A path that is being followed.
struct Walk {
    /// The real directory that was reached.
    at: Vec<u8>,
    /// Segments still to go, the next one last.
    pending: Vec<Vec<u8>>,
    links: Vec<PathBuf>,
    hops: usize,
}
