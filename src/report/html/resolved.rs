//! What the last report had: gone, or not looked at again.

use serde::Serialize;

use super::shown;
use crate::model::Report;
use crate::model::news::Remembered;
use crate::report::text::counts::counted;
use crate::report::text::names::short;

/// How many of each are named.
const MOST: usize = 100;

/// What the last report had.
#[derive(Serialize)]
pub(super) struct Gone {
    resolved: Vec<Row>,
    resolved_more: usize,
    unseen: Vec<Row>,
    unseen_more: usize,
    left: Option<String>,
}

#[derive(Serialize)]
struct Row {
    check: String,
    account: String,
    location: String,
    subject: String,
    message: String,
}

pub(super) fn of(report: &Report) -> Gone {
    let comparison = report.comparison.as_ref();
    let resolved = comparison.map(|comparison| comparison.resolved.as_slice()).unwrap_or_default();
    let unseen = comparison.map(|comparison| comparison.unseen.as_slice()).unwrap_or_default();
    let left = comparison.map_or(0, |comparison| comparison.left.len());
    Gone {
        resolved: resolved.iter().take(MOST).map(row).collect(),
        resolved_more: resolved.len().saturating_sub(MOST),
        unseen: unseen.iter().take(MOST).map(row).collect(),
        unseen_more: unseen.len().saturating_sub(MOST),
        left: (left > 0).then(|| counted(left, "finding")),
    }
}

fn row(Remembered { account, finding, .. }: &Remembered) -> Row {
    Row {
        check: finding.check.to_string(),
        account: super::name(&account.name),
        location: finding.location.to_string(),
        subject: shown(short(&finding.subject)),
        message: shown(&finding.message),
    }
}
