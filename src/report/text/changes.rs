//! The changes of one location, in the order in which they are made.

use crate::model::{Action, Change, FieldChange, Location, Outcome};

use super::counts::counted;
use super::differences::differences;
use super::line::{Lines, Role};
use super::names::{short, show_folded, show_more};

/// How many alike changes are shown one by one.
const USUAL: usize = 5;
/// How many differing fields of one change are enough.
const USUAL_FIELDS: usize = 8;

/// The changes of one location. What stops several at once is said once.
pub(super) fn show(changes: &[Change], location: Location, lines: &mut Lines) {
    let here: Vec<&Change> = changes.iter().filter(|change| change.key.location == location).collect();
    for stopped_alike in here.chunk_by(|one, other| fate(one) == fate(other)) {
        match (stopped_alike, stopped_alike.first().and_then(|first| first.why.as_deref())) {
            ([first, _, ..], Some(why)) => {
                show_fate(first, stopped_alike.len(), why, lines);
                show_all(stopped_alike, 8, lines);
            }
            _ => show_all(stopped_alike, 4, lines),
        }
    }
}

/// What became of a change that was not made, and why.
type Fate<'a> = (Option<(Role, char, &'static str)>, Option<&'a str>);

fn fate(change: &Change) -> Fate<'_> {
    let word = match (change.action, change.outcome) {
        (Action::Conflict, _) => Some((Role::Bad, '!', "conflict")),
        (Action::Withheld, _) => Some((Role::Doubtful, '?', "withheld")),
        (Action::Create | Action::Update | Action::Delete, Outcome::Planned) => None,
        (Action::Create | Action::Update | Action::Delete, Outcome::Applied) => {
            Some((Role::Good, '=', "applied"))
        }
        (Action::Create | Action::Update | Action::Delete, Outcome::Failed) => {
            Some((Role::Bad, 'x', "failed"))
        }
        (Action::Create | Action::Update | Action::Delete, Outcome::Skipped) => {
            Some((Role::Doubtful, '?', "skipped"))
        }
    };
    (word, change.why.as_deref())
}

fn show_fate(change: &Change, count: usize, why: &str, lines: &mut Lines) {
    if let (Some((role, mark, word)), _) = fate(change) {
        let line = lines.add(4).mark(role, mark).text(role, word);
        line.plain(&format!(", {}: {why}", counted(count, "change")));
    }
}

fn show_all(changes: &[&Change], indent: usize, lines: &mut Lines) {
    let likeness = |change: &Change| (change.action, change.key.kind);
    for alike in changes.chunk_by(|one, other| likeness(one) == likeness(other)) {
        if lines.style.shown(USUAL, alike.len()) == alike.len() {
            alike.iter().for_each(|change| show_one(change, indent, lines));
        } else {
            show_alike(alike, indent, lines);
        }
    }
}

fn show_one(change: &Change, indent: usize, lines: &mut Lines) {
    let names = (Role::Strong, format!(" {}", short(&change.key.name)));
    show_head(change, names, indent, lines);
    show_fields(&change.fields, indent + 4, lines);
}

fn show_alike(changes: &[&Change], indent: usize, lines: &mut Lines) {
    let Some(first) = changes.first() else { return };
    show_head(first, (Role::Plain, format!(", {} alike", changes.len())), indent, lines);
    if changes.iter().all(|change| change.fields == first.fields) {
        show_fields(&first.fields, indent + 4, lines);
    }
    let names: Vec<&str> = changes.iter().map(|change| change.key.name.as_str()).collect();
    show_folded(&names, indent + 4, lines);
}

/// One line: what is done, to what, and, unless it stands above, what became
/// of it.
fn show_head(change: &Change, (role, names): (Role, String), indent: usize, lines: &mut Lines) {
    let (color, mark) = mark(change.action);
    let line = lines.add(indent).mark(color, mark).plain(&change.key.kind.to_string()).text(role, &names);
    let (fate, why) = fate(change);
    let Some((color, _, word)) = fate else {
        if let Some(why) = why {
            line.text(Role::Doubtful, &format!(": {why}"));
        }
        return;
    };
    match why {
        None => line.plain(", ").text(color, word),
        Some(why) if indent == 4 => line.plain(", ").text(color, word).plain(": ").plain(why),
        Some(_) => line,
    };
}

fn mark(action: Action) -> (Role, char) {
    match action {
        Action::Create => (Role::Good, '+'),
        Action::Update => (Role::Doubtful, '~'),
        Action::Delete => (Role::Bad, '-'),
        Action::Conflict => (Role::Bad, '!'),
        Action::Withheld => (Role::Doubtful, '?'),
    }
}

fn show_fields(fields: &[FieldChange], indent: usize, lines: &mut Lines) {
    let verbose = lines.style.verbose > 0;
    let all: Vec<_> = fields.iter().flat_map(|field| differences(field, verbose)).collect();
    let shown = lines.style.shown(USUAL_FIELDS, all.len());
    all[..shown].iter().for_each(|difference| difference.show(indent, lines));
    if shown < all.len() {
        show_more(&format!("and {} more differences", all.len() - shown), indent, lines);
    }
}
