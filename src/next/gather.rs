//! What stands in the folder besides what was traced.
//!
//! Where `output: 'standalone'` made a folder, it is what is in there, but for
//! the server that Next generated. Where not, it is what the build's own lists
//! name, each page, and what the table adds. A file that Next has copied is
//! taken from where Next had it, so that what both lists name is one file.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{
    app::{NextApp, NextError, REQUIRED},
    launcher::{Launch, relative},
    manifest::edge_files,
};
use crate::{
    host::{EntryKind, Host},
    manifest::{self, Refused},
    memory::Governor,
    output::{BuildError, Contents},
    spill::{Cursor, Names, SpillError, Store},
};

/// What a list of files is called: nobody needs it at run time.
const LIST: &str = ".nft.json";

/// Folders of a build that no server reads.
const NOT_SERVED: [&str; 5] = ["cache", "standalone", "static", "types", "dev"];

/// Why not all could be gathered.
#[derive(Debug)]
pub enum GatherError {
    /// What the build left cannot be used.
    App(NextError),
    /// The output cannot be written.
    Build(BuildError),
}

impl From<NextError> for GatherError {
    fn from(error: NextError) -> Self {
        Self::App(error)
    }
}

impl From<BuildError> for GatherError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl From<SpillError> for GatherError {
    fn from(error: SpillError) -> Self {
        Self::Build(error.into())
    }
}

/// Puts what an app needs besides the trace into an output.
pub(crate) struct Gathering<'g> {
    pub(crate) host: &'g dyn Host,
    pub(crate) governor: &'g Governor,
    /// Where what is walked may wait when memory is short.
    pub(crate) store: &'g Store,
    /// The tracing root's real path.
    pub(crate) root: &'g Path,
    pub(crate) contents: &'g mut Contents,
}

impl Gathering<'_> {
    /// Gathers all of it; gives the launcher's place below the root.
    ///
    /// # Errors
    /// [`GatherError`].
    pub(crate) fn gather(&mut self, app: &NextApp) -> Result<PathBuf, GatherError> {
        let dist = app.folder.join(&app.dist);
        match &app.standalone {
            Some(standalone) => self.standalone(app, standalone)?,
            None => self.listed(app, &dist)?,
        }
        for name in app.needs.folders.iter().filter(|name| app.standalone.is_none() || *name == "static") {
            self.folder(&dist.join(name))?;
        }
        for name in &app.needs.beside {
            self.folder(&app.folder.join(name))?;
        }
        self.launcher(app)
    }

    /// What Next itself has put together, without the server that it generated.
    fn standalone(&mut self, app: &NextApp, standalone: &Path) -> Result<(), GatherError> {
        let inside = app.folder.strip_prefix(&app.root).unwrap_or(Path::new(""));
        let generated = inside.join("server.js");
        let (host, store) = (self.host, self.store);
        walk(host, store, standalone, &mut |_| true, &mut |below, kind| {
            let original = app.root.join(below);
            match host.kind(&original) {
                _ if below == generated => Ok(()),
                Ok(found) if found == kind => self.file(&original),
                // Somebody put it there after the build.
                _ => match original.strip_prefix(self.root) {
                    Ok(to) => Ok(self.contents.add(&standalone.join(below), to)?),
                    Err(_) => Ok(()),
                },
            }
        })
    }

    /// What the lists of the build name, and the pages beside them.
    fn listed(&mut self, app: &NextApp, dist: &Path) -> Result<(), GatherError> {
        let (host, store) = (self.host, self.store);
        let is_served = |below: &Path| !NOT_SERVED.iter().any(|name| below == Path::new(name));
        walk(host, store, dist, &mut { is_served }, &mut |below, _| {
            let name = below.as_os_str().as_bytes();
            match name.strip_suffix(LIST.as_bytes()) {
                Some(page) => {
                    self.list(&dist.join(below))?;
                    self.file_if_there(&dist.join(OsStr::from_bytes(page)))
                }
                None => Ok(()),
            }
        })?;
        for file in app.required.iter().map(|file| app.folder.join(file)) {
            self.file_if_there(&file)?;
        }
        self.file_if_there(&dist.join(REQUIRED))?;
        for file in edge_files(host, &dist.join("server/middleware-manifest.json"))? {
            self.file_if_there(&dist.join(file))?;
        }
        Ok(())
    }

    /// The files that one `.nft.json` names.
    fn list(&mut self, list: &Path) -> Result<(), GatherError> {
        let mut put = Ok(());
        let (host, governor) = (self.host, self.governor);
        let read = manifest::read(host, governor, list, &mut |file| {
            if put.is_ok() {
                put = self.file_if_there(file);
            }
        });
        let unusable = |why: String| NextError::Unusable { file: list.to_path_buf(), why };
        match read {
            Ok(()) => put,
            Err(Refused::Memory(error)) => Err(SpillError::from(error).into()),
            Err(Refused::Broken(why)) => Err(unusable(why).into()),
            Err(Refused::Open(_)) => Err(unusable("it cannot be read".to_owned()).into()),
        }
    }

    /// A folder with all that is in it, or a file; lists are left out.
    fn folder(&mut self, folder: &Path) -> Result<(), GatherError> {
        match self.host.kind(folder) {
            Ok(EntryKind::Directory) => {}
            // A link to a folder is as good as the folder: `public` may be one.
            Ok(EntryKind::Link) => match folder.strip_prefix(self.root) {
                Ok(to) => return Ok(self.contents.add(folder, to)?),
                Err(_) => return Ok(()),
            },
            _ => return self.file_if_there(folder),
        }
        let (host, store) = (self.host, self.store);
        walk(host, store, folder, &mut |_| true, &mut |below, _| match below
            .as_os_str()
            .as_bytes()
            .ends_with(LIST.as_bytes())
        {
            true => Ok(()),
            false => self.file(&folder.join(below)),
        })
    }

    /// A build may list what is no more: pages that became static, chunks of
    /// them. Next passes over it too.
    fn file_if_there(&mut self, file: &Path) -> Result<(), GatherError> {
        match self.host.kind(file) {
            Ok(EntryKind::File | EntryKind::Link) => self.file(file),
            _ => Ok(()),
        }
    }

    fn file(&mut self, file: &Path) -> Result<(), GatherError> {
        Ok(self.contents.list(file)?)
    }

    fn launcher(&mut self, app: &NextApp) -> Result<PathBuf, GatherError> {
        let below = |path: &Path| path.strip_prefix(self.root).unwrap_or(path).to_path_buf();
        let entry = below(&app.entry);
        let folder = entry.parent().unwrap_or(Path::new("")).to_path_buf();
        let from_here = |path: &Path| relative(&folder, &below(path));
        let start = match (app.is_another, entry.file_stem()) {
            (true, Some(stem)) => format!("start-{}.cjs", stem.to_string_lossy()),
            _ => "start.cjs".to_owned(),
        };
        // The user's own file of that name keeps it.
        let name = match self.host.kind(&self.root.join(&folder).join(&start)) {
            Ok(_) => format!("monotrace-{start}"),
            Err(_) => start,
        };
        let launch = Launch {
            entry: &relative(&folder, &entry),
            cwd: &from_here(&app.cwd),
            dist: &from_here(&app.folder.join(&app.dist)),
            dist_dir: &app.dist.to_string_lossy(),
            required: REQUIRED,
            variable: app.needs.variable.as_deref(),
        };
        let text = launch.text();
        let place = folder.join(name);
        self.contents.add_text(&place, &text, false)?;
        Ok(place)
    }
}

/// Hands out what is in `folder` and in the folders below it that `enters`
/// wants, as paths inside it. Links are not followed.
fn walk(
    host: &dyn Host,
    store: &Store,
    folder: &Path,
    enters: &mut dyn FnMut(&Path) -> bool,
    each: &mut dyn FnMut(&Path, EntryKind) -> Result<(), GatherError>,
) -> Result<(), GatherError> {
    // Folders wait where they have room, on disk if need be.
    let mut folders = Names::new(store)?;
    folders.push(b"")?;
    let mut next = Cursor::new(store, 1)?;
    while let Some(below) = next.next(&folders)? {
        let below = PathBuf::from(OsStr::from_bytes(below));
        let mut found = Names::new(store)?;
        let mut record = Vec::new();
        let mut refused = Ok(());
        let path = if below.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(&below) };
        let listed = host.list(&path, &mut |name, kind| {
            let letter = match kind {
                EntryKind::Directory => b'd',
                EntryKind::Link => b'l',
                EntryKind::File => b'f',
                EntryKind::Special => return,
            };
            record.clear();
            record.push(letter);
            record.extend_from_slice(name.as_bytes());
            if refused.is_ok() {
                refused = found.push(&record);
            }
        });
        refused?;
        listed.map_err(|error| BuildError::Io { path, error })?;
        let mut names = Cursor::new(store, 1)?;
        while let Some(record) = names.next(&found)? {
            let Some((letter, name)) = record.split_first() else { continue };
            let inside = below.join(OsStr::from_bytes(name));
            match letter {
                b'd' if enters(&inside) => folders.push(inside.as_os_str().as_bytes())?,
                b'd' => {}
                b'l' => each(&inside, EntryKind::Link)?,
                _ => each(&inside, EntryKind::File)?,
            }
        }
    }
    Ok(())
}
