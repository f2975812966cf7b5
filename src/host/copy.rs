//! The bytes of one file as another: shared where the disk can, holes kept.
//!
//! Never makes two names of one file: who writes to the copy must not change
//! the original. Decides no names and no rights.

use std::{fs::File, io, os::unix::fs::FileExt};

use rustix::{
    fs::SeekFrom,
    io::{Errno, retry_on_intr},
};

use super::OpenFile;

/// Read and written in steps of so many bytes where the kernel cannot copy.
const STEP: usize = 64 << 10;

/// The kernel copies so many bytes in one call.
const MOST: u64 = 16 << 20;

/// What a disk that shares no bytes says; anything else is a failure.
fn is_unable(error: Errno) -> bool {
    !matches!(error, Errno::NOSPC | Errno::DQUOT | Errno::IO | Errno::FBIG)
}

/// Makes `to`, which is empty, share all bytes of `source`; false where that cannot be done.
pub(super) fn share(source: &dyn OpenFile, to: &File) -> io::Result<bool> {
    let Some(source) = source.mappable() else { return Ok(false) };
    match retry_on_intr(|| rustix::fs::ioctl_ficlone(to, source)) {
        Ok(()) => Ok(true),
        Err(error) if is_unable(error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Puts the first `len` bytes of `source` into `to`, which is empty.
pub(super) fn copy(source: &dyn OpenFile, to: &File, len: u64, has_holes: bool) -> io::Result<()> {
    let mut at = 0;
    while at < len {
        let (from, end) = match source.mappable() {
            Some(file) if has_holes => match data(file, at, len)? {
                Some(range) => range,
                None => break,
            },
            _ => (at, len),
        };
        range(source, to, from, end)?;
        at = end;
    }
    // The hole at the end.
    if has_holes {
        rustix::fs::ftruncate(to, len)?;
    }
    Ok(())
}

/// The next part that is no hole.
fn data(file: &File, at: u64, len: u64) -> io::Result<Option<(u64, u64)>> {
    let from = match rustix::fs::seek(file, SeekFrom::Data(at)) {
        Ok(from) => from,
        Err(Errno::NXIO) => return Ok(None),
        // This file system does not tell.
        Err(_) => return Ok(Some((at, len))),
    };
    let end = rustix::fs::seek(file, SeekFrom::Hole(from)).unwrap_or(len);
    Ok((from < len).then_some((from, end.min(len))))
}

fn range(source: &dyn OpenFile, to: &File, from: u64, end: u64) -> io::Result<()> {
    let mut at = from;
    if let Some(file) = source.mappable() {
        while at < end {
            let step = (end - at).min(MOST) as usize;
            let (mut read, mut written) = (at, at);
            let copied =
                retry_on_intr(|| rustix::fs::copy_file_range(file, Some(&mut read), to, Some(&mut written), step));
            match copied {
                // Some file systems say so of files that have bytes.
                Ok(0) => break,
                Ok(copied) => at += copied as u64,
                Err(error) if is_unable(error) => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
    let mut buffer = Vec::new();
    while at < end {
        buffer.resize(STEP.min((end - at) as usize), 0);
        let read = source.read_at(&mut buffer, at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        to.write_all_at(&buffer[..read], at)?;
        at += read as u64;
    }
    Ok(())
}
