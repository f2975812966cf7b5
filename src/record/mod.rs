//! The plain vocabulary that every room shares: ids, places, references, reasons.
//!
//! Nothing here opens a file, allocates behind your back or knows another room.

mod excerpt;
mod extent;
mod listing;
mod name;
mod node;
mod place;
mod platform;
mod reference;

pub use excerpt::Excerpt;
pub(crate) use extent::extent;
pub use listing::{ListedFile, Reasons};
pub use name::{QuotedName, TameSentence, absolute, disturbs, relative};
pub use node::{ModuleSync, NodeVersion, ParseNodeVersionError};
pub use place::{Place, Places, Span, character_width, line_end_width};
pub use platform::{ParsePlatformError, Platform};
pub use reference::{HOLE, Loader, Reference, ReferenceKind, STAR};

/// A file or directory that the trace knows, as an index into its path table.
///
/// Ids are dense and start at 0. They say nothing about order: two runs over
/// the same tree may number files differently, so ids never reach an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

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
