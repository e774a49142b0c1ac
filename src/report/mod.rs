//! The report, for each kind of reader: text for people, JSON for programs,
//! an exit code for scripts. Pure: no clock, no terminal, no I/O.

pub mod console;
pub mod digest;
pub mod exit;
pub mod json;
pub mod text;

#[cfg(test)]
pub(crate) mod fixtures;
