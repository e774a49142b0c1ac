//! The command line as a shell sees it: words, exit codes, streams.
#![cfg(feature = "demo")]

mod bootstrap;
mod commands;
mod fleet_file;
mod forms;
mod hands;
mod output;
mod secrets;
mod sound;
#[path = "../scenarios/support.rs"]
#[expect(dead_code, reason = "the scenarios play on the same stage and use more of it")]
mod support;
mod test_event;
