//! What processes that share a run make of it together. Pure.
//!
//! ```text
//! accounts ─► Shard::takes ─► a part each ─► merge ─► one report
//! ```

mod merge;
mod pace;

pub use merge::merge;
pub use pace::{wait, wait_for_hubs, wait_for_parts};
