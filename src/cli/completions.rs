//! `foghorn completions` and `foghorn man`: for shells and for `man`.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::{Arguments, ManArguments};
use super::error::CliError;
use super::run::write_out;
use crate::report::exit::ExitCode;

/// Prints what a shell needs to complete commands and flags.
pub fn completions(shell: Shell) -> Result<ExitCode, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "foghorn", &mut text);
    write_out(&String::from_utf8_lossy(&text))?;
    Ok(ExitCode::Clean)
}

/// Prints the manual's page of the program, or writes those of all commands
/// into a folder.
pub fn man(arguments: &ManArguments) -> Result<ExitCode, CliError> {
    match &arguments.directory {
        Some(directory) => write_pages(directory).map_err(failed("write the manual's pages"))?,
        None => {
            let mut page = Vec::new();
            let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
            rendered.map_err(failed("write the manual's page"))?;
            write_out(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(ExitCode::Clean)
}

fn write_pages(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    clap_mangen::generate_to(Arguments::command(), directory)
}

fn failed(tried: &'static str) -> impl FnOnce(std::io::Error) -> CliError {
    move |source| CliError::Output { tried, source }
}
