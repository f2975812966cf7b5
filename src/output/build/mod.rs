//! Outputs that hold the files themselves: a folder that runs by itself.
//!
//! - `contents` what will stand there; `item` one thing of it; `links` what becomes of links
//! - `folder` the folder
//!
//! Knows nothing of how the files were found. Everything comes from, and goes
//! through, the host.

mod contents;
mod error;
mod folder;
mod item;
mod links;

pub use contents::Contents;
pub(super) use contents::Sources;
pub use error::BuildError;
pub use folder::{Built, FolderOptions, OutputFolder};
pub(super) use item::{Item, Kind as ItemKind};
