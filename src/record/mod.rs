//! The plain vocabulary that every room shares: ids, places, references, edges.
//!
//! Nothing here opens a file, allocates behind your back or knows another room.

mod node;

pub use node::{NodeVersion, ParseNodeVersionError};

use std::fmt;

/// A file or directory that the trace knows, as an index into its path table.
///
/// Ids are dense and start at 0. They say nothing about order: two runs over
/// the same tree may number files differently, so ids never reach an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open range of byte offsets into one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A line and a column, as editors count them: both start at 1.
///
/// Columns count characters (Unicode code points); a byte order mark is not
/// one, and each byte that is not UTF-8 counts as one. Lines end at the line
/// terminators of ECMAScript: LF, CR, CR LF, U+2028, U+2029.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// 1 for the first line.
    pub line: u32,
    /// 1 for the first character of the line.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Place {
    /// Where byte `offset` of `text` stands. An offset past the end is the end.
    pub fn of(text: &[u8], offset: u32) -> Place {
        let offset = (offset as usize).min(text.len());
        let mut at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut place = Place { line: 1, column: 1 };
        while at < offset {
            let rest = &text[at..];
            let (width, ends_line) = match rest[0] {
                b'\r' if rest.get(1) == Some(&b'\n') => (2, true),
                b'\r' | b'\n' => (1, true),
                0xe2 if rest.starts_with(b"\xe2\x80\xa8") || rest.starts_with(b"\xe2\x80\xa9") => (3, true),
                _ => (character_width(rest), false),
            };
            at += width;
            if ends_line {
                place = Place { line: place.line + 1, column: 1 };
            } else {
                place.column += 1;
            }
        }
        place
    }
}

/// Bytes of the UTF-8 character at the start of `text`, which is not empty; 1
/// where the bytes are not UTF-8.
fn character_width(text: &[u8]) -> usize {
    let width = match text[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 1,
    };
    match text.get(..width) {
        Some(bytes) if std::str::from_utf8(bytes).is_ok() => width,
        _ => 1,
    }
}

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
    /// The specifier's expression in the file.
    pub at: Span,
    /// The file expects that it may fail: it stands in a `try` block (with a
    /// `catch`), or in a promise with its own `catch`.
    pub guarded: bool,
}

/// Why a file is listed. The names are nft's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reason {
    /// The user named it.
    Initial,
    /// A file asked for it and its own references count too.
    Dependency,
    /// A file reads it; it is not looked into.
    Asset,
    /// A native addon loads it.
    SharedLib,
    /// A package.json or a link that resolution needs.
    Resolve,
}

impl Reason {
    /// nft's name for it, as it stands in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Dependency => "dependency",
            Self::Asset => "asset",
            Self::SharedLib => "sharedlib",
            Self::Resolve => "resolve",
        }
    }
}

/// `parent` is a reason for `child`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edge {
    /// The file that is listed because of this edge.
    pub child: FileId,
    /// The importer's real path; `None` for an entry.
    pub parent: Option<FileId>,
    /// What kind of need it is.
    pub reason: Reason,
}

/// How Node interprets a file that it loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// An ES module.
    Module,
    /// A CommonJS module.
    CommonJs,
    /// No extension or `type` decides: ES module syntax makes it one
    /// ("Syntax detection" in Node's packages.html).
    BySyntax,
    /// JSON: loaded, never looked into.
    Json,
    /// A native addon.
    Addon,
    /// WebAssembly.
    Wasm,
    /// Anything else: listed, never looked into.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_every_line_terminator() {
        let place = |text: &[u8], offset| Place::of(text, offset).to_string();
        assert_eq!(place(b"ab\ncd", 4), "2:2");
        assert_eq!(place(b"a\r\nb\rc", 5), "3:1");
        assert_eq!(place("\u{feff}é\u{2028}x".as_bytes(), 8), "2:1");
        assert_eq!(place("\u{feff}é".as_bytes(), 5), "1:2", "the mark is no column");
        assert_eq!(place(b"\xff\xffx", 2), "1:3", "a broken byte is one column");
        assert_eq!(place(b"x", 9), "1:2");
    }
}
