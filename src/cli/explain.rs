//! `foghorn explain`: what a check means, how AWS behaves there, and how to mend
//! it.

use std::io;

use super::args::{ExplainArguments, Global, Output};
use super::error::CliError;
use super::run::{style, write_out};
use crate::model::Check;
use crate::report::exit::ExitCode;
use crate::report::text;

/// Explains one check, or lists all of them.
pub fn run(global: &Global, arguments: &ExplainArguments) -> Result<ExitCode, CliError> {
    if global.output != Output::Text {
        return Err(CliError::OnlyText("explain"));
    }
    let style = style(global, &io::stdout());
    let text = match &arguments.check {
        None => text::render_explanations(&style),
        Some(name) => text::render_explanation(check(name)?, &style),
    };
    write_out(&text)?;
    Ok(ExitCode::Clean)
}

/// The check of this name, in whichever case.
fn check(name: &str) -> Result<Check, CliError> {
    let is_named = |check: &&Check| check.to_string().eq_ignore_ascii_case(name);
    let distance = |check: &Check| strsim::damerau_levenshtein(&check.to_string(), name);
    let nearest = Check::ALL.iter().min_by_key(|check| distance(check)).filter(|check| distance(check) <= 4);
    Check::ALL.iter().find(is_named).copied().ok_or_else(|| CliError::UnknownCheck {
        name: name.to_owned(),
        hint: nearest.map(|check| format!(": did you mean `{check}`?")).unwrap_or_default(),
    })
}
