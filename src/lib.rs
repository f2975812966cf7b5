//! Finds every file that a Node.js program needs at run time, and nothing else.

#[doc(hidden)]
pub mod evaluate;
mod finding;
mod host;
#[doc(hidden)]
pub mod lexer;
mod memory;
mod record;
#[doc(hidden)]
pub mod resolve;
mod source;

pub use finding::{Code, Finding, Level, ParseLevelError, Problem, ResolutionError, Style, render};
pub use host::{EntryKind, Host, OpenError, OpenFile, RealHost, Replacement, Stamp};
pub use memory::{Governor, OutOfMemory};
pub use record::{
    Format, ListedFile, Listing, Loader, NodeVersion, ParseNodeVersionError, Place, Places, QuotedName, Reason,
    Reasons, Reference, ReferenceKind,
};
