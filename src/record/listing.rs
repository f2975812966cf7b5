//! What a trace hands to those who write it down.

use super::Reason;

/// A set of [`Reason`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons(u8);

impl Reasons {
    /// The same set with `reason` in it.
    #[must_use]
    pub fn with(self, reason: Reason) -> Self {
        Self(self.0 | 1 << reason as u8)
    }

    /// Its members, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        [Reason::Initial, Reason::Dependency, Reason::Asset, Reason::SharedLib, Reason::Resolve]
            .into_iter()
            .filter(move |reason| self.0 & (1 << *reason as u8) != 0)
    }
}

/// One path of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Relative to the tracing root, with `/`, as the bytes of its name.
    pub path: Vec<u8>,
    /// Why it is there.
    pub reasons: Reasons,
    /// It is an ES module.
    pub is_module: bool,
    /// An ignore glob keeps it out of the list; it is named among the reasons alone.
    pub is_ignored: bool,
    /// Those who need it, as indices into [`Listing::files`], sorted.
    pub parents: Vec<u32>,
}

/// All paths of a trace, sorted by their bytes, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Listed and ignored paths.
    pub files: Vec<ListedFile>,
}

impl Listing {
    /// The paths that the program needs.
    pub fn listed(&self) -> impl Iterator<Item = &ListedFile> {
        self.files.iter().filter(|file| !file.is_ignored)
    }
}
