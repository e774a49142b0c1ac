//! The ways to rooms that are broken or not known, hop by hop.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::digest::{AccountDigest, Detail, Section};
use crate::model::pass::{Hop, Path, PathState};
use crate::model::{Pass, Report};
use crate::report::text::names::{listed, short};
use crate::report::text::standing::Standing;

use super::chapters::section;

/// The paths of each account that are not heard, alike ones together.
pub(super) fn sections(report: &Report, accounts: &[AccountDigest]) -> Vec<Section> {
    accounts.iter().filter_map(|account| section(report, account, details)).collect()
}

fn details(pass: &Pass) -> Vec<Detail> {
    let mut alike: BTreeMap<_, Vec<&Path>> = BTreeMap::new();
    // Where nothing could be read, that no path is known goes without saying.
    if Standing::of(pass) == Standing::Unread {
        return Vec::new();
    }
    for path in pass.own_paths().filter(|path| path.state != PathState::Heard) {
        let end = (
            path.state == PathState::Unknown,
            &path.pipeline,
            path.broken_at.as_deref(),
            path.why.as_deref(),
        );
        alike.entry(end).or_default().push(path);
    }
    alike.into_values().filter_map(|paths| detail(&paths)).collect()
}

fn detail(paths: &[&Path]) -> Option<Detail> {
    let first = paths.first()?;
    let events: BTreeSet<&str> = paths.iter().map(|path| path.event.as_str()).collect();
    let places: BTreeSet<String> = paths.iter().map(|path| path.location.to_string()).collect();
    let state = if first.state == PathState::Broken { "broken" } else { "not known" };
    let text = format!(
        "{}: {} in {}: {state} at {}: {}",
        first.pipeline,
        listed(&Vec::from_iter(events)),
        listed(&Vec::from_iter(places)),
        first.broken_at.as_deref().unwrap_or("an unnamed hop"),
        first.why.as_deref().unwrap_or("no reason is known"),
    );
    let hops: Vec<String> = first.hops.iter().map(hop).collect();
    let way = (!hops.is_empty()).then(|| hops.join(" → "));
    Some(Detail { text, beneath: way.into_iter().collect() })
}

/// `rule foghorn-deploys ✓`.
fn hop(hop: &Hop) -> String {
    let mark = match hop.carries {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '?',
    };
    format!("{} {} {mark}", hop.name, short(&hop.subject))
}
