//! Files that manifests list: they are taken as they are, and not looked into.
//!
//! A link that is listed is listed as a link, and what it leads to is listed too
//! if that is a file. What is not there is a finding; what is outside the root
//! ends the run, as an entry there does.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{TraceError, TraceOptions};
use crate::{
    finding::{Finding, Problem},
    host::{EntryKind, Host, OpenError},
    manifest::{self, Refused, Stopped},
    memory::Governor,
    record::Reason,
    resolve::Resolver,
    spill::{Sorter, SpillError, Store},
};

/// What a manifest's name has behind its script's.
const SUFFIX: &[u8] = b".nft.json";

/// Who asks for the files of manifests.
pub(super) struct Lists<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) governor: &'a Governor,
    pub(super) store: &'a Store,
    pub(super) resolver: &'a Resolver,
    pub(super) options: &'a TraceOptions,
}

/// What manifests give: files, relative to the root, each with its manifest; and findings.
pub(super) enum Given<'g> {
    File(Vec<u8>, Reason, &'g Path),
    Finding(Finding),
}

/// Takes what manifests give.
type Sink<'s> = &'s mut dyn FnMut(Given<'_>) -> Result<(), SpillError>;

impl Lists<'_> {
    /// Hands over all that the manifests list.
    ///
    /// # Errors
    /// [`TraceError`].
    pub(super) fn take(&self, sink: Sink<'_>) -> Result<(), TraceError> {
        let mut found = Sorter::of_bytes(self.store)?;
        for glob in &self.options.manifests {
            let mut trouble =
                |path: &Path, error| sink(Given::Finding(Finding::new(path, None, Problem::unreadable(&error))));
            let count = manifest::find(self.host, self.store, glob, &mut found, &mut trouble);
            let count = count.map_err(|stopped| match stopped {
                Stopped::Glob(error) => TraceError::Glob(error),
                Stopped::Spill(error) => error.into(),
            })?;
            if count == 0 {
                let problem = Problem::NoManifest { glob: glob.glob.clone() };
                sink(Given::Finding(Finding::new(&glob.folder, None, problem)))?;
            }
        }
        let found = found.finish()?;
        let mut found = found.records()?;
        while let Some(path) = found.next()? {
            self.manifest(Path::new(OsStr::from_bytes(path)), sink)?;
        }
        Ok(())
    }

    fn manifest(&self, named: &Path, sink: Sink<'_>) -> Result<(), TraceError> {
        let folder = named.parent().and_then(|folder| self.host.real_path(folder).ok());
        let path = match (folder, named.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => named.to_path_buf(),
        };
        let mut failure = None;
        let read = manifest::read(self.host, self.governor, &path, &mut |file| {
            if failure.is_none() {
                failure = self.listed(&path, file, sink).err();
            }
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        let problem = match read {
            Ok(()) => return self.beside(&path, sink),
            Err(Refused::Memory(error)) => return Err(error.into()),
            Err(Refused::Broken(what)) => Problem::BrokenManifest { what },
            Err(Refused::Open(OpenError::NotRegular(EntryKind::Directory))) => {
                Problem::BrokenManifest { what: "it is a directory".to_owned() }
            }
            Err(Refused::Open(OpenError::NotRegular(_))) => {
                Problem::BrokenManifest { what: "it is not a regular file".to_owned() }
            }
            Err(Refused::Open(OpenError::Io(error))) => match Problem::unreadable(&error) {
                Problem::OutOfDescriptors => return Err(TraceError::Descriptors),
                _ => Problem::BrokenManifest { what: error.to_string() },
            },
        };
        Ok(sink(Given::Finding(Finding::new(path, None, problem)))?)
    }

    /// The script that a manifest is about: the manifest leaves it out, and stands beside it.
    fn beside(&self, manifest: &Path, sink: Sink<'_>) -> Result<(), TraceError> {
        let Some(script) = manifest.as_os_str().as_bytes().strip_suffix(SUFFIX) else { return Ok(()) };
        let script = Path::new(OsStr::from_bytes(script));
        // As it is for `next-server.js.nft.json`, there need be none.
        let is_file = self.resolver.locate(script).is_ok_and(|found| found.kind == EntryKind::File);
        if is_file {
            self.listed(manifest, script, sink)?;
        }
        Ok(())
    }

    /// One path of a manifest.
    fn listed(&self, manifest: &Path, file: &Path, sink: Sink<'_>) -> Result<(), TraceError> {
        let root = &self.options.root;
        let outside = || TraceError::ManifestOutsideRoot {
            manifest: manifest.to_path_buf(),
            file: file.to_path_buf(),
            root: root.clone(),
        };
        let unusable = |why| {
            let problem = Problem::ListedUnusable { file: file.to_path_buf(), why };
            Given::Finding(Finding::new(manifest, None, problem))
        };
        let located = match self.resolver.locate(file) {
            Ok(located) => located,
            Err(trouble) if trouble.problem == Problem::OutOfDescriptors => return Err(TraceError::Descriptors),
            Err(_) if !file.starts_with(root) => return Err(outside()),
            Err(trouble) => {
                return Ok(sink(unusable(match trouble.problem {
                    Problem::Missing => "is not there",
                    Problem::LinkLoop => "is a link in a circle",
                    _ => "cannot be looked at",
                }))?);
            }
        };
        let is_link = || self.host.kind(file).is_ok_and(|kind| kind == EntryKind::Link);
        let taken = match located.kind {
            EntryKind::File if located.inside => Some((&located.path, Reason::Asset)),
            // A link to a folder, or to what is elsewhere, is listed as what it is.
            _ if file.starts_with(root) && is_link() => None,
            _ if !located.inside => return Err(outside()),
            EntryKind::Directory => return Ok(sink(unusable("is a directory"))?),
            _ => return Ok(sink(unusable("is not a regular file"))?),
        };
        let links = located.links.iter().map(|link| (link, Reason::Resolve));
        for (path, reason) in links.chain(taken) {
            let relative = |path: &PathBuf| Some(path.strip_prefix(root).ok()?.as_os_str().as_bytes().to_vec());
            if let Some(path) = relative(path) {
                sink(Given::File(path, reason, manifest))?;
            }
        }
        Ok(())
    }
}
