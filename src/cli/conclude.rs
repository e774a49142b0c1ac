//! How every run that gives a report ends.

use super::args::{Global, MetricsForm};
use super::error::CliError;
use super::memory::Memory;
use super::{run, tell};
use crate::model::Report;
use crate::posting::{Occasion, Rooms};
use crate::report::embedded_metrics;
use crate::report::exit::{ExitCode, exit_code};
use crate::telemetry;

/// Says in the report what is new, prints it, tells the rooms, keeps it, and says
/// what it comes to. A room that could not be told is a failure of the run.
pub async fn conclude(
    global: &Global,
    mut memory: Memory,
    rooms: Option<Rooms>,
    mut report: Report,
) -> Result<ExitCode, CliError> {
    memory.compare(&mut report).await;
    let printed = run::print(global, &report);
    let is_told = tell::tell(rooms.as_ref(), &report, Occasion::Run).await;
    memory.save(&report).await;
    printed?;
    measure(global, &report)?;
    Ok(if is_told { exit_code(&report) } else { ExitCode::Failed })
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
