//! Foghorn makes sure that a failed Amazon ECS deployment is heard.
//!
//! One question is asked of every account and Region: if a deployment fails
//! here right now, will a person hear about it?
//!
//! ```text
//! fleet ──► desired(account) ─┐
//!                             ├─► plan ──► apply (only if asked) ──► observe again
//! AWS ──► observe ► snapshot ─┤
//!                             └─► audit ──► findings, paths ──► pass ──► report
//! ```
//!
//! [`fleet`] is the desired state, [`aws`] the only door to the observed one.
//! [`plan`] and [`audit`] hold the two together and are pure, as are [`events`]
//! and [`report`]. [`chat`] is the door to chat rooms, [`store`] the memory of
//! earlier runs and the lock of those that write. [`reconcile`] is one
//! pass over one account, [`controller`] the loop over all of them, and [`cli`]
//! what a person types. [`model`] holds the nouns that all of them share, and
//! [`yaml`] is how files are read and reports written.
//!
//! [`posting`] tells rooms of a report, each its part, and [`shards`] makes one
//! report of those of several processes that share a run.
//!
//! [`policy`] says what IAM has to allow for a fleet, and no more; pure as well.
//!
//! [`rehearsal`] says what would become of one event, without AWS. [`sounding`]
//! says how far canaries got, by what AWS counted; [`sound`] sends them and
//! counts.
//!
//! [`service`] runs the controller over and over, with endpoints for whoever
//! watches it, and [`telemetry`] says what the process does.
//!
//! [`notifier`] is the function that posts to rooms which no AWS service posts
//! to, a program of its own, and [`package`] makes the zip that Lambda runs.

// An optimised build lays out the whole nest of SDK futures at once.
#![recursion_limit = "256"]
#![forbid(unsafe_code)]

pub mod audit;
pub mod aws;
pub mod chat;
pub mod cli;
pub mod controller;
pub mod events;
pub mod fleet;
pub mod model;
pub mod notifier;
pub mod package;
pub mod plan;
pub mod policy;
pub mod posting;
pub mod reconcile;
pub mod rehearsal;
pub mod report;
pub mod service;
pub mod shards;
pub mod sound;
pub mod sounding;
pub mod store;
pub mod telemetry;
pub mod yaml;

#[cfg(feature = "demo")]
pub mod sim;
