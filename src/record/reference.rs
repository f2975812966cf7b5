//! What a file asks for.

use super::Place;

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
            Self::Require | Self::RequireResolve => Loader::Require,
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
        }
    }
}

/// What one place of a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// How it was written.
    pub kind: ReferenceKind,
    /// The specifier after escapes, as Node would see it: a lone surrogate or a
    /// byte that is not UTF-8 has become U+FFFD.
    pub specifier: String,
    /// Where the specifier's expression begins.
    pub place: Place,
    /// The file expects that it may fail: it stands in a `try` block (with a
    /// `catch`), or in a promise with its own `catch`.
    pub guarded: bool,
}
