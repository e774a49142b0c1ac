//! What could not be read, the same reasons of all accounts together, the worst
//! first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::text::standing::Standing;
use crate::model::{AccountId, CoverageState, Location, Pass, Report};

/// One reason, and where it holds.
pub(super) struct Unread<'a> {
    pub(super) state: CoverageState,
    /// The reason, in the words of the first place.
    pub(super) why: &'a str,
    /// Where it holds, by account.
    pub(super) places: Vec<(&'a Pass, Location)>,
    /// Whether nothing at all could be read of one of the accounts.
    is_whole: bool,
}

impl<'a> Unread<'a> {
    /// The accounts, each with its locations.
    pub(super) fn accounts(&self) -> Vec<(&'a Pass, Vec<Location>)> {
        let accounts = self.places.chunk_by(|(one, _), (other, _)| one.account.id == other.account.id);
        let of = |places: &[(&'a Pass, Location)]| {
            places.first().map(|(pass, _)| (*pass, places.iter().map(|(_, place)| *place).collect()))
        };
        accounts.filter_map(of).collect()
    }
}

/// The reasons of a report.
pub(super) fn reasons(report: &Report) -> Vec<Unread<'_>> {
    let mut reasons: BTreeMap<(CoverageState, String), Unread<'_>> = BTreeMap::new();
    for pass in &report.passes {
        let is_whole = Standing::of(pass) == Standing::Unread;
        for coverage in pass.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen) {
            let (state, why) = (coverage.state, coverage.detail.as_deref().unwrap_or("no reason was given"));
            let key = (state, anywhere(why, pass, coverage.location));
            let new = || Unread { state, why, places: Vec::new(), is_whole: false };
            let reason = reasons.entry(key).or_insert_with(new);
            reason.is_whole |= is_whole;
            reason.places.push((pass, coverage.location));
        }
    }
    let mut reasons: Vec<_> = reasons.into_values().collect();
    reasons.sort_by_key(|reason| {
        let accounts: BTreeSet<&AccountId> = reason.places.iter().map(|(pass, _)| &pass.account.id).collect();
        (!reason.is_whole, rank(reason.state), Reverse(accounts.len()))
    });
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

/// A text in which this account and Region are like any other.
pub(super) fn anywhere(text: &str, pass: &Pass, location: Location) -> String {
    let text = text.replace(pass.account.id.as_str(), "{account}");
    match location {
        Location::Region(region) => text.replace(region.as_str(), "{region}"),
        Location::Global => text,
    }
}
