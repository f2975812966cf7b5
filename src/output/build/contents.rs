//! What will stand in an output: gathered, sorted, each place once.
//!
//! Everything is looked at once, so that bytes are known before one is written
//! and what has changed since it was traced is told. Copies nothing.

use std::{
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt,
    path::{Component, Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    case,
    dereference::dereference,
    error::BuildError,
    index::{Behind, Index},
    item::{Item, Kind, sane_mode},
    links::{self, Target},
};
use crate::{
    finding::{Finding, Problem},
    host::{EntryKind, Host, MARKER, OpenError, OpenFile, Seen, Stamp, Tree},
    listing::{FindingLog, Listing},
    spill::{Cursor, Names, Sorted, Sorter, Store},
};

/// The trees that files come from.
pub(in crate::output) struct Sources {
    host: Arc<dyn Host>,
    /// The tracing root's real path, and as it was given.
    pub(super) root: PathBuf,
    given_root: PathBuf,
    tree: Box<dyn Tree>,
    /// All of the file system, for what comes from outside the root.
    elsewhere: Option<Box<dyn Tree>>,
    /// When the trace began, in nanoseconds since the epoch.
    began: i128,
}

impl Sources {
    fn elsewhere(&mut self) -> io::Result<&mut dyn Tree> {
        if self.elsewhere.is_none() {
            self.elsewhere = Some(self.host.tree(Path::new("/"))?);
        }
        self.elsewhere.as_deref_mut().map(|tree| tree as _).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// How a real path is reached: below the root, or from anywhere.
    fn split(&self, real: &Path) -> (Kind, PathBuf) {
        match real.strip_prefix(&self.root) {
            Ok(inside) => (Kind::File, inside.to_path_buf()),
            Err(_) => (Kind::Elsewhere, real.strip_prefix("/").unwrap_or(real).to_path_buf()),
        }
    }

    fn tree(&mut self, kind: Kind) -> io::Result<&mut dyn Tree> {
        if kind == Kind::Elsewhere { self.elsewhere() } else { Ok(&mut *self.tree) }
    }

    /// Opens the original of an item.
    pub(in crate::output) fn open(&mut self, item: &Item<'_>) -> Result<Box<dyn OpenFile>, OpenError> {
        self.tree(item.kind)?.open(item.source())
    }

    /// Opens a file below the root, if there is such a file.
    pub(in crate::output) fn open_inside(&mut self, path: &Path) -> Option<Box<dyn OpenFile>> {
        self.tree.open(path).ok()
    }

    /// Where an original is, for words.
    pub(super) fn whole(&self, kind: Kind, path: &Path) -> PathBuf {
        if kind == Kind::Elsewhere { Path::new("/").join(path) } else { self.root.join(path) }
    }

    /// Whether it was written or replaced since the trace began. A time that is
    /// still to come is another machine's, and tells nothing.
    pub(super) fn is_changed(&self, stamp: Stamp) -> bool {
        stamp.changed > self.began && stamp.changed <= nanoseconds(SystemTime::now())
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i128::try_from(since.as_nanos()).unwrap_or(i128::MAX))
}

/// What is wrong with single files.
pub(in crate::output) struct Troubles {
    log: FindingLog,
    /// How many of them keep the output from being written.
    pub(super) fatal: u64,
    /// One was replaced by a link.
    pub(super) is_led_astray: bool,
}

impl Troubles {
    /// Tells; a shortage is an error, since any file could be next.
    pub(super) fn tell(&mut self, root: &Path, path: PathBuf, error: io::Error) -> Result<(), BuildError> {
        let problem = match error.raw_os_error() {
            Some(libc::EMFILE | libc::ENFILE) => return Err(BuildError::Io { path, error }),
            Some(libc::ELOOP | libc::EXDEV) => Problem::LedAstray,
            Some(libc::ENOENT | libc::ENOTDIR | libc::ESTALE) => Problem::ChangedSince,
            _ if error.kind() == io::ErrorKind::UnexpectedEof => Problem::ChangedSince,
            _ => Problem::unreadable(&error),
        };
        self.is_led_astray |= problem == Problem::LedAstray;
        self.fatal += 1;
        self.note(root, path, problem)
    }

    /// Tells what does not keep the output from being written.
    pub(super) fn note(&mut self, root: &Path, path: PathBuf, problem: Problem) -> Result<(), BuildError> {
        Ok(self.log.push(&Finding::new(path, None, problem), root)?)
    }

    /// Tells of two things that want one place.
    pub(super) fn collide(&mut self, root: &Path, path: PathBuf) -> Result<(), BuildError> {
        self.fatal += 1;
        self.note(root, path, Problem::Collision)
    }

    /// Nothing, or why nothing is written.
    pub(in crate::output) fn end(self) -> Result<crate::listing::Findings, BuildError> {
        let Self { log, fatal, is_led_astray } = self;
        let findings = log.finish()?;
        if fatal == 0 { Ok(findings) } else { Err(BuildError::Incomplete { files: fatal, is_led_astray, findings }) }
    }
}

/// Tells of places in the output what does not keep it from being written.
pub(super) struct Notes<'n> {
    troubles: &'n mut Troubles,
    root: &'n Path,
}

impl Notes<'_> {
    pub(super) fn tell(&mut self, place: &Path, problem: Problem) -> Result<(), BuildError> {
        self.troubles.note(self.root, self.root.join(place), problem)
    }
}

/// An original and its place in the output.
#[derive(Clone, Copy)]
struct At<'p> {
    kind: Kind,
    from: &'p Path,
    to: &'p Path,
    /// What is copied with it: nothing for the files of the trace, whose base is the root.
    base: &'p Path,
}

impl At<'_> {
    fn is_added(&self) -> bool {
        !self.base.as_os_str().is_empty() || self.kind == Kind::Elsewhere
    }
}

fn link_to_nothing(target: &Path) -> Problem {
    Problem::LinkToNothing { target: target.to_string_lossy().into_owned() }
}

/// What will stand in an output, while it is gathered.
pub struct Contents {
    pub(super) sources: Sources,
    pub(super) troubles: Troubles,
    store: Store,
    items: Sorter,
    links: Links,
    /// Who asked for what.
    listing: Arc<Listing>,
    record: Vec<u8>,
}

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// They are links in the output too.
    #[default]
    Preserve,
    /// What they lead to is copied to their place.
    Dereference,
}

impl Contents {
    /// The files of a trace, at the places that they have below the root.
    pub(crate) fn new(
        host: &Arc<dyn Host>,
        root: &Path,
        given_root: &Path,
        began: SystemTime,
        listing: &Arc<Listing>,
    ) -> Result<Self, BuildError> {
        let tree = host.tree(root).map_err(|error| BuildError::Io { path: root.to_path_buf(), error })?;
        let store = listing.store().clone();
        let mut contents = Self {
            sources: Sources {
                host: Arc::clone(host),
                root: root.to_path_buf(),
                given_root: given_root.to_path_buf(),
                tree,
                elsewhere: None,
                began: nanoseconds(began),
            },
            troubles: Troubles { log: FindingLog::new(&store)?, fatal: 0, is_led_astray: false },
            items: Sorter::of_bytes(&store)?,
            store,
            links: Links::Preserve,
            listing: Arc::clone(listing),
            record: Vec::new(),
        };
        for file in listing.listed() {
            let file = file?.path;
            // It tells of the folder that it is in, not of the one that is made.
            if file != MARKER.as_bytes() {
                let path = Path::new(OsStr::from_bytes(&file));
                contents.gather(At { kind: Kind::File, from: path, to: path, base: Path::new("") })?;
            }
        }
        Ok(contents)
    }

    /// What becomes of links.
    pub fn set_links(&mut self, links: Links) {
        self.links = links;
    }

    /// Adds a file or a folder with all that is in it: `from`, an absolute path
    /// anywhere, at the place `to` of the output. It is not traced.
    ///
    /// # Errors
    /// [`BuildError`]; what is wrong with single files is told when it is written.
    pub fn add(&mut self, from: &Path, to: &Path) -> Result<(), BuildError> {
        plain(to)?;
        let real = match self.sources.host.real_path(from) {
            Ok(real) => real,
            Err(error) => return self.troubles.tell(&self.sources.root, from.to_path_buf(), error),
        };
        let (kind, path) = self.sources.split(&real);
        let added = At { kind, from: &path, to, base: &path };
        let mut folders = Names::new(&self.store)?;
        if self.gather(added)? == EntryKind::Directory {
            folders.push(b"")?;
        }
        // Folders wait where they have room, on disk if need be.
        let mut next = Cursor::new(&self.store, 1)?;
        while let Some(below) = next.next(&folders)? {
            let below = PathBuf::from(OsStr::from_bytes(below));
            self.add_folder(added, &below, &mut folders)?;
        }
        Ok(())
    }

    /// Adds what stands in one folder; folders in it are put behind the others.
    fn add_folder(&mut self, added: At<'_>, below: &Path, folders: &mut Names) -> Result<(), BuildError> {
        let At { kind, from, to, base } = added;
        let folder = joined(from, below);
        let mut names = Names::new(&self.store)?;
        let mut refused = Ok(());
        let listed = self.sources.tree(kind).and_then(|tree| {
            tree.list(&folder, &mut |name, _| {
                if refused.is_ok() {
                    refused = names.push(name.as_bytes());
                }
            })
        });
        refused?;
        if let Err(error) = listed {
            let whole = self.sources.whole(kind, &folder);
            return self.troubles.tell(&self.sources.root, whole, error);
        }
        let mut next = Cursor::new(&self.store, 1)?;
        while let Some(name) = next.next(&names)? {
            let below = below.join(OsStr::from_bytes(name));
            let found = self.gather(At { kind, from: &from.join(&below), to: &to.join(&below), base })?;
            if found == EntryKind::Directory {
                folders.push(below.as_os_str().as_bytes())?;
            }
        }
        Ok(())
    }

    /// Adds one file or link below the root, a real path, at its own place: as
    /// the files of the trace are.
    ///
    /// # Errors
    /// [`BuildError`]; what is wrong with it is told when it is written.
    pub(crate) fn list(&mut self, file: &Path) -> Result<(), BuildError> {
        match file.strip_prefix(&self.sources.root).map(Path::to_path_buf) {
            Ok(path) => self.gather(At { kind: Kind::File, from: &path, to: &path, base: Path::new("") }).map(drop),
            Err(_) => {
                let problem = Problem::OutsideRoot { target: file.to_path_buf() };
                self.troubles.note(&self.sources.root, file.to_path_buf(), problem)
            }
        }
    }

    /// Adds a text file that exists nowhere yet.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn add_text(&mut self, to: &Path, text: &str, is_executable: bool) -> Result<(), BuildError> {
        plain(to)?;
        let mode = if is_executable { 0o755 } else { 0o644 };
        let (to, len) = (to.as_os_str().as_bytes(), text.len() as u64);
        self.push(&Item { to, kind: Kind::Text, mode, len, allocated: len, from: text.as_bytes() })
    }

    /// Looks at one original and notes what becomes of it.
    fn gather(&mut self, at: At<'_>) -> Result<EntryKind, BuildError> {
        let whole = self.sources.whole(at.kind, at.from);
        let seen = match self.sources.tree(at.kind).and_then(|tree| tree.look(at.from)) {
            Ok(seen) => seen,
            Err(error) => {
                self.troubles.tell(&self.sources.root, whole, error)?;
                return Ok(EntryKind::Special);
            }
        };
        match seen.kind {
            EntryKind::File => self.gather_file(at, seen)?,
            EntryKind::Link => self.gather_link(at, seen)?,
            EntryKind::Directory => {}
            EntryKind::Special => {
                let problem = Problem::NotAFile { what: "not a regular file" };
                self.troubles.note(&self.sources.root, whole, problem)?;
            }
        }
        Ok(seen.kind)
    }

    fn gather_file(&mut self, At { kind, from, to, .. }: At<'_>, seen: Seen) -> Result<(), BuildError> {
        if self.sources.is_changed(seen.stamp) {
            let whole = self.sources.whole(kind, from);
            return self.troubles.tell(&self.sources.root, whole, io::ErrorKind::UnexpectedEof.into());
        }
        let from = if kind == Kind::File && to == from { Path::new("") } else { from };
        self.push(&Item {
            to: to.as_os_str().as_bytes(),
            kind,
            mode: sane_mode(seen.mode),
            len: seen.stamp.len,
            allocated: seen.allocated,
            from: from.as_os_str().as_bytes(),
        })
    }

    /// A link within what is copied stays one; where it leaves a folder that
    /// was added, what it leads to is copied, if that is a file.
    fn gather_link(&mut self, at: At<'_>, seen: Seen) -> Result<(), BuildError> {
        let sources = &mut self.sources;
        let whole = sources.whole(at.kind, at.from);
        let target = match sources.tree(at.kind).and_then(|tree| tree.link_target(at.from)) {
            Ok(target) if !sources.is_changed(seen.stamp) => target,
            Ok(_) => return self.troubles.tell(&sources.root, whole, io::ErrorKind::UnexpectedEof.into()),
            Err(error) => return self.troubles.tell(&sources.root, whole, error),
        };
        let base = sources.whole(at.kind, at.base);
        let roots = [&base, &sources.given_root];
        let known: Vec<&Path> =
            roots.iter().take(if at.is_added() { 1 } else { 2 }).map(|root| root.as_path()).collect();
        let link = at.from.strip_prefix(at.base).unwrap_or(at.from);
        let said = match links::target(&known, link, &target) {
            Target::Unclear => match sources.host.real_path(&whole) {
                Ok(real) => links::target(&known, link, &real),
                Err(_) => return self.troubles.note(&sources.root, whole, link_to_nothing(&target)),
            },
            told => told,
        };
        match said {
            Target::Says(target) => {
                let from = target.as_os_str().as_bytes();
                let to = at.to.as_os_str().as_bytes();
                self.push(&Item { to, kind: Kind::Link, mode: 0o777, len: from.len() as u64, allocated: 0, from })
            }
            Target::Outside(_) | Target::Unclear if at.is_added() => self.gather_behind(at.to, whole, target),
            Target::Outside(target) => self.troubles.note(&sources.root, whole, Problem::OutsideRoot { target }),
            Target::Unclear => self.troubles.note(&sources.root, whole, Problem::OutsideRoot { target }),
        }
    }

    /// The file behind a link, at the link's place.
    fn gather_behind(&mut self, to: &Path, link: PathBuf, target: PathBuf) -> Result<(), BuildError> {
        let sources = &mut self.sources;
        let Ok(real) = sources.host.real_path(&link) else {
            return self.troubles.note(&sources.root, link, link_to_nothing(&target));
        };
        let (kind, path) = sources.split(&real);
        if path.as_os_str().is_empty() {
            return self.troubles.note(&sources.root, link, Problem::OutsideRoot { target });
        }
        match sources.tree(kind).and_then(|tree| tree.look(&path)) {
            Ok(seen) if seen.kind == EntryKind::File => {
                self.gather_file(At { kind, from: &path, to, base: Path::new("") }, seen)
            }
            Ok(_) => self.troubles.note(&sources.root, link, Problem::OutsideRoot { target }),
            Err(error) => self.troubles.tell(&sources.root, link, error),
        }
    }

    fn push(&mut self, item: &Item<'_>) -> Result<(), BuildError> {
        item.encode(&mut self.record);
        self.items.push(&self.record)?;
        if self.items.spillable() >= self.store.batch() && self.store.is_pressed() {
            self.items.spill()?;
        }
        Ok(())
    }

    /// Where what is made of it may go when memory is short.
    pub(in crate::output) fn store(&self) -> &Store {
        &self.store
    }

    /// All of it in order, each place once, without links to what is not there.
    pub(in crate::output) fn finish(self) -> Result<(Sources, Troubles, Gathered), BuildError> {
        let Self { sources, mut troubles, items, store, links, listing, .. } = self;
        let mut index = each_place_once(&store, &items.finish()?, &sources, &mut troubles)?;
        check_links(&mut index, &sources, &mut troubles)?;
        if links == Links::Dereference {
            let mut items = Sorter::of_bytes(&store)?;
            let mut notes = Notes { troubles: &mut troubles, root: &sources.root };
            dereference(&store, &mut index, &listing, &mut items, &mut notes)?;
            index = each_place_once(&store, &items.finish()?, &sources, &mut troubles)?;
        } else {
            index = without_dead_links(&store, index)?;
        }
        case::collisions(&store, &mut index, &mut Notes { troubles: &mut troubles, root: &sources.root })?;
        Ok((sources, troubles, Gathered::count(index)?))
    }
}

/// Puts items in order; who wants a place that another has is told.
fn each_place_once(
    store: &Store,
    items: &Sorted,
    sources: &Sources,
    troubles: &mut Troubles,
) -> Result<Index, BuildError> {
    let mut index = Index::new(store)?;
    let mut records = items.records()?;
    let mut last = Vec::new();
    while let Some(record) = records.next()? {
        let Some(item) = Item::decode(record) else { continue };
        if last == item.to {
            let path = if item.kind == Kind::Text { item.path() } else { item.source() };
            troubles.collide(&sources.root, sources.whole(item.kind, path))?;
            continue;
        }
        last.clear();
        last.extend_from_slice(item.to);
        index.push(record)?;
    }
    Ok(index)
}

/// Tells of links that lead to nothing that is in the output.
fn check_links(index: &mut Index, sources: &Sources, troubles: &mut Troubles) -> Result<(), BuildError> {
    let mut record = Vec::new();
    let mut number = 0;
    while index.get(number, &mut record)? {
        number += 1;
        if let Some(item) = Item::decode(&record).filter(|item| item.kind == Kind::Link)
            && index.behind(item.path(), item.source())? == Behind::Nothing
        {
            troubles.note(&sources.root, sources.root.join(item.path()), link_to_nothing(item.source()))?;
        }
    }
    Ok(())
}

fn without_dead_links(store: &Store, mut index: Index) -> Result<Index, BuildError> {
    let mut alive = Index::new(store)?;
    let mut record = Vec::new();
    let mut number = 0;
    while index.get(number, &mut record)? {
        number += 1;
        let link = Item::decode(&record).filter(|item| item.kind == Kind::Link);
        let is_dead = match link {
            Some(link) => index.behind(link.path(), link.source())? == Behind::Nothing,
            None => false,
        };
        if !is_dead {
            alive.push(&record)?;
        }
    }
    Ok(alive)
}

/// A place in the output: names alone.
fn plain(to: &Path) -> Result<(), BuildError> {
    let is_plain = to.components().all(|part| matches!(part, Component::Normal(_)));
    let is_named = to.file_name().is_some() && !to.as_os_str().as_bytes().contains(&0);
    if is_plain && is_named { Ok(()) } else { Err(BuildError::Place { to: to.to_path_buf() }) }
}

fn joined(folder: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(below) }
}

/// What will stand in an output, by place.
pub(in crate::output) struct Gathered {
    index: Index,
    pub(in crate::output) files: u64,
    pub(in crate::output) links: u64,
    pub(in crate::output) bytes: u64,
    /// Bytes that the originals take on their disks.
    pub(super) allocated: u64,
}

impl Gathered {
    fn count(index: Index) -> Result<Self, BuildError> {
        let mut gathered = Self { index, files: 0, links: 0, bytes: 0, allocated: 0 };
        let (mut files, mut links, mut bytes, mut allocated) = (0, 0, 0_u64, 0_u64);
        gathered.each(|item| {
            if item.kind == Kind::Link {
                links += 1;
            } else {
                files += 1;
                bytes = bytes.saturating_add(item.len);
                allocated = allocated.saturating_add(item.allocated.min(item.len));
            }
            Ok(())
        })?;
        (gathered.files, gathered.links, gathered.bytes, gathered.allocated) = (files, links, bytes, allocated);
        Ok(gathered)
    }

    /// Hands out each item, in order.
    pub(in crate::output) fn each(
        &self,
        mut each: impl FnMut(&Item<'_>) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let names = self.index.names();
        let mut cursor = Cursor::new(names.store(), 1)?;
        while let Some(record) = cursor.next(names)? {
            if let Some(item) = Item::decode(record) {
                each(&item)?;
            }
        }
        Ok(())
    }
}
