//! How much of the fleet a report is about, where that is not all of it.

use super::counts::counted;
use crate::model::Report;

/// `stopped by a signal before it was done`, `1 of 4 accounts looked at
/// (--account dev)`, or both; empty for a report of the whole fleet.
pub(in crate::report) fn of(report: &Report) -> String {
    let stopped = report.metadata.stopped.map(|stop| format!("stopped by {} before it was done", stop.by()));
    let narrowed = report.metadata.narrowed_to.as_ref().map(|narrowing| {
        let all = counted(narrowing.fleet_accounts, "account");
        format!("{} of {all} looked at ({})", report.passes.len(), narrowing.flags())
    });
    stopped.into_iter().chain(narrowed).collect::<Vec<_>>().join(", ")
}
