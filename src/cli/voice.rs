//! Words to people beside the report: on standard error as they are, or, of a
//! service, in its log, where whoever collects logs reads them.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::exit::ExitCode;

/// Whether the process is a service. It is one from its first word to its last.
static LOGS: AtomicBool = AtomicBool::new(false);

/// From now on everything is said in the log.
pub fn log_from_now_on() {
    LOGS.store(true, Ordering::Relaxed);
}

/// Something that people should know, and that keeps the run from nothing.
pub fn note(text: &str) {
    if LOGS.load(Ordering::Relaxed) {
        tracing::info!("{text}");
    } else {
        eprintln!("note: {text}");
    }
}

/// How the process ends, where that is not what its report says.
pub fn last(code: ExitCode, why: &str) {
    let text = format!("exit {}: {why}", code as u8);
    if LOGS.load(Ordering::Relaxed) {
        tracing::info!("{text}");
    } else {
        eprintln!("{text}");
    }
}

/// Something that is not as it should be; the run goes on.
pub fn warning(text: &str) {
    if LOGS.load(Ordering::Relaxed) {
        tracing::warn!("{text}");
    } else {
        eprintln!("warning: {text}");
    }
}

/// Something that failed; the run goes on, and ends with another exit code.
pub fn error(text: &str) {
    if LOGS.load(Ordering::Relaxed) {
        tracing::error!("{text}");
    } else {
        eprintln!("error: {text}");
    }
}
