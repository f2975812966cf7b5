//! `require("node-gyp-build")(folder)`: which file it loads.
//!
//! By the rules of node-gyp-build 4.8, which chooses as all versions since 3
//! do and knows folders for several processors as well. What lies beside
//! Node's own executable belongs to the machine, not to the program.

use std::{cmp::Reverse, path::Path};

use super::{Addon, Native, below};

/// `process.versions.uv` up to its first dot, of every Node since 0.12.
const UV: &str = "1";

/// What the name of a prebuilt addon says of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tags<'n> {
    runtime: Option<&'n str>,
    napi: bool,
    abi: Option<&'n str>,
    uv: Option<&'n str>,
    armv: Option<&'n str>,
    libc: Option<&'n str>,
    /// How many words said something.
    specificity: u32,
}

impl<'n> Tags<'n> {
    /// `parseTags`: `None` for a file that is no addon.
    fn of(file: &'n str) -> Option<Self> {
        // `abi` alone, without its number, says nothing.
        let number = |text: &'n str| Some(text).filter(|text| !text.is_empty());
        let mut tags = Self::default();
        for tag in file.strip_suffix(".node")?.split('.') {
            match tag {
                "node" | "electron" | "node-webkit" => tags.runtime = Some(tag),
                "napi" => tags.napi = true,
                "glibc" | "musl" => tags.libc = Some(tag),
                _ if tag.starts_with("abi") => tags.abi = number(&tag[3..]),
                _ if tag.starts_with("uv") => tags.uv = number(&tag[2..]),
                _ if tag.starts_with("armv") => tags.armv = number(&tag[4..]),
                _ => continue,
            }
            tags.specificity += 1;
        }
        Some(tags)
    }
}

impl Native<'_> {
    /// `folder` is that of the package.
    pub(super) fn gyp_build(&self, folder: &Path) -> Addon {
        let mut addon = Addon::default();
        if self.env("PREBUILDS_ONLY").is_none() {
            for build in ["build/Release", "build/Debug"] {
                let build = below(folder, build);
                if let Some(name) = self.names(&build, |name| name.ends_with(".node")).first() {
                    return self.first_of(addon, [build.join(name)]);
                }
                addon.tried.push(build.join("*.node"));
            }
        }
        let prebuilds = below(folder, "prebuilds");
        let wanted = below(&prebuilds, &format!("{}-{}", self.target.platform.os, self.target.platform.arch));
        // Folders for one processor come before those for several.
        let tuples = self.names(&prebuilds, |name| self.processors(name).is_some());
        let Some(tuple) = tuples.iter().min_by_key(|name| self.processors(name)) else {
            addon.tried.push(wanted);
            return addon;
        };
        let tuple = below(&prebuilds, tuple);
        let files = self.names(&tuple, |name| Tags::of(name).is_some_and(|tags| self.runs(&tags)));
        match files.iter().min_by_key(|name| self.rank(name)) {
            Some(name) => self.first_of(addon, [tuple.join(name)]),
            None => {
                addon.tried.push(tuple.join("*.node"));
                addon
            }
        }
    }

    /// `parseTuple` and `matchTuple`: how many processors a folder such as
    /// `darwin-x64+arm64` is for, if the target's is among them.
    fn processors(&self, tuple: &str) -> Option<usize> {
        let (os, processors) = tuple.split_once('-').filter(|(_, rest)| !rest.contains('-'))?;
        let all: Vec<&str> = processors.split('+').collect();
        let is_whole = !all.contains(&"") && os == self.target.platform.os;
        (is_whole && all.contains(&self.target.platform.arch.as_str())).then_some(all.len())
    }

    /// `matchTags`: it runs on the target.
    fn runs(&self, tags: &Tags<'_>) -> bool {
        let armv = match self.target.platform.arch.as_str() {
            "arm64" => "8",
            // What Node is released for.
            "arm" => "7",
            _ => "",
        };
        // On every system but one with musl it says that it is glibc.
        let libc = self.env("LIBC").or(self.target.platform.libc.as_deref()).unwrap_or("glibc");
        let fits = |tag: Option<&str>, own: &str| tag.is_none_or(|tag| tag == own);
        tags.runtime.is_none_or(|runtime| runtime == "node")
            && (tags.napi || fits(tags.abi, &self.abi()))
            && fits(tags.uv, UV)
            && fits(tags.armv, self.env("ARM_VERSION").unwrap_or(armv))
            && fits(tags.libc, libc)
    }

    /// `compareTags`: for this runtime before for any, for one ABI before
    /// Node-API, then whatever says more of itself.
    fn rank(&self, name: &str) -> (bool, bool, Reverse<u32>) {
        let tags = Tags::of(name).unwrap_or_default();
        let specificity = Reverse(tags.specificity);
        (tags.runtime.is_none(), tags.abi.is_none(), specificity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_an_addon_is_for() {
        let tags = Tags::of("node.napi.armv8.glibc.node").unwrap();
        assert_eq!((tags.runtime, tags.napi, tags.armv, tags.libc), (Some("node"), true, Some("8"), Some("glibc")));
        assert_eq!(tags.specificity, 4);
        assert_eq!(Tags::of("argon2.node").map(|tags| tags.specificity), Some(0));
        assert_eq!(Tags::of("electron.abi76.node").and_then(|tags| tags.abi), Some("76"));
        assert_eq!(Tags::of("abi.uv.node"), Some(Tags { specificity: 2, ..Tags::default() }));
        assert_eq!(Tags::of("README.md"), None);
    }
}
