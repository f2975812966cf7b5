//! Why a folder or an archive is not written, each with its code.

use std::{fmt, io, path::PathBuf};

use crate::{
    finding::Code, host::StageError, listing::Findings, output::AgainstError, record::QuotedName, spill::SpillError,
};

/// Why nothing was written. What stood at the output's place is as it was.
#[derive(Debug)]
pub enum BuildError {
    /// The output is, or holds, the tracing root, an entry or another source.
    HoldsSources {
        /// The output.
        output: PathBuf,
        /// What is in it.
        source: PathBuf,
    },
    /// An entry lies in the output, which is written anew.
    EntryInside {
        /// The output.
        output: PathBuf,
        /// The entry.
        entry: PathBuf,
    },
    /// The output, or a folder on the way to it, is a symbolic link.
    ThroughLink {
        /// The link.
        link: PathBuf,
    },
    /// Something stands at the output's place that monotrace did not make.
    Foreign {
        /// The output.
        output: PathBuf,
    },
    /// Others put something into the output, or took something out.
    Altered {
        /// The output.
        output: PathBuf,
    },
    /// Another run writes to the same place.
    Busy {
        /// The output.
        output: PathBuf,
    },
    /// Files cannot be copied as they were traced: the findings tell which.
    Incomplete {
        /// How many.
        files: u64,
        /// One was replaced by a link, which could lead anywhere.
        is_led_astray: bool,
        /// What is wrong with each.
        findings: Findings,
    },
    /// The disk has no room.
    Full {
        /// The output.
        output: PathBuf,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are free.
        free: Option<u64>,
    },
    /// A place in the output that is no path of plain names: it could lead out of it.
    Place {
        /// The place.
        to: PathBuf,
    },
    /// The system refused.
    Io {
        /// What could not be written or read.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Links lead to one another in so many ways that copies would be without end.
    TooManyCopies,
    /// An earlier report of sizes cannot be used.
    Against(AgainstError),
    /// What does not fit into memory cannot go to disk, or be had back from there.
    Spill(SpillError),
}

impl From<SpillError> for BuildError {
    fn from(error: SpillError) -> Self {
        Self::Spill(error)
    }
}

impl BuildError {
    /// What the host said of the output.
    pub(super) fn of_stage(output: &std::path::Path, error: StageError) -> Self {
        let output = output.to_path_buf();
        match error {
            StageError::Link => Self::ThroughLink { link: output },
            StageError::NotAFolder | StageError::Foreign => Self::Foreign { output },
            StageError::ForeignBeside(beside) => Self::Foreign { output: beside },
            StageError::Altered => Self::Altered { output },
            StageError::Busy => Self::Busy { output },
            StageError::Io(error) => Self::Io { path: output, error },
        }
    }

    /// What is in the way is room on the disk, memory or descriptors.
    pub fn is_shortage(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Spill(error) => error.is_shortage(),
            Self::Io { error, .. } => is_shortage(error),
            _ => false,
        }
    }

    /// It would harm what is not ours, or lead out of the root or the output.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::HoldsSources { .. }
            | Self::EntryInside { .. }
            | Self::ThroughLink { .. }
            | Self::Foreign { .. }
            | Self::Altered { .. }
            | Self::Place { .. } => true,
            Self::Incomplete { is_led_astray, .. } => *is_led_astray,
            _ => false,
        }
    }

    /// Its stable code.
    pub fn code(&self) -> Code {
        Code(match self {
            Self::Io { error, .. } if is_full(error) => 6008,
            Self::Io { error, .. } if is_shortage(error) => 4005,
            Self::Io { .. } => 6002,
            Self::HoldsSources { .. } => 6003,
            Self::Foreign { .. } => 6004,
            Self::EntryInside { .. } => 6005,
            Self::ThroughLink { .. } => 6006,
            Self::Incomplete { is_led_astray: true, .. } => 5003,
            Self::Incomplete { .. } => 6007,
            Self::Full { .. } => 6008,
            Self::Busy { .. } => 6009,
            Self::Altered { .. } => 6013,
            Self::Place { .. } => 5004,
            Self::TooManyCopies => 6015,
            Self::Against(_) => 9,
            Self::Spill(error) => error.code(),
        })
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull)
}

fn is_shortage(error: &io::Error) -> bool {
    is_full(error) || matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |path: &PathBuf| QuotedName(path.as_os_str().as_encoded_bytes()).to_string();
        match self {
            Self::HoldsSources { output, source } => write!(
                f,
                "the output {} is or holds {}, which must not be replaced; name a folder of its own",
                quoted(output),
                quoted(source)
            ),
            Self::EntryInside { output, entry } => write!(
                f,
                "the entry {} is, or is in, the output {}, which is written anew; name another",
                quoted(entry),
                quoted(output)
            ),
            Self::ThroughLink { link } => {
                write!(f, "{} is a symbolic link; name the folder that it leads to", quoted(link))
            }
            Self::Foreign { output } => write!(
                f,
                "monotrace did not make {}; it is left as it is. Name another folder, or remove this one yourself",
                quoted(output)
            ),
            Self::Altered { output } => write!(
                f,
                "since monotrace made {}, something was put into it or taken out; save what you need and say --clean",
                quoted(output)
            ),
            Self::Busy { output } => write!(f, "another run writes to {}; wait for it", quoted(output)),
            Self::Incomplete { files, .. } => write!(
                f,
                "{files} {} cannot be copied as traced (see above); nothing was written. Run it again",
                if *files == 1 { "file" } else { "files" }
            ),
            Self::Full { output, needed, free } => {
                write!(f, "no room for {}: {needed} bytes needed", quoted(output))?;
                match free {
                    // Files or folders are what it has no room for, or a quota is used up.
                    Some(free) if free > needed => write!(f, "; {free} bytes are free, but no more files may be made"),
                    Some(free) => write!(f, ", {free} bytes free"),
                    None => Ok(()),
                }
            }
            Self::Place { to } => write!(f, "{} is no place in the output", quoted(to)),
            Self::Io { path, error } => write!(f, "cannot write {}: {error}", quoted(path)),
            Self::TooManyCopies => {
                write!(f, "copies in place of links are far more than the files; keep links (--links preserve)")
            }
            Self::Against(error) => error.fmt(f),
            Self::Spill(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BuildError {}
