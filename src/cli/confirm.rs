//! Asking a person before anything is written.

use std::io::{self, IsTerminal, Write};

use tokio_util::sync::CancellationToken;

use super::args::Global;
use super::error::CliError;
use super::run;
use crate::model::Pass;
use crate::report::text;

/// Whether there is a terminal to ask on.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Shows the changes and asks. Anything but `yes` is a no, and so is Ctrl-C.
pub async fn ask(global: &Global, passes: &[Pass], stop: &CancellationToken) -> Result<bool, CliError> {
    let mut terminal = io::stderr();
    let plan = text::render_plan(passes, &run::style(global, &terminal));
    write!(terminal, "{plan}\nMake these changes? Only `yes` is a yes: ")
        .and_then(|()| terminal.flush())
        .map_err(failed)?;
    tokio::select! {
        () = stop.cancelled() => Ok(false),
        answer = answer() => Ok(answer.map_err(failed)?.trim() == "yes"),
    }
}

/// A line from the terminal. It is read on a thread of its own, which nothing
/// waits for: reading cannot be broken off.
async fn answer() -> io::Result<String> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line).map(|_| line);
        // Nobody listens any more once the run was stopped.
        let _ = sender.send(read);
    });
    receiver.await.unwrap_or_else(|_| Ok(String::new()))
}

fn failed(source: io::Error) -> CliError {
    CliError::Output { tried: "ask on the terminal", source }
}
