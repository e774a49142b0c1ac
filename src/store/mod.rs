//! What a fleet remembers: the reports of its last runs, and who writes now.
//!
//! ```text
//! <fleet>/store.json                     the format of all that follows
//! <fleet>/runs/<ulid>.json.gz            a report that later ones are compared with
//! <fleet>/runs/<ulid>.aside.json.gz      one that none is: of a part of the fleet, of a removal, or stopped
//! <fleet>/runs/<ulid>.untold.json.gz     one that none is, since nobody was told of it
//! <fleet>/lock/<generation>.json         who writes, or who did last
//! <fleet>/shards/<set>/set.json          which run the shards of a set share
//! <fleet>/shards/<set>/<i>-of-<n>.json.gz        the part of one of them
//! <fleet>/shards/<set>/hubs-of-<i>.json         that one of them is done with its hubs
//! <fleet>/shards/<set>/merge/<generation>.json   who merges the parts
//! <fleet>/shards/<set>/merged.json       that they were merged
//! ```
//!
//! Nothing is ever written over: each run has an object of its own, and so has
//! each generation of a lock. What two runs do at once can therefore not undo
//! each other on any kind of store, one without conditional overwriting
//! included. The newest report is the one with the greatest id, since the ids of
//! runs (ULIDs) sort by the time at which they began.

mod bucket;
pub mod comparison;
mod document;
pub mod error;
pub mod history;
pub mod lock;
mod objects;
mod open;
pub mod scope;
pub mod shards;

#[cfg(test)]
mod fixtures;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

pub use bucket::{BucketAccess, KeySource};
pub use error::StoreError;
pub use history::RunName;
pub use lock::{Holder, Lock, LockError, RestingLock};
use objects::Objects;
pub use scope::Scope;
pub use shards::{Merged, Progress, ShardSet, Terms};

use crate::model::StoreAddress;

/// Tells the time, in UTC.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// What a store is opened with.
pub struct Settings {
    /// Where.
    pub address: StoreAddress,
    /// Whose memory it is.
    pub fleet: String,
    /// How many runs are kept, at least one.
    pub keep: usize,
    /// How long a lock holds that is not renewed.
    pub lock_expiry: Duration,
    /// How a bucket of Amazon S3 is reached.
    pub bucket: BucketAccess,
    /// The time.
    pub clock: Clock,
}

/// The store of one fleet. Clones share everything.
#[derive(Clone)]
pub struct Store {
    objects: Objects,
    /// The folder that a relative path means in the working directory.
    folder: Option<PathBuf>,
    /// Whether the store says already which format it has.
    marked: bool,
    keep: usize,
    lock_expiry: Duration,
    clock: Clock,
}
