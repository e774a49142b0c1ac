//! The changes of one location, in the order in which they are made.

use std::borrow::Cow;

use crate::model::{Action, Change, Kind, Location, Outcome};

use super::differences::differences;
use super::line::{Line, Lines, Role};
use super::names::{short, show_folded};

/// How many alike changes are shown one by one.
const USUAL: usize = 5;
/// How many differing fields of one change are enough.
const USUAL_FIELDS: usize = 8;

/// The changes of one location.
pub(super) fn show(changes: &[Change], location: Location, lines: &mut Lines) {
    let here: Vec<&Change> = changes.iter().filter(|change| change.key.location == location).collect();
    for alike in here.chunk_by(|one, other| likeness(one) == likeness(other)) {
        if lines.style.shown(USUAL, alike.len()) == alike.len() {
            alike.iter().for_each(|change| show_one(change, lines));
        } else {
            show_alike(alike, lines);
        }
    }
}

/// What changes have in common that are folded into one line.
fn likeness(change: &Change) -> (Action, Kind, Outcome, Option<&str>) {
    (change.action, change.key.kind, change.outcome, change.why.as_deref())
}

fn show_one(change: &Change, lines: &mut Lines) {
    let line = head(change, lines).plain(" ").text(Role::Strong, &name(change));
    end(change, line);
    show_fields(change, lines);
}

fn show_alike(changes: &[&Change], lines: &mut Lines) {
    let first = changes[0];
    let line = head(first, lines).plain(&format!(", {} of them", changes.len()));
    end(first, line);
    if changes.iter().all(|change| change.fields == first.fields) {
        show_fields(first, lines);
    }
    let names: Vec<&str> = changes.iter().map(|change| change.key.name.as_str()).collect();
    show_folded(&names, 8, lines);
}

/// A target is named by its rule and id; an ECS service by cluster and name.
fn name(change: &Change) -> Cow<'_, str> {
    short(&change.key.name).into()
}

fn head<'a>(change: &Change, lines: &'a mut Lines) -> &'a mut Line {
    let (role, mark) = match change.action {
        Action::Create => (Role::Good, '+'),
        Action::Update => (Role::Doubtful, '~'),
        Action::Conflict => (Role::Bad, '!'),
        Action::Withheld => (Role::Doubtful, '?'),
    };
    lines.add(4).mark(role, mark).plain(&change.key.kind.to_string())
}

/// What became of it, and why.
fn end(change: &Change, line: &mut Line) {
    let (role, word) = match (change.action, change.outcome) {
        (Action::Conflict, _) => (Role::Bad, "conflict"),
        (Action::Withheld, _) => (Role::Doubtful, "withheld"),
        (_, Outcome::Planned) => return,
        (_, Outcome::Applied) => (Role::Good, "applied"),
        (_, Outcome::Failed) => (Role::Bad, "failed"),
        (_, Outcome::Skipped) => (Role::Doubtful, "skipped"),
    };
    line.plain(", ").text(role, word);
    if let Some(why) = &change.why {
        line.plain(": ").plain(why);
    }
}

fn show_fields(change: &Change, lines: &mut Lines) {
    let verbose = lines.style.verbose > 0;
    let all: Vec<_> = change.fields.iter().flat_map(|field| differences(field, verbose)).collect();
    let shown = lines.style.shown(USUAL_FIELDS, all.len());
    all[..shown].iter().for_each(|difference| difference.show(8, lines));
    if shown < all.len() {
        let text = format!("… and {} more differences (-v shows all)", all.len() - shown);
        lines.add(8).plain(&text);
    }
}
