//! Next.js: what a folder needs in which an app's custom server runs.
//!
//! A tracer sees what the server requires; it does not see the pages, which
//! Next finds by manifests, nor the configuration. All that is known of Next is
//! data ([`table`]) or is read from what `next build` left. Nothing here traces,
//! copies a byte or runs a next.config.
//!
//! - `entry` what the server's file says: that it uses Next, and its `dir`
//! - `app` the app with its finished build
//! - `manifest` what the build wrote down
//! - `table` what a version needs, and what only development needs
//! - `gather` what is needed besides the trace
//! - `launcher` the program that starts the server

mod app;
mod entry;
mod gather;
mod launcher;
mod manifest;
mod table;

pub use app::{NextApp, NextError, find_app};
pub use gather::GatherError;
pub(crate) use gather::Gathering;
