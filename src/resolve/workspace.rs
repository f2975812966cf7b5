//! The workspace around a file: npm's and yarn's `workspaces`, pnpm's
//! pnpm-workspace.yaml.
//!
//! Reads nothing but package.json and pnpm-workspace.yaml above the file; it
//! resolves nothing and takes no part in a trace.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};
use saphyr_parser::{Event, Parser, StrInput};

use super::json::{Reader, Token};
use crate::{
    finding::{Finding, Problem},
    host::{EntryKind, Host, OpenError},
    record::Place,
};

/// Larger files are not what tells of a workspace.
const LARGEST: u64 = 8 << 20;

/// Deeper lists and mappings are not what tells of a workspace either.
const DEPTH_MAX: usize = 64;

/// A workspace that a file is part of.
#[derive(Debug)]
pub struct Workspace {
    /// Its root.
    pub root: PathBuf,
    /// Why the root's pnpm-workspace.yaml cannot be used, if it cannot: that it
    /// is there is then all that tells of the workspace.
    pub finding: Option<Finding>,
}

/// Which packages below a folder belong to its workspace.
enum Members {
    /// npm, yarn: later globs win; one with `!` takes members away.
    InOrder(Vec<String>),
    /// pnpm: what a glob with `!` takes away stays away, whatever its place.
    ExcludesWin(Vec<String>),
    /// pnpm-workspace.yaml cannot be used: the nearest such folder is the root,
    /// as it is for pnpm, which looks for the file by its name.
    Unknown(Finding),
}

/// The nearest folder above `file` whose workspace has the package around
/// `file` as a member; a workspace's own folder is a member too.
pub fn workspace(host: &dyn Host, file: &Path) -> Option<Workspace> {
    workspace_around(host, host.real_path(file).ok()?.parent()?)
}

/// The workspace that the package around `folder` is a member of. The folder need not be there.
pub fn workspace_around(host: &dyn Host, folder: &Path) -> Option<Workspace> {
    let folder = folder.ancestors().find_map(|folder| host.real_path(folder).ok())?;
    let is_package = |folder: &&Path| host.kind(&folder.join("package.json")).is_ok_and(|kind| kind == EntryKind::File);
    let package = folder.ancestors().find(is_package)?;
    package.ancestors().find_map(|folder| {
        let member = package.strip_prefix(folder).unwrap_or(package);
        let members = members(host, folder)?;
        let is_part = member.as_os_str().is_empty() || members.include(member);
        let finding = if let Members::Unknown(finding) = members { Some(finding) } else { None };
        is_part.then(|| Workspace { root: folder.to_path_buf(), finding })
    })
}

/// The members of a folder's workspace; `None` if it is no workspace's root.
fn members(host: &dyn Host, folder: &Path) -> Option<Members> {
    let yaml = folder.join("pnpm-workspace.yaml");
    let pnpm = match read(host, &yaml).and_then(|text| text.map_or(Ok(None), |text| of_pnpm(&text))) {
        Ok(globs) => globs.map(Members::ExcludesWin),
        Err((place, what)) => Some(Members::Unknown(Finding::new(yaml, place, Problem::BrokenWorkspace { what }))),
    };
    pnpm.or_else(|| of_npm(&read(host, &folder.join("package.json")).ok()??).map(Members::InOrder))
}

impl Members {
    /// `member`, a package's folder below the root, is one of them.
    fn include(&self, member: &Path) -> bool {
        let matches = |glob: &str| matcher(glob).is_some_and(|matcher| matcher.is_match(member.join("package.json")));
        match self {
            Self::InOrder(globs) => {
                let last = globs.iter().rev().find(|glob| matches(glob.strip_prefix('!').unwrap_or(glob)));
                last.is_some_and(|glob| !glob.starts_with('!'))
            }
            Self::ExcludesWin(globs) => {
                let excluded = globs.iter().filter_map(|glob| glob.strip_prefix('!')).any(matches);
                !excluded && globs.iter().any(|glob| matches(glob))
            }
            Self::Unknown(_) => true,
        }
    }
}

/// Globs are meant for the package.json files in the folders they name.
fn matcher(glob: &str) -> Option<GlobMatcher> {
    let glob = format!("{}/package.json", glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/'));
    Some(GlobBuilder::new(&glob).literal_separator(true).build().ok()?.compile_matcher())
}

/// Where and why a file cannot be used.
type Refusal = (Option<Place>, String);

/// `packages:` of pnpm-workspace.yaml, if it has a list there. What stands
/// behind that list is not read.
fn of_pnpm(text: &[u8]) -> Result<Option<Vec<String>>, Refusal> {
    let text = std::str::from_utf8(text).map_err(|_| (None, "it is not UTF-8".to_owned()))?;
    let mut yaml = YamlReader { parser: Parser::new_from_str(text), depth: 0 };
    loop {
        match yaml.next()? {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::MappingStart(..) => break,
            Event::StreamEnd | Event::Scalar(..) => return Ok(None),
            _ => return Err((None, "expected a mapping".to_owned())),
        }
    }
    loop {
        let key = yaml.next()?;
        if key == Event::MappingEnd {
            return Ok(None);
        }
        let is_packages = matches!(&key, Event::Scalar(key, ..) if key == "packages");
        yaml.skip(key)?;
        match yaml.next()? {
            Event::SequenceStart(..) if is_packages => return yaml.strings().map(Some),
            value => yaml.skip(value)?,
        }
    }
}

/// Events of a YAML file, and how deep the reader stands in it.
struct YamlReader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    depth: usize,
}

impl<'t> YamlReader<'t> {
    fn next(&mut self) -> Result<Event<'t>, Refusal> {
        let event = match self.parser.next_event() {
            Some(Ok((event, _))) => event,
            Some(Err(error)) => {
                let (line, column) = (error.marker().line() as u32, error.marker().col() as u32 + 1);
                return Err((Some(Place { line, column }), error.info().to_owned()));
            }
            None => Event::StreamEnd,
        };
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => self.depth += 1,
            Event::SequenceEnd | Event::MappingEnd => self.depth -= 1,
            _ => {}
        }
        if self.depth > DEPTH_MAX {
            return Err((None, format!("it is nested more than {DEPTH_MAX} deep")));
        }
        Ok(event)
    }

    /// Passes the value that `first` begins.
    fn skip(&mut self, first: Event<'t>) -> Result<(), Refusal> {
        if matches!(first, Event::SequenceStart(..) | Event::MappingStart(..)) {
            let outside = self.depth - 1;
            while self.depth > outside {
                self.next()?;
            }
        }
        Ok(())
    }

    /// The strings in the sequence that has begun.
    fn strings(&mut self) -> Result<Vec<String>, Refusal> {
        let mut strings = Vec::new();
        loop {
            match self.next()? {
                Event::Scalar(text, ..) => strings.push(text.into_owned()),
                Event::SequenceEnd => return Ok(strings),
                other => self.skip(other)?,
            }
        }
    }
}

/// `workspaces` of package.json: a list, or an object with a list `packages` (yarn).
fn of_npm(text: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader::new(text);
    if reader.next().ok()? != Token::ObjectStart {
        return None;
    }
    while let Token::Key(key) = reader.next().ok()? {
        let value = reader.next().ok()?;
        if !key.is("workspaces") {
            reader.skip(value).ok()?;
        } else if value == Token::ObjectStart {
            while let Token::Key(key) = reader.next().ok()? {
                let value = reader.next().ok()?;
                if key.is("packages") {
                    return strings(&mut reader, value);
                }
                reader.skip(value).ok()?;
            }
        } else {
            return strings(&mut reader, value);
        }
    }
    None
}

fn strings<'a>(reader: &mut Reader<'a>, list: Token<'a>) -> Option<Vec<String>> {
    if list != Token::ArrayStart {
        return None;
    }
    let mut strings = Vec::new();
    loop {
        match reader.next().ok()? {
            Token::String(text) => strings.push(text.decode().into_owned()),
            Token::ArrayEnd => return Some(strings),
            other => reader.skip(other).ok()?,
        }
    }
}

/// A file's bytes; `None` if there is no such file.
fn read(host: &dyn Host, path: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let refused = |error: io::Error| (None, error.to_string());
    let file = match host.open(path) {
        Ok(file) => file,
        Err(OpenError::NotRegular(_)) => return Ok(None),
        Err(OpenError::Io(error)) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(OpenError::Io(error)) => return Err(refused(error)),
    };
    let len = file.stamp().map_err(refused)?.len;
    if len > LARGEST {
        return Err((None, format!("it has {len} bytes, more than the {LARGEST} that are read")));
    }
    let mut text = vec![0; len as usize];
    let mut filled = 0;
    while filled < text.len() {
        match file.read_at(&mut text[filled..], filled as u64).map_err(refused)? {
            0 => break,
            count => filled += count,
        }
    }
    text.truncate(filled);
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_in_three_ways() {
        let globs = Some(vec!["apps/*".to_owned(), "!apps/old".to_owned()]);
        assert_eq!(of_npm(br#"{"a":[{}],"workspaces":["apps/*","!apps/old"]}"#), globs);
        assert_eq!(of_npm(br#"{"workspaces":{"nohoist":[],"packages":["apps/*","!apps/old"]}}"#), globs);
        let yaml =
            b"# members\ncatalog:\n  packages: [x]\npackages:\n  - 'apps/*'\n  - {a: [b]}\n  - '!apps/old'\na: 1\n";
        assert_eq!(of_pnpm(yaml), Ok(globs));
        assert_eq!(of_npm(br#"{"name":"x"}"#), None);
        for text in ["", "a: 1", "packages: 1", "packages:", "--- 1"] {
            assert_eq!(of_pnpm(text.as_bytes()), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_not_recursed_into() {
        assert!(of_pnpm(b"a: 1\n\t: [").unwrap_err().0.is_some(), "it has a place");
        assert!(of_pnpm(b"packages: [\xff]").is_err() && of_pnpm(b"- packages").is_err());
        for open in ["- ", "[", "{a: ", "? "] {
            let (_, what) = of_pnpm(format!("a:\n  {}", open.repeat(100_000)).as_bytes()).unwrap_err();
            assert!(!what.is_empty());
        }
    }

    #[test]
    fn the_last_glob_that_matches_decides_for_npm_and_an_exclusion_for_pnpm() {
        let globs = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        let npm = Members::InOrder(globs(&["./apps/*/", "!libs/old", "libs/**"]));
        let member = |path: &str| npm.include(Path::new(path));
        assert!(member("apps/a") && member("libs/a/b") && member("libs/old") && member("libs"));
        assert!(!member("apps/a/b") && !member("tools"));
        for order in [["!apps/old", "apps/*"], ["apps/*", "!apps/old"]] {
            let pnpm = Members::ExcludesWin(globs(&order));
            assert!(pnpm.include(Path::new("apps/a")) && !pnpm.include(Path::new("apps/old")));
        }
        let tests = Members::ExcludesWin(globs(&["**", "!**/test/**"]));
        assert!(tests.include(Path::new("a/b")) && !tests.include(Path::new("a/test")));
    }
}
