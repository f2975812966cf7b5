//! Why something could not be put on disk, or had back from there.

use std::{fmt, io, path::PathBuf};

use crate::memory::OutOfMemory;

/// What ends a run whose data does not fit into memory.
#[derive(Debug)]
pub enum SpillError {
    /// Not even what is needed to use the disk fits into memory.
    Memory(OutOfMemory),
    /// The disk is full, or a quota or limit on files is reached.
    Full {
        /// The folder of temporary files.
        folder: PathBuf,
        /// Bytes that have to be written now.
        needed: u64,
        /// Bytes that the disk still has, as far as it tells.
        free: Option<u64>,
        /// What the system said.
        error: io::Error,
    },
    /// More would be written than `--max-temp-size` allows.
    TooMuch {
        /// Bytes that have to be written now.
        needed: u64,
        /// Bytes that are still allowed.
        free: u64,
        /// Bytes that are allowed in all.
        limit: u64,
    },
    /// The system refused a temporary file.
    Io {
        /// The folder of temporary files.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is no folder for temporary files.
    NoFolder,
    /// A page is not what was written.
    Damaged {
        /// The folder of temporary files.
        folder: PathBuf,
    },
}

impl From<OutOfMemory> for SpillError {
    fn from(error: OutOfMemory) -> Self {
        Self::Memory(error)
    }
}

impl SpillError {
    /// The number of its stable code.
    pub fn code(&self) -> u16 {
        match self {
            Self::Memory(_) => 4001,
            Self::Full { .. } | Self::TooMuch { .. } => 4003,
            Self::Damaged { .. } => 4006,
            Self::Io { .. } => 4007,
            Self::NoFolder => 4008,
        }
    }

    /// Memory or disk do not suffice; otherwise they do not work.
    pub fn is_shortage(&self) -> bool {
        matches!(self, Self::Memory(_) | Self::Full { .. } | Self::TooMuch { .. } | Self::NoFolder)
    }

    /// The system refused to open, write or read a temporary file.
    pub(crate) fn refused(folder: PathBuf, needed: u64, free: Option<u64>, error: io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full { folder, needed, free, error },
            _ => Self::Io { folder, error },
        }
    }
}

impl fmt::Display for SpillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(error) => write!(f, "the memory limit does not suffice: {error}"),
            Self::Full { folder, needed, free, error } => {
                write!(f, "no room for temporary files in {} ({error}): {needed} bytes needed, ", folder.display())?;
                match free {
                    Some(free) => write!(f, "{free} bytes free")?,
                    None => write!(f, "and the disk does not tell how many are free")?,
                }
                write!(f, "; name another folder with --temp-dir")
            }
            Self::TooMuch { needed, free, limit } => {
                write!(f, "--max-temp-size allows {limit} bytes: {needed} bytes needed, {free} bytes free")
            }
            Self::Io { folder, error } => write!(f, "cannot use temporary files in {}: {error}", folder.display()),
            Self::NoFolder => write!(
                f,
                "memory does not suffice and there is no folder for temporary files that is on a disk; name one with \
                 --temp-dir"
            ),
            Self::Damaged { folder } => {
                write!(f, "a temporary file in {} does not hold what was written to it", folder.display())
            }
        }
    }
}

impl std::error::Error for SpillError {}
