//! What one reference leads to.
//!
//! Specifiers go to the resolver as they are. Those with holes, and paths,
//! have rules of their own in `required` and `asset`. Nothing here reads a
//! file or knows how a reference was found.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use super::{options::TraceOptions, outbox::Outbox};
use crate::{
    finding::{Finding, Level, Problem},
    host::{EntryKind, Host},
    native::{self, Native},
    record::{HOLE, Reason, Reference, ReferenceKind, STAR},
    resolve::{Answer, Failure, Request, Resolver, Target, has_hole},
};

/// Follows the references of one file.
#[derive(Clone, Copy)]
pub(super) struct Follower<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) resolver: &'a Resolver,
    pub(super) options: &'a TraceOptions,
    /// The file's real path.
    pub(super) path: &'a Path,
}

impl Follower<'_> {
    /// Follows all references of the file. What may mean thousands of files is
    /// followed once, at its first place, however often it is written.
    pub(super) fn follow_all(self, references: &[Reference], out: &mut Outbox<'_>) {
        let mut wide = HashSet::new();
        for reference in references {
            let is_wide = matches!(reference.kind, ReferenceKind::Path | ReferenceKind::Folder)
                || has_hole(reference.specifier.as_bytes());
            if !is_wide || wide.insert((reference.kind, reference.specifier.as_str())) {
                self.follow(reference, out);
            }
        }
    }

    pub(super) fn follow(self, reference: &Reference, out: &mut Outbox<'_>) {
        match reference.kind {
            ReferenceKind::Url => self.follow_url(reference, out),
            ReferenceKind::Path | ReferenceKind::Folder => {
                self.follow_path(Path::new(&reference.specifier), reference, out);
            }
            ReferenceKind::Bindings
            | ReferenceKind::NodeGypBuild
            | ReferenceKind::RequireAddon
            | ReferenceKind::PreGyp
            | ReferenceKind::NBind => self.follow_addon(reference, out),
            _ if has_hole(reference.specifier.as_bytes()) => self.follow_holes(reference, out),
            ReferenceKind::Program => self.follow_program(reference, out),
            _ => self.follow_specifier(reference, out),
        }
        out.send_if_full();
    }

    pub(super) fn follow_specifier(self, reference: &Reference, out: &mut Outbox<'_>) {
        // A file of any name in the folder that counts: only its place matters.
        let other = reference.from.as_deref().map(|folder| Path::new(folder).join("_"));
        let parent = other.as_deref().unwrap_or(self.path);
        let request = Request { specifier: &reference.specifier, parent, loader: reference.kind.loader() };
        let answer = self.resolver.resolve(&request);
        if let Some(failure) = self.take(answer, reference, out) {
            out.findings.push(self.finding_of(reference, failure));
        }
    }

    /// A loader of addons takes one file of several.
    fn follow_addon(self, reference: &Reference, out: &mut Outbox<'_>) {
        if has_hole(reference.specifier.as_bytes()) {
            return;
        }
        let native = native(self.host, self.resolver, self.options);
        let Some(addon) = native.addon(self.path, reference) else { return };
        for needed in &addon.needed {
            out.found(needed, Reason::Resolve, false);
        }
        let missing = addon.found.is_none().then(|| native.addon_missing(self.path, reference, &addon));
        out.findings.extend(missing.into_iter().chain(addon.troubles.into_iter().map(Finding::from)));
        match addon.found {
            Some(located) if located.inside => out.located(&located, Reason::Dependency, true),
            Some(located) => out.outside(self.path, reference.place, located.path),
            None => {}
        }
    }

    /// What Node starts is found as the path on its command line is; one that
    /// is not there may be written by the program itself.
    fn follow_program(self, reference: &Reference, out: &mut Outbox<'_>) {
        let path = super::absolute(Path::new("/"), Path::new(&reference.specifier));
        let answer = self.resolver.resolve_path(self.path, &path, reference.kind.loader());
        drop(self.take(answer, reference, out));
    }

    /// `new URL("x", import.meta.url)` names a file, whether it exists or not.
    fn follow_url(self, reference: &Reference, out: &mut Outbox<'_>) {
        let Some(target) = self.resolver.file_of_url(self.path, &reference.specifier) else { return };
        if has_hole(target.as_os_str().as_encoded_bytes()) {
            return self.follow_path(&target, reference, out);
        }
        let Ok(located) = self.resolver.locate(&target) else {
            // It may be a folder, or a file that the program itself writes.
            return;
        };
        if located.kind == EntryKind::File {
            self.take_asset(located, reference, out);
        }
    }

    /// Lists what an answer found; the failure, if it is one.
    pub(super) fn take(self, answer: Answer, reference: &Reference, out: &mut Outbox<'_>) -> Option<Failure> {
        for needed in &answer.needed {
            out.found(needed, Reason::Resolve, false);
        }
        out.findings.extend(answer.troubles.into_iter().map(Finding::from));
        let targets = match answer.outcome {
            Ok(targets) => targets,
            Err(failure) => return Some(failure),
        };
        for target in targets {
            match target {
                Target::File(file) => out.found(&file, Reason::Dependency, is_run(reference.kind, &file)),
                Target::Outside(target) => out.outside(self.path, reference.place, target),
                Target::Builtin(_) => {}
            }
        }
        None
    }

    /// What the user is told of a specifier that leads nowhere. It is no error
    /// where the program itself expects it.
    pub(super) fn finding_of(self, reference: &Reference, failure: Failure) -> Finding {
        let problem = match failure.cause {
            Some(cause) => cause.problem,
            None => Problem::Unresolved {
                kind: reference.kind.word(),
                specifier: shown(&reference.specifier),
                error: failure.error,
            },
        };
        let finding = Finding::new(self.path, Some(reference.place), problem);
        let expected = reference.guarded || failure.optional.is_some();
        let level = if expected { Level::Warning } else { finding.level };
        finding.at_level(level).with_steps(failure.steps.into_iter().chain(failure.optional).collect())
    }

    /// More than the budget allows was meant, and what would narrow it.
    pub(super) fn too_many(self, reference: &Reference, matches: usize, out: &mut Outbox<'_>) {
        let problem =
            Problem::TooManyFiles { kind: reference.kind.word(), specifier: shown(&reference.specifier), matches };
        let steps = vec![
            "Files are taken folder by folder, those nearest first, and by name within each.".to_owned(),
            "A path with more of it written out, such as its last folder or an extension, means fewer files."
                .to_owned(),
        ];
        out.findings.push(Finding::new(self.path, Some(reference.place), problem).with_steps(steps));
    }

    /// All of a workspace is meant, or all that is installed; none of it is listed for that.
    pub(super) fn too_broad(self, reference: &Reference, folder: PathBuf, out: &mut Outbox<'_>) {
        let problem = Problem::TooBroad { kind: reference.kind.word(), specifier: shown(&reference.specifier), folder };
        let steps = vec!["A folder of its own for what is meant would be listed whole.".to_owned()];
        out.findings.push(Finding::new(self.path, Some(reference.place), problem).with_steps(steps));
    }
}

/// A specifier for people: `*` for each part that is not known.
pub(super) fn shown(specifier: &str) -> String {
    let mut shown = String::with_capacity(specifier.len());
    for character in specifier.chars() {
        match character {
            HOLE | STAR if shown.ends_with('*') => {}
            HOLE | STAR => shown.push('*'),
            _ => shown.push(character),
        }
    }
    shown
}

/// Whether a file that was found so may be run as JavaScript. `require` takes
/// any extension that it does not know for `.js`, and so does Node for the
/// program that it starts; `import` refuses it ("Modules: Packages" in Node's
/// docs), and what is only resolved is a path for whoever opens it: a style
/// sheet, a shared library, an executable.
fn is_run(kind: ReferenceKind, path: &Path) -> bool {
    matches!(kind, ReferenceKind::Require | ReferenceKind::Program)
        || matches!(
            path.extension().and_then(|extension| extension.to_str()),
            None | Some("js" | "mjs" | "cjs" | "jsx" | "ts" | "tsx" | "mts" | "cts")
        )
}

/// What tells of native code for the target.
pub(super) fn native<'a>(host: &'a dyn Host, resolver: &'a Resolver, options: &'a TraceOptions) -> Native<'a> {
    let target = native::Target { platform: &options.platform, node: options.node, env: &options.env };
    Native::new(host, resolver, &options.root, target)
}
