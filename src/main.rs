//! Parse, run, print the error chain once, and exit.

// An optimised build lays out the whole nest of SDK futures at once.
#![recursion_limit = "256"]

use clap::Parser;
use foghorn::cli::args::Arguments;
use foghorn::report::exit::ExitCode;
use foghorn::{cli, telemetry};

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let telemetry = telemetry::start(arguments.telemetry());
    let code = cli::run(arguments).await.unwrap_or_else(|error| {
        cli::voice::failure(&error);
        ExitCode::Failed
    });
    telemetry.flush().await;
    std::process::ExitCode::from(code as u8)
}

/// Help and version are no failure; anything else that clap refuses is exit 1.
fn usage(error: &clap::Error) -> std::process::ExitCode {
    // Nothing can be done about a terminal that has gone away.
    let _ = error.print();
    let code = if error.use_stderr() { ExitCode::Failed } else { ExitCode::Clean };
    std::process::ExitCode::from(code as u8)
}
