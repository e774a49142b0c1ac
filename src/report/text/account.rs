//! One account: whether it is heard, what could not be read, and then its
//! locations one by one.

use std::collections::BTreeSet;

use crate::model::pass::AccountSummary;
use crate::model::{Condition, Location, Pass, Severity};

use super::counts::counted;
use super::coverage::{Blindness, blindness};
use super::line::{Line, Lines, Role};
use super::standing::{Standing, fine_means, holds};
use super::{Style, changes, findings, paths};

/// How many accounts that are fine are worth a line each.
const USUAL_FINE: usize = 10;

/// Whether there is nothing to say of the account but that it is fine.
pub(super) fn is_one_line(pass: &Pass, style: Style) -> bool {
    let notes = style.verbose > 0 && !pass.findings.is_empty();
    Standing::of(pass) == Standing::Fine && pass.changes.is_empty() && !notes
}

/// The accounts that are fine, a line each or all in one.
pub(super) fn show_fine(passes: &[&Pass], lines: &mut Lines) {
    if passes.is_empty() {
        return;
    }
    if passes.len() > USUAL_FINE && lines.style.verbose == 0 {
        let text = format!("{} accounts: all {}", passes.len(), fine_means(passes));
        lines.add(0).mark(Role::Good, '=').plain(&text);
    } else {
        passes.iter().for_each(|pass| show_one_line(pass, lines));
    }
    lines.blank();
}

fn show_one_line(pass: &Pass, lines: &mut Lines) {
    let line = lines.add(0).mark(Role::Good, '=');
    title(&pass.account, line);
    line.plain(": ").plain(fine_means(&[pass])).text(Role::Dim, &format!(" ({})", holds(pass)));
    let notes = pass.findings.iter().filter(|finding| finding.severity == Severity::Info).count();
    if notes > 0 {
        let them = if notes == 1 { "it" } else { "them" };
        line.plain(&format!(", {} (-v shows {them})", counted(notes, "note")));
    }
}

/// The account in full.
pub(super) fn show(pass: &Pass, lines: &mut Lines) {
    title(&pass.account, lines.add(0));
    show_conditions(pass, lines);
    let blind = blindness(pass);
    blind.iter().filter(|blind| blind.is_shared()).for_each(|blind| blind.show(2, lines));
    paths::show(pass, lines);
    for location in locations(pass) {
        show_location(pass, location, &blind, lines);
    }
}

/// How things stand, in the words that programs read.
fn show_conditions(pass: &Pass, lines: &mut Lines) {
    if lines.style.verbose > 0 && !pass.conditions.is_empty() {
        let word = |condition: &Condition| format!("{:?} {:?}", condition.kind, condition.status);
        let words: Vec<String> = pass.conditions.iter().map(word).collect();
        lines.add(2).text(Role::Dim, &words.join(", "));
    }
}

/// The account's name, id and labels.
pub(super) fn title(account: &AccountSummary, line: &mut Line) {
    line.text(Role::Strong, &account.name).plain(" ").plain(account.id.as_str());
    for (key, value) in &account.labels {
        line.text(Role::Dim, &format!(" {key}={value}"));
    }
}

fn locations(pass: &Pass) -> BTreeSet<Location> {
    let covered = pass.coverage.iter().map(|coverage| coverage.location);
    let found = pass.findings.iter().map(|finding| finding.location);
    covered.chain(found).chain(pass.changes.iter().map(|change| change.key.location)).collect()
}

/// One location, if there is anything to say of it.
fn show_location(pass: &Pass, location: Location, blind: &[Blindness<'_>], lines: &mut Lines) {
    let blind = blind.iter().find(|blind| blind.is_only_in(location));
    let changed = pass.changes.iter().any(|change| change.key.location == location);
    if blind.is_none() && !changed && !findings::any(pass, location, lines) {
        return;
    }
    lines.add(2).text(Role::Note, &location.to_string());
    if let Some(blind) = blind {
        blind.show(4, lines);
    }
    findings::show(pass, location, lines);
    changes::show(&pass.changes, location, lines);
}
