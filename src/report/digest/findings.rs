//! What is wrong, alike findings together.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::digest::{AccountDigest, Detail, Item, Level, Part, Section, Subject};
use crate::model::news::News;
use crate::model::{Check, Finding, Pass, Report, Severity};
use crate::report::console;
use crate::report::text::names::{is_service, listed, short};

use super::chapters::{folded, section};

/// How many of alike things are named, and linked, before the details.
const MOST_SUBJECTS: usize = 3;

/// How many of alike things the details name.
const MOST_NAMES: usize = 40;

/// What findings that are told together have in common.
type Likeness<'a> = (Severity, Check, &'a str);

/// The account's findings that are told, alike ones as one.
pub(super) fn items(pass: &Pass, part: &Part, is_compared: bool) -> Vec<Item> {
    alike(pass, part).into_values().map(|findings| item(&findings, is_compared)).collect()
}

fn alike<'a>(pass: &'a Pass, part: &Part) -> BTreeMap<Likeness<'a>, Vec<&'a Finding>> {
    let mut groups: BTreeMap<Likeness<'_>, Vec<&Finding>> = BTreeMap::new();
    for finding in pass.findings.iter().filter(|finding| part.tells(finding.severity)) {
        groups.entry((finding.severity, finding.check, &finding.message)).or_default().push(finding);
    }
    // New ones are named first.
    for findings in groups.values_mut() {
        findings.sort_by_key(|finding| (!is_new(finding), finding.location, finding.subject.as_str()));
    }
    groups
}

fn item(findings: &[&Finding], is_compared: bool) -> Item {
    let subject = |finding: &&Finding| Subject { name: name(finding), link: console::page_of(finding) };
    let new = findings.iter().filter(|finding| is_new(finding)).count();
    let first = findings.first();
    Item {
        level: first.map_or(Level::Clear, |first| level(first.severity)),
        text: first.map(|first| first.message.clone()).unwrap_or_default(),
        subjects: findings.iter().take(MOST_SUBJECTS).map(subject).collect(),
        count: findings.len(),
        noun: if findings.iter().all(|finding| is_service(&finding.subject)) { "service" } else { "place" },
        new: is_compared.then_some(new),
    }
}

pub(super) fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Info,
    }
}

pub(super) fn is_new(finding: &Finding) -> bool {
    finding.age.as_ref().is_some_and(|age| age.news == News::New)
}

/// `prod/web in us-east-1`.
pub(super) fn name(finding: &Finding) -> String {
    format!("{} in {}", short(&finding.subject), finding.location)
}

/// Every kind of finding with more names, and what a person has to do about it.
pub(super) fn sections(report: &Report, accounts: &[AccountDigest], part: &Part) -> Vec<Section> {
    let told = |pass: &Pass| {
        let kinds = alike(pass, part).into_iter();
        kinds.map(|((_, check, message), findings)| detail(check, message, &findings)).collect()
    };
    accounts.iter().filter_map(|account| section(report, account, told)).collect()
}

fn detail(check: Check, message: &str, findings: &[&Finding]) -> Detail {
    let head =
        if findings.len() == 1 { check.to_string() } else { format!("{check}, {} times", findings.len()) };
    let steps: BTreeSet<(usize, &str)> = findings.iter().flat_map(|finding| steps(finding)).collect();
    let beneath = steps.into_iter().map(|(index, step)| format!("{}. {step}", index + 1)).collect();
    Detail { text: format!("{head}: {message}: {}", names(findings)), beneath }
}

/// The names by Region.
fn names(findings: &[&Finding]) -> String {
    let mut places: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for finding in findings.iter().take(MOST_NAMES) {
        places.entry(finding.location).or_default().push(short(&finding.subject));
    }
    let places: Vec<String> =
        places.into_iter().map(|(place, names)| format!("{} in {place}", listed(&names))).collect();
    folded(&places.join("; "), findings.len(), MOST_NAMES)
}

/// What a person must do by hand, where the evidence says it.
fn steps(finding: &Finding) -> impl Iterator<Item = (usize, &str)> {
    let steps = finding.evidence.get("steps").and_then(|steps| steps.as_array());
    steps.into_iter().flatten().filter_map(|step| step.as_str()).enumerate()
}
