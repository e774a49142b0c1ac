//! What is remembered of a past run: a point on the line that shows where a
//! fleet is going.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::report::{Mode, Report};

/// The figures of one past run. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// The run's id.
    pub run: String,
    /// What it was asked to do.
    pub mode: Mode,
    /// When it ended.
    #[serde(with = "super::timestamp")]
    pub finished_at: OffsetDateTime,
    /// How many accounts it looked at.
    pub accounts: usize,
    /// How many of its findings were errors.
    pub error: usize,
    /// How many were warnings.
    pub warning: usize,
    /// How many of the fleet's paths were heard.
    pub heard: usize,
    /// How many were broken.
    pub broken: usize,
    /// How many nobody could tell of.
    pub unknown: usize,
    /// How many locations could not be read, or only in part.
    pub unread: usize,
}

impl Moment {
    /// What a later run remembers of this report.
    pub fn of(report: &Report) -> Self {
        let summary = &report.summary;
        Self {
            run: report.metadata.run.clone(),
            mode: report.metadata.mode,
            finished_at: report.metadata.finished_at,
            accounts: summary.accounts,
            error: summary.findings.error,
            warning: summary.findings.warning,
            heard: summary.paths.heard,
            broken: summary.paths.broken,
            unknown: summary.paths.unknown,
            unread: summary.locations - summary.coverage.seen,
        }
    }
}
