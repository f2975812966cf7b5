//! Which package each file is of, and what each package weighs.
//!
//! A file below a `node_modules` is of the package there; any other of the
//! nearest folder above it whose package.json has a name. Files come sorted, so
//! only the folders around the last one are remembered.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use serde::Deserialize;

use super::{PackageSize, Weight};
use crate::{
    output::build::{BuildError, Sources},
    spill::{Sorted, Sorter, SpillError, Store},
};

/// What is read of a package.json; larger ones have no name here.
const LONGEST: usize = 1 << 20;

/// What a package.json says of itself. A value of another type says nothing.
#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    name: serde_json::Value,
    #[serde(default)]
    version: serde_json::Value,
}

/// A folder around the last file.
struct Folder {
    /// The length of its path.
    len: usize,
    /// None for one that is in no package but those above it.
    package: Option<(String, String)>,
    weight: Weight,
}

/// Packages as their files come.
pub(super) struct Packages {
    sorter: Sorter,
    last: Vec<u8>,
    /// From the root to the last file.
    folders: Vec<Folder>,
}

impl Packages {
    pub(super) fn new(store: &Store) -> Result<Self, SpillError> {
        Ok(Self { sorter: Sorter::of_bytes(store)?, last: Vec::new(), folders: Vec::new() })
    }

    /// Counts the next file, by whose path it comes behind all others.
    pub(super) fn add(&mut self, path: &[u8], bytes: u64, sources: &mut Sources) -> Result<(), BuildError> {
        let folder = memchr::memrchr(b'/', path).map_or(&path[..0], |slash| &path[..slash]);
        let is_around = |known: &Folder, last: &[u8]| {
            known.len == 0
                || (folder.get(..known.len) == last.get(..known.len)
                    && folder.get(known.len).is_none_or(|next| *next == b'/'))
        };
        while self.folders.last().is_some_and(|known| !is_around(known, &self.last)) {
            self.close()?;
        }
        self.last.clear();
        self.last.extend_from_slice(folder);
        if self.folders.is_empty() {
            self.folders.push(Folder { len: 0, package: named(b"", sources), weight: Weight::default() });
        }
        let mut at = self.folders.last().map_or(0, |known| known.len);
        while at < folder.len() {
            let next = memchr::memchr(b'/', &folder[at + 1..]).map_or(folder.len(), |slash| at + 1 + slash);
            at = next;
            let package = package_at(&folder[..at], sources);
            self.folders.push(Folder { len: at, package, weight: Weight::default() });
        }
        let owner = self.folders.iter_mut().rev().find(|known| known.package.is_some() || known.len == 0);
        if let Some(owner) = owner {
            owner.weight.add(bytes);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), SpillError> {
        match self.folders.pop() {
            Some(Folder { package, weight, .. }) if weight.files > 0 => {
                let (name, version) = package.unwrap_or_default();
                self.sorter.push(&by_name_record(&PackageSize { name, version, weight }, self.folders.len()))
            }
            _ => Ok(()),
        }
    }

    /// The packages by name and version; one that is there several times comes several times.
    pub(super) fn finish(mut self) -> Result<Sorted, SpillError> {
        while !self.folders.is_empty() {
            self.close()?;
        }
        self.sorter.finish()
    }
}

/// The package whose folder this is.
fn package_at(folder: &[u8], sources: &mut Sources) -> Option<(String, String)> {
    const NODE_MODULES: &[u8] = b"node_modules";
    let mut segments = folder.rsplit(|byte| *byte == b'/');
    let (name, above, further) = (segments.next()?, segments.next(), segments.next());
    let is_scope = name.starts_with(b"@");
    let in_node_modules = folder.split(|byte| *byte == b'/').any(|segment| segment == NODE_MODULES);
    if above == Some(NODE_MODULES) && !is_scope && !name.starts_with(b".") {
        return Some(named(folder, sources).unwrap_or_else(|| (lossy(name), String::new())));
    }
    if let (Some(scope), Some(NODE_MODULES)) = (above.filter(|scope| scope.starts_with(b"@")), further) {
        let whole = || (format!("{}/{}", lossy(scope), lossy(name)), String::new());
        return Some(named(folder, sources).unwrap_or_else(whole));
    }
    // Within an installed package other package.json files tell formats, not packages.
    if in_node_modules { None } else { named(folder, sources) }
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// What the package.json of a folder says, if it has a name.
fn named(folder: &[u8], sources: &mut Sources) -> Option<(String, String)> {
    let file = sources.open_inside(&Path::new(OsStr::from_bytes(folder)).join("package.json"))?;
    let mut text = vec![0; usize::try_from(file.stamp().ok()?.len).ok().filter(|len| *len <= LONGEST)?];
    let mut len = 0;
    while len < text.len() {
        match file.read_at(&mut text[len..], len as u64).ok()? {
            0 => break,
            read => len += read,
        }
    }
    let text = text[..len].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text[..len]);
    let manifest: Manifest = serde_json::from_slice(text).ok()?;
    let version = manifest.version.as_str().unwrap_or_default().to_owned();
    manifest.name.as_str().map(|name| (name.to_owned(), version)).filter(|(name, _)| !name.is_empty())
}

/// Name, version, weight; and a number, so that no two are the same.
fn by_name_record(package: &PackageSize, number: usize) -> Vec<u8> {
    let mut record = Vec::new();
    for text in [&package.name, &package.version] {
        record.extend(text.bytes().filter(|byte| *byte != 0));
        record.push(0);
    }
    record.extend(package.weight.bytes.to_be_bytes());
    record.extend(package.weight.files.to_be_bytes());
    record.extend((number as u64).to_be_bytes());
    record
}

/// The largest first.
pub(super) fn by_size_record(package: &PackageSize) -> Vec<u8> {
    let mut record = (!package.weight.bytes).to_be_bytes().to_vec();
    record.extend(by_name_record(package, 0));
    record
}

pub(super) fn from_size_record(record: &[u8]) -> PackageSize {
    from_name_record(record.get(size_of::<u64>()..).unwrap_or_default())
}

fn from_name_record(record: &[u8]) -> PackageSize {
    let mut fields = record.splitn(3, |byte| *byte == 0);
    let mut text = || lossy(fields.next().unwrap_or_default());
    let (name, version) = (text(), text());
    let rest = fields.next().unwrap_or_default();
    let number = |at: usize| {
        let bytes = rest.get(at * size_of::<u64>()..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
    };
    PackageSize { name, version, weight: Weight { bytes: number(0), files: number(1) } }
}

/// Hands out the packages by name and version, each once.
pub(super) fn each_merged(
    by_name: &Sorted,
    mut each: impl FnMut(&PackageSize) -> Result<(), SpillError>,
) -> Result<(), SpillError> {
    let mut records = by_name.records()?;
    let mut last: Option<PackageSize> = None;
    while let Some(record) = records.next()? {
        let next = from_name_record(record);
        match &mut last {
            Some(last) if (&last.name, &last.version) == (&next.name, &next.version) => {
                last.weight.bytes = last.weight.bytes.saturating_add(next.weight.bytes);
                last.weight.files += next.weight.files;
            }
            _ => {
                last.replace(next).iter().try_for_each(&mut each)?;
            }
        }
    }
    last.iter().try_for_each(each)
}
