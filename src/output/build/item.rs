//! One thing that will stand in an output, as a record that can be sorted.
//!
//! Records sort by the place in the output, by its bytes.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

/// What it is, and what it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::output) enum Kind {
    /// A text that was made here: `from` is the text.
    Text,
    /// A file below the root: `from` is its path, or nothing if it keeps its place.
    File,
    /// A file elsewhere: `from` is its path below `/`.
    Elsewhere,
    /// A link: `from` is what it says.
    Link,
}

/// One thing that will stand in an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::output) struct Item<'r> {
    /// Its place in the output.
    pub(in crate::output) to: &'r [u8],
    pub(in crate::output) kind: Kind,
    /// Its rights.
    pub(in crate::output) mode: u32,
    /// Its length in bytes.
    pub(in crate::output) len: u64,
    /// Bytes that the original takes on its disk.
    pub(in crate::output) allocated: u64,
    pub(in crate::output) from: &'r [u8],
}

impl<'r> Item<'r> {
    pub(in crate::output) fn path(&self) -> &'r Path {
        Path::new(OsStr::from_bytes(self.to))
    }

    /// Where the original is, below the root or below `/`.
    pub(in crate::output) fn source(&self) -> &'r Path {
        let bytes = if self.kind == Kind::File && self.from.is_empty() { self.to } else { self.from };
        Path::new(OsStr::from_bytes(bytes))
    }

    /// Puts the record in place of what is in `out`.
    pub(in crate::output) fn encode(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(self.to);
        // No name has a zero, so that what stands behind one does not change the order.
        out.push(0);
        out.push(self.kind as u8);
        out.extend(self.mode.to_be_bytes());
        out.extend(self.len.to_be_bytes());
        out.extend(self.allocated.to_be_bytes());
        out.extend_from_slice(self.from);
    }

    /// What [`Self::encode`] wrote; nothing for any other bytes.
    pub(in crate::output) fn decode(record: &'r [u8]) -> Option<Self> {
        let end = memchr::memchr(0, record)?;
        let (kind, rest) = record[end + 1..].split_first()?;
        let (mode, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (allocated, from) = rest.split_first_chunk()?;
        let kinds = [Kind::Text, Kind::File, Kind::Elsewhere, Kind::Link];
        let kind = kinds.into_iter().find(|known| *known as u8 == *kind)?;
        Some(Self {
            to: &record[..end],
            kind,
            mode: u32::from_be_bytes(*mode),
            len: u64::from_be_bytes(*len),
            allocated: u64::from_be_bytes(*allocated),
            from,
        })
    }
}

/// The rights of a copy: whoever may run the original may run it, its owner may
/// write it, nobody else. What only its owner may read stays so.
pub(in crate::output) fn sane_mode(mode: u32) -> u32 {
    let run = if mode & 0o111 != 0 { 0o111 } else { 0 };
    let all = 0o644 | run;
    if mode & 0o077 == 0 { all & 0o700 } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_sort_by_place_and_lose_nothing() {
        let item = |to: &'static str, kind| Item {
            to: to.as_bytes(),
            kind,
            mode: 0o755,
            len: 1 << 40,
            allocated: 7,
            from: b"x\0y",
        };
        let items =
            [item("a", Kind::Text), item("a", Kind::Link), item("a-b", Kind::File), item("a/b", Kind::Elsewhere)];
        let records = items.map(|item| {
            let mut record = Vec::new();
            item.encode(&mut record);
            assert_eq!(Item::decode(&record), Some(Item { ..item }));
            record
        });
        assert!(records.is_sorted());
        assert_eq!(Item::decode(b"abc"), None);
    }

    #[test]
    fn rights_are_those_of_a_program() {
        let modes = [0o644, 0o755, 0o4755, 0o444, 0o600, 0o700, 0o664, 0o777, 0o000].map(sane_mode);
        assert_eq!(modes, [0o644, 0o755, 0o755, 0o644, 0o600, 0o700, 0o644, 0o755, 0o600]);
    }
}
