//! What could not be read.

use std::collections::BTreeMap;

use crate::model::{Coverage, CoverageState, Location, Pass};

use super::line::{Lines, Role};
use super::names::{listed, show_more};

/// How many gaps of one location are enough.
const USUAL: usize = 5;

/// The locations that could not be read for one and the same reason.
pub(in crate::report) struct Blindness<'a> {
    pub(in crate::report) state: CoverageState,
    pub(in crate::report) detail: &'a str,
    pub(in crate::report) locations: Vec<Location>,
}

/// What could not be read in the account, same reasons together.
pub(in crate::report) fn blindness(pass: &Pass) -> Vec<Blindness<'_>> {
    blindness_of(&pass.coverage)
}

/// What could not be read in locations, same reasons together.
pub(super) fn blindness_of(coverage: &[Coverage]) -> Vec<Blindness<'_>> {
    let mut reasons: BTreeMap<(CoverageState, &str), Vec<Location>> = BTreeMap::new();
    for Coverage { location, state, detail } in coverage {
        if *state != CoverageState::Seen {
            let detail = detail.as_deref().unwrap_or("no reason was given");
            reasons.entry((*state, detail)).or_default().push(*location);
        }
    }
    reasons.into_iter().map(|((state, detail), locations)| Blindness { state, detail, locations }).collect()
}

impl Blindness<'_> {
    /// Whether it is told once for the account rather than in each location.
    pub(super) fn is_shared(&self) -> bool {
        self.locations.len() > 1
    }

    /// Whether it is about this location alone.
    pub(super) fn is_only_in(&self, location: Location) -> bool {
        self.locations == [location]
    }

    /// One line: what, where if that is not said already, and why.
    pub(super) fn show(&self, indent: usize, lines: &mut Lines) {
        let locations: Vec<String> = self.locations.iter().map(Location::to_string).collect();
        let place = if self.is_shared() { format!(" in {}", listed(&locations)) } else { String::new() };
        self.show_at(&place, indent, lines);
    }

    /// The same at a place that is told in these words.
    pub(super) fn show_at(&self, place: &str, indent: usize, lines: &mut Lines) {
        let gaps: Vec<&str> = self.detail.split("; ").collect();
        let shown = lines.style.shown(USUAL, gaps.len());
        let line = lines.add(indent).mark(Role::Doubtful, '?').text(Role::Strong, word(self.state));
        line.plain(place).plain(": ").plain(&gaps[..shown].join("; "));
        if shown < gaps.len() {
            show_more(&format!("and {} more", gaps.len() - shown), indent + 4, lines);
        }
    }
}

pub(in crate::report) fn word(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Seen => "read",
        CoverageState::Partial => "read in part",
        CoverageState::Denied => "denied",
        CoverageState::Throttled => "throttled",
        CoverageState::Unreachable => "unreachable",
        CoverageState::Skipped => "not tried",
    }
}
