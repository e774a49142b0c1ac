//! `foghorn schema`: what a fleet file may hold, for programs and for people.

use super::args::{Global, Output};
use super::error::CliError;
use super::run as output;
use crate::fleet::{reference, schema};
use crate::report::exit::ExitCode;

/// Prints the JSON Schema, or in Markdown the reference that is made from it.
pub fn run(global: &Global) -> Result<ExitCode, CliError> {
    match global.output {
        Output::Markdown => output::write_out(&reference::reference())?,
        _ => output::print_document(global, &schema::schema(), |schema, _| format!("{schema:#}"))?,
    }
    Ok(ExitCode::Clean)
}
