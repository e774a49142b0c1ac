//! `foghorn demo`.
use super::args::{DemoArguments, Global};
use super::error::CliError;
use crate::report::exit::ExitCode;
/// .
pub async fn run(_global: &Global, _arguments: &DemoArguments) -> Result<ExitCode, CliError> {
    Ok(ExitCode::Clean)
}
