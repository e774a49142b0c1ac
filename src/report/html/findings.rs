//! What is wrong, one by one, and what the filters offer.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::shown;
use crate::model::news::News;
use crate::model::{Finding, Pass, Report, Severity};
use crate::report::console::page_of;
use crate::report::text::names::short;
use crate::report::when::days_since;
use crate::report::worst;

/// How many findings stand in the page itself.
const MOST: usize = 50;

/// How many labels the filter offers.
const MOST_LABELS: usize = 200;

/// The worst findings, and what can be chosen among.
#[derive(Serialize)]
pub(super) struct Findings {
    rows: Vec<Row>,
    total: usize,
    more: usize,
    severities: Vec<Choice>,
    checks: Vec<String>,
    locations: Vec<String>,
    labels: Vec<String>,
    has_news: bool,
}

/// A severity to choose.
#[derive(Serialize)]
struct Choice {
    sign: &'static str,
    tone: &'static str,
    word: &'static str,
    count: usize,
}

/// One finding, as the page shows it.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) tone: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
    pub(super) check: String,
    pub(super) account: String,
    pub(super) id: String,
    pub(super) location: String,
    pub(super) subject: String,
    pub(super) url: Option<String>,
    pub(super) message: String,
    /// `new`, or how long it has been so.
    pub(super) age: Option<String>,
    pub(super) evidence: String,
}

/// A severity's class, sign and word.
pub(super) fn mark(severity: Severity) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Error => ("bad", "✕", "error"),
        Severity::Warning => ("warn", "!", "warning"),
        Severity::Info => ("note", "i", "note"),
    }
}

pub(super) fn of(report: &Report) -> Findings {
    let all = worst::findings(report);
    let places: BTreeSet<_> = all.iter().map(|(_, finding)| finding.location).collect();
    let checks: BTreeSet<String> = all.iter().map(|(_, finding)| finding.check.to_string()).collect();
    let labels: BTreeSet<String> = report.passes.iter().flat_map(super::map::labels).collect();
    let count = &report.summary.findings;
    let severities =
        [(Severity::Error, count.error), (Severity::Warning, count.warning), (Severity::Info, count.info)];
    Findings {
        total: all.len(),
        more: all.len().saturating_sub(MOST),
        rows: all.iter().take(MOST).map(|(pass, finding)| row(pass, finding, report)).collect(),
        severities: severities.into_iter().map(choice).collect(),
        checks: checks.into_iter().collect(),
        locations: places.iter().map(ToString::to_string).collect(),
        labels: labels.into_iter().take(MOST_LABELS).collect(),
        has_news: report.comparison.is_some(),
    }
}

fn choice((severity, count): (Severity, usize)) -> Choice {
    let (tone, sign, word) = mark(severity);
    Choice { sign, tone, word, count }
}

pub(super) fn row(pass: &Pass, finding: &Finding, report: &Report) -> Row {
    let (tone, sign, word) = mark(finding.severity);
    Row {
        tone,
        sign,
        word,
        check: finding.check.to_string(),
        account: super::name(&pass.account.name),
        id: pass.account.id.to_string(),
        location: finding.location.to_string(),
        subject: shown(short(&finding.subject)),
        url: page_of(finding).map(|url| url.replace('{', "%7B").replace('}', "%7D")),
        message: shown(&finding.message),
        age: finding.age.as_ref().map(|age| match age.news {
            News::New => "new".to_owned(),
            News::Still => days_since(age.since, report.metadata.finished_at),
        }),
        evidence: evidence(finding),
    }
}

/// What a person must do by hand, then what the judgement rests on; a line
/// each.
fn evidence(finding: &Finding) -> String {
    let steps = finding.evidence.get("steps").and_then(Value::as_array).into_iter().flatten();
    let steps = steps.filter_map(Value::as_str).enumerate();
    let steps = steps.map(|(index, step)| format!("{}. {step}", index + 1));
    let rest = finding.evidence.iter().filter(|(name, _)| *name != "steps");
    let rest = rest.map(|(name, value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    super::super::plain::plain(&steps.chain(rest).collect::<Vec<_>>().join("\n"), 2 * super::LONGEST)
}
