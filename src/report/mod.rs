//! The report, for each kind of reader: text for people, HTML for browsers,
//! Markdown for pull requests, JSON and YAML for programs, SARIF and JUnit for
//! pipelines, an exit code for scripts. Pure: no clock, no terminal, no I/O.

pub mod checks;
pub mod console;
pub mod digest;
pub mod embedded_metrics;
pub mod exit;
pub mod figures;
pub mod history;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod text;
pub mod yaml;

mod due;
mod plain;
mod unread;
mod when;
mod worst;

#[cfg(test)]
pub(crate) mod fixtures;
