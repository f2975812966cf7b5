//! The bytes of one file, read or mapped, for as long as one job looks at them.
//!
//! Small files are read into a buffer that the worker keeps; large ones are
//! mapped, and only in windows where the limit has no room for all of it. Either
//! way the bytes that the job saw are those of one version of
//! the file, or the job is told that they were not. This room interprets
//! nothing and keeps nothing once the job is done. All of the project's
//! unsafe code is in [`mapped`] and in the allocator.

mod mapped;

use std::{fs::File, io, path::Path};

use crate::{
    host::{Host, OpenError, OpenFile, Stamp},
    memory::{Counters, Governor, Lease, OutOfMemory, may_touch},
};

use mapped::{Mapped, Reading, WINDOWS_BYTES};

/// From this length on a file is mapped: measured, `read` into a warm buffer
/// costs less CPU below it and more above it.
const MAP_FROM: u64 = 256 * 1024;

/// From this length on it counts what is made of a file while it is looked at.
/// Measured on code of many small values, these take thirteen bytes for each of
/// the file's, until the evaluator's budgets end it, all of which together a
/// file can hardly use up; windows are in it too.
const HEAVY_FROM: u64 = 16 * 1024;
const WORK_PER_BYTE: u64 = 16;
const WORK_MOST: u64 = 32 << 20;
const _: () = assert!(WINDOWS_BYTES as u64 <= MAP_FROM * WORK_PER_BYTE);

/// A file that takes no more than this part of the limit may be resident as a whole.
const PART_OF_LIMIT: u64 = 64;

/// The longest file that is looked into. Offsets are `u32` all through the
/// lexer, and no program is longer.
pub const LONGEST: u64 = u32::MAX as u64 - 1;

/// Why a file's bytes cannot be had.
#[derive(Debug)]
pub enum SourceError {
    /// It could not be opened.
    Open(OpenError),
    /// It could not be read to its end.
    Read(io::Error),
    /// It has more than [`LONGEST`] bytes: this many.
    TooLarge(u64),
    /// It was written to while it was read, and again at the second try.
    Changed,
    /// The limit has no room for it.
    Memory(OutOfMemory),
}

/// One worker's way to files: a buffer that is used again and again.
pub struct SourceReader {
    buffer: Vec<u8>,
    lease: Lease,
}

impl SourceReader {
    /// A reader with an empty buffer.
    ///
    /// # Errors
    /// [`OutOfMemory`] when not even that can be leased.
    pub fn new(governor: &Governor) -> Result<Self, OutOfMemory> {
        Ok(Self { buffer: Vec::new(), lease: governor.lease(0)? })
    }

    /// Calls `look` with the bytes of the file at `path` and gives its answer.
    ///
    /// `look` may be called twice: the first answer is thrown away when the
    /// file turns out to have changed meanwhile.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn with_bytes<R>(
        &mut self,
        host: &dyn Host,
        path: &Path,
        mut look: impl FnMut(&[u8]) -> R,
    ) -> Result<R, SourceError> {
        for _attempt in 0..2 {
            let file = host.open(path).map_err(SourceError::Open)?;
            let before = file.stamp().map_err(SourceError::Read)?;
            if before.len > LONGEST {
                return Err(SourceError::TooLarge(before.len));
            }
            let governor = self.lease.governor().clone();
            let work = (before.len * WORK_PER_BYTE).min(WORK_MOST) as usize;
            let _heavy = (before.len >= HEAVY_FROM).then(|| governor.heavy(work));
            let answer = match file.mappable() {
                Some(mappable) if before.len >= MAP_FROM => self.look_at_map(mappable, before.len, &mut look)?,
                _ => self.look_at_buffer(&*file, before, &mut look)?,
            };
            let after = file.stamp().map_err(SourceError::Read)?;
            if let Some(answer) = answer
                && after == before
            {
                return Ok(answer);
            }
        }
        Err(SourceError::Changed)
    }

    /// `None` when the file did not have the length it said it had.
    fn look_at_buffer<R>(
        &mut self,
        file: &dyn OpenFile,
        stamp: Stamp,
        look: &mut impl FnMut(&[u8]) -> R,
    ) -> Result<Option<R>, SourceError> {
        // One byte more than it should have: a longer file shows itself.
        let room = stamp.len as usize + 1;
        if self.buffer.len() < room {
            let room = room.next_power_of_two();
            self.lease.resize(room).map_err(SourceError::Memory)?;
            self.buffer.resize(room, 0);
        }
        let mut filled = 0;
        while filled < room {
            match file.read_at(&mut self.buffer[filled..room], filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) => return Err(SourceError::Read(error)),
            }
        }
        Counters::add(&self.lease.governor().counters().bytes_read, filled);
        Ok((filled == stamp.len as usize).then(|| look(&self.buffer[..filled])))
    }

    /// `None` when the file shrank under the map.
    fn look_at_map<R>(
        &mut self,
        file: &File,
        len: u64,
        look: &mut impl FnMut(&[u8]) -> R,
    ) -> Result<Option<R>, SourceError> {
        let governor = self.lease.governor();
        let mut read = |how| -> Result<Option<R>, SourceError> {
            let resident = if how == Reading::Whole { len as usize } else { WINDOWS_BYTES.min(len as usize) };
            let _pages = may_touch(resident);
            let map = Mapped::new(file, len as usize, how).map_err(SourceError::Read)?;
            Ok(map.with_bytes(look))
        };
        Counters::add(&governor.counters().bytes_mapped, len as usize);
        if len <= governor.room() / PART_OF_LIMIT
            && let Ok(_lease) = governor.lease(len as usize)
        {
            return read(Reading::Whole);
        }
        read(Reading::InWindows)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::host::RealHost;

    fn file_of(len: usize) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; len]).unwrap();
        file
    }

    #[test]
    fn small_and_large_files_come_whole_and_the_lease_goes_back() {
        let governor = Governor::new(1 << 30);
        for len in [0, 1, 4096, MAP_FROM as usize - 1, MAP_FROM as usize, 3_000_001] {
            let file = file_of(len);
            let mut reader = SourceReader::new(&governor).unwrap();
            let seen = reader.with_bytes(&RealHost, file.path(), |bytes| bytes.len());
            assert_eq!(seen.unwrap(), len);
        }
        assert_eq!(governor.leased(), 0);
    }

    #[test]
    fn a_mapped_file_that_shrinks_is_reported_and_the_process_lives() {
        let governor = Governor::new(1 << 30);
        let file = file_of(1 << 20);
        let mut reader = SourceReader::new(&governor).unwrap();
        let mut looks = 0;
        let seen = reader.with_bytes(&RealHost, file.path(), |bytes| {
            looks += 1;
            file.as_file().set_len(4096 * (100 - looks)).unwrap();
            bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>()
        });
        assert!(matches!(seen, Err(SourceError::Changed)), "{seen:?}");
        assert_eq!(looks, 2);
    }

    #[test]
    fn a_file_that_changed_once_is_read_again() {
        let governor = Governor::new(1 << 30);
        let file = file_of(100);
        let mut reader = SourceReader::new(&governor).unwrap();
        let mut looks = 0;
        let seen = reader.with_bytes(&RealHost, file.path(), |bytes| {
            looks += 1;
            if looks == 1 {
                file.as_file().set_len(50).unwrap();
            }
            bytes.len()
        });
        assert_eq!(seen.unwrap(), 50);
    }

    #[test]
    fn a_file_without_end_is_not_read() {
        let governor = Governor::new(1 << 30);
        let file = file_of(1);
        file.as_file().set_len(8 << 40).unwrap();
        let mut reader = SourceReader::new(&governor).unwrap();
        let seen = reader.with_bytes(&RealHost, file.path(), |_| ());
        assert!(matches!(seen, Err(SourceError::TooLarge(_))));
    }

    #[test]
    fn the_limit_refuses_what_it_has_no_room_for() {
        let governor = Governor::new(1 << 16);
        let mut reader = SourceReader::new(&governor).unwrap();
        let seen = reader.with_bytes(&RealHost, file_of(100_000).path(), |_| ());
        assert!(matches!(seen, Err(SourceError::Memory(_))));
    }

    /// A file whose every word is its own place.
    fn numbered(words: u32) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..words).flat_map(u32::to_le_bytes).collect();
        file.write_all(&bytes).unwrap();
        file
    }

    fn word(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at * 4..at * 4 + 4].try_into().unwrap())
    }

    #[test]
    fn windows_show_the_same_bytes_in_any_order() {
        let words = 5_000_001;
        let file = numbered(words);
        let governor = Governor::new(1 << 20);
        let mut reader = SourceReader::new(&governor).unwrap();
        let seen = reader.with_bytes(&RealHost, file.path(), |bytes| {
            assert_eq!(bytes.len(), words as usize * 4);
            let forward = (0..words as usize).all(|at| word(bytes, at) == at as u32);
            let backward = (0..words as usize).rev().step_by(997).all(|at| word(bytes, at) == at as u32);
            let mut at = 1_usize;
            let anywhere = (0..20_000).all(|_| {
                at = at * 48_271 % words as usize;
                word(bytes, at) == at as u32
            });
            // More than all windows at one time.
            let copied = bytes[1..].to_vec()[3..7] == 1_u32.to_le_bytes();
            forward && backward && anywhere && copied
        });
        assert!(seen.unwrap());
        assert_eq!(governor.leased(), 0);
    }

    #[test]
    fn what_was_passed_is_not_resident_any_more() {
        let file = numbered(16 << 20);
        let resident = |map: &[u8]| {
            let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
            let start = format!("{:x}-", map.as_ptr() as usize);
            let end = map.as_ptr() as usize + map.len();
            let mut within = false;
            let mut kilobytes = 0;
            for line in smaps.lines() {
                let word = line.split(' ').next().unwrap();
                if let Some((from, to)) = word.split_once('-') {
                    let from = usize::from_str_radix(from, 16).unwrap();
                    within = word.starts_with(&start) || within && from < end && usize::from_str_radix(to, 16).is_ok();
                } else if within && word == "Rss:" {
                    kilobytes += line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap();
                }
            }
            kilobytes << 10
        };
        for (limit, most) in [(1 << 40, 64 << 20), (32 << 20, WINDOWS_BYTES)] {
            let governor = Governor::new(limit);
            let mut reader = SourceReader::new(&governor).unwrap();
            let seen = reader.with_bytes(&RealHost, file.path(), |bytes| {
                assert_eq!(bytes.iter().filter(|byte| **byte == 0xff).count(), 3 << 16);
                resident(bytes)
            });
            let seen = seen.unwrap();
            assert!(seen > 0 && seen <= most, "{seen} of at most {most}");
        }
    }

    #[test]
    fn a_file_that_shrinks_under_its_windows_is_reported_too() {
        let governor = Governor::new(1 << 20);
        let file = file_of(3 << 20);
        let mut reader = SourceReader::new(&governor).unwrap();
        let mut looks = 0;
        let seen = reader.with_bytes(&RealHost, file.path(), |bytes| {
            looks += 1;
            file.as_file().set_len((3 << 20) - 8192 * looks).unwrap();
            bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>()
        });
        assert!(matches!(seen, Err(SourceError::Changed)), "{seen:?}");
        assert_eq!(looks, 2);
    }
}
