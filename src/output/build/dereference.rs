//! Copies in place of links, for places that know no links.
//!
//! What a link leads to is copied to the link's place, with all that is in it.
//! pnpm keeps what a package needs beside the package itself, where a copy
//! elsewhere would not find it: those are copied into the package. What leads
//! back to where one came from is not copied again: Node finds it further up.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{
    error::BuildError,
    index::{Behind, Index},
    item::{Item, Kind},
};
use crate::spill::Sorter;

/// So many times the items that there were, and so many more, and it is told as too much.
const TIMES_MAX: usize = 50;
const MORE_MAX: usize = 10_000;

/// Deeper than anything that is installed.
const DEEPEST: usize = 64;

/// A folder that is being copied.
struct Copying {
    /// The folder, and where its copy goes.
    from: PathBuf,
    to: PathBuf,
    /// The next record, and where they end.
    next: usize,
    /// Links beside the package are copied into it.
    is_siblings: bool,
}

/// Puts all of `index` into `items`, with copies in place of links.
///
/// # Errors
/// [`BuildError::TooManyCopies`].
pub(super) fn dereference(index: &mut Index, items: &mut Sorter) -> Result<(), BuildError> {
    let most = index.names().len() * TIMES_MAX + MORE_MAX;
    let mut copier = Copier { index, items, left: most, record: Vec::new() };
    let mut record = Vec::new();
    let mut number = 0;
    while copier.index.get(number, &mut record)? {
        number += 1;
        match Item::decode(&record) {
            Some(item) if item.kind == Kind::Link => copier.copy(item.path(), item.source())?,
            _ => copier.items.push(&record)?,
        }
    }
    Ok(())
}

struct Copier<'c> {
    index: &'c mut Index,
    items: &'c mut Sorter,
    left: usize,
    record: Vec<u8>,
}

impl Copier<'_> {
    /// Copies what is behind the link at `to`.
    fn copy(&mut self, to: &Path, says: &Path) -> Result<(), BuildError> {
        let mut open: Vec<Copying> = Vec::new();
        self.enter(&mut open, to, says, to)?;
        let mut record = Vec::new();
        while let Some(copying) = open.last_mut() {
            let number = copying.next;
            copying.next += 1;
            let has_more = self.index.get(number, &mut record)?;
            let item = Item::decode(&record).filter(|_| has_more);
            let below = item.as_ref().and_then(|item| item.path().strip_prefix(&copying.from).ok());
            let (Some(item), Some(below)) = (item, below) else {
                let done = open.pop();
                self.siblings(&mut open, done)?;
                continue;
            };
            let to = copying.to.join(below);
            if copying.is_siblings && (item.kind != Kind::Link || !is_package(below)) {
                continue;
            }
            match item.kind {
                Kind::Link => self.enter(&mut open, item.path(), item.source(), &to)?,
                _ => self.push(&item, &to)?,
            }
        }
        Ok(())
    }

    /// Begins to copy what the link at `link` leads to.
    fn enter(&mut self, open: &mut Vec<Copying>, link: &Path, says: &Path, to: &Path) -> Result<(), BuildError> {
        match self.index.behind(link, says)? {
            Behind::File(file) => {
                let number = self.index.lower(file.as_os_str().as_bytes(), 0)?;
                let mut record = Vec::new();
                if self.index.get(number, &mut record)?
                    && let Some(item) = Item::decode(&record)
                {
                    self.push(&item, to)?;
                }
            }
            Behind::Folder(folder) => {
                // Into itself, or back to where one came from.
                let is_circle = to.starts_with(&folder) || open.iter().any(|around| around.from.starts_with(&folder));
                if !is_circle && open.len() < DEEPEST {
                    let next = self.index.lower(folder.as_os_str().as_bytes(), b'/')?;
                    open.push(Copying { from: folder, to: to.to_path_buf(), next, is_siblings: false });
                }
            }
            Behind::Nothing => {}
        }
        Ok(())
    }

    /// Behind a package that pnpm installed comes what stands beside it.
    fn siblings(&mut self, open: &mut Vec<Copying>, done: Option<Copying>) -> Result<(), BuildError> {
        let Some(Copying { from, to, is_siblings: false, .. }) = done else { return Ok(()) };
        let beside = from.ancestors().skip(1).find(|folder| folder.ends_with("node_modules"));
        let Some(beside) = beside.filter(|beside| from.strip_prefix(beside).is_ok_and(is_package)) else {
            return Ok(());
        };
        let is_store = beside.parent().and_then(Path::parent).is_some_and(|store| store.ends_with(".pnpm"));
        if is_store {
            let next = self.index.lower(beside.as_os_str().as_bytes(), b'/')?;
            let to = to.join("node_modules");
            // The package itself is around what is copied now.
            let end = self.index.names().len();
            open.push(Copying { from: from.clone(), to: PathBuf::new(), next: end, is_siblings: true });
            open.push(Copying { from: beside.to_path_buf(), to, next, is_siblings: true });
        }
        Ok(())
    }

    fn push(&mut self, item: &Item<'_>, to: &Path) -> Result<(), BuildError> {
        self.left = self.left.checked_sub(1).ok_or(BuildError::TooManyCopies)?;
        let from = item.source().as_os_str().as_bytes();
        let from = if item.kind == Kind::Text { item.from } else { from };
        Item { to: to.as_os_str().as_bytes(), from, ..*item }.encode(&mut self.record);
        Ok(self.items.push(&self.record)?)
    }
}

/// `name` or `@scope/name`.
fn is_package(below: &Path) -> bool {
    let scoped = below.as_os_str().as_bytes().starts_with(b"@");
    let is_bin = below.starts_with(OsStr::new(".bin"));
    !is_bin && below.components().count() == if scoped { 2 } else { 1 }
}
