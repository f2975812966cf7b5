//! What a file asks for.

/// Stands in a specifier for a part that is not known: `./locale/` and a hole
/// for `require('./locale/' + name)`. A noncharacter, which no file name has.
pub const HOLE: char = '\u{10ffff}';

use super::Place;

/// A hole that is a part of one name, as the `*` of a glob is: where a [`HOLE`]
/// that begins a name may stand for folders too, this does not.
pub const STAR: char = '\u{10fffe}';

/// Which of Node's two loaders resolves a specifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Loader {
    /// `require`, as described under "All together" in Node's modules.html.
    Require,
    /// `import`, as described under "Resolution algorithm" in Node's esm.html.
    Import,
}

/// How a reference was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// `import … from "x"`, `import "x"`.
    Import,
    /// `export … from "x"`.
    ExportFrom,
    /// `import("x")`.
    DynamicImport,
    /// `import.meta.resolve("x")`.
    ImportMetaResolve,
    /// `require("x")`, `module.require("x")`, TypeScript's `import x = require("x")`.
    Require,
    /// `require.resolve("x")`.
    RequireResolve,
    /// `new URL("x", import.meta.url)`: a file, not a specifier.
    Url,
    /// An absolute path that is read, or handed on by the program: a file, or a
    /// folder with all that is in it.
    Path,
    /// An absolute path whose entries are read (`fs.readdir`): a folder with all
    /// that is in it, also where it is the asking file's own.
    Folder,
    /// An absolute path that Node starts as a program (`child_process.fork`):
    /// found as the path on Node's command line is.
    Program,
    /// `require("bindings")("x")`: the name of an addon.
    Bindings,
    /// `require("node-gyp-build")(dir)`: the absolute path of a package that has an addon.
    NodeGypBuild,
    /// `require("require-addon")(".", file)`: the absolute path of a package that has
    /// an addon, or of an addon.
    RequireAddon,
    /// `require("@mapbox/node-pre-gyp").find(file)`: the absolute path of a package.json.
    PreGyp,
    /// `require("nbind").init(dir)`: the absolute path of a package that has an addon.
    NBind,
}

impl ReferenceKind {
    /// The loader that answers this reference in a file of the given format.
    ///
    /// `import` always asks the ES module loader, also in CommonJS files, and
    /// `require` always the CommonJS one, also when `createRequire` made it.
    pub fn loader(self) -> Loader {
        match self {
            Self::Import | Self::ExportFrom | Self::DynamicImport | Self::ImportMetaResolve | Self::Url => {
                Loader::Import
            }
            Self::Require
            | Self::RequireResolve
            | Self::Path
            | Self::Folder
            | Self::Program
            | Self::Bindings
            | Self::NodeGypBuild
            | Self::RequireAddon
            | Self::PreGyp
            | Self::NBind => Loader::Require,
        }
    }

    /// The word that findings use for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::ExportFrom => "export from",
            Self::DynamicImport => "import()",
            Self::ImportMetaResolve => "import.meta.resolve()",
            Self::Require => "require()",
            Self::RequireResolve => "require.resolve()",
            Self::Url => "new URL()",
            Self::Path => "a path",
            Self::Folder => "readdir()",
            Self::Program => "a program",
            Self::Bindings => "bindings()",
            Self::NodeGypBuild => "node-gyp-build()",
            Self::RequireAddon => "require.addon()",
            Self::PreGyp => "node-pre-gyp's find()",
            Self::NBind => "nbind.init()",
        }
    }
}

/// What one place of a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// How it was written.
    pub kind: ReferenceKind,
    /// The specifier after escapes, as Node would see it: a lone surrogate or a
    /// byte that is not UTF-8 has become U+FFFD. Each part that is not known is a [`HOLE`].
    pub specifier: String,
    /// The folder in which it is looked for, if not the file's own: `createRequire`
    /// and the option `paths` of `require.resolve` name another.
    pub from: Option<Box<str>>,
    /// Where the specifier's expression begins.
    pub place: Place,
    /// The file expects that it may fail: it stands in a `try` block (with a
    /// `catch`), or in a promise with its own `catch`.
    pub guarded: bool,
}
