//! What is wrong in one location, worst first, alike findings together.

use crate::model::pass::{Pass, PathState};
use crate::model::{Action, Check, Finding, Location, Severity};
use crate::report::console;

use super::line::{Lines, Role};
use super::names::{is_service, short, show_folded, show_more};
use super::news;

/// How many findings of one check that say different things are enough.
const USUAL: usize = 5;

/// The findings of one location.
pub(super) fn show(pass: &Pass, location: Location, lines: &mut Lines) {
    let mut findings: Vec<&Finding> = of(pass, location, lines.style.verbose > 0).collect();
    findings.sort_by(|one, other| one.order().cmp(&other.order()));
    for alike in findings.chunk_by(|one, other| (one.severity, one.check) == (other.severity, other.check)) {
        match alike {
            [only] => show_one(only, lines),
            [first, rest @ ..] if rest.iter().all(|other| other.message == first.message) => {
                show_same(alike, lines);
            }
            _ => show_different(alike, lines),
        }
    }
}

/// Whether the location has any finding to show.
pub(super) fn any(pass: &Pass, location: Location, lines: &Lines) -> bool {
    of(pass, location, lines.style.verbose > 0).next().is_some()
}

/// The findings of a location that no other line tells. Those that are only
/// worth knowing are for the verbose.
fn of(pass: &Pass, location: Location, notes: bool) -> impl Iterator<Item = &Finding> {
    let here = pass.findings.iter().filter(move |finding| finding.location == location);
    here.filter(move |finding| {
        (notes || finding.severity != Severity::Info) && !is_told_elsewhere(pass, finding)
    })
}

/// A broken path and a conflict have lines of their own, which say more.
fn is_told_elsewhere(pass: &Pass, finding: &Finding) -> bool {
    match finding.check {
        Check::PathBroken => pass.paths.iter().any(|path| {
            path.state == PathState::Broken
                && path.location == finding.location
                && finding.subject.split('/').next() == Some(path.pipeline.as_str())
        }),
        Check::NameTaken => pass.changes.iter().any(|change| {
            change.action == Action::Conflict
                && change.key.location == finding.location
                && finding.subject.ends_with(&change.key.name)
        }),
        _ => false,
    }
}

fn show_one(finding: &Finding, lines: &mut Lines) {
    let page = console::page_of(finding);
    let line = head(&[finding], lines);
    line.plain(" ").linked(short(&finding.subject), page.as_deref()).plain(": ").plain(&finding.message);
    show_steps(finding, lines);
    show_evidence(finding, 6, lines);
}

fn show_same(findings: &[&Finding], lines: &mut Lines) {
    let (first, count) = (findings[0], findings.len());
    let services = findings.iter().all(|finding| is_service(&finding.subject));
    let what = if services { "services" } else { "times" };
    head(findings, lines).plain(&format!(", {count} {what}: ")).plain(&first.message);
    show_steps(first, lines);
    let subjects: Vec<&str> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    show_folded(&subjects, 8, lines);
}

fn show_different(findings: &[&Finding], lines: &mut Lines) {
    head(findings, lines).plain(&format!(", {} times:", findings.len()));
    let shown = lines.style.shown(USUAL, findings.len());
    for finding in &findings[..shown] {
        let page = console::page_of(finding);
        let line = lines.add(8).linked(short(&finding.subject), page.as_deref());
        line.plain(": ").plain(&finding.message);
        show_evidence(finding, 10, lines);
    }
    if shown < findings.len() {
        let text = format!("and {} more", findings.len() - shown);
        show_more(&text, 8, lines);
    }
}

/// The mark, the check and the age of findings that are alike, at least one.
fn head<'a>(findings: &[&Finding], lines: &'a mut Lines) -> &'a mut super::line::Line {
    let (finding, now) = (findings[0], lines.now);
    let (role, mark) = match finding.severity {
        Severity::Error => (Role::Bad, 'x'),
        Severity::Warning => (Role::Doubtful, '!'),
        Severity::Info => (Role::Note, 'i'),
    };
    let line = lines.add(4).mark(role, mark).text(Role::Strong, &finding.check.to_string());
    news::mark_age(findings, now, line)
}

/// What a person must do by hand, numbered, where the evidence says it.
fn show_steps(finding: &Finding, lines: &mut Lines) {
    let steps = finding.evidence.get("steps").and_then(|steps| steps.as_array());
    for (index, step) in steps.into_iter().flatten().filter_map(|step| step.as_str()).enumerate() {
        lines.add(8).hang(3).plain(&format!("{}. {step}", index + 1));
    }
}

fn show_evidence(finding: &Finding, indent: usize, lines: &mut Lines) {
    if lines.style.verbose == 0 {
        return;
    }
    for (name, value) in finding.evidence.iter().filter(|(name, _)| *name != "steps") {
        lines.add(indent).text(Role::Dim, &format!("{name}: {value}"));
    }
}
