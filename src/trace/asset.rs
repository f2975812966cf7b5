//! Files that are named by a path: read, served, handed on.
//!
//! A path may be a file, a folder with all that is in it, or have holes. The
//! rules are nft's, because a path says little: it may be where a program
//! looks for its parts, or where it was started. Whether a program that writes
//! its files finds them is not our affair, so nothing here is ever missing.

use std::path::{Path, PathBuf};

use super::{absolute, follow::Follower, outbox::Outbox};
use crate::{
    finding::Finding,
    host::EntryKind,
    record::{Reason, Reference, ReferenceKind},
    resolve::{Budget, Glob, Located, NamePattern, Pattern},
};

/// Whether a folder may be listed whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// It is a program's own part.
    Part,
    /// It is the workspace, or where the program was started.
    Broad,
    /// The path is more likely the beginning of another one.
    Beginning,
}

impl Follower<'_> {
    /// An absolute path, perhaps with holes.
    pub(super) fn follow_path(self, path: &Path, reference: &Reference, out: &mut Outbox<'_>) {
        let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if !path.is_absolute() {
            return;
        }
        let path = absolute(Path::new("/"), path);
        // What stands elsewhere is the machine's, and none of the program's parts.
        if !path.starts_with(&self.options.root) || !self.may_reach(&path) {
            return;
        }
        if let Some((base, pattern)) = Pattern::split(&path) {
            self.follow_pattern(&path, &base, pattern, reference, out);
            return;
        }
        let Ok(located) = self.resolver.locate(&path) else {
            return self.follow_extensionless(&path, reference, out);
        };
        match located.kind {
            EntryKind::Directory => self.follow_folder(&path, located, reference, out),
            // Node says ENOTDIR of a file with a slash behind it, and of one whose entries it should read.
            EntryKind::File if !ends_in_slash && reference.kind != ReferenceKind::Folder => {
                self.take_asset(located, reference, out);
            }
            _ => {}
        }
    }

    /// Nothing is there by that name. Whoever got it may require it: then it is a module.
    fn follow_extensionless(self, path: &Path, reference: &Reference, out: &mut Outbox<'_>) {
        if reference.kind == ReferenceKind::Path && path.extension().is_none() {
            let answer = self.resolver.resolve_path(self.path, path, reference.kind.loader());
            if answer.outcome.is_ok() {
                drop(self.take(answer, reference, out));
            }
        }
    }

    /// A file that a path names: a part of the program, or something that it reads.
    pub(super) fn take_asset(self, located: Located, reference: &Reference, out: &mut Outbox<'_>) {
        out.findings.extend(located.troubles.into_iter().map(Finding::from));
        if located.inside {
            list(&located.path, &located.links, out);
        } else {
            out.outside(self.path, reference.place, located.path);
        }
    }

    fn follow_folder(self, path: &Path, located: Located, reference: &Reference, out: &mut Outbox<'_>) {
        if !self.options.analysis.emit_globs {
            return;
        }
        out.findings.extend(located.troubles.into_iter().map(Finding::from));
        if !located.inside {
            return out.outside(self.path, reference.place, located.path);
        }
        match self.extent(&located.path, reference.kind) {
            Extent::Part => self.list_all(path, &Pattern::everything(), reference, out),
            Extent::Broad if reference.kind == ReferenceKind::Folder => self.too_broad(reference, located.path, out),
            Extent::Broad | Extent::Beginning => {}
        }
    }

    fn follow_pattern(self, path: &Path, base: &Path, pattern: Pattern, reference: &Reference, out: &mut Outbox<'_>) {
        if !self.options.analysis.emit_globs {
            return;
        }
        let Ok(located) = self.resolver.locate(base) else { return };
        if located.kind != EntryKind::Directory {
            return;
        }
        out.findings.extend(located.troubles.into_iter().map(Finding::from));
        if !located.inside {
            return out.outside(self.path, reference.place, located.path);
        }
        let extent = match Pattern::written(path) {
            // What is written out may be a folder's whole path, with a name to
            // come that begins with a slash.
            Some(written) if written != base => self.extent(&written, ReferenceKind::Path),
            // Not the entries of this folder are asked for, but something in it.
            Some(_) => self.extent(&located.path, ReferenceKind::Path),
            // `dir/*/*`: two names, so more of the path is meant to be there.
            None if pattern.is_everything() && !self.is_own(&located.path) => {
                self.extent(&located.path, ReferenceKind::Path)
            }
            None if pattern.begins_open() && holds_packages(&located.path) => Extent::Broad,
            None => Extent::Part,
        };
        match extent {
            Extent::Part => self.list_all(base, &pattern.collapsed(), reference, out),
            Extent::Broad => self.too_broad(reference, located.path, out),
            Extent::Beginning => {}
        }
    }

    fn list_all(self, base: &Path, pattern: &Pattern, reference: &Reference, out: &mut Outbox<'_>) {
        let wants = |last: &NamePattern, name: &[u8], is_directory: bool| {
            !is_directory && last.matches(name) && !is_left_out(name)
        };
        let mut budget = Budget::new();
        let glob = Glob { base, pattern, dotted: true, wants: &wants };
        let troubles = self.resolver.glob(&glob, &mut budget, &mut |found| {
            list(&found.real, &found.links, out);
            out.send_if_full();
        });
        out.findings.extend(troubles.into_iter().map(Finding::from));
        if budget.exceeded {
            self.too_many(reference, budget.matched(), out);
        }
    }

    /// A package names no file outside of the outermost `node_modules` around
    /// it: a path that leads there is made of what the package was told.
    pub(super) fn may_reach(self, path: &Path) -> bool {
        let root = &self.options.root;
        let Ok(relative) = self.path.strip_prefix(root) else { return true };
        let mut outermost = root.clone();
        for name in relative {
            outermost.push(name);
            if name == "node_modules" {
                return path != outermost && path.starts_with(&outermost);
            }
        }
        true
    }

    fn is_own(self, folder: &Path) -> bool {
        self.path.parent() == Some(folder)
    }

    /// `folder` is a real path, or what is written out of one.
    fn extent(self, folder: &Path, kind: ReferenceKind) -> Extent {
        let is_broad = folder == self.options.root || folder == self.options.process_cwd;
        // `__dirname` and folders above are where paths begin, unless their entries are asked for.
        if kind != ReferenceKind::Folder && self.is_own(folder) {
            Extent::Beginning
        } else if is_broad {
            Extent::Broad
        } else if (self.path.starts_with(folder) && !self.is_own(folder)) || is_node_modules(folder) {
            Extent::Beginning
        } else {
            Extent::Part
        }
    }
}

/// Every package that is installed here is below the folder, or all of a scope.
pub(super) fn holds_packages(folder: &Path) -> bool {
    let is_scope = folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"@"));
    is_node_modules(folder) || (is_scope && folder.parent().is_some_and(is_node_modules))
}

/// Commands of all packages are in `.bin`, and somebody else starts them.
fn is_node_modules(folder: &Path) -> bool {
    let is = |folder: &Path, wanted: &str| folder.file_name().is_some_and(|name| name == wanted);
    is(folder, "node_modules") || (is(folder, ".bin") && folder.parent().is_some_and(|above| is(above, "node_modules")))
}

/// Sources of addons and words for readers: in most folders, and read by no program (nft's list).
fn is_left_out(name: &[u8]) -> bool {
    let has_extension = |extension: &&[u8]| name.len() > extension.len() && name.ends_with(extension);
    [b".h".as_slice(), b".c", b".cpp", b".cmake"].iter().any(has_extension)
        || matches!(name, b"README.md" | b"readme.md" | b"CHANGELOG.md" | b"changelog.md")
}

fn list(file: &Path, links: &[PathBuf], out: &mut Outbox<'_>) {
    for link in links {
        out.found(link, Reason::Resolve, false);
    }
    let is_program = is_program(file);
    out.found(file, if is_program { Reason::Dependency } else { Reason::Asset }, is_program);
}

/// nft's rule for files that are named by a path: which are looked into.
fn is_program(path: &Path) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        None | Some("js" | "mjs" | "cjs" | "node") => true,
        Some("ts" | "tsx" | "mts" | "cts") => !path.components().any(|name| name.as_os_str() == "node_modules"),
        _ => false,
    }
}
