//! What does not fit into memory: structures that go to disk under pressure.
//!
//! All pages of a trace are in one temporary file without a name, which is
//! opened when memory is short and not before; each page is checked when it is
//! read. Nothing here knows what a path or an edge is, decides that memory is
//! short, or keeps anything on disk longer than the trace.
//!
//! - `page` the form of a page; `store` the file, its folder, its extents
//! - `log` bytes in the order in which they came, read from any place
//! - `rows` lists of numbers, by number
//! - `names` byte strings by number; `numbers` a sequence and a stack
//! - `sort` records in any order, read sorted
//! - `fingerprints` which strings were seen, with `bloom` before each run

mod bloom;
mod error;
mod fingerprints;
mod log;
mod names;
mod numbers;
mod page;
mod rows;
mod sort;
mod store;

#[cfg(test)]
mod tests;

pub use error::SpillError;
pub use fingerprints::Fingerprints;
pub use names::{Cursor, Drain, Names};
pub use numbers::{Sequence, Stack};
pub use rows::{Rows, RowsReader};
pub use sort::{Merge, Sorted, Sorter};
pub use store::{Settings, Spilled, Store};
