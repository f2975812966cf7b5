//! The workspace around a file: npm's and yarn's `workspaces`, pnpm's
//! pnpm-workspace.yaml.
//!
//! Reads nothing but package.json and pnpm-workspace.yaml above the file; it
//! resolves nothing and takes no part in a trace.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use saphyr::{LoadableYamlNode, Yaml};

use super::json::{Reader, Token};
use crate::host::{EntryKind, Host};

/// Larger files are not what tells of a workspace.
const LARGEST: usize = 8 << 20;

/// The nearest folder above `file` whose workspace has the package around
/// `file` as a member; a workspace's own folder is a member too.
pub fn workspace_root(host: &dyn Host, file: &Path) -> Option<PathBuf> {
    let file = host.real_path(file).ok()?;
    let is_package = |folder: &&Path| host.kind(&folder.join("package.json")).is_ok_and(|kind| kind == EntryKind::File);
    let package = file.ancestors().skip(1).find(is_package)?;
    package
        .ancestors()
        .find(|folder| {
            let member = package.strip_prefix(folder).unwrap_or(package);
            members(host, folder).is_some_and(|globs| member.as_os_str().is_empty() || is_member(&globs, member))
        })
        .map(Path::to_path_buf)
}

/// The globs of a folder's workspace; `None` if it is no workspace's root.
fn members(host: &dyn Host, folder: &Path) -> Option<Vec<String>> {
    let pnpm = read(host, &folder.join("pnpm-workspace.yaml")).and_then(|text| of_pnpm(&text));
    pnpm.or_else(|| of_npm(&read(host, &folder.join("package.json"))?))
}

/// Later globs win; one with `!` takes members away.
fn is_member(globs: &[String], member: &Path) -> bool {
    let mut included = false;
    for glob in globs {
        let (glob, includes) = match glob.strip_prefix('!') {
            Some(glob) => (glob, false),
            None => (glob.as_str(), true),
        };
        if matcher(glob).is_some_and(|matcher| matcher.is_match(member)) {
            included = includes;
        }
    }
    included
}

fn matcher(glob: &str) -> Option<GlobMatcher> {
    let glob = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
    Some(GlobBuilder::new(glob).literal_separator(true).build().ok()?.compile_matcher())
}

/// `packages:` of pnpm-workspace.yaml.
fn of_pnpm(text: &[u8]) -> Option<Vec<String>> {
    let documents = Yaml::load_from_str(std::str::from_utf8(text).ok()?).ok()?;
    let packages = documents.first()?.as_mapping_get("packages")?.as_sequence()?;
    Some(packages.iter().filter_map(|glob| glob.as_str().map(str::to_owned)).collect())
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

fn read(host: &dyn Host, path: &Path) -> Option<Vec<u8>> {
    let file = host.open(path).ok()?;
    let len = usize::try_from(file.stamp().ok()?.len).ok().filter(|len| *len <= LARGEST)?;
    let mut text = vec![0; len];
    let mut filled = 0;
    while filled < len {
        match file.read_at(&mut text[filled..], filled as u64).ok()? {
            0 => break,
            count => filled += count,
        }
    }
    text.truncate(filled);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_in_three_ways() {
        let globs = Some(vec!["apps/*".to_owned(), "!apps/old".to_owned()]);
        assert_eq!(of_npm(br#"{"a":[{}],"workspaces":["apps/*","!apps/old"]}"#), globs);
        assert_eq!(of_npm(br#"{"workspaces":{"nohoist":[],"packages":["apps/*","!apps/old"]}}"#), globs);
        assert_eq!(of_pnpm(b"# members\npackages:\n  - 'apps/*'\n  - '!apps/old'\ncatalog:\n  a: 1\n"), globs);
        assert_eq!(of_npm(br#"{"name":"x"}"#), None);
        assert_eq!(of_pnpm(b"a: 1\n\t: ["), None);
    }

    #[test]
    fn the_last_glob_that_matches_decides() {
        let globs: Vec<_> = ["./apps/*/", "libs/**", "!libs/old"].map(str::to_owned).into();
        let member = |path: &str| is_member(&globs, Path::new(path));
        assert!(member("apps/a") && member("libs/a/b"));
        assert!(!member("apps/a/b") && !member("libs/old") && !member("tools"));
    }
}
