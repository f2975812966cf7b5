//! The hash of each listed file, for extended manifests.
//!
//! It is the one that Next.js itself takes of a file whose hash no manifest
//! tells: SHA-256 of `file:` and the file's bytes, of `link` and the target's
//! text for a link. Each file is read once, whatever the number of manifests.

use std::{
    ffi::OsStr,
    fmt::Write,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::ReportError;
use crate::{
    host::{EntryKind, Host, OpenError},
    listing::Listing,
    spill::{Cursor, Names, SpillError},
};

/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;

/// Pages that are kept of what went to disk, if memory allows.
const PAGES: usize = 64;

/// First byte of what is known of a file, and of a link.
const FILE: u8 = b'f';
const LINK: u8 = b'l';

/// A hash for each path of a listing.
///
/// Uses some forty bytes for each; they may go to disk.
pub struct Digests {
    records: Names,
}

/// What is known of one path.
pub(super) enum Digested {
    File(String),
    /// The hash, and where the link points, as it is written.
    Link(String, PathBuf),
}

impl Digests {
    /// Reads all listed files.
    ///
    /// # Errors
    /// [`ReportError`]: its text names the file that cannot be read.
    pub fn of(host: &dyn Host, root: &Path, listing: &Listing) -> Result<Self, ReportError> {
        let store = listing.store();
        let mut lease = store.lease().map_err(SpillError::from)?;
        store.resize(&mut lease, BUFFER).map_err(SpillError::from)?;
        let mut buffer = vec![0; BUFFER];
        let mut records = Names::new(store)?;
        for file in listing.files() {
            let file = file?;
            let path = root.join(OsStr::from_bytes(&file.path));
            let record = match file.is_ignored {
                true => Vec::new(),
                false => record(host, &path, &mut buffer)
                    .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?,
            };
            records.push(&record)?;
            if records.spillable() >= store.batch() && store.is_pressed() {
                records.spill()?;
            }
        }
        Ok(Self { records })
    }

    pub(super) fn reader(&self) -> Result<DigestReader<'_>, SpillError> {
        Ok(DigestReader { digests: self, cursor: Cursor::new(self.records.store(), PAGES)? })
    }
}

fn record(host: &dyn Host, path: &Path, buffer: &mut [u8]) -> io::Result<Vec<u8>> {
    if host.kind(path)? == EntryKind::Link {
        let target = host.link_target(path)?;
        return Ok([&[LINK], target.as_os_str().as_bytes()].concat());
    }
    let file = host.open(path).map_err(|error| match error {
        OpenError::Io(error) => error,
        OpenError::NotRegular(_) => io::Error::other("not a regular file"),
    })?;
    let mut hash = Sha256::new();
    hash.update(b"file:");
    let mut at = 0;
    loop {
        match file.read_at(buffer, at)? {
            0 => break,
            read => {
                hash.update(&buffer[..read]);
                at += read as u64;
            }
        }
    }
    Ok([&[FILE], hash.finalize().as_slice()].concat())
}

/// Gives hashes by the positions of their paths.
pub(super) struct DigestReader<'d> {
    digests: &'d Digests,
    cursor: Cursor,
}

impl DigestReader<'_> {
    /// What is known of the path at this position.
    pub(super) fn get(&mut self, position: u32) -> Result<Digested, SpillError> {
        let record = self.cursor.get(&self.digests.records, position as usize)?.unwrap_or_default();
        Ok(match record.split_first() {
            Some((&LINK, target)) => {
                let hash = Sha256::new().chain_update(b"link").chain_update(target).finalize();
                Digested::Link(hex(&hash), PathBuf::from(OsStr::from_bytes(target)))
            }
            Some((_, hash)) => Digested::File(hex(hash)),
            None => Digested::File(String::new()),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
