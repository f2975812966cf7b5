//! Outputs that hold the files themselves: a folder that runs by itself, an archive.
//!
//! - `contents` what will stand there; `item` one thing of it; `links` what becomes of links
//! - `case` tells names apart where letters have no case
//! - `index` looks places up; `dereference` puts copies in place of links
//! - `folder` the folder; `archive` a tar archive
//!
//! Knows nothing of how the files were found. Everything comes from, and goes
//! through, the host.

mod archive;
mod case;
mod contents;
mod dereference;
mod error;
mod folder;
mod index;
mod item;
mod links;

pub use archive::{ArchiveOptions, Layer};
pub(crate) use archive::{publish as publish_archives, write as write_archives};
pub(super) use contents::Sources;
pub use contents::{Contents, Links};
pub use error::BuildError;
pub use folder::{Built, FolderOptions, OutputFolder};
pub(super) use item::{Item, Kind as ItemKind};
