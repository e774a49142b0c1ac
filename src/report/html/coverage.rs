//! What could not be read, same reasons together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::places::{Named, Places, anywhere};
use super::shown;
use crate::model::{CoverageState, Report};

/// How many reasons are told.
const MOST: usize = 50;

/// One reason, and where it holds.
#[derive(Serialize)]
pub(super) struct Unread {
    state: &'static str,
    why: String,
    places: Named,
}

pub(super) fn of(report: &Report) -> Vec<Unread> {
    let mut reasons: BTreeMap<(CoverageState, String), (String, Places<'_>)> = BTreeMap::new();
    for pass in &report.passes {
        for coverage in pass.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen) {
            let detail = coverage.detail.as_deref().unwrap_or("no reason was given");
            let key = (coverage.state, anywhere(detail, pass, coverage.location));
            let (_, places) = reasons.entry(key).or_insert_with(|| (shown(detail), Places::default()));
            places.add(pass, coverage.location);
        }
    }
    let reasons = reasons.into_iter().take(MOST);
    reasons
        .map(|((state, _), (why, places))| Unread { state: word(state), why, places: places.named() })
        .collect()
}

fn word(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Seen => "read",
        CoverageState::Partial => "read in part",
        CoverageState::Denied => "denied",
        CoverageState::Throttled => "throttled",
        CoverageState::Unreachable => "unreachable",
        CoverageState::Skipped => "not tried",
    }
}
