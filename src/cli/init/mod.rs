//! `foghorn init`: a first fleet file, from flags or from the answers to a few
//! questions.

mod ask;
mod words;

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use time::OffsetDateTime;

use super::args::InitArguments;
use super::confirm;
use super::error::CliError;
use super::run::write_out;
use crate::fleet::first::{self, Answers};
use crate::fleet::{FleetErrors, parse};
use crate::report::exit::ExitCode;
use words::Said;

/// Writes the file, and says what comes next.
pub fn run(arguments: &InitArguments) -> Result<ExitCode, CliError> {
    let said = Said::of(arguments).map_err(CliError::Answer)?;
    let answers = match said.whole() {
        Ok(answers) => answers,
        Err(_) if confirm::can_ask() => ask::the_rest(said)?,
        Err(missing) => return Err(CliError::Unanswered(missing.join(", "))),
    };
    let file = arguments.file.display().to_string();
    let text = first::text(&answers, if file == "-" { "fleet.yaml" } else { &file });
    makes_sense(&text, &file)?;
    if file == "-" {
        write_out(&text)?;
        return Ok(ExitCode::Clean);
    }
    write(&arguments.file, arguments.force, &text)?;
    write_out(&format!("{file} is written: fleet {}.\n{}", answers.name, next(&file)))?;
    Ok(ExitCode::Clean)
}

/// What is written can be read, whatever was answered.
fn makes_sense(text: &str, file: &str) -> Result<(), CliError> {
    let read = parse(text, file, OffsetDateTime::now_utc().date());
    read.map(|_| ()).map_err(|FleetErrors { problems, .. }| {
        let problems: Vec<String> = problems.iter().map(|problem| problem.message.clone()).collect();
        CliError::Answer(problems.join("; "))
    })
}

fn write(path: &Path, force: bool, text: &str) -> Result<(), CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(force).create_new(!force);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => CliError::FileExists(path.display().to_string()),
        _ => CliError::Output { tried: "write the fleet file", source },
    })
}

fn next(file: &str) -> String {
    format!(
        "next: `foghorn validate -f {file}`, `foghorn bootstrap -f {file}` for the roles that accounts need once, then \
         `foghorn plan -f {file}`, which writes nothing\n"
    )
}

impl Said {
    /// The answers, or the flags that are missing.
    fn whole(&self) -> Result<Answers, Vec<&'static str>> {
        let mut missing = Vec::new();
        let mut need = |flag: &'static str, given: bool| {
            if !given {
                missing.push(flag);
            }
        };
        need("--name", self.name.is_some());
        need("--accounts or --organization", self.accounts.is_some());
        need("--regions", !self.regions.is_empty());
        need("--via", self.via.is_some());
        need("--channel or --secret", self.via.is_none() || self.room.is_some());
        match (&self.name, &self.accounts, &self.room) {
            (Some(name), Some(accounts), Some(room)) if missing.is_empty() => Ok(Answers {
                name: name.clone(),
                accounts: accounts.clone(),
                access: self.access.clone(),
                regions: self.regions.clone(),
                events: self.events.clone(),
                room: room.clone(),
            }),
            _ => Err(missing),
        }
    }
}
