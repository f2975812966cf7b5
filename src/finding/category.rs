//! What a finding is about, in one word: the heading under which a log has it.

use std::fmt;

use super::Code;

/// The first digit of a code, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// MT0: what was typed.
    Usage,
    /// MT1: the text of a file.
    Text,
    /// MT2: where a specifier leads.
    Resolve,
    /// MT3: what the file system says.
    Fs,
    /// MT4: memory, disk, descriptors.
    Memory,
    /// MT5: what lies outside the tracing root.
    Containment,
    /// MT6: what is written.
    Output,
    /// MT7: what is worked out of a program.
    Analysis,
    /// MT9: a fault of ours, or the end of the run.
    Internal,
}

impl Category {
    /// All categories, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::Usage,
        Self::Text,
        Self::Resolve,
        Self::Fs,
        Self::Memory,
        Self::Containment,
        Self::Output,
        Self::Analysis,
        Self::Internal,
    ];

    /// Its name in a log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Text => "text",
            Self::Resolve => "resolve",
            Self::Fs => "fs",
            Self::Memory => "memory",
            Self::Containment => "containment",
            Self::Output => "output",
            Self::Analysis => "analysis",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Code {
    /// What the code is about.
    pub fn category(self) -> Category {
        match self.0 / 1000 {
            0 => Category::Usage,
            1 => Category::Text,
            2 => Category::Resolve,
            3 => Category::Fs,
            4 => Category::Memory,
            5 => Category::Containment,
            6 => Category::Output,
            7 => Category::Analysis,
            _ => Category::Internal,
        }
    }
}
