//! Words to people beside the report: on standard error as they are; of a
//! service, or where a log for programs was asked for, in the log.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;
use crate::report::exit::ExitCode;
use crate::telemetry::WORDS;

/// Whether all is said in the log, from the first word to the last.
static LOGS: AtomicBool = AtomicBool::new(false);

/// From now on everything is said in the log.
pub fn log_from_now_on() {
    LOGS.store(true, Ordering::Relaxed);
}

/// Something that people should know, and that keeps the run from nothing.
pub fn note(text: &str) {
    if LOGS.load(Ordering::Relaxed) {
        tracing::info!(target: WORDS, "{text}");
    } else {
        eprintln!("note: {text}");
    }
}

/// How the process ends, where that is not what its report says.
pub fn last(code: ExitCode, why: &str) {
    let text = format!("exit {}: {why}", code as u8);
    if LOGS.load(Ordering::Relaxed) {
        tracing::info!(target: WORDS, "{text}");
    } else {
        eprintln!("{text}");
    }
}

/// Something that is not as it should be; the run goes on.
pub fn warning(text: &str) {
    if LOGS.load(Ordering::Relaxed) {
        tracing::warn!(target: WORDS, "{text}");
    } else {
        eprintln!("warning: {text}");
    }
}

/// Something that failed; the run goes on, and ends with another exit code.
pub fn error(text: &str) {
    if LOGS.load(Ordering::Relaxed) {
        tracing::error!(target: WORDS, "{text}");
    } else {
        eprintln!("error: {text}");
    }
}

/// Why the command failed, down to the first cause, and what to do.
pub fn failure(error: &CliError) {
    let causes = || std::iter::successors(error.source(), |cause| (*cause).source());
    if LOGS.load(Ordering::Relaxed) {
        let because = causes().map(ToString::to_string).collect::<Vec<_>>().join(": ");
        tracing::error!(target: WORDS, because, next = error.next_step().unwrap_or_default(), "{error}");
        return;
    }
    eprintln!("error: {error}");
    causes().for_each(|cause| eprintln!("  because: {cause}"));
    if let Some(step) = error.next_step() {
        eprintln!("  next: {step}");
    }
}
