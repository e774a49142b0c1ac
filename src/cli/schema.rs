//! `foghorn schema`: the JSON Schema of the fleet file.

use super::error::CliError;
use super::run as output;
use crate::fleet::schema;
use crate::report::exit::ExitCode;

/// Prints the schema.
pub fn run() -> Result<ExitCode, CliError> {
    let text = format!("{:#}", schema::schema());
    output::write_out(&format!("{text}\n"))?;
    Ok(ExitCode::Clean)
}
