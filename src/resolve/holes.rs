//! Specifiers with holes: what they can mean, before the disk is walked for it.
//!
//! A hole in a path is a matter of names on the disk, one in the name of a
//! package a matter of what the asking package.json depends on, one behind it a
//! matter of the package's `exports`, where it has some. What cannot be
//! narrowed down by any of these is said to be unknown. No file is opened here
//! but package.json files.

use std::path::{Path, PathBuf};

use super::{
    Request, Resolver, Trouble, builtins,
    glob::{Budget, Glob},
    lookup::Lookup,
    packages::Scope,
    path,
    pattern::{NamePattern, Pattern, has_hole},
    specifier::split_package,
    tape::{Tape, Value},
    url,
};
use crate::record::{HOLE, Loader};

/// What a specifier with holes can mean.
#[derive(Debug, Default)]
pub struct Readings {
    /// Paths that are to be found as the loader does, nearly all with holes.
    pub paths: Vec<PathBuf>,
    /// Specifiers without holes; not every one leads somewhere.
    pub specifiers: Vec<String>,
    /// A specifier without holes after all, which the loader would get as it is.
    pub certain: Option<String>,
    /// Nothing narrows it down.
    pub unknown: bool,
    /// The package is not there.
    pub absent: bool,
    /// What is wrong with files that were met on the way.
    pub troubles: Vec<Trouble>,
}

impl Resolver {
    /// What `request`, whose specifier has holes, can mean.
    pub fn readings(&self, request: &Request<'_>, budget: &mut Budget) -> Readings {
        let mut cx = self.lookup(path::bytes(request.parent), request.loader);
        let mut readings = Readings::default();
        self.read(&mut cx, request.specifier, budget, &mut readings);
        readings.troubles.append(&mut cx.troubles);
        readings.specifiers.sort_unstable();
        readings.specifiers.dedup();
        readings
    }

    fn read(&self, cx: &mut Lookup<'_>, specifier: &str, budget: &mut Budget, readings: &mut Readings) {
        let specifier = match cx.loader {
            Loader::Import => without_query(specifier),
            Loader::Require => specifier,
        };
        if !has_hole(specifier.as_bytes()) {
            readings.certain = Some(specifier.to_owned());
        } else if specifier.starts_with(HOLE) {
            readings.unknown = true;
        } else if let Some(path) = self.path_of(cx, specifier) {
            readings.paths.extend(path);
        } else if specifier.starts_with('#') {
            let scope = self.packages.scope(cx, &self.directories, cx.directory);
            if let Some(scope) = scope
                && let Ok(fields) = scope.fields(cx)
                && let Some(imports) = &fields.imports
            {
                self.read_keys(&scope, imports, specifier, "", budget, readings);
            }
        } else if !specifier.starts_with("node:") && !specifier.starts_with("data:") {
            self.read_bare(cx, specifier, budget, readings);
        }
    }

    /// The path that a specifier is, whatever fills its holes; `None` if it is
    /// none, and nothing within if it is one that the loader refuses.
    fn path_of(&self, cx: &Lookup<'_>, specifier: &str) -> Option<Option<PathBuf>> {
        let is_path = matches!(specifier.as_bytes(), [b'/', ..] | [b'.', b'/', ..] | [b'.', b'.', b'/', ..]);
        let reference = match cx.loader {
            Loader::Import if specifier.starts_with("file:") => Some((b"/".as_slice(), &specifier["file:".len()..])),
            _ if is_path => Some((cx.directory, specifier)),
            _ => None,
        };
        let (directory, reference) = reference?;
        Some(match cx.loader {
            Loader::Require => Some(path::from_bytes(path::join(directory, reference.as_bytes()))),
            Loader::Import => url::to_path(directory, reference).ok().map(|url| path::from_bytes(url.path)),
        })
    }

    fn read_bare(&self, cx: &mut Lookup<'_>, specifier: &str, budget: &mut Budget, readings: &mut Readings) {
        let Some((name, subpath)) = split_package(specifier) else {
            readings.unknown = true;
            return;
        };
        if !has_hole(name.as_bytes()) {
            return self.read_package(cx, name, subpath, budget, readings);
        }
        // A hole at the end of a scope may be the slash and more.
        let names = self.dependencies(cx, &NamePattern::new(name.as_bytes()));
        readings.unknown |= names.is_empty();
        for name in names {
            if has_hole(subpath.as_bytes()) {
                self.read_package(cx, &name, subpath, budget, readings);
                // Not every one of them need be installed.
                readings.absent = false;
            } else {
                readings.specifiers.push(name + subpath);
            }
        }
    }

    /// The packages that those around the asking file depend on and that the
    /// pattern matches, up to the first package.json with a name.
    fn dependencies(&self, cx: &mut Lookup<'_>, pattern: &NamePattern) -> Vec<String> {
        let mut names = Vec::new();
        let mut directory = cx.directory;
        while let Some(scope) = self.packages.scope(cx, &self.directories, directory) {
            let fields = &scope.package.fields;
            names.extend(fields.dependencies().filter(|name| pattern.matches(name.as_bytes())).map(str::to_owned));
            let Some(above) = path::parent(&scope.directory).filter(|_| fields.name.is_none()) else { break };
            directory = &directory[..above.len()];
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// `name` and a subpath with holes: PACKAGE_RESOLVE and LOAD_PACKAGE_EXPORTS for all that fills them.
    fn read_package(
        &self,
        cx: &mut Lookup<'_>,
        name: &str,
        subpath: &str,
        budget: &mut Budget,
        readings: &mut Readings,
    ) {
        let own = self.packages.scope(cx, &self.directories, cx.directory);
        if let Some(scope) = own
            && let Ok(fields) = scope.fields(cx)
            && let Some(exports) = &fields.exports
            && fields.name.as_deref() == Some(name)
        {
            return self.read_keys(&scope, exports, &format!(".{subpath}"), name, budget, readings);
        }
        for above in path::ancestors(cx.directory).filter(|above| !path::is_node_modules(above)) {
            let Some(folder) = self.directories.below(cx, above, b"node_modules") else { continue };
            let directory = path::join(&folder, name.as_bytes());
            let Some(place) = self.directories.open(cx, &directory) else { continue };
            if let Some(package) = self.packages.read(cx, &self.directories, &place) {
                let scope = Scope::new(&directory, &place, package);
                let Ok(fields) = scope.fields(cx) else { return };
                if let Some(exports) = &fields.exports {
                    return self.read_keys(&scope, exports, &format!(".{subpath}"), name, budget, readings);
                }
            }
            let path = match cx.loader {
                Loader::Require => Some(path::join(&directory, format!(".{subpath}").as_bytes())),
                Loader::Import => url::to_path(&directory, &format!(".{subpath}")).ok().map(|url| url.path),
            };
            readings.paths.extend(path.map(path::from_bytes));
            return;
        }
        readings.absent |= builtins::canonical(self.options.node, name).is_none();
    }

    /// Every key of `exports` or `imports` that `wanted`, with holes, can be,
    /// as specifiers that begin with `name`. A key with a `*` is as many as
    /// there are files where its targets point.
    fn read_keys(
        &self,
        scope: &Scope,
        tape: &Tape,
        wanted: &str,
        name: &str,
        budget: &mut Budget,
        readings: &mut Readings,
    ) {
        let Value::Object(entries) = tape.value() else { return };
        let known = wanted.split(HOLE).next().unwrap_or(wanted).as_bytes();
        let wanted = Pattern::below(wanted.as_bytes());
        let from = if name.is_empty() { 0 } else { 1 };
        for (key, value) in entries {
            let Some((before, behind)) = key.split_once('*') else {
                if wanted.matches(key.as_bytes()) && budget.take_match() {
                    readings.specifiers.push(format!("{name}{}", &key[from..]));
                }
                continue;
            };
            // Both begin with what is written out in both, or nothing is both.
            if before.bytes().zip(known).any(|(key, wanted)| key != *wanted) {
                continue;
            }
            for target in targets(value) {
                let mut stars = Vec::new();
                readings.troubles.append(&mut self.stars(scope, target, budget, &mut stars));
                let keys = stars.iter().map(|star| format!("{before}{star}{behind}"));
                let meant = keys.filter(|key| wanted.matches(key.as_bytes()));
                readings.specifiers.extend(meant.map(|key| format!("{name}{}", &key[from..])));
            }
            if budget.exceeded {
                return;
            }
        }
    }

    /// What the `*` of a target can stand for, by the files that are there.
    fn stars(&self, scope: &Scope, target: &str, budget: &mut Budget, stars: &mut Vec<String>) -> Vec<Trouble> {
        let Some((before, rest)) = target.strip_prefix("./").and_then(|target| target.split_once('*')) else {
            return Vec::new();
        };
        let path = target.replace('*', HOLE.encode_utf8(&mut [0; 4]));
        let path = path::from_bytes(path::join(&scope.directory, path.as_bytes()));
        let Some((base, pattern)) = Pattern::split(&path) else { return Vec::new() };
        let wants = |last: &NamePattern, name: &[u8], is_directory: bool| !is_directory && last.matches(name);
        let glob = Glob { base: &base, pattern: &pattern, dotted: true, wants: &wants };
        self.glob(&glob, budget, &mut |found| {
            let star = below(&scope.directory, &found.path).and_then(|path| star_of(before, rest, path));
            stars.extend(star.map(str::to_owned));
        })
    }
}

/// A URL's part before its query and hash; a `#` that begins a specifier is none.
fn without_query(specifier: &str) -> &str {
    let from = usize::from(specifier.starts_with('#'));
    let end = specifier[from..].find(['?', '#']).map_or(specifier.len(), |at| from + at);
    &specifier[..end]
}

/// A path below a folder, relative to it.
fn below<'p>(folder: &[u8], path: &'p Path) -> Option<&'p str> {
    let rest = path::bytes(path).strip_prefix(folder)?;
    std::str::from_utf8(rest.strip_prefix(b"/")?).ok()
}

/// What each `*` of `before*rest` stands for in `path`: in all the same.
fn star_of<'p>(before: &str, rest: &str, path: &'p str) -> Option<&'p str> {
    let stars = 1 + memchr::memchr_iter(b'*', rest.as_bytes()).count();
    let written = before.len() + rest.len() - (stars - 1);
    let len = path.len().checked_sub(written)? / stars;
    let star = path.get(before.len()..before.len() + len)?;
    let is_same = path == format!("{before}{star}{}", rest.replace('*', star));
    (is_same && !star.is_empty()).then_some(star)
}

/// All strings in a target, whatever their conditions: which of them holds is
/// seen when a specifier is resolved.
fn targets(value: Value<'_>) -> Vec<&str> {
    let mut strings = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => strings.push(text),
            Value::Array(items) => open.extend(items),
            Value::Object(entries) => open.extend(entries.map(|(_, value)| value)),
            Value::Null | Value::Other => {}
        }
    }
    strings.sort_unstable();
    strings.dedup();
    strings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_the_same_wherever_it_stands() {
        assert_eq!(star_of("dist/", ".js", "dist/a/b.js"), Some("a/b"));
        assert_eq!(star_of("", "/*.js", "en/en.js"), Some("en"));
        assert_eq!(star_of("", "/*.js", "en/de.js"), None);
        assert_eq!(star_of("a", "b", "ab"), None);
        assert_eq!(star_of("é", "", "éà"), Some("à"));
    }

    #[test]
    fn a_query_is_no_part_of_a_path() {
        assert_eq!(without_query("./a.js?b#c"), "./a.js");
        assert_eq!(without_query("#a/b?c"), "#a/b");
        assert_eq!(without_query("#"), "#");
    }
}
