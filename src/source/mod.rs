//! The bytes of one file, read or mapped, for as long as one job looks at them.
//!
//! Small files are read into a buffer that the worker keeps; large ones are
//! mapped. Either way the bytes that the job saw are those of one version of
//! the file, or the job is told that they were not. This room interprets
//! nothing and keeps nothing once the job is done. All of the project's
//! unsafe code is in [`mapped`].

mod mapped;

use std::{fs::File, io, path::Path};

use crate::{
    host::{Host, OpenError, OpenFile, Stamp},
    memory::{Governor, Lease, OutOfMemory},
};

use mapped::Mapped;

/// From this length on a file is mapped: measured, `read` into a warm buffer
/// costs less CPU below it and more above it.
const MAP_FROM: u64 = 256 * 1024;

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
        Ok((filled == stamp.len as usize).then(|| look(&self.buffer[..filled])))
    }

    /// `None` when the file shrank under the map.
    fn look_at_map<R>(
        &mut self,
        file: &File,
        len: u64,
        look: &mut impl FnMut(&[u8]) -> R,
    ) -> Result<Option<R>, SourceError> {
        let lease = self.lease.sibling(len as usize).map_err(SourceError::Memory)?;
        let map = Mapped::new(file, len as usize).map_err(SourceError::Read)?;
        let answer = map.with_bytes(look);
        drop(lease);
        Ok(answer)
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
        for len in [100_000, 1 << 20] {
            let mut reader = SourceReader::new(&governor).unwrap();
            let seen = reader.with_bytes(&RealHost, file_of(len).path(), |_| ());
            assert!(matches!(seen, Err(SourceError::Memory(_))));
        }
    }
}
