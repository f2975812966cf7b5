//! `monotrace why`, decided.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{Log, Tracing};
use crate::{
    absolute,
    cli::flags::{self, WhyFormatFlag},
};

/// A question to answer.
#[derive(Debug)]
pub(in crate::cli) struct Why {
    pub(in crate::cli) tracing: Tracing,
    pub(in crate::cli) log: Log,
    /// What was typed.
    pub(in crate::cli) asked: OsString,
    /// The file that this is, if it is one.
    pub(in crate::cli) path: PathBuf,
    /// The package, or what within one, that this is, if it is no file.
    pub(in crate::cli) package: Option<InPackage>,
    pub(in crate::cli) all: bool,
    pub(in crate::cli) is_json: bool,
}

/// A specifier that names a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct InPackage {
    pub(in crate::cli) name: String,
    /// What stands behind the name, without the slash between them.
    pub(in crate::cli) subpath: Option<String>,
}

impl Why {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Why) -> Result<Self, String> {
        if flags.file.is_empty() {
            return Err("MT0008 why \"\": expected a file, or the name of a package".to_owned());
        }
        let path = absolute(cwd, Path::new(&flags.file));
        let package = flags.file.to_str().and_then(in_package);
        let tracing = Tracing::from_flags(cwd, flags.tracing, None, true)?;
        let is_json = flags.format == WhyFormatFlag::Json;
        Ok(Self {
            tracing,
            log: Log::from_flags(cwd, &flags.log),
            asked: flags.file,
            path,
            package,
            all: flags.all,
            is_json,
        })
    }
}

/// `a`, `@s/a`, `a/sub/path`, `@s/a/sub/path`.
fn in_package(text: &str) -> Option<InPackage> {
    let names = if text.starts_with('@') { 2 } else { 1 };
    let end = text.match_indices('/').nth(names - 1).map_or(text.len(), |(at, _)| at);
    let (name, subpath) = (&text[..end], text[end..].trim_matches('/'));
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    let parts: Vec<&str> = name.trim_start_matches('@').split('/').collect();
    let is_name = parts.len() == names && parts.into_iter().all(is_part);
    let is_below = !subpath.split('/').any(|part| matches!(part, "." | ".."));
    let subpath = Some(subpath.to_owned()).filter(|subpath| !subpath.is_empty());
    (is_name && is_below).then(|| InPackage { name: name.to_owned(), subpath })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_its_name() {
        let parts = |text| in_package(text).map(|InPackage { name, subpath }| (name, subpath.unwrap_or_default()));
        let both = |name: &str, subpath: &str| Some((name.to_owned(), subpath.to_owned()));
        assert_eq!(parts("sharp"), both("sharp", ""));
        assert_eq!(parts("sharp/"), both("sharp", ""));
        assert_eq!(parts("sharp/lib/index.js"), both("sharp", "lib/index.js"));
        assert_eq!(parts("@s/a"), both("@s/a", ""));
        assert_eq!(parts("@s/a/b/"), both("@s/a", "b"));
        for none in ["", "@s", "@s/", "@/a", "./a", "../a", "/a", "a/../b", ".bin/x", "a\\b"] {
            assert_eq!(parts(none), None, "{none}");
        }
    }
}
