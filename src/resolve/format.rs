//! How Node interprets a file: ESM_FILE_FORMAT, and require's view of it.
//!
//! The name and the nearest package.json decide; the file itself is not read.

use std::path::{Path, PathBuf};

use super::{Resolver, Trouble, lookup::Lookup, package_json::ModuleType, packages::Scope, path};
use crate::record::{Format, Loader};

/// How Node interprets a file, and what told us.
#[derive(Debug)]
pub struct FileFormat {
    /// The format.
    pub format: Format,
    /// The package.json whose `type` speaks for the file, inside the root. A
    /// `.js` or `.ts` file (and their JSX kinds) needs it, whatever it says; a
    /// file without extension does if it makes it an ES module.
    pub package_json: Option<PathBuf>,
    /// Links inside the root that lead to this package.json.
    pub links: Vec<PathBuf>,
    /// What is wrong with package.json files that were met.
    pub troubles: Vec<Trouble>,
}

impl Resolver {
    /// How Node interprets `file`, a real path.
    pub fn format(&self, file: &Path) -> FileFormat {
        let file = path::bytes(file);
        let (directory, name) = path::split(file).unwrap_or((b"/", b""));
        let mut format =
            FileFormat { format: Format::Other, package_json: None, links: Vec::new(), troubles: Vec::new() };
        match extension(name) {
            b".mjs" | b".mts" => format.format = Format::Module,
            b".cjs" | b".cts" => format.format = Format::CommonJs,
            b".json" => format.format = Format::Json,
            b".node" => format.format = Format::Addon,
            b".wasm" => format.format = Format::Wasm,
            b".js" | b".ts" | b".jsx" | b".tsx" => self.by_package(directory, &mut format, |_| true),
            b"" => self.by_package(directory, &mut format, |by_type| by_type == ModuleType::Module),
            _ => {}
        }
        format
    }

    /// The nearest package.json decides; it is needed where `is_needed` says so of its type.
    fn by_package(&self, directory: &[u8], format: &mut FileFormat, is_needed: impl Fn(ModuleType) -> bool) {
        let mut cx = Lookup::new(path::bytes(&self.options.root), directory, Loader::Import);
        let scope = self.packages.scope(&mut cx, &self.directories, directory);
        let module_type = scope.as_ref().map_or(ModuleType::Unknown, |scope| type_of(scope, &mut cx));
        format.format = match module_type {
            ModuleType::Module => Format::Module,
            ModuleType::CommonJs => Format::CommonJs,
            ModuleType::Unknown if self.options.node.detects_module_syntax() => Format::BySyntax,
            ModuleType::Unknown => Format::CommonJs,
        };
        if let Some(scope) = scope.filter(|_| is_needed(module_type)) {
            scope.need(&mut cx);
            format.package_json = cx.needed.pop();
            format.links = cx.needed;
        }
        format.troubles = cx.troubles;
    }
}

/// A broken package.json says nothing; it is in the lookup's troubles then.
fn type_of(scope: &Scope, cx: &mut Lookup<'_>) -> ModuleType {
    scope.fields(cx).map_or(ModuleType::Unknown, |fields| fields.module_type)
}

/// From the last dot; nothing for a name that begins with its only dot.
fn extension(name: &[u8]) -> &[u8] {
    match memchr::memrchr(b'.', name) {
        None | Some(0) => b"",
        Some(dot) => &name[dot..],
    }
}
