//! The version of the Node that will run the traced code, and what it can do.
//!
//! It never asks the host's Node: a trace made anywhere is for the target.

use std::{fmt, str::FromStr};

/// Whether the `module-sync` condition of `exports` and `imports` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleSync {
    /// In no release that is meant.
    Never,
    /// In some of them: either branch may be loaded.
    Maybe,
    /// In all of them.
    Always,
}

/// A version of Node, as `major.minor.patch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl NodeVersion {
    /// A version from its three numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Whether `require()` and `import` honour the `module-sync` condition: Node
    /// 22.10 and later, and 20.19 and later of the 20 line.
    ///
    /// A version whose minor is left out stands for releases on both sides of
    /// the border where its line has one.
    pub fn module_sync(self) -> ModuleSync {
        let line_has_border = matches!(self.major, 20 | 22);
        match self.minor {
            u32::MAX if line_has_border => ModuleSync::Maybe,
            _ if self.backported(22, 10, 20, 19) => ModuleSync::Always,
            _ => ModuleSync::Never,
        }
    }

    /// package.json files are read by C++, which drops an `exports` or `imports`
    /// that is a number or a boolean: 21.3 and later.
    pub fn reads_packages_natively(self) -> bool {
        self.since(&[(21, 3)])
    }

    /// `import` takes "main" of a package.json as a path, as `require` does, and
    /// no longer as a URL: 22.9 does not yet, 22.12 does.
    pub fn takes_main_as_path(self) -> bool {
        self.since(&[(22, 12)])
    }

    /// It is of one of these `(major, minor)` lines and not older, or of a line
    /// that is newer than the last of them. The lines are in order.
    pub fn since(self, lines: &[(u32, u32)]) -> bool {
        let newer = lines.last().is_some_and(|(major, _)| self.major > *major);
        newer || lines.iter().any(|(major, minor)| self.major == *major && self.minor >= *minor)
    }

    /// A `.js` file without a `type` is an ES module if only its syntax says
    /// so: 22.7, 20.19.
    pub fn detects_module_syntax(self) -> bool {
        self.backported(22, 7, 20, 19)
    }

    /// Keys of `imports` that begin with `#/` are allowed: 25.4, 24.14.
    pub fn allows_hash_slash(self) -> bool {
        self >= Self::new(25, 4, 0) || (self.major == 24 && self.minor >= 14)
    }

    /// `process.versions.modules`: what native addons without Node-API are built for.
    /// `None` for a line that is not known.
    pub fn modules(self) -> Option<u32> {
        Some(match self.major {
            12 => 72,
            14 => 83,
            16 => 93,
            18 => 108,
            20 => 115,
            22 => 127,
            23 => 131,
            24 => 137,
            25 => 141,
            _ => return None,
        })
    }

    /// Since `(major, minor)`, and since `(older, older_minor)` within the older line.
    fn backported(self, major: u32, minor: u32, older: u32, older_minor: u32) -> bool {
        self >= Self::new(major, minor, 0) || (self.major == older && self.minor >= older_minor)
    }
}

impl Default for NodeVersion {
    /// Any release of the 22 line: `22` on the command line.
    fn default() -> Self {
        Self::new(22, u32::MAX, 0)
    }
}

/// The text is not a version of Node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseNodeVersionError;

impl fmt::Display for ParseNodeVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a version of Node, such as 22, 20.19 or v18.20.4")
    }
}

impl std::error::Error for ParseNodeVersionError {}

impl FromStr for NodeVersion {
    type Err = ParseNodeVersionError;

    /// Takes `22`, `20.19`, `v18.20.4`. A part that is left out stands for any
    /// there can be. Where that leaves a choice of files, both are meant
    /// ([`NodeVersion::module_sync`]); all else is as in the newest.
    fn from_str(text: &str) -> Result<Self, ParseNodeVersionError> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten().ok_or(ParseNodeVersionError)
        });
        let major = parts.next().ok_or(ParseNodeVersionError)??;
        let minor = parts.next().transpose()?.unwrap_or(u32::MAX);
        let patch = parts.next().transpose()?.unwrap_or(u32::MAX);
        if parts.next().is_some() || major == 0 {
            return Err(ParseNodeVersionError);
        }
        Ok(Self { major, minor, patch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> NodeVersion {
        text.parse().unwrap()
    }

    #[test]
    fn a_part_left_out_is_the_newest() {
        assert!(version("20").detects_module_syntax() && version("22").takes_main_as_path());
        assert!(version("18").since(&[(18, 20)]) && !version("18.19").since(&[(18, 20)]));
    }

    #[test]
    fn module_sync_may_hold_in_a_line_with_a_border() {
        let module_sync = |text| version(text).module_sync();
        for always in ["v20.19.0", "22.10", "23", "25.1.0"] {
            assert_eq!(module_sync(always), ModuleSync::Always, "{always}");
        }
        for never in ["18", "20.18", "20.18.3", "21", "22.9.0"] {
            assert_eq!(module_sync(never), ModuleSync::Never, "{never}");
        }
        for maybe in ["20", "22"] {
            assert_eq!(module_sync(maybe), ModuleSync::Maybe, "{maybe}");
        }
        assert_eq!(NodeVersion::default().module_sync(), ModuleSync::Maybe);
    }

    #[test]
    fn what_is_not_a_version_is_refused() {
        for text in ["", "x", "22.", "22.1.2.3", "+22", "0", "99999999999"] {
            assert!(text.parse::<NodeVersion>().is_err(), "{text}");
        }
    }
}
