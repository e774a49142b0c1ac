//! The nouns: plain data that every other module speaks in.
//!
//! Nothing here does I/O, reads a clock or knows another module of the crate.
//! One file a resource kind, each with its own comparison.

pub mod access_keys;
pub mod account;
pub mod alarm;
pub mod arn;
pub mod breaker;
pub mod bus;
pub mod change;
pub mod chat;
pub mod coverage;
pub mod desired;
pub mod destination;
pub mod digest;
pub mod embedded_metric;
pub mod event;
pub mod extent;
pub mod finding;
pub mod function;
pub mod hub;
pub mod materials;
pub mod moment;
pub mod news;
pub mod notice;
pub mod notifier;
pub mod number;
pub mod pass;
pub mod policy;
pub mod queue;
pub mod region;
pub mod rehearsal;
pub mod report;
pub mod resource;
pub mod rule;
pub mod secret;
pub mod service;
pub mod shard;
pub mod snapshot;
pub mod sounding;
pub mod store_address;
pub mod subscription;
pub mod tags;
pub mod target;
pub mod timestamp;
pub mod topic;

pub use access_keys::AccessKeys;
pub use account::{Account, AccountId};
pub use change::{Action, Change, FieldChange, Outcome, Plan};
pub use coverage::{Cause, Coverage, CoverageState, Gap, Sight};
pub use desired::Desired;
pub use event::EventFamily;
pub use finding::{Check, Finding, Severity};
pub use hub::{HubAddress, HubSight};
pub use pass::{Condition, ConditionStatus, ConditionType, Pass};
pub use region::{Location, Partition, Region};
pub use report::{Mode, Report};
pub use resource::{Key, Kind, Resource};
pub use shard::Shard;
pub use snapshot::{GlobalSnapshot, RegionSnapshot, Snapshot};
pub use store_address::StoreAddress;
pub use tags::Tags;
