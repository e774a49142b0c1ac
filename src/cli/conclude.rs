//! How every run that gives a report ends.

use super::args::{Global, MetricsForm, Output};
use super::error::CliError;
use super::memory::Memory;
use super::{run, tell, voice};
use crate::model::Report;
use crate::model::extent::Stop;
use crate::posting::{Occasion, Rooms};
use crate::report::embedded_metrics;
use crate::report::exit::ExitCode;
use crate::telemetry;

/// Who hears of a run's report, beside the one at the terminal.
pub struct Audience {
    /// Later runs.
    pub memory: Memory,
    /// People in chat rooms; nobody where none is to be told.
    pub rooms: Option<Rooms>,
}

/// Says in the report what is new, prints it, tells the rooms, keeps it, and
/// says what it comes to. What fails keeps nobody else from hearing of it.
pub async fn conclude(
    global: &Global,
    mut audience: Audience,
    mut report: Report,
) -> Result<ExitCode, CliError> {
    audience.memory.compare(&mut report).await;
    let history = audience.memory.moments(global, &report).await;
    let printed = run::print(global, &report, &history).and_then(|()| measure(global, &report));
    // Kept before it is told: rooms may take their time, and the run may be
    // ended meanwhile.
    audience.memory.save(&report).await;
    if let Some(stop) = report.metadata.stopped {
        voice::note(&unfinished(stop, audience.rooms.take().is_some()));
    }
    let told = tell::announce(audience.rooms.as_ref(), &report, Occasion::Run).await;
    printed?;
    Ok(tell::ended(&told, &report))
}

/// A run that did not get to its end says little of the fleet to anybody else.
fn unfinished(stop: Stop, has_rooms: bool) -> String {
    let untold = if has_rooms { "no room is told of it, and " } else { "" };
    format!("the run was stopped by {}, so {untold}no later report is compared with this one", stop.by())
}

/// Refuses a form of the report that a line behind it would spoil, before
/// anything is done.
pub fn is_measurable(global: &Global) -> Result<(), CliError> {
    let is_whole_document = match global.output {
        Output::Text | Output::Table | Output::Json => false,
        Output::Yaml | Output::Markdown | Output::Html | Output::Sarif | Output::Junit => true,
    };
    if global.metrics.is_some() && is_whole_document { Err(CliError::MetricsSpoil) } else { Ok(()) }
}

/// Tells the figures of a report to whoever collects them. On standard output
/// they are a line of their own, after the report: logs are cut at line ends.
pub fn measure(global: &Global, report: &Report) -> Result<(), CliError> {
    telemetry::show(report);
    match global.metrics {
        Some(MetricsForm::Emf) => run::write_out(&format!("{}\n", embedded_metrics::render(report))),
        None => Ok(()),
    }
}
