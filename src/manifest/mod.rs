//! Manifests (`.nft.json`) that somebody wrote: which there are, and what they list.
//!
//! A manifest is read as a stream, twice: first it is seen whether it is one, so
//! that a broken one gives nothing at all, then its paths are handed over.
//! Nothing here asks whether what is listed exists, or knows what a trace is.

mod find;
mod read;

pub use find::ManifestGlob;
pub(crate) use find::{Stopped, find};
pub(crate) use read::{Refused, read};
