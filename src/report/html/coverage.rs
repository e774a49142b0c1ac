//! What could not be read, same reasons together, the worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::places::{Named, Places, anywhere};
use super::shown;
use crate::model::{CoverageState, Report};
use crate::report::text::standing::Standing;

/// How many reasons are told.
const MOST: usize = 50;

/// The reasons that are told, the worst first, and how many others there are.
#[derive(Serialize)]
pub(super) struct Unread {
    reasons: Vec<Reason>,
    more: usize,
}

/// One reason, and where it holds.
#[derive(Serialize)]
struct Reason {
    state: &'static str,
    why: String,
    places: Named,
}

/// Where a reason holds, as it is gathered.
struct Gathered<'a> {
    why: String,
    places: Places<'a>,
    /// Whether nothing at all could be read of one of the accounts.
    is_whole: bool,
}

pub(super) fn of(report: &Report) -> Unread {
    let mut reasons: Vec<_> = gathered(report).into_iter().collect();
    reasons.sort_by_key(|((state, _), gathered)| {
        (!gathered.is_whole, rank(*state), Reverse(gathered.places.len()))
    });
    let more = reasons.len().saturating_sub(MOST);
    let reason = |((state, _), gathered): ((CoverageState, String), Gathered<'_>)| Reason {
        state: word(state),
        why: gathered.why,
        places: gathered.places.named(),
    };
    Unread { reasons: reasons.into_iter().take(MOST).map(reason).collect(), more }
}

fn gathered(report: &Report) -> BTreeMap<(CoverageState, String), Gathered<'_>> {
    let mut reasons: BTreeMap<(CoverageState, String), Gathered<'_>> = BTreeMap::new();
    for pass in &report.passes {
        let is_whole = Standing::of(pass) == Standing::Unread;
        for coverage in pass.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen) {
            let detail = coverage.detail.as_deref().unwrap_or("no reason was given");
            let key = (coverage.state, anywhere(detail, pass, coverage.location));
            let new = || Gathered { why: shown(detail), places: Places::default(), is_whole: false };
            let reason = reasons.entry(key).or_insert_with(new);
            reason.is_whole |= is_whole;
            reason.places.add(pass, coverage.location);
        }
    }
    reasons
}

/// The order in which reasons are told: what hides a whole location, and stays
/// until somebody acts, first.
fn rank(state: CoverageState) -> usize {
    match state {
        CoverageState::Denied => 0,
        CoverageState::Unreachable => 1,
        CoverageState::Throttled => 2,
        CoverageState::Skipped => 3,
        CoverageState::Partial | CoverageState::Seen => 4,
    }
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
