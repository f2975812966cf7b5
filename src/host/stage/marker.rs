//! The file that says that monotrace made a folder, and what it put there.
//!
//! It is the only sign by which a folder counts as ours. It says nothing of the
//! machine, the time or the places of the sources.

use std::{fs::File, io, os::unix::fs::FileExt};

use serde::{Deserialize, Serialize};

use super::sweep::Names;

/// Its name, at the top of each folder that is made.
pub const MARKER: &str = ".monotrace-build.json";

/// What is read of a marker: ours are far smaller.
const LONGEST: usize = 4096;

/// How far the folder has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// It is being made: nothing in it is worth keeping.
    Unfinished,
    /// It is whole.
    Whole,
}

/// What a marker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marker {
    /// Tells whose file this is.
    made_by: String,
    version: u32,
    pub(super) state: State,
    /// How many files, links and folders were put there.
    names: u64,
    /// Their names, as one number in hexadecimal.
    fingerprint: String,
}

impl Marker {
    const MADE_BY: &str = "monotrace build";

    pub(super) fn new(state: State, names: Names) -> Self {
        let fingerprint = format!("{:032x}", names.sum);
        Self { made_by: Self::MADE_BY.to_owned(), version: 1, state, names: names.count, fingerprint }
    }

    /// Whether just these names were put there.
    pub(super) fn is_of(&self, names: Names) -> bool {
        *self == Self::new(self.state, names)
    }

    /// What `file` says; `None` if it is no marker.
    pub(super) fn read(file: &File) -> io::Result<Option<Self>> {
        let mut text = vec![0; LONGEST];
        let mut len = 0;
        while len < LONGEST {
            match file.read_at(&mut text[len..], len as u64)? {
                0 => break,
                read => len += read,
            }
        }
        // What is behind it was there before, and a run was killed while it wrote.
        let marker: Option<Self> =
            serde_json::Deserializer::from_slice(&text[..len]).into_iter().next().and_then(Result::ok);
        Ok(marker.filter(|marker| marker.made_by == Self::MADE_BY))
    }

    pub(super) fn write(&self, file: &File) -> io::Result<()> {
        let mut text = serde_json::to_vec(self).map_err(io::Error::from)?;
        text.push(b'\n');
        // Never empty in between: a folder that is not would then be nobody's.
        file.write_all_at(&text, 0)?;
        file.set_len(text.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_over_a_longer_one_is_read_though_its_end_was_not_cut() {
        let file = tempfile::tempfile().unwrap();
        let unfinished = Marker::new(State::Unfinished, Names::default());
        unfinished.write(&file).unwrap();
        let whole = Marker::new(State::Whole, Names { count: 7, sum: 9 });
        file.write_all_at(&serde_json::to_vec(&whole).unwrap(), 0).unwrap();
        assert_eq!(Marker::read(&file).unwrap(), Some(whole.clone()));
        whole.write(&file).unwrap();
        assert_eq!(file.metadata().unwrap().len(), serde_json::to_vec(&whole).unwrap().len() as u64 + 1);
        file.set_len(0).unwrap();
        assert_eq!(Marker::read(&file).unwrap(), None);
    }
}
