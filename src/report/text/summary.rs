//! The figures at the end.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::report::{CallCount, Mode, Report, Summary};
use crate::model::{Change, Check, Outcome, Severity};
use crate::report::exit::{ExitCode, exit_code, meaning};

use super::counts::{counted, duration, nonzero};
use super::line::{Lines, Role};
use super::{news, next, standing};

/// How many operations make up most of the calls.
const USUAL_OPERATIONS: usize = 3;

/// The headline, the figures, what to do next, and what the exit code means.
pub(super) fn show(report: &Report, lines: &mut Lines) {
    show_headline(report, lines);
    let summary = &report.summary;
    show_figure("read", &coverage(summary), lines);
    show_figure("findings", &findings(report), lines);
    show_figure("since", &news::since(report), lines);
    show_figure("changes", &changes(report), lines);
    show_figure("paths", &paths(summary), lines);
    show_figure("calls", &calls(report, lines), lines);
    for step in next::steps(report) {
        lines.add(0).text(Role::Strong, "next: ").hang(6).plain(&step);
    }
    show_exit(report, exit_code(report), lines);
}

/// What a person wants to know first.
pub(super) fn show_headline(report: &Report, lines: &mut Lines) {
    let mode = match report.metadata.mode {
        Mode::Plan => ", plan: ",
        Mode::Apply => ", apply: ",
        Mode::Destroy => ", destroy: ",
    };
    let headline = standing::headline(report);
    lines.add(0).text(Role::Strong, &report.metadata.fleet).plain(mode).plain(&headline);
}

fn show_figure(name: &str, text: &str, lines: &mut Lines) {
    if !text.is_empty() {
        lines.add(2).hang(10).text(Role::Dim, &format!("{name:<10}")).plain(text);
    }
}

fn coverage(summary: &Summary) -> String {
    let Summary { locations, coverage, .. } = summary;
    let unseen = nonzero(&[
        (coverage.partial, "in part"),
        (coverage.denied, "denied"),
        (coverage.throttled, "throttled"),
        (coverage.unreachable, "unreachable"),
        (coverage.skipped, "not tried"),
    ]);
    let seen = match unseen.as_str() {
        "" => counted(*locations, "location"),
        unseen => format!("{} of {} ({unseen})", coverage.seen, counted(*locations, "location")),
    };
    format!("{seen}; {}, {}", counted(summary.clusters, "cluster"), counted(summary.services, "service"))
}

fn findings(report: &Report) -> String {
    let mut checks: BTreeMap<(Severity, Check), usize> = BTreeMap::new();
    for finding in report.passes.iter().flat_map(|pass| &pass.findings) {
        *checks.entry((finding.severity, finding.check)).or_default() += 1;
    }
    let named = |severity: Severity| -> String {
        let mut checks: Vec<_> = checks.iter().filter(|((other, _), _)| *other == severity).collect();
        checks.sort_by_key(|(key, count)| (Reverse(**count), **key));
        let texts = checks.iter().map(|((_, check), count)| format!("{check} {count}"));
        texts.collect::<Vec<_>>().join(", ")
    };
    let count = &report.summary.findings;
    let parts = [
        (count.error, "error", Severity::Error),
        (count.warning, "warning", Severity::Warning),
        (count.info, "note", Severity::Info),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let texts = parts.map(|(count, noun, severity)| format!("{}: {}", counted(count, noun), named(severity)));
    let text = texts.collect::<Vec<_>>().join("; ");
    if text.is_empty() { standing::nothing("none", report) } else { text }
}

fn changes(report: &Report) -> String {
    let writes: Vec<&Change> =
        report.passes.iter().flat_map(|pass| &pass.changes).filter(|change| change.is_write()).collect();
    let outcome = |outcome| writes.iter().filter(|change| change.outcome == outcome).count();
    let count = &report.summary.changes;
    let left = match report.metadata.mode {
        Mode::Plan => [(count.create, "to create"), (count.update, "to update"), (count.delete, "to delete")],
        Mode::Apply | Mode::Destroy => [(outcome(Outcome::Planned), "not made"), (0, ""), (0, "")],
    };
    let made = [
        (outcome(Outcome::Applied), "applied"),
        (outcome(Outcome::Failed), "failed"),
        (outcome(Outcome::Skipped), "skipped"),
    ];
    let blocked = [(count.conflict, "in conflict"), (count.withheld, "withheld")];
    let text = nonzero(&[&left[..], &made, &blocked].concat());
    match (text.as_str(), report.metadata.mode) {
        ("", Mode::Plan) => standing::nothing("none due", report),
        ("", Mode::Apply | Mode::Destroy) => standing::nothing("none were due", report),
        _ => text,
    }
}

fn paths(summary: &Summary) -> String {
    let paths = &summary.paths;
    nonzero(&[(paths.heard, "heard"), (paths.broken, "broken"), (paths.unknown, "unknown")])
}

/// The calls in all, the time they took, and the operations, most called first.
fn calls(report: &Report, lines: &Lines) -> String {
    let CallCount { total, by_operation } = &report.summary.calls;
    let time = duration(report.metadata.finished_at - report.metadata.started_at);
    let mut operations: Vec<_> = by_operation.iter().collect();
    operations.sort_by_key(|(name, count)| (Reverse(**count), *name));
    let shown = lines.style.shown(USUAL_OPERATIONS, operations.len());
    let texts: Vec<String> =
        operations[..shown].iter().map(|(name, count)| format!("{name} {count}")).collect();
    let more = if shown < operations.len() { ", …" } else { "" };
    let detail = if texts.is_empty() { String::new() } else { format!(": {}{more}", texts.join(", ")) };
    format!("{total} in {time}{detail}")
}

fn show_exit(report: &Report, code: ExitCode, lines: &mut Lines) {
    let role = match code {
        ExitCode::Clean => Role::Good,
        ExitCode::Drift | ExitCode::Incomplete => Role::Doubtful,
        ExitCode::Failed => Role::Bad,
    };
    lines.add(0).text(role, &format!("exit {}", code as u8)).plain(": ").plain(&meaning(report));
}
