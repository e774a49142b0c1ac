//! The report, for each kind of reader: text for people, HTML for browsers,
//! Markdown for pull requests, JSON and YAML for programs, SARIF and JUnit for
//! pipelines, an exit code for scripts. Pure: no clock, no terminal, no I/O.

pub mod checks;
pub mod console;
pub mod exit;
pub mod history;
//HTML
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod text;
pub mod yaml;

mod plain;
mod when;
mod worst;

#[cfg(test)]
mod fixtures;
