//! The code of the function that posts to a room.

use std::process::ExitCode;

use foghorn::notifier;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match notifier::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
