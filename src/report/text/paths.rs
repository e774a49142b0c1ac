//! Whether a failure would be heard: one line a pipeline and reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::pass::{Hop, MadeBy, Pass, Path, PathState};
use crate::model::{Check, Finding, Location};

use super::line::{Lines, Role};
use super::names::{listed, short, show_more};
use super::news;
use super::standing::Standing;

/// How many reasons of one pipeline are enough.
const USUAL: usize = 5;

/// What a line about paths says but for the events and places it holds for.
type Reason<'a> = (PathState, Option<&'a str>, Option<&'a str>);

/// Who made the way, and what it is called.
type Way<'a> = (MadeBy, &'a str);

/// The account's paths by pipeline, alike ones together, broken ones first.
pub(super) fn show(pass: &Pass, lines: &mut Lines) {
    let mut pipelines: BTreeMap<Way<'_>, BTreeMap<Reason<'_>, Vec<&Path>>> = BTreeMap::new();
    for path in pass.paths.iter().filter(|path| lines.style.verbose > 0 || !is_beyond_question(pass, path)) {
        let reasons = pipelines.entry((path.made_by, &path.pipeline)).or_default();
        reasons.entry((path.state, path.broken_at.as_deref(), path.why.as_deref())).or_default().push(path);
    }
    for (way, reasons) in pipelines {
        let shown = lines.style.shown(USUAL, reasons.len());
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|((state, ..), _)| rank(*state));
        for (reason, paths) in &reasons[..shown] {
            show_reason(way, *reason, (paths, &findings(pass, way.1, paths)), lines);
        }
        if shown < reasons.len() {
            let text = format!("and {} more on {}", reasons.len() - shown, way.1);
            show_more(&text, 4, lines);
        }
    }
}

/// Where nothing of an account could be read, that no path is known goes
/// without saying.
fn is_beyond_question(pass: &Pass, path: &Path) -> bool {
    path.state == PathState::Unknown && Standing::of(pass) == Standing::Unread
}

fn rank(state: PathState) -> u8 {
    match state {
        PathState::Broken => 0,
        PathState::Unknown => 1,
        PathState::Heard => 2,
    }
}

/// The findings that a line about broken paths tells of.
fn findings<'a>(pass: &'a Pass, pipeline: &str, paths: &[&Path]) -> Vec<&'a Finding> {
    let is_told = |finding: &&Finding| {
        finding.check == Check::PathBroken
            && finding.subject == pipeline
            && paths.iter().any(|path| path.state == PathState::Broken && path.location == finding.location)
    };
    pass.findings.iter().filter(is_told).collect()
}

fn show_reason(
    (made_by, name): Way<'_>,
    (state, hop, why): Reason<'_>,
    (paths, findings): (&[&Path], &[&Finding]),
    lines: &mut Lines,
) {
    let now = lines.now;
    let line = lines.add(2);
    match state {
        PathState::Heard => line.mark(Role::Good, '='),
        PathState::Broken if made_by == MadeBy::Others => line.mark(Role::Note, 'i'),
        PathState::Broken => line.mark(Role::Bad, 'x'),
        PathState::Unknown => line.mark(Role::Doubtful, '?'),
    };
    news::mark_age(findings, now, line.text(Role::Strong, name));
    line.plain(if made_by == MadeBy::Others { ", a rule that others made: " } else { ": " });
    let hop = hop.unwrap_or("an unnamed hop");
    match state {
        PathState::Heard => line.plain("heard"),
        PathState::Broken => line.text(Role::Bad, "broken").plain(" at ").text(Role::Strong, hop),
        PathState::Unknown => line.plain("unknown at ").text(Role::Strong, hop),
    };
    line.text(Role::Dim, &format!(" ({})", extent(paths)));
    if let Some(why) = why {
        line.plain(": ").plain(why);
    }
    if lines.style.verbose > 0 && state != PathState::Heard {
        paths.iter().take(1).flat_map(|path| &path.hops).for_each(|hop| show_hop(hop, lines));
    }
}

/// Which events, and where.
fn extent(paths: &[&Path]) -> String {
    let events: BTreeSet<&str> = paths.iter().map(|path| path.event.as_str()).collect();
    let locations: BTreeSet<Location> = paths.iter().map(|path| path.location).collect();
    let events: Vec<&str> = events.into_iter().collect();
    let locations: Vec<String> = locations.iter().map(Location::to_string).collect();
    format!("{} in {}", listed(&events), listed(&locations))
}

fn show_hop(hop: &Hop, lines: &mut Lines) {
    let line = lines.add(6);
    match hop.carries {
        Some(true) => line.mark(Role::Good, '='),
        Some(false) => line.mark(Role::Bad, 'x'),
        None => line.mark(Role::Doubtful, '?'),
    };
    line.plain(&hop.name).plain(" ").text(Role::Dim, short(&hop.subject));
}
