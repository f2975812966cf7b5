//! Who may use how many bytes.
//!
//! Every structure that grows with the input holds a [`Lease`] for its size. A
//! lease that would pass the limit is refused, and the one who asked must do
//! with less. Beside what is leased, what is really resident is read, and both
//! together tell the [`Pressure`]. This room counts; it spills nothing, opens
//! no file but those of /proc/self, and knows no structure.
//!
//! - `governor` leases and pressure; `turns` how many jobs may run
//! - `limit` how much there is; `process` what the kernel tells of this process
//! - `floor` the least that a run needs
//! - `counters` what was done, for those who ask
//! - `heap` the allocator: a wall at the limit, and a way to give pages back

mod counters;
mod floor;
mod governor;
mod heap;
mod limit;
mod process;
mod turns;

pub use counters::{Counters, Stage};
pub use floor::{Floor, PER_WORKER, STACK};
pub use governor::{Governor, Lease, OutOfMemory, Pressure};
pub use heap::{Heap, may_touch, tune_heap};
pub use limit::{LimitSource, MemoryLimit, ProcessLimits};
pub use process::{peak_resident, process_limits, resident};
