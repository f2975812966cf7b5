//! Names that are one where the case of letters does not count.
//!
//! Only what has a letter that is not in lower case can be such a name; all
//! else is looked up. What a disk does about it is not asked.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{contents::Notes, error::BuildError, index::Index, item::Item};
use crate::{
    finding::Problem,
    spill::{Sorter, Store},
};

/// Tells of items whose place another has, but for case.
///
/// # Errors
/// [`BuildError::Spill`].
pub(super) fn collisions(store: &Store, index: &mut Index, notes: &mut Notes<'_>) -> Result<(), BuildError> {
    let mut folded = Sorter::of_bytes(store)?;
    let mut record = Vec::new();
    let mut key = Vec::new();
    let mut number = 0;
    while index.get(number, &mut record)? {
        number += 1;
        let Some(item) = Item::decode(&record) else { continue };
        let Some(lower) = lower(item.to) else { continue };
        if let Some(other) = standing(index, Path::new(OsStr::from_bytes(&lower)), item.path())? {
            notes.tell(item.path(), Problem::CaseCollision { other })?;
        }
        encode(&lower, item.to, &mut key);
        folded.push(&key)?;
        if folded.spillable() >= store.batch() && store.is_pressed() {
            folded.spill()?;
        }
    }
    among_themselves(folded, notes)
}

/// A path in lower case; none where it is that already.
fn lower(path: &[u8]) -> Option<Vec<u8>> {
    if path.is_ascii() {
        return path.iter().any(u8::is_ascii_uppercase).then(|| path.to_ascii_lowercase());
    }
    let text = std::str::from_utf8(path).ok()?;
    let lower = text.to_lowercase();
    (lower != text).then(|| lower.into_bytes())
}

/// What stands at `lower`, or at a folder on the way to it that `path` spells otherwise.
fn standing(index: &mut Index, lower: &Path, path: &Path) -> Result<Option<PathBuf>, BuildError> {
    for (lower, path) in lower.ancestors().zip(path.ancestors()) {
        if lower == path {
            break;
        }
        if index.is_item(lower)? {
            return Ok(Some(lower.to_path_buf()));
        }
    }
    Ok(None)
}

/// Sorts what is below a folder right behind a file of the folder's name.
fn encode(lower: &[u8], path: &[u8], key: &mut Vec<u8>) {
    key.clear();
    key.extend(lower.iter().map(|byte| if *byte == b'/' { 1 } else { *byte }));
    key.push(0);
    key.extend_from_slice(path);
}

fn among_themselves(folded: Sorter, notes: &mut Notes<'_>) -> Result<(), BuildError> {
    let sorted = folded.finish()?;
    let mut records = sorted.records()?;
    let (mut last, mut last_path) = (Vec::new(), PathBuf::new());
    while let Some(record) = records.next()? {
        let Some(end) = memchr::memchr(0, record) else { continue };
        let (lower, path) = (&record[..end], Path::new(OsStr::from_bytes(&record[end + 1..])));
        let is_same = lower.strip_prefix(&last[..]).is_some_and(|rest| rest.is_empty() || rest[0] == 1);
        if is_same && !last.is_empty() {
            notes.tell(path, Problem::CaseCollision { other: last_path.clone() })?;
        } else {
            last.clear();
            last.extend_from_slice(lower);
            path.clone_into(&mut last_path);
        }
    }
    Ok(())
}
