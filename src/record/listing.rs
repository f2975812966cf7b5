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

impl Reasons {
    /// The set as the five low bits of a byte.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// The set that has these bits; the three high ones mean nothing.
    pub(crate) fn from_bits(bits: u8) -> Self {
        Self(bits & 0x1f)
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
}
