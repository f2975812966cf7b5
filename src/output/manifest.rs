//! `ENTRY.nft.json`: what one entry needs, for whoever deploys it.
//!
//! Paths are relative to the manifest's folder and sorted by their bytes. They
//! are not sorted anew: the paths below one folder are already in order, and
//! only a few such parts must be put in theirs. The entry is left out by whoever
//! made the subset.

use std::{
    io::{self, BufWriter, Write},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use super::{
    Digests, ReportError,
    digest::Digested,
    json::{name, string},
};
use crate::{
    host::{EntryKind, Host},
    listing::{Listing, Subset},
    record::{absolute, relative},
    spill::SpillError,
};

/// What a manifest tells.
#[derive(Clone, Copy)]
pub enum ManifestForm<'d> {
    /// `version` and `files`, as nft's users write it.
    Plain,
    /// With `fileHashes`, `symlinks` and `entryHash`, as Turbopack writes it since Next.js 16.
    Extended(&'d Digests),
}

/// A manifest to write.
#[derive(Clone, Copy)]
pub struct Manifest<'m> {
    /// How much it tells.
    pub form: ManifestForm<'m>,
    /// The tracing root, a real path.
    pub root: &'m Path,
    /// All that the trace found.
    pub listing: &'m Listing,
    /// What the entry needs of it, without the entry.
    pub subset: &'m Subset<'m>,
    /// The entry's file, relative to the root.
    pub entry: &'m [u8],
}

/// Writes a manifest to a file that appears whole or not at all. Its folder is
/// made if it is not there.
///
/// # Errors
/// [`ReportError`]; a file that was there is then untouched.
pub fn publish_manifest(host: &dyn Host, manifest: &Manifest<'_>, path: &Path) -> Result<(), ReportError> {
    let folder = path.parent().unwrap_or(path);
    host.make_folder(folder)?;
    let folder = host.real_path(folder)?;
    // Nobody typed this name: what a link of that name leads to, or who listens at a pipe, is the tree's idea.
    let unfit = match host.kind(path) {
        Ok(EntryKind::Link) => Some("it is a symbolic link, which is not followed; remove it"),
        Ok(EntryKind::Special) => Some("it is no regular file; remove it"),
        _ => None,
    };
    if let Some(why) = unfit {
        return Err(io::Error::other(why).into());
    }
    let mut replacement = host.replace(path)?;
    let mut sink = BufWriter::new(&mut replacement);
    write(manifest, &folder, &mut sink)?;
    sink.flush()?;
    drop(sink);
    Ok(replacement.commit()?)
}

fn write(manifest: &Manifest<'_>, folder: &Path, sink: &mut dyn Write) -> Result<(), ReportError> {
    let parts = Parts::of(manifest.listing, manifest.root, folder)?;
    match manifest.form {
        ManifestForm::Plain => {
            sink.write_all(b"{\"version\":1,\"files\":[")?;
            parts.files(manifest.subset, sink)?;
            sink.write_all(b"]}\n")?;
        }
        ManifestForm::Extended(digests) => {
            sink.write_all(b"{\"files\":[")?;
            parts.files(manifest.subset, sink)?;
            sink.write_all(b"],\"fileHashes\":[")?;
            let mut reader = digests.reader()?;
            let mut is_first = true;
            parts.each(manifest.subset, &mut |position, _| {
                comma(&mut is_first, sink)?;
                let (Digested::File(hash) | Digested::Link(hash, _)) = reader.get(position)?;
                Ok(string(sink, &hash)?)
            })?;
            sink.write_all(b"],\"symlinks\":[")?;
            let (mut index, mut is_first) = (0_u64, true);
            parts.each(manifest.subset, &mut |position, file| {
                if let Digested::Link(_, target) = reader.get(position)? {
                    comma(&mut is_first, sink)?;
                    let link = absolute(folder, Path::new(std::ffi::OsStr::from_bytes(file)));
                    let target = absolute(link.parent().unwrap_or(&link), &target);
                    write!(sink, "[{index},")?;
                    name(sink, relative(folder, &target).as_os_str().as_bytes())?;
                    sink.write_all(b"]")?;
                }
                index += 1;
                Ok(())
            })?;
            sink.write_all(b"],\"version\":1")?;
            if let Some(position) = manifest.listing.position(manifest.entry)? {
                let (Digested::File(hash) | Digested::Link(hash, _)) = reader.get(position)?;
                write!(sink, ",\"entryHash\":\"{hash}\"")?;
            }
            sink.write_all(b"}\n")?;
        }
    }
    Ok(())
}

fn comma(is_first: &mut bool, sink: &mut dyn Write) -> Result<(), ReportError> {
    if !std::mem::take(is_first) {
        sink.write_all(b",")?;
    }
    Ok(())
}

/// Takes a path as it is seen from a manifest's folder, and its position in the listing.
type Each<'e> = &'e mut dyn FnMut(u32, &[u8]) -> Result<(), ReportError>;

/// The listing's positions in parts, in the order of the paths as they are seen from a folder.
struct Parts(Vec<Part>);

/// Paths that are seen from the folder by the same way.
struct Part {
    /// Positions from the first to before the second; ends may lie before beginnings.
    positions: (u32, u32),
    /// What stands before each path.
    prefix: Vec<u8>,
    /// So many first bytes of a path are in common with the folder's.
    shared: usize,
}

impl Parts {
    /// The folder is a real path, and so is the root.
    fn of(listing: &Listing, root: &Path, folder: &Path) -> Result<Self, SpillError> {
        let all = (0, listing.len() as u32);
        let Ok(below) = folder.strip_prefix(root) else {
            let mut prefix = relative(folder, root).as_os_str().as_bytes().to_vec();
            prefix.push(b'/');
            return Ok(Self(vec![Part { positions: all, prefix, shared: 0 }]));
        };
        // From the folder upwards: names that sort before `../`, then all that
        // begins so, which is what is seen from farther up, then the other names.
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut inner = None;
        for (ups, ancestor) in below.ancestors().enumerate() {
            let mut start = ancestor.as_os_str().as_bytes().to_vec();
            let range = if start.is_empty() {
                all
            } else {
                start.push(b'/');
                let first = listing.lower_bound(&start)?;
                start.pop();
                start.push(b'/' + 1);
                let end = listing.lower_bound(&start)?;
                start.pop();
                start.push(b'/');
                (first, end)
            };
            let middle = listing.lower_bound(&[&start[..], b"../"].concat())?;
            let (inner_first, inner_end) = inner.unwrap_or((range.0, range.0));
            let part = |first: u32, end: u32| Part {
                positions: (first, end),
                prefix: b"../".repeat(ups),
                shared: start.len(),
            };
            // Without what lies farther in, which may be on either side of the middle.
            before.push(part(range.0, middle.min(inner_first)));
            before.push(part(range.0.max(inner_end), middle));
            after.push(part(middle.max(inner_end), range.1));
            after.push(part(middle, range.1.min(inner_first)));
            inner = Some(range);
        }
        before.extend(after.into_iter().rev());
        Ok(Self(before))
    }

    /// Hands each path of the subset to `each`, as it is seen from the folder, with its position.
    fn each(&self, subset: &Subset<'_>, each: Each<'_>) -> Result<(), ReportError> {
        let mut seen = Vec::new();
        for Part { positions: (first, end), prefix, shared } in &self.0 {
            let mut paths = subset.paths_within(*first, *end)?;
            while let Some((position, path)) = paths.next()? {
                seen.clear();
                seen.extend_from_slice(prefix);
                seen.extend_from_slice(path.get(*shared..).unwrap_or_default());
                each(position, &seen)?;
            }
        }
        Ok(())
    }

    fn files(&self, subset: &Subset<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
        let mut is_first = true;
        self.each(subset, &mut |_, file| {
            comma(&mut is_first, sink)?;
            Ok(name(sink, file)?)
        })
    }
}
