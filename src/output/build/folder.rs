//! A folder that runs by itself, put in its place whole.
//!
//! Files first, then links, so that no link stands while something is written
//! below it. Nothing but the host writes.

use std::{
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    contents::{Contents, Gathered, Sources, Troubles},
    error::BuildError,
    item::{Item, Kind},
};
use crate::{
    host::{EntryKind, Host, OpenError, Staging},
    listing::Findings,
    record::QuotedName,
};

/// A place that is kept for a folder, and the folder while it is made.
pub struct OutputFolder {
    host: Arc<dyn Host>,
    /// The real path.
    pub(super) place: PathBuf,
    /// None where nothing is to be written.
    stage: Option<Box<dyn Staging>>,
}

/// How a folder is to be claimed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderOptions {
    /// A folder that monotrace made is replaced even if others put something into it.
    pub clean: bool,
    /// Nothing is written.
    pub dry_run: bool,
}

/// What was written, or would be.
#[derive(Debug)]
pub struct Built {
    /// How many files.
    pub files: u64,
    /// How many links.
    pub links: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// What the user should know.
    pub findings: Findings,
}

impl OutputFolder {
    /// Keeps `place`, an absolute path, for a folder. `root` is the tracing
    /// root as it was given; neither it nor an entry may be in the folder.
    pub(crate) fn claim(
        host: &Arc<dyn Host>,
        place: &Path,
        root: &Path,
        entries: &[PathBuf],
        options: FolderOptions,
    ) -> Result<Self, BuildError> {
        let real_root = host.real_path(root).unwrap_or_else(|_| root.to_path_buf());
        no_links(&**host, place, &[root, &real_root])?;
        let real = real_place(&**host, place);
        let output = || place.to_path_buf();
        if real_root.starts_with(&real) {
            return Err(BuildError::HoldsSources { output: output(), source: root.to_path_buf() });
        }
        for entry in entries {
            let real_entry = host.real_path(entry).unwrap_or_else(|_| entry.clone());
            if real_entry.starts_with(&real) || entry.starts_with(place) {
                return Err(BuildError::EntryInside { output: output(), entry: entry.clone() });
            }
        }
        let refused = |error| BuildError::of_stage(place, error);
        let stage = if options.dry_run {
            host.may_stage(&real, options.clean).map_err(refused)?;
            None
        } else {
            Some(host.stage(&real, options.clean).map_err(refused)?)
        };
        Ok(Self { host: Arc::clone(host), place: real, stage })
    }

    /// The folder's real path, and what it is called while it is made: a trace
    /// must not see them.
    pub(crate) fn hidden(&self) -> Vec<PathBuf> {
        crate::host::names_beside(&self.place)
    }

    /// Writes to `sink` what the folder would hold: a path a line, and where each link points.
    ///
    /// # Errors
    /// [`BuildError`]; as [`Self::write`] would find it.
    pub fn preview(self, contents: Contents, sink: &mut dyn io::Write) -> Result<Built, BuildError> {
        let (_, troubles, gathered) = contents.finish()?;
        let unheard = |error| BuildError::Io { path: "stdout".into(), error };
        gathered.each(|item| match item.kind {
            Kind::Link => writeln!(sink, "{} -> {}", QuotedName(item.to), QuotedName(item.from)).map_err(unheard),
            _ => writeln!(sink, "{}", QuotedName(item.to)).map_err(unheard),
        })?;
        sink.flush().map_err(unheard)?;
        built(&gathered, troubles)
    }

    /// Writes `contents` and puts the folder in its place.
    ///
    /// # Errors
    /// [`BuildError`]; what stood at the place is then untouched.
    pub fn write(self, contents: Contents) -> Result<Built, BuildError> {
        let (mut sources, mut troubles, gathered) = contents.finish()?;
        let Self { host, place, stage } = self;
        let Some(mut stage) = stage.filter(|_| troubles.fatal == 0) else {
            return built(&gathered, troubles);
        };
        let free = host.disk(place.parent().unwrap_or(Path::new("/"))).ok().map(|disk| disk.free);
        // Where bytes are shared none are needed: whether they are shows with the first.
        let only_shared = free.is_some_and(|free| gathered.allocated > free);
        let mut writer = Writer {
            stage: &mut *stage,
            place: &place,
            sources: &mut sources,
            troubles: &mut troubles,
            only_shared,
            needed: gathered.allocated,
            free,
        };
        gathered.each(|item| writer.file(item))?;
        gathered.each(|item| writer.link(item))?;
        let built = built(&gathered, troubles)?;
        stage.commit().map_err(|error| BuildError::of_stage(&place, error))?;
        Ok(built)
    }
}

pub(super) fn built(gathered: &Gathered, troubles: Troubles) -> Result<Built, BuildError> {
    let findings = troubles.end()?;
    Ok(Built { files: gathered.files, links: gathered.links, bytes: gathered.bytes, findings })
}

/// The path without links, as far as it exists.
fn real_place(host: &dyn Host, place: &Path) -> PathBuf {
    for folder in place.ancestors().skip(1) {
        if let (Ok(real), Ok(rest)) = (host.real_path(folder), place.strip_prefix(folder)) {
            return real.join(rest);
        }
    }
    place.to_path_buf()
}

/// Within the root a link could lead anywhere, also back into the sources.
fn no_links(host: &dyn Host, place: &Path, roots: &[&Path]) -> Result<(), BuildError> {
    for folder in place.ancestors() {
        let is_below = roots.iter().any(|root| folder.starts_with(root) && folder != *root);
        let is_checked = is_below || folder == place;
        if is_checked && host.kind(folder).is_ok_and(|kind| kind == EntryKind::Link) {
            return Err(BuildError::ThroughLink { link: folder.to_path_buf() });
        }
    }
    Ok(())
}

struct Writer<'w> {
    stage: &'w mut dyn Staging,
    place: &'w Path,
    sources: &'w mut Sources,
    troubles: &'w mut Troubles,
    only_shared: bool,
    /// Bytes that all files take.
    needed: u64,
    free: Option<u64>,
}

impl Writer<'_> {
    fn file(&mut self, item: &Item<'_>) -> Result<(), BuildError> {
        let written = match item.kind {
            Kind::Link => return Ok(()),
            Kind::Text => self.stage.write(item.path(), item.from, item.mode).map_err(Failed::Writing),
            Kind::File | Kind::Elsewhere => self.copy(item),
        };
        match written {
            Ok(()) => Ok(()),
            Err(Failed::Writing(error)) => self.unwritten(item, error),
            Err(Failed::Reading(error)) => {
                let whole = self.sources.whole(item.kind, item.source());
                self.troubles.tell(&self.sources.root, whole, error)
            }
        }
    }

    /// Copies what is still what was traced.
    fn copy(&mut self, item: &Item<'_>) -> Result<(), Failed> {
        let changed = || Failed::Reading(io::ErrorKind::UnexpectedEof.into());
        let source = self.sources.open(item).map_err(|error| match error {
            OpenError::NotRegular(_) => changed(),
            OpenError::Io(error) => Failed::Reading(error),
        })?;
        let before = source.stamp().map_err(Failed::Reading)?;
        if before.len != item.len || self.sources.is_changed(before) {
            return Err(changed());
        }
        self.stage.copy(item.path(), &*source, item.len, item.mode, self.only_shared).map_err(|error| {
            match error.kind() {
                io::ErrorKind::UnexpectedEof => changed(),
                _ => Failed::Writing(error),
            }
        })?;
        match source.stamp().map_err(Failed::Reading)? == before {
            true => Ok(()),
            false => Err(changed()),
        }
    }

    fn link(&mut self, item: &Item<'_>) -> Result<(), BuildError> {
        if item.kind != Kind::Link {
            return Ok(());
        }
        match self.stage.link(item.path(), item.source()) {
            Ok(()) => Ok(()),
            Err(error) => self.unwritten(item, error),
        }
    }

    /// What the system says of a place that another has taken is the user's affair; all else ends it.
    fn unwritten(&mut self, item: &Item<'_>, error: io::Error) -> Result<(), BuildError> {
        let root = &self.sources.root;
        match error.raw_os_error() {
            Some(libc::EEXIST | libc::ENOTDIR | libc::EISDIR | libc::ELOOP) => {
                self.troubles.collide(root, root.join(std::ffi::OsStr::from_bytes(item.to)))
            }
            Some(libc::ENOSPC | libc::EDQUOT) => {
                let output = self.place.to_path_buf();
                Err(BuildError::Full { output, needed: self.needed, free: self.free })
            }
            _ => Err(BuildError::Io { path: self.place.join(item.path()), error }),
        }
    }
}

/// Which side failed.
enum Failed {
    Reading(io::Error),
    Writing(io::Error),
}
