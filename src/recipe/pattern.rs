//! Paths inside a package: globs, with placeholders for the target.
//!
//! `*` and `?` stop at `/`, `**` does not, `{a,b}` is either, `\` takes the
//! meaning from what follows. A word in braces is a placeholder. Nothing here
//! looks at a disk.

use std::fmt::Write;

use globset::{GlobBuilder, GlobMatcher};

use crate::record::{NodeVersion, Platform};

/// What placeholders stand for.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The machine.
    pub platform: &'a Platform,
    /// Its Node.
    pub node: NodeVersion,
    /// The package's version.
    pub version: Option<&'a str>,
    /// The name of the file that the recipe is for, without what follows its last dot.
    pub stem: &'a str,
}

/// The words that may stand in braces.
pub(super) const PLACEHOLDERS: [&str; 8] = ["platform", "arch", "libc", "target", "abi", "version", "stem", "exe"];

impl Facts<'_> {
    /// What a placeholder stands for here, as part of a glob; `None` where there
    /// is no such thing.
    fn of(&self, placeholder: &str) -> Option<String> {
        let Platform { os, arch, libc } = self.platform;
        Some(match placeholder {
            "platform" => globset::escape(os),
            "arch" => globset::escape(arch),
            "libc" => globset::escape(libc.as_deref()?),
            "target" => globset::escape(&self.target()),
            // Of an unknown one, all there are: rather too much than too little.
            "abi" => self.node.abi().map_or_else(|| "*".to_owned(), |abi| abi.to_string()),
            "version" => globset::escape(self.version?),
            "stem" => globset::escape(self.stem),
            "exe" => if os == "win32" { ".exe" } else { "" }.to_owned(),
            _ => return None,
        })
    }

    /// As napi-rs calls it: `linux-x64-gnu`, `linux-arm-gnueabihf`, `win32-x64-msvc`, `darwin-arm64`.
    fn target(&self) -> String {
        let Platform { os, arch, libc } = self.platform;
        let abi = match (os.as_str(), arch.as_str(), libc.as_deref()) {
            ("win32", ..) => "-msvc",
            ("linux", "arm", Some("musl")) => "-musleabihf",
            ("linux", _, Some("musl")) => "-musl",
            ("linux", "arm", _) => "-gnueabihf",
            ("linux", ..) => "-gnu",
            _ => "",
        };
        format!("{os}-{arch}{abi}")
    }
}

/// Paths inside a folder, as a recipe writes them.
#[derive(Debug)]
pub struct Pattern {
    /// The folder that holds all that match, without globs; may be empty.
    pub folder: String,
    /// How many folders below it a match may stand; `None` if any number.
    pub depth: Option<usize>,
    /// The path, if it can be only one.
    pub literal: Option<String>,
    glob: GlobMatcher,
}

impl Pattern {
    /// A pattern with its placeholders filled in; `None` if one of them stands
    /// for nothing here, or if it is no glob.
    pub fn new(text: &str, facts: &Facts<'_>) -> Option<Self> {
        let text = fill(text, facts)?;
        let glob = glob(&text)?;
        let fixed = text.split('/').take_while(|segment| is_literal(segment)).count();
        let segments: Vec<&str> = text.split('/').collect();
        let literal = (fixed == segments.len()).then(|| text.clone());
        let folder = segments[..fixed.min(segments.len() - 1)].join("/");
        // A choice in braces may hold a `/` or a `**`.
        let rest = &segments[fixed.min(segments.len() - 1)..];
        let deep = rest.iter().any(|segment| segment.contains("**") || segment.contains('{'));
        Some(Self { folder, depth: (!deep).then(|| rest.len() - 1), literal, glob })
    }

    /// The pattern means this path, relative to the folder that it is about.
    pub fn matches(&self, path: &str) -> bool {
        self.glob.is_match(path)
    }
}

/// A text with its placeholders filled in, and no glob: a specifier.
pub(crate) fn specifier(text: &str, facts: &Facts<'_>) -> Option<String> {
    let text = fill(text, facts)?;
    is_literal(&text).then_some(text)
}

/// A glob without placeholders means this path.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    if is_literal(pattern) { pattern == path } else { glob(pattern).is_some_and(|glob| glob.is_match(path)) }
}

/// Nothing in it is a glob's.
pub(super) fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

fn glob(text: &str) -> Option<GlobMatcher> {
    let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).empty_alternates(true).build();
    glob.ok().map(|glob| glob.compile_matcher())
}

/// The text with every placeholder filled in.
fn fill(text: &str, facts: &Facts<'_>) -> Option<String> {
    let mut filled = String::new();
    for part in parts(text) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Placeholder(word) => filled.push_str(&facts.of(word)?),
        }
    }
    Some(filled)
}

/// What is wrong with a pattern, if something is.
pub(super) fn complaint(text: &str) -> Option<String> {
    let mut bare = String::new();
    for part in parts(text) {
        match part {
            Part::Text(text) => bare.push_str(text),
            Part::Placeholder(word) if PLACEHOLDERS.contains(&word) => bare.push('x'),
            Part::Placeholder(word) => {
                let mut complaint = format!("{{{word}}} is no placeholder; there are");
                for known in PLACEHOLDERS {
                    let _ = write!(complaint, " {{{known}}}");
                }
                return Some(complaint);
            }
        }
    }
    if bare.is_empty() {
        return Some("an empty path".to_owned());
    }
    if bare.starts_with('/') || bare.split('/').any(|segment| segment == "..") {
        return Some(format!("{text:?} leads out of the package"));
    }
    GlobBuilder::new(&bare).build().err().map(|error| format!("{text:?}: {}", error.kind()))
}

enum Part<'t> {
    Text(&'t str),
    Placeholder(&'t str),
}

/// Cuts a pattern at its placeholders: braces around one word. Braces with a
/// comma are a choice.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(open) = rest[from..].find('{').map(|at| from + at) {
        let word = rest[open + 1..].split_once('}').map(|(word, _)| word);
        match word.filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic())) {
            Some(word) => {
                parts.push(Part::Text(&rest[..open]));
                parts.push(Part::Placeholder(word));
                rest = &rest[open + word.len() + 2..];
                from = 0;
            }
            None => from = open + 1,
        }
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn filled(text: &str, on: &str, version: Option<&str>) -> Option<String> {
        fill(text, &Facts { platform: &platform(on), node: NodeVersion::new(22, 0, 0), version, stem: "s" })
    }

    #[test]
    fn placeholders_tell_of_the_target() {
        assert_eq!(filled("{stem}.wasm", "linux-x64", None).as_deref(), Some("s.wasm"));
        let all = "{platform} {arch} {target} {abi}{exe}";
        assert_eq!(filled(all, "linux-x64", None).as_deref(), Some("linux x64 linux-x64-gnu 127"));
        assert_eq!(filled(all, "linux-arm-musl", None).as_deref(), Some("linux arm linux-arm-musleabihf 127"));
        assert_eq!(filled(all, "win32-ia32", None).as_deref(), Some("win32 ia32 win32-ia32-msvc 127.exe"));
        assert_eq!(filled("{libc}", "linux-x64-musl", None).as_deref(), Some("musl"));
        assert_eq!(filled("{libc}", "darwin-arm64", None), None, "there is none to speak of");
        assert_eq!(filled("{version}", "darwin-arm64", Some("1.0.0-*")).as_deref(), Some("1.0.0-[*]"));
        assert_eq!(filled("{version}", "darwin-arm64", None), None);
        assert_eq!(filled("{a,b}/{c,{arch}}", "darwin-arm64", None).as_deref(), Some("{a,b}/{c,arm64}"));
    }

    #[test]
    fn a_pattern_knows_where_to_look() {
        let linux = platform("linux-x64");
        let facts = Facts { platform: &linux, node: NodeVersion::new(22, 0, 0), version: Some("1.2.3"), stem: "s" };
        let pattern = |text: &str| Pattern::new(text, &facts).unwrap_or_else(|| panic!("{text}"));
        let shape = |text: &str| {
            let Pattern { folder, depth, literal, .. } = pattern(text);
            (folder, depth, literal.is_some())
        };
        assert_eq!(shape("a/b/c.js"), ("a/b".to_owned(), Some(0), true));
        assert_eq!(shape("a/{arch}/*/c.js"), ("a/x64".to_owned(), Some(1), false));
        assert_eq!(shape("a/**"), ("a".to_owned(), None, false));
        assert_eq!(shape("*.js"), (String::new(), Some(0), false));
        assert_eq!(shape("a/{b/c,d}/e"), ("a".to_owned(), None, false));
        assert!(pattern("a/{b/c,d}/e").matches("a/b/c/e") && pattern("a/**").matches("a/.b/c"));
        assert!(!pattern("a/*").matches("a/b/c") && !pattern("{version}").matches("1x2x3"));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for wrong in ["", "../x", "/x", "a/../b", "[", "{os}", "a/{Arch}"] {
            assert!(complaint(wrong).is_some(), "{wrong}");
        }
        for right in ["a", "a/**/*.{js,json}", "{platform}-{arch}/{a,{version}}", "a..b"] {
            assert_eq!(complaint(right), None, "{right}");
        }
    }
}
