//! How large what was traced is: in all, by package, by kind, the largest files.
//!
//! Bytes are those of the files' contents, as a copy has them, not the blocks
//! that a disk takes for them. What a link leads to counts once, where it is;
//! a file with several names counts as often as it is listed, since a copy of
//! the list has as many files. Packages are counted as they come and sorted
//! where they have room. Writes nothing but the report.

mod against;
mod kind;
mod package;
mod text;

pub use against::AgainstError;
pub use text::Bytes;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{BufWriter, Write},
};

use super::{
    ReportError,
    build::{BuildError, Contents, Item, ItemKind, Sources},
    json,
};
use crate::{
    listing::Findings,
    spill::{Sorted, Sorter, SpillError, Store},
};
use against::Against;
use kind::FileKind;
use package::Packages;

/// What is to be told of the sizes.
#[derive(Clone, Debug)]
pub struct SizeOptions {
    /// How many packages and files a text tells, at most [`SizeOptions::TOP_MAX`]; how many files JSON tells.
    pub top: usize,
    /// An earlier report as JSON, to tell what grew.
    pub against: Option<Vec<u8>>,
}

impl SizeOptions {
    /// More files are not kept.
    pub const TOP_MAX: usize = 1000;
}

/// A number of files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Their bytes together.
    pub bytes: u64,
    /// How many.
    pub files: u64,
}

impl Weight {
    fn add(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.files += 1;
    }
}

/// A limit, and what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// As it was typed.
    pub name: String,
    /// The most bytes.
    pub limit: u64,
    /// The bytes that there are.
    pub bytes: u64,
}

impl Budget {
    /// Whether there is more than the limit.
    pub fn is_exceeded(&self) -> bool {
        self.bytes > self.limit
    }
}

/// One package of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageSize {
    /// Its name; empty for files in none.
    pub name: String,
    /// Its version, if its package.json has one.
    pub version: String,
    /// Its files, those of packages within it left out.
    pub weight: Weight,
}

/// How large what was traced is.
pub struct Sizes {
    /// All files.
    pub total: Weight,
    /// How many links there are.
    pub links: u64,
    kinds: [Weight; FileKind::ALL.len()],
    /// The largest first.
    packages: Sorted,
    largest: Vec<(u64, Vec<u8>)>,
    /// What grew most first, compared to an earlier report.
    growth: Option<Against>,
    /// What the user should know.
    pub findings: Findings,
}

impl std::fmt::Debug for Sizes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sizes").field("total", &self.total).finish_non_exhaustive()
    }
}

/// Weighs what a folder of these contents would hold.
///
/// # Errors
/// [`BuildError`], as writing them would give; [`BuildError::Against`].
pub fn weigh(contents: Contents, options: &SizeOptions) -> Result<Sizes, BuildError> {
    let store = contents.store().clone();
    let (mut sources, troubles, gathered) = contents.finish()?;
    let mut kinds = [Weight::default(); FileKind::ALL.len()];
    let mut packages = Packages::new(&store)?;
    let mut largest = Largest { most: options.top.min(SizeOptions::TOP_MAX), heap: BinaryHeap::new() };
    gathered.each(|item| {
        if item.kind != ItemKind::Link {
            kinds[kind_of(item, &mut sources) as usize].add(item.len);
            packages.add(item.to, item.len, &mut sources)?;
            largest.add(item.len, item.to);
        }
        Ok(())
    })?;
    let by_name = packages.finish()?;
    let growth = options.against.as_deref().map(|earlier| Against::new(&store, &by_name, earlier)).transpose()?;
    Ok(Sizes {
        total: Weight { bytes: gathered.bytes, files: gathered.files },
        links: gathered.links,
        kinds,
        packages: by_size(&store, &by_name)?,
        largest: largest.sorted(),
        growth,
        findings: troubles.end()?,
    })
}

fn kind_of(item: &Item<'_>, sources: &mut Sources) -> FileKind {
    FileKind::by_name(item.to).unwrap_or_else(|| {
        // Programs have no extension: their first bytes tell.
        let mut magic = [0; 4];
        let file = (item.kind != ItemKind::Text).then(|| sources.open(item).ok()).flatten();
        let read = file.and_then(|file| file.read_at(&mut magic, 0).ok());
        FileKind::by_magic(&magic[..read.unwrap_or(0)])
    })
}

/// The files that are larger than all others.
struct Largest {
    most: usize,
    /// The least of them on top; of equal ones the last by name.
    heap: BinaryHeap<(Reverse<u64>, Vec<u8>)>,
}

impl Largest {
    fn add(&mut self, bytes: u64, path: &[u8]) {
        let is_full = self.heap.len() >= self.most;
        if is_full && self.heap.peek().is_none_or(|(Reverse(least), _)| bytes <= *least) {
            return;
        }
        self.heap.push((Reverse(bytes), path.to_vec()));
        if is_full {
            self.heap.pop();
        }
    }

    fn sorted(self) -> Vec<(u64, Vec<u8>)> {
        self.heap.into_sorted_vec().into_iter().map(|(Reverse(bytes), path)| (bytes, path)).collect()
    }
}

/// Packages by their size, the largest first; those of one name and version are one.
fn by_size(store: &Store, by_name: &Sorted) -> Result<Sorted, SpillError> {
    let mut sorter = Sorter::of_bytes(store)?;
    package::each_merged(by_name, |package| sorter.push(&package::by_size_record(package)))?;
    sorter.finish()
}

/// How sizes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SizeFormat {
    /// A table for people, no wider than 80 columns.
    #[default]
    Text,
    /// One object.
    Json,
}

impl Sizes {
    /// Hands out the packages, the largest first, until `each` says false.
    ///
    /// # Errors
    /// [`SpillError`] if they cannot be had back from the disk, and what `each` says.
    pub fn packages<E: From<SpillError>>(&self, mut each: impl FnMut(PackageSize) -> Result<bool, E>) -> Result<(), E> {
        let mut records = self.packages.records()?;
        while let Some(record) = records.next()? {
            if !each(package::from_size_record(record))? {
                break;
            }
        }
        Ok(())
    }

    /// Writes the report.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn write(
        &self,
        format: SizeFormat,
        options: &SizeOptions,
        budgets: &[Budget],
        sink: &mut dyn Write,
    ) -> Result<(), ReportError> {
        let mut sink = BufWriter::new(sink);
        match format {
            SizeFormat::Text => text::write(self, options.top, &mut sink)?,
            SizeFormat::Json => self.json(budgets, &mut sink)?,
        }
        Ok(sink.flush()?)
    }

    fn json(&self, budgets: &[Budget], sink: &mut dyn Write) -> Result<(), ReportError> {
        let Weight { bytes, files } = self.total;
        write!(sink, "{{\"version\":1,\"bytes\":{bytes},\"files\":{files},\"links\":{},\"kinds\":[", self.links)?;
        let kinds = FileKind::ALL.iter().zip(self.kinds).filter(|(_, weight)| weight.files > 0);
        for (index, (kind, Weight { bytes, files })) in kinds.enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(sink, "{comma}{{\"kind\":\"{}\",\"bytes\":{bytes},\"files\":{files}}}", kind.name())?;
        }
        sink.write_all(b"],\"packages\":[")?;
        let mut is_first = true;
        self.packages(|package| {
            sink.write_all(if std::mem::take(&mut is_first) { b"{\"name\":" } else { b",{\"name\":" })?;
            json::string(sink, &package.name)?;
            sink.write_all(b",\"version\":")?;
            json::string(sink, &package.version)?;
            let Weight { bytes, files } = package.weight;
            write!(sink, ",\"bytes\":{bytes},\"files\":{files}}}")?;
            Ok::<_, ReportError>(true)
        })?;
        sink.write_all(b"],\"largest\":[")?;
        for (index, (bytes, path)) in self.largest.iter().enumerate() {
            sink.write_all(if index > 0 { b",{\"file\":" } else { b"{\"file\":" })?;
            json::name(sink, path)?;
            write!(sink, ",\"bytes\":{bytes}}}")?;
        }
        sink.write_all(b"],\"budgets\":[")?;
        for (index, budget) in budgets.iter().enumerate() {
            sink.write_all(if index > 0 { b",{\"name\":" } else { b"{\"name\":" })?;
            json::string(sink, &budget.name)?;
            write!(
                sink,
                ",\"limit\":{},\"bytes\":{},\"exceeded\":{}}}",
                budget.limit,
                budget.bytes,
                budget.is_exceeded()
            )?;
        }
        sink.write_all(b"]")?;
        if let Some(growth) = &self.growth {
            growth.json(self.total.bytes, sink)?;
        }
        Ok(sink.write_all(b"}\n")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_kept_and_of_equal_ones_the_first() {
        let mut largest = Largest { most: 2, heap: BinaryHeap::new() };
        for (bytes, path) in [(1, "a"), (5, "b"), (5, "c"), (5, "d"), (7, "e")] {
            largest.add(bytes, path.as_bytes());
        }
        assert_eq!(largest.sorted(), [(7, b"e".to_vec()), (5, b"b".to_vec())]);
        let mut none = Largest { most: 0, heap: BinaryHeap::new() };
        none.add(1, b"a");
        assert_eq!(none.sorted(), []);
    }
}
