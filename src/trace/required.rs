//! Specifiers with holes: `require('./locale/' + name)`.
//!
//! All that the specifier can mean and that the loader would take is followed,
//! each as if it had been written out. What only might be there and is not is
//! no failure. Where nothing narrows it down, nothing is listed and the user is told.

use std::{borrow::Cow, ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use super::{
    asset::holds_packages,
    follow::{Follower, shown},
    outbox::Outbox,
};
use crate::{
    finding::{Finding, Level, Problem},
    host::EntryKind,
    record::{HOLE, Loader, Reference},
    resolve::{Budget, Glob, NamePattern, Pattern, Request, Target},
};

/// What a loader may add to a name: its own extensions and TypeScript's, and
/// what a source is called once it is built.
const ADDED: &[&str] = &[".js", ".json", ".node", ".ts", ".tsx", ".mts", ".cts"];
const BUILT: &[(&str, &str)] = &[(".ts", ".js"), (".tsx", ".js"), (".tsx", ".jsx"), (".mts", ".mjs"), (".cts", ".cjs")];

impl Follower<'_> {
    /// A specifier for a loader, with holes.
    pub(super) fn follow_holes(self, reference: &Reference, out: &mut Outbox<'_>) {
        let request = Request { specifier: &reference.specifier, parent: self.path, loader: reference.kind.loader() };
        let mut budget = Budget::new();
        let readings = self.resolver.readings(&request, &mut budget);
        out.findings.extend(readings.troubles.into_iter().map(Finding::from));
        if let Some(specifier) = readings.certain {
            return self.follow_specifier(&Reference { specifier, ..reference.clone() }, out);
        }
        if readings.unknown {
            self.cannot_tell(reference, out);
        }
        if !self.options.analysis.emit_globs {
            return;
        }
        if readings.absent {
            self.is_absent(reference, out);
        }
        for path in &readings.paths {
            match Pattern::split(path) {
                Some((base, pattern)) => self.require_all(&base, &pattern, reference, &mut budget, out),
                None => self.require_path(path, reference, out),
            }
        }
        let ends_open = reference.specifier.ends_with(HOLE);
        for specifier in &readings.specifiers {
            let answer = self.resolver.resolve(&Request { specifier, ..request });
            let loads = |target: &Target| match target {
                Target::File(file) => !ends_open || self.loads(reference.kind.loader(), name_of(file)),
                _ => true,
            };
            if answer.outcome.as_ref().is_ok_and(|targets| targets.iter().all(loads)) {
                drop(self.take(answer, reference, out));
                out.send_if_full();
            } else {
                out.findings.extend(answer.troubles.into_iter().map(Finding::from));
            }
        }
        if budget.exceeded {
            self.too_many(reference, budget.matched(), out);
        }
    }

    /// Everything below a folder that the specifier can mean.
    fn require_all(
        self,
        base: &Path,
        pattern: &Pattern,
        reference: &Reference,
        budget: &mut Budget,
        out: &mut Outbox<'_>,
    ) {
        let Ok(located) = self.resolver.locate(base) else { return };
        if located.kind != EntryKind::Directory {
            return;
        }
        out.findings.extend(located.troubles.into_iter().map(Finding::from));
        if !located.inside && self.options.root.starts_with(&located.path) {
            return self.cannot_tell(reference, out);
        }
        if !located.inside {
            return out.outside(self.path, reference.place, located.path);
        }
        // A package that asks for anything in a folder that it cannot know was told no name.
        let is_start = located.path == self.options.root
            || located.path == self.options.process_cwd
            || !self.may_reach(&located.path);
        if (is_start && pattern.is_everything()) || (pattern.begins_open() && holds_packages(&located.path)) {
            return self.too_broad(reference, located.path, out);
        }
        let loader = reference.kind.loader();
        let wants = |last: &NamePattern, name: &[u8], is_directory: bool| match (last.ends_open(), is_directory) {
            (true, false) => last.matches(name) && self.loads(loader, name),
            // All that is in it is meant already.
            (true, true) => !pattern.ends_with_any_path() && last.matches(name),
            (false, true) => last.matches(name),
            (false, false) => asked_as(name).any(|asked| last.matches(&asked)),
        };
        let glob = Glob { base, pattern, dotted: false, wants: &wants };
        let troubles = self.resolver.glob(&glob, budget, &mut |found| {
            let name = name_of(&found.path);
            // A source is meant by JavaScript only if there is nothing that was built from it.
            let is_source = is_typescript(&found.path) && !is_typescript(self.path);
            if found.is_directory || (pattern.ends_open() && !is_source) {
                self.require_path(&found.path, reference, out);
            } else {
                let as_it_is = usize::from(pattern.ends_open());
                for asked in asked_as(name).skip(as_it_is).filter(|asked| pattern.ends_as(asked)) {
                    let path = found.path.with_file_name(OsStr::from_bytes(&asked));
                    self.require_path(&path, reference, out);
                }
            }
            out.send_if_full();
        });
        out.findings.extend(troubles.into_iter().map(Finding::from));
    }

    /// One thing that may be asked for. That the loader does not take it is no failure.
    fn require_path(self, path: &Path, reference: &Reference, out: &mut Outbox<'_>) {
        let mut answer = self.resolver.resolve_path(self.path, path, reference.kind.loader());
        if answer.outcome.is_err() {
            answer.needed.clear();
        }
        drop(self.take(answer, reference, out));
    }

    /// The loader takes a file of this name for what it says it is. (`require`
    /// takes any file for JavaScript, but no program means that.)
    fn loads(self, loader: Loader, name: &[u8]) -> bool {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        let Some((stem, extension)) = name.rsplit_once('.') else {
            // A command without extension, and not a LICENSE or README.
            return name.bytes().any(|byte| byte.is_ascii_lowercase());
        };
        match extension {
            "js" | "cjs" | "mjs" | "json" | "node" => true,
            "wasm" => loader == Loader::Import,
            "ts" | "mts" | "cts" => !stem.ends_with(".d"),
            "tsx" => true,
            "jsx" => is_typescript(self.path),
            _ => false,
        }
    }

    fn cannot_tell(self, reference: &Reference, out: &mut Outbox<'_>) {
        let problem = Problem::UnknownTarget { kind: reference.kind.word(), specifier: shown(&reference.specifier) };
        let steps = vec![
            "A specifier whose first folder is written out, such as \"./plugins/\" + name, means all that is in it."
                .to_owned(),
            "A name that begins like some of the dependencies in the package.json means these.".to_owned(),
            "What is loaded here can be traced as entries of its own.".to_owned(),
        ];
        out.findings.push(Finding::new(self.path, Some(reference.place), problem).with_steps(steps));
    }

    /// The package of the specifier is not there: told as for any other.
    fn is_absent(self, reference: &Reference, out: &mut Outbox<'_>) {
        let specifier = shown(&reference.specifier);
        let request = Request { specifier: &specifier, parent: self.path, loader: reference.kind.loader() };
        if let Err(failure) = self.resolver.resolve(&request).outcome {
            // Nobody knows whether it is ever asked for.
            out.findings.push(self.finding_of(reference, failure).at_level(Level::Warning));
        }
    }
}

/// What a file may have been asked for as: its name, without what a loader
/// adds, or as what it is built to. Declarations of types are built to nothing.
fn asked_as(name: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let is_declaration = [b".d.ts".as_slice(), b".d.mts", b".d.cts"].iter().any(|end| name.ends_with(end));
    let (added, built) = if is_declaration { (&[][..], &[][..]) } else { (ADDED, BUILT) };
    let bare = added.iter().filter_map(|added| name.strip_suffix(added.as_bytes()).map(Cow::Borrowed));
    let built = built.iter().filter_map(|(source, built)| {
        name.strip_suffix(source.as_bytes()).map(|stem| Cow::Owned([stem, built.as_bytes()].concat()))
    });
    std::iter::once(Cow::Borrowed(name)).chain(bare).chain(built)
}

fn name_of(path: &Path) -> &[u8] {
    path.file_name().map_or(b"", |name| name.as_encoded_bytes())
}

fn is_typescript(file: &Path) -> bool {
    matches!(file.extension().and_then(|extension| extension.to_str()), Some("ts" | "tsx" | "mts" | "cts"))
}
