//! What was, or would be, changed, as differences. Changes that are alike in
//! many places are shown once.

use std::collections::BTreeMap;

use serde::Serialize;

use super::places::{Named, Places};
use super::shown;
use crate::model::{Action, Change, Kind, Outcome, Pass, Report};
use crate::report::text::differences::{Difference, differences};
use crate::report::text::names::short;
use crate::report::unread::anywhere;

/// How many changes are shown.
const MOST: usize = 100;
/// How many differences of one change are shown.
const MOST_LINES: usize = 60;

/// The changes, those that were not made first.
#[derive(Serialize)]
pub(super) struct Changes {
    shown: Vec<One>,
    more: usize,
    count: usize,
}

/// Changes that are alike.
#[derive(Serialize)]
struct One {
    tone: &'static str,
    sign: &'static str,
    action: &'static str,
    kind: String,
    name: String,
    outcome: &'static str,
    why: Option<String>,
    lines: Vec<Line>,
    more: usize,
    places: Named,
}

/// What a field is, and what it shall be.
#[derive(Serialize)]
struct Line {
    place: String,
    observed: Option<String>,
    desired: Option<String>,
}

/// What changes must share to be shown once.
type Likeness = (u8, Kind, Action, String, Outcome, Option<String>, String);

pub(super) fn of(report: &Report) -> Changes {
    let mut all: BTreeMap<Likeness, (&Change, Places<'_>)> = BTreeMap::new();
    let mut count = 0;
    for pass in &report.passes {
        for change in &pass.changes {
            let (_, places) =
                all.entry(likeness(pass, change)).or_insert_with(|| (change, Places::default()));
            places.add(pass, change.key.location);
            count += 1;
        }
    }
    let shown = all.values().take(MOST).map(|(change, places)| one(change, places));
    Changes { shown: shown.collect(), more: all.len().saturating_sub(MOST), count }
}

fn likeness(pass: &Pass, change: &Change) -> Likeness {
    let place = change.key.location;
    let rank = match (change.action, change.outcome) {
        (_, Outcome::Failed) => 0,
        (Action::Conflict, _) => 1,
        (_, Outcome::Skipped) => 2,
        (Action::Withheld, _) => 3,
        (Action::Create | Action::Update | Action::Delete, Outcome::Planned) => 4,
        (Action::Create | Action::Update | Action::Delete, Outcome::Applied) => 5,
    };
    let fields = serde_json::to_string(&change.fields).unwrap_or_default();
    let why = change.why.as_deref().map(|why| anywhere(why, pass, place));
    let name = anywhere(short(&change.key.name), pass, place);
    (rank, change.key.kind, change.action, name, change.outcome, why, anywhere(&fields, pass, place))
}

fn one(change: &Change, places: &Places<'_>) -> One {
    let (tone, sign, action) = match change.action {
        Action::Create => ("good", "+", "create"),
        Action::Update => ("due", "~", "update"),
        Action::Delete => ("bad", "−", "delete"),
        Action::Conflict => ("bad", "✕", "conflict"),
        Action::Withheld => ("unknown", "?", "withheld"),
    };
    let outcome = match (change.is_write(), change.outcome) {
        (true, Outcome::Planned) => "due",
        (true, Outcome::Applied) => "applied",
        (_, Outcome::Failed) => "failed",
        (_, Outcome::Skipped) => "skipped",
        (false, Outcome::Planned | Outcome::Applied) => "not made",
    };
    let lines: Vec<Line> =
        change.fields.iter().flat_map(|field| differences(field, false)).map(|one| line(&one)).collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    One {
        tone,
        sign,
        action,
        kind: change.key.kind.to_string(),
        name: shown(short(&change.key.name)),
        outcome,
        why: change.why.as_deref().map(shown),
        lines: lines.into_iter().take(MOST_LINES).collect(),
        more,
        places: places.named(),
    }
}

fn line(difference: &Difference) -> Line {
    let (observed, desired) = difference.sides();
    Line { place: shown(difference.place()), observed: observed.map(shown), desired: desired.map(shown) }
}
