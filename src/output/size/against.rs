//! What grew since an earlier report, by package.
//!
//! Packages are compared by name, so that a new version of one is seen as what
//! it is. Reads no other report than ours.

use std::{collections::BTreeSet, fmt, io::Write};

use serde::Deserialize;

use super::package::each_merged;
use crate::{
    output::{ReportError, build::BuildError, json},
    spill::{Sorted, Sorter, SpillError, Store},
};

/// Why an earlier report cannot be used.
#[derive(Debug)]
pub struct AgainstError(String);

impl fmt::Display for AgainstError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no report of `size --format json`: {}", self.0)
    }
}

/// What is needed of an earlier report.
#[derive(Deserialize)]
struct Earlier {
    version: u32,
    bytes: u64,
    packages: Vec<EarlierPackage>,
}

#[derive(Deserialize)]
struct EarlierPackage {
    name: String,
    version: String,
    bytes: u64,
}

/// How one package changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) name: String,
    /// Versions before and now, by commas.
    pub(super) versions: [String; 2],
    /// Bytes before and now.
    pub(super) bytes: [u64; 2],
}

/// What grew, what shrank.
pub(super) struct Against {
    /// The bytes of the earlier report.
    pub(super) before: u64,
    changes: Sorted,
}

impl Against {
    pub(super) fn new(store: &Store, now: &Sorted, earlier: &[u8]) -> Result<Self, BuildError> {
        let wrong = |what: String| BuildError::Against(AgainstError(what));
        let earlier: Earlier = serde_json::from_slice(earlier).map_err(|error| wrong(error.to_string()))?;
        if earlier.version != 1 {
            return Err(wrong(format!("its version is {}, and 1 is known", earlier.version)));
        }
        let mut both = Sorter::of_bytes(store)?;
        let mut push =
            |name: &str, is_now: bool, version: &str, bytes: u64| both.push(&record(name, is_now, version, bytes));
        for package in &earlier.packages {
            push(&package.name, false, &package.version, package.bytes)?;
        }
        each_merged(now, |package| push(&package.name, true, &package.version, package.weight.bytes))?;
        let mut changes = Sorter::of_bytes(store)?;
        merge(&both.finish()?, |change| match change.bytes[0] == change.bytes[1] {
            true => Ok(()),
            false => changes.push(&by_growth(change)?),
        })?;
        Ok(Self { before: earlier.bytes, changes: changes.finish()? })
    }

    /// Hands out the packages that changed, what grew most first.
    pub(super) fn each<E: From<SpillError>>(&self, mut each: impl FnMut(&Change) -> Result<bool, E>) -> Result<(), E> {
        let mut records = self.changes.records()?;
        while let Some(record) = records.next()? {
            let change = record.get(size_of::<u64>()..).map(from_growth).unwrap_or_default();
            if !each(&change)? {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn json(&self, now: u64, sink: &mut dyn Write) -> Result<(), ReportError> {
        let grown = i128::from(now) - i128::from(self.before);
        write!(sink, ",\"against\":{{\"bytes\":{},\"grown\":{grown},\"packages\":[", self.before)?;
        let mut is_first = true;
        self.each(|change| {
            sink.write_all(if std::mem::take(&mut is_first) { b"{\"name\":" } else { b",{\"name\":" })?;
            json::string(sink, &change.name)?;
            for (index, name) in ["before", "now"].into_iter().enumerate() {
                write!(sink, ",\"{name}\":{{\"version\":")?;
                json::string(sink, &change.versions[index])?;
                write!(sink, ",\"bytes\":{}}}", change.bytes[index])?;
            }
            sink.write_all(b"}")?;
            Ok::<_, ReportError>(true)
        })?;
        Ok(sink.write_all(b"]}")?)
    }
}

fn record(name: &str, is_now: bool, version: &str, bytes: u64) -> Vec<u8> {
    let mut record: Vec<u8> = name.bytes().filter(|byte| *byte != 0).collect();
    record.extend([0, u8::from(is_now)]);
    record.extend(bytes.to_be_bytes());
    record.extend(version.bytes());
    record
}

/// Hands out each name once.
fn merge(both: &Sorted, mut each: impl FnMut(&Change) -> Result<(), SpillError>) -> Result<(), SpillError> {
    /// More versions of one package are not told.
    const VERSIONS_MAX: usize = 8;
    let mut records = both.records()?;
    let mut change = Change::default();
    let mut versions = [BTreeSet::new(), BTreeSet::new()];
    let mut is_begun = false;
    loop {
        let record = records.next()?;
        let next = record.and_then(|record| {
            let (name, rest) = record.split_at(memchr::memchr(0, record)?);
            let ([_, is_now], rest) = rest.split_first_chunk()?;
            let (bytes, version) = rest.split_first_chunk()?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Some((text(name), usize::from(*is_now == 1), u64::from_be_bytes(*bytes), text(version)))
        });
        if is_begun && next.as_ref().is_none_or(|(name, ..)| *name != change.name) {
            change.versions = std::mem::take(&mut versions).map(|all| {
                all.into_iter().filter(|version: &String| !version.is_empty()).collect::<Vec<_>>().join(", ")
            });
            each(&change)?;
            change = Change::default();
        }
        let Some((name, index, bytes, version)) = next else { return Ok(()) };
        is_begun = true;
        change.name = name;
        change.bytes[index] = change.bytes[index].saturating_add(bytes);
        if versions[index].len() < VERSIONS_MAX {
            versions[index].insert(version);
        }
    }
}

/// What grew most comes first, what shrank most last.
fn by_growth(change: &Change) -> Result<Vec<u8>, SpillError> {
    let grown = i128::from(change.bytes[1]) - i128::from(change.bytes[0]);
    let half = i128::from(u64::MAX / 2);
    let order = (half - grown.clamp(-half, half)) as u64;
    let mut record = order.to_be_bytes().to_vec();
    for text in [&change.name, &change.versions[0], &change.versions[1]] {
        record.extend(text.bytes());
        record.push(0);
    }
    change.bytes.iter().for_each(|bytes| record.extend(bytes.to_be_bytes()));
    Ok(record)
}

fn from_growth(record: &[u8]) -> Change {
    let mut fields = record.splitn(4, |byte| *byte == 0);
    let mut text = || String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned();
    let (name, before, now) = (text(), text(), text());
    let rest = fields.next().unwrap_or_default();
    let number =
        |at: usize| rest.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u64::from_be_bytes(*bytes));
    Change { name, versions: [before, now], bytes: [number(0), number(size_of::<u64>())] }
}
