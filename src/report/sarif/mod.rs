//! The report for code scanning, as SARIF 2.1.0 (OASIS, Static Analysis Results
//! Interchange Format): one result a finding, one rule a check.
//!
//! Code scanning is about files, and the fleet is none: each account and
//! location stands as a file `aws/<account>/<location>` of one line.

mod fingerprint;
mod rules;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::news::News;
use crate::model::{Check, CoverageState, Finding, Pass, Report, Severity};

use super::console::page_of;
use super::exit::{exit_code, meaning};
use super::plain::plain;
use super::text::names::short;
use super::text::standing::headline;
use super::worst;
use fingerprint::Fingerprints;

/// How many results are written: GitHub refuses a file with more (GitHub Docs,
/// SARIF support for code scanning).
const MOST_RESULTS: usize = 25_000;

/// The longest message of a result, in characters.
const LONGEST: usize = 2_000;

/// The report as a SARIF log. The same report gives the same bytes. Fails only
/// where a time can't be written, one beyond the year 9999.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let findings = worst::findings(report);
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> = findings
        .iter()
        .take(MOST_RESULTS)
        .map(|(pass, finding)| result(pass, finding, &fingerprints.next(pass, finding)))
        .collect();
    let left_out = findings.len() - results.len();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(report) },
            "automationDetails": { "id": format!("foghorn/{}/{}", report.metadata.fleet, report.metadata.run) },
            "invocations": [invocation(report, left_out)?],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    Ok(serde_json::to_string(&log)? + "\n")
}

fn driver(report: &Report) -> Value {
    json!({
        "name": "Foghorn",
        "version": report.metadata.version,
        "semanticVersion": report.metadata.version,
        "shortDescription": { "text": "Says whether a failed Amazon ECS deployment would be heard" },
        "rules": rules::all(),
    })
}

/// How the run went: what could not be read is a notification of it.
fn invocation(report: &Report, left_out: usize) -> Result<Value, serde_json::Error> {
    let mut notifications: Vec<Value> = report.passes.iter().flat_map(unread).collect();
    if left_out > 0 {
        let text = format!("{left_out} more findings were left out: {MOST_RESULTS} are as many as are taken");
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    let code = exit_code(report);
    Ok(json!({
        "executionSuccessful": true,
        "exitCode": code as u8,
        "exitCodeDescription": meaning(report),
        "startTimeUtc": timestamp(report.metadata.started_at)?,
        "endTimeUtc": timestamp(report.metadata.finished_at)?,
        "toolExecutionNotifications": notifications,
        "properties": { "headline": headline(report) },
    }))
}

fn unread(pass: &Pass) -> impl Iterator<Item = Value> {
    let unread = pass.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen);
    unread.map(|coverage| {
        let place = format!("{} ({}), {}", pass.account.name, pass.account.id, coverage.location);
        let why = coverage.detail.as_deref().unwrap_or("no reason was given");
        let text = message(&format!("{place} could not be read in full: {why}"));
        let level = if coverage.state == CoverageState::Partial { "warning" } else { "error" };
        json!({ "level": level, "message": { "text": text }, "properties": { "state": coverage.state } })
    })
}

fn timestamp(time: OffsetDateTime) -> Result<String, serde_json::Error> {
    let time = time.to_offset(time::UtcOffset::UTC).truncate_to_second();
    time.format(&Rfc3339).map_err(serde::ser::Error::custom)
}

fn result(pass: &Pass, finding: &Finding, fingerprint: &str) -> Value {
    let name = plain(&pass.account.name, LONGEST);
    let text = format!("{}: {}", short(&finding.subject), finding.message);
    let mut result = json!({
        "ruleId": finding.check.to_string(),
        "ruleIndex": Check::ALL.iter().position(|check| *check == finding.check),
        "level": level(finding.severity),
        "message": { "text": message(&format!("{text} ({name}, {})", finding.location)) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": format!("aws/{}/{}", pass.account.id, finding.location) },
                "region": { "startLine": 1 },
            },
            "logicalLocations": logical(pass, finding, &name),
        }],
        "partialFingerprints": { "foghorn/v1": fingerprint, "primaryLocationLineHash": fingerprint },
        "properties": { "subject": finding.subject, "evidence": finding.evidence },
    });
    if let Some(age) = &finding.age {
        let state = if age.news == News::New { "new" } else { "unchanged" };
        result["baselineState"] = state.into();
    }
    if let Some(url) = page_of(finding) {
        result["hostedViewerUri"] = url.into();
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The account, the location in it, and the thing in that.
fn logical(pass: &Pass, finding: &Finding, name: &str) -> Value {
    let (id, place) = (&pass.account.id, finding.location);
    json!([
        { "name": name, "fullyQualifiedName": id, "kind": "account" },
        { "name": place, "fullyQualifiedName": format!("{id}/{place}"), "kind": "region" },
        {
            "name": plain(short(&finding.subject), LONGEST),
            "fullyQualifiedName": format!("{id}/{place}/{}", plain(&finding.subject, LONGEST)),
            "kind": "resource",
        },
    ])
}

/// A text as a message: nothing of it is a link or a placeholder (SARIF 2.1.0,
/// 3.11.5 and 3.11.6).
fn message(text: &str) -> String {
    let text = plain(text, LONGEST).replace('{', "{{").replace('}', "}}");
    let is_link = text.contains("](");
    if is_link { text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]") } else { text }
}
