//! Asking a person before anything is written.

use std::io::{IsTerminal, Write};

use super::args::Global;
use super::error::CliError;
use super::run;
use crate::model::Pass;
use crate::report::text;

/// Whether there is a terminal to ask on.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Shows the changes and asks. Anything but `yes` is a no.
pub fn ask(global: &Global, passes: &[Pass]) -> Result<bool, CliError> {
    let failed = |source| CliError::Output { tried: "ask on the terminal", source };
    let mut terminal = std::io::stderr();
    let plan = text::render_plan(passes, &run::style(global, &terminal));
    write!(terminal, "{plan}\nMake these changes? Only `yes` is a yes: ")
        .and_then(|()| terminal.flush())
        .map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim() == "yes")
}
