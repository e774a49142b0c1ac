//! `foghorn schema`: the JSON Schema of the fleet file.

use super::error::CliError;
use super::run;
use crate::fleet::schema;
use crate::report::exit::ExitCode;

/// Prints the schema.
pub fn run() -> Result<ExitCode, CliError> {
    let text = serde_json::to_string_pretty(&schema::schema()).map_err(CliError::Json)?;
    run::write_out(&format!("{text}\n"))?;
    Ok(ExitCode::Clean)
}
