//! `foghorn validate`: check a fleet file without calling AWS.

use super::args::{FleetArguments, Global};
use super::error::CliError;
use super::run as output;
use crate::report::exit::ExitCode;

/// Checks the file and says what it asks for.
pub fn run(global: &Global, arguments: &FleetArguments) -> Result<ExitCode, CliError> {
    let fleet = output::fleet(&arguments.file)?;
    if global.output == super::args::Output::Text {
        let spec = &fleet.spec;
        let discovery = if spec.organization.is_some() { " and those of the organisation" } else { "" };
        output::write_out(&format!(
            "{}: fleet {} is valid: {}{discovery}, {}\n",
            arguments.file.display(),
            fleet.metadata.name,
            counted(spec.accounts.len(), "account"),
            counted(spec.pipelines.len(), "pipeline"),
        ))?;
    }
    Ok(ExitCode::Clean)
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
