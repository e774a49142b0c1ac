//! Logs, on standard error.

use tracing_subscriber::EnvFilter;

use super::args::LogFormat;

/// Starts logging: warnings, or more by `-v`, or whatever FOGHORN_LOG asks for.
pub fn start(format: LogFormat, verbose: u8, color: bool) {
    let level = match verbose {
        0 => "foghorn=warn,error",
        1 => "foghorn=info,warn",
        _ => "foghorn=debug,info",
    };
    let filter = EnvFilter::try_from_env("FOGHORN_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(color);
    match format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}
