//! What the process tells about itself while it works: logs on standard error
//! and, where the environment asks for it, spans and metrics for a collector of
//! OpenTelemetry.

mod environment;
mod export;
mod figures;
mod otlp;

use std::io::IsTerminal;
use std::sync::{Arc, OnceLock};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use self::figures::CALL_SECONDS;
use self::figures::Exported;
use self::otlp::Otlp;
use crate::aws::watch::CallWatcher;
use crate::model::Report;

/// What the whole process exports, if it does: the SDK's threads read it.
static EXPORTED: OnceLock<Arc<Exported>> = OnceLock::new();

/// What words to people stand under in a log for programs.
pub const WORDS: &str = "foghorn::words";

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text on a terminal, JSON anywhere else.
    Auto,
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// How much is told, and how.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How logs are written.
    pub form: Form,
    /// How often `-v` was given.
    pub verbose: u8,
    /// Whether a person or a program follows the log for long: then it says
    /// what goes well too.
    pub is_service: bool,
}

/// What has to be ended before the process ends.
#[derive(Debug)]
pub struct Telemetry(Otlp);

/// Starts telling. It is done once a process, inside its runtime.
pub fn start(settings: Settings) -> Telemetry {
    let otlp = Otlp::from_environment();
    let spans = otlp.tracer().map(|tracer| {
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        // What libraries do inside, the export itself among them, is nobody's run.
        let depth = if settings.verbose > 1 { "off,foghorn=debug" } else { "off,foghorn=info" };
        layer.with_location(false).with_threads(false).with_filter(EnvFilter::new(depth))
    });
    tracing_subscriber::registry().with(logs(settings)).with(spans).init();
    for problem in &otlp.problems {
        tracing::warn!("{problem}");
    }
    if let Some(exported) = &otlp.exported {
        // A second start in one process would find the first one's.
        let _ = EXPORTED.set(Arc::clone(exported));
    }
    Telemetry(otlp)
}

impl Telemetry {
    /// Sends what is left, and waits for that no longer than a few seconds.
    pub async fn flush(self) {
        self.0.flush().await;
    }
}

/// Exports the figures of this report from now on, where the environment asks
/// for that.
pub fn show(report: &Report) {
    if let Some(exported) = EXPORTED.get() {
        exported.show(report);
    }
}

/// Who is to hear of every call, where the environment asks for that.
pub fn call_watcher() -> Option<Arc<dyn CallWatcher>> {
    EXPORTED.get().map(|exported| Arc::clone(exported) as Arc<dyn CallWatcher>)
}

/// Warnings, or more by `-v`, or whatever FOGHORN_LOG asks for.
fn logs<S>(settings: Settings) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    let asked = std::env::var("FOGHORN_LOG").ok().filter(|filter| !filter.trim().is_empty());
    let asked = asked.and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = asked.unwrap_or_else(|| EnvFilter::new(level(settings)));
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if is_json(settings.form, std::io::stderr().is_terminal()) {
        logs.json().flatten_event(true).with_filter(filter).boxed()
    } else {
        logs.with_target(false).with_ansi(colors()).with_filter(filter).boxed()
    }
}

fn is_json(form: Form, is_terminal: bool) -> bool {
    match form {
        Form::Auto => !is_terminal,
        Form::Text => false,
        Form::Json => true,
    }
}

fn level(settings: Settings) -> &'static str {
    match settings.verbose.saturating_add(u8::from(settings.is_service)) {
        // What would be said to people stands in a log for programs.
        0 if settings.form == Form::Json => "foghorn=warn,foghorn::words=info,error",
        0 => "foghorn=warn,error",
        1 => "foghorn=info,warn",
        _ => "foghorn=debug,info",
    }
}

fn colors() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_for_people_on_a_terminal_and_for_programs_anywhere_else() {
        assert!(!is_json(Form::Auto, true));
        assert!(is_json(Form::Auto, false));
        assert!(!is_json(Form::Text, false));
        assert!(is_json(Form::Json, true));
    }

    #[test]
    fn a_service_says_what_goes_well_too() {
        let settings = |verbose, is_service| Settings { form: Form::Auto, verbose, is_service };
        assert_eq!(level(settings(0, false)), "foghorn=warn,error");
        assert_eq!(level(settings(0, true)), level(settings(1, false)));
        assert_eq!(level(settings(u8::MAX - 1, true)), level(settings(2, false)));
    }
}
