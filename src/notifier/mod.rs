//! The notifier: the function that posts what a pipeline heard to a room which
//! no AWS service posts to.
//!
//! ```text
//! invocation ─► envelope ─► delivered? ─► notice ─► message ─► room
//!                                          webhook ◄─ secrets ─┘
//! ```
//!
//! It is a program of its own, `foghorn-notifier`, that Lambda runs. What it
//! can't post it answers with an error: so Lambda tries again, and puts it into
//! the dead-letter queue in the end.

mod delivered;
mod envelope;
mod error;
mod handler;
mod metrics;
mod notices;
mod output;
mod room;
mod run;
mod secrets;
mod settings;
mod webhook;
mod webhooks;

pub use run::{NotInLambda, run};
