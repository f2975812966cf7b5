//! The same files as a tar archive that is the same bytes each time.
//!
//! Sorted; owner 0, group 0, one time for all, rights that are 644 or 755. Long
//! names stand in pax records. Nothing of the machine gets into it.

use std::{
    io::{self, Read, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use tar::{Builder, EntryType, Header};

use super::{
    contents::{Contents, Sources, Troubles},
    error::BuildError,
    folder::{Built, built},
    item::{Item, Kind},
};
use crate::host::{Host, OpenError, OpenFile, Replacement};

/// How an archive is to be written.
#[derive(Clone, Debug)]
pub struct ArchiveOptions {
    /// The time of all its files, in seconds since the epoch.
    pub time: u64,
    /// What stands in the archive.
    pub layer: Layer,
}

/// Which part of the files an archive holds, so that a container image keeps
/// the larger part from one build to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    /// All files.
    #[default]
    All,
    /// What is installed: below a `node_modules`, and no link out of it.
    Dependencies,
    /// The program and the packages of its workspace.
    App,
}

impl Layer {
    fn holds(self, item: &Item<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Dependencies => is_dependency(item),
            Self::App => !is_dependency(item),
        }
    }
}

fn is_dependency(item: &Item<'_>) -> bool {
    let is_installed = |path: &Path| path.components().any(|part| part.as_os_str() == "node_modules");
    if item.kind != Kind::Link {
        return is_installed(item.path());
    }
    // A workspace's package is linked from a node_modules, and is none of what is installed.
    let mut target = item.path().parent().unwrap_or(Path::new("")).to_path_buf();
    for part in item.source().components() {
        match part {
            std::path::Component::ParentDir => {
                target.pop();
            }
            part => target.push(part),
        }
    }
    is_installed(item.path()) && is_installed(&target)
}

/// Writes archives of the same contents: to each sink its layer. Nothing is
/// finished unless all of it could be written.
///
/// # Errors
/// [`BuildError`]; what was written by then is worth nothing.
pub(crate) fn write(
    contents: Contents,
    archives: &mut [(ArchiveOptions, &mut dyn Write)],
) -> Result<Built, BuildError> {
    let (mut sources, mut troubles, gathered) = contents.finish()?;
    if troubles.fatal == 0 {
        for (options, sink) in archives {
            let mut archive = Archive {
                tar: Builder::new(io::BufWriter::new(&mut **sink)),
                time: options.time,
                folder: PathBuf::new(),
                sources: &mut sources,
                troubles: &mut troubles,
            };
            gathered.each(|item| if options.layer.holds(item) { archive.append(item) } else { Ok(()) })?;
            let mut sink = archive.tar.into_inner().map_err(unwritten)?;
            sink.flush().map_err(unwritten)?;
        }
    }
    built(&gathered, troubles)
}

/// Writes archives to files that appear whole, all of them or none.
///
/// # Errors
/// [`BuildError`]; files that were there are then untouched.
pub(crate) fn publish(
    host: &dyn Host,
    contents: Contents,
    archives: Vec<(ArchiveOptions, PathBuf)>,
) -> Result<Built, BuildError> {
    let mut files: Vec<(ArchiveOptions, Box<dyn Replacement>)> = Vec::new();
    let mut paths = Vec::new();
    for (options, path) in archives {
        is_archive_or_nothing(host, &path)?;
        let file = host.replace(&path).map_err(|error| BuildError::Io { path: path.clone(), error })?;
        files.push((options, file));
        paths.push(path);
    }
    let mut sinks: Vec<(ArchiveOptions, &mut dyn Write)> =
        files.iter_mut().map(|(options, file)| (options.clone(), file as &mut dyn Write)).collect();
    let built = write(contents, &mut sinks)?;
    // One that cannot take its place lets those before it give theirs back.
    let mut in_place = Vec::new();
    for ((_, file), path) in files.into_iter().zip(paths) {
        in_place.push(file.put().map_err(|error| BuildError::Io { path, error })?);
    }
    in_place.into_iter().for_each(|file| file.keep());
    Ok(built)
}

/// What is no archive was put there by somebody else: a program's own file, by a slip.
fn is_archive_or_nothing(host: &dyn Host, path: &Path) -> Result<(), BuildError> {
    const MAGIC_AT: u64 = 257;
    let mut magic = [0; 5];
    let file = match host.open(path) {
        Ok(file) => file,
        Err(_) => return Ok(()),
    };
    let is_empty = file.stamp().is_ok_and(|stamp| stamp.len == 0);
    let is_archive = file.read_at(&mut magic, MAGIC_AT).is_ok_and(|read| &magic[..read] == b"ustar");
    match is_empty || is_archive {
        true => Ok(()),
        false => Err(BuildError::Foreign { output: path.to_path_buf() }),
    }
}

fn unwritten(error: io::Error) -> BuildError {
    BuildError::Io { path: "the archive".into(), error }
}

struct Archive<'a, W: Write> {
    tar: Builder<W>,
    time: u64,
    /// The folder of the last item: those around it are in the archive.
    folder: PathBuf,
    sources: &'a mut Sources,
    troubles: &'a mut Troubles,
}

impl<W: Write> Archive<'_, W> {
    fn append(&mut self, item: &Item<'_>) -> Result<(), BuildError> {
        self.folders(item.path().parent().unwrap_or(Path::new(""))).map_err(unwritten)?;
        let mode = if item.mode & 0o111 != 0 { 0o755 } else { 0o644 };
        match item.kind {
            Kind::Link => self.entry(EntryType::Symlink, item.to, item.from, 0o777, 0, io::empty()).map_err(unwritten),
            Kind::Text => self.entry(EntryType::Regular, item.to, b"", mode, item.len, item.from).map_err(unwritten),
            Kind::File | Kind::Elsewhere => self.file(item, mode),
        }
    }

    /// Entries for the folders that lead to `folder` and are not there yet.
    fn folders(&mut self, folder: &Path) -> io::Result<()> {
        if self.folder == folder {
            return Ok(());
        }
        let mut around: Vec<&Path> = folder.ancestors().filter(|path| !path.as_os_str().is_empty()).collect();
        around.reverse();
        for path in around {
            if !self.folder.starts_with(path) {
                let name = [path.as_os_str().as_bytes(), b"/"].concat();
                self.entry(EntryType::Directory, &name, b"", 0o755, 0, io::empty())?;
            }
        }
        self.folder = folder.to_path_buf();
        Ok(())
    }

    /// A file that is still what was traced.
    fn file(&mut self, item: &Item<'_>, mode: u32) -> Result<(), BuildError> {
        let whole = self.sources.whole(item.kind, item.source());
        let changed = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let opened = self.sources.open(item).map_err(|error| match error {
            OpenError::NotRegular(_) => changed(),
            OpenError::Io(error) => error,
        });
        let opened = opened.and_then(|file| Ok((file.stamp()?, file)));
        let (before, file) = match opened {
            Ok((stamp, file)) if stamp.len == item.len && !self.sources.is_changed(stamp) => (stamp, file),
            Ok(_) => return self.troubles.tell(&self.sources.root, whole, changed()),
            Err(error) => return self.troubles.tell(&self.sources.root, whole, error),
        };
        let mut bytes = Bytes { file: &*file, at: 0, end: item.len, failed: None };
        let written = self.entry(EntryType::Regular, item.to, b"", mode, item.len, &mut bytes);
        match (bytes.failed, written) {
            (Some(error), _) => {
                self.troubles.tell(&self.sources.root, whole, error)?;
                self.stop()
            }
            (None, Err(error)) => Err(unwritten(error)),
            (None, Ok(())) => match file.stamp().is_ok_and(|after| after == before) {
                true => Ok(()),
                false => self.troubles.tell(&self.sources.root, whole, changed()),
            },
        }
    }

    /// Half of a file is in the archive, which cannot be taken back.
    fn stop(&mut self) -> Result<(), BuildError> {
        Err(unwritten(io::ErrorKind::UnexpectedEof.into()))
    }

    fn entry(
        &mut self,
        kind: EntryType,
        name: &[u8],
        link: &[u8],
        mode: u32,
        len: u64,
        bytes: impl Read,
    ) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.time);
        let mut long: Vec<(&str, Vec<u8>)> = Vec::new();
        if !put_name(&mut header, name) {
            long.push(("path", name.to_vec()));
        }
        let room = header.as_old_mut().linkname.len();
        if link.len() <= room {
            header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
        } else {
            long.push(("linkpath", link.to_vec()));
        }
        /// What eleven octal digits hold.
        const LONGEST: u64 = 0o777_7777_7777;
        if len > LONGEST {
            long.push(("size", len.to_string().into_bytes()));
        } else {
            header.set_size(len);
        }
        if !long.is_empty() {
            self.pax(&long)?;
        }
        header.set_cksum();
        self.tar.append(&header, bytes)
    }

    /// The records that stand before an entry whose header has no room for them.
    fn pax(&mut self, records: &[(&str, Vec<u8>)]) -> io::Result<()> {
        let mut text = Vec::new();
        if records.iter().any(|(_, value)| std::str::from_utf8(value).is_err()) {
            text.extend(record("hdrcharset", b"BINARY"));
        }
        records.iter().for_each(|(key, value)| text.extend(record(key, value)));
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::XHeader);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.time);
        put_name(&mut header, b"PaxHeaders/long");
        header.set_size(text.len() as u64);
        header.set_cksum();
        self.tar.append(&header, &text[..])
    }
}

/// `LEN KEY=VALUE\n`, whose length counts its own digits.
fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + 1;
    while rest + len.to_string().len() != len {
        len = rest + len.to_string().len();
    }
    [format!("{len} {key}=").as_bytes(), value, b"\n"].concat()
}

/// Puts a name into the header, with its beginning in the prefix if need be;
/// where it has no room, the end of it, and false.
fn put_name(header: &mut Header, name: &[u8]) -> bool {
    let Some(ustar) = header.as_ustar_mut() else { return false };
    let (room, before) = (ustar.name.len(), ustar.prefix.len());
    if name.len() <= room {
        ustar.name[..name.len()].copy_from_slice(name);
        return true;
    }
    let fits = |slash: &usize| *slash > 0 && *slash <= before && (1..=room).contains(&(name.len() - slash - 1));
    match memchr::memchr_iter(b'/', name).find(fits) {
        Some(slash) => {
            ustar.prefix[..slash].copy_from_slice(&name[..slash]);
            ustar.name[..name.len() - slash - 1].copy_from_slice(&name[slash + 1..]);
            true
        }
        None => {
            ustar.name.copy_from_slice(&name[name.len() - room..]);
            false
        }
    }
}

/// The bytes of a file; why reading failed is kept, since a writer tells it as its own.
struct Bytes<'b> {
    file: &'b dyn OpenFile,
    at: u64,
    end: u64,
    failed: Option<io::Error>,
}

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        if left == 0 {
            return Ok(0);
        }
        let read = match self.file.read_at(&mut buffer[..left], self.at) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        match read {
            Ok(read) => {
                self.at += read as u64;
                Ok(read)
            }
            Err(error) => {
                let told = io::Error::from(error.kind());
                self.failed = Some(error);
                Err(told)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pax_record_counts_its_own_length() {
        assert_eq!(record("path", b"a"), b"9 path=a\n");
        assert_eq!(record("p", &[b'x'; 93]).len(), 99);
        assert_eq!(record("p", &[b'x'; 94]).len(), 101);
        for len in 1..2000 {
            let record = record("path", &vec![b'x'; len]);
            let told: usize = std::str::from_utf8(&record).unwrap().split(' ').next().unwrap().parse().unwrap();
            assert_eq!(told, record.len());
        }
    }
}
