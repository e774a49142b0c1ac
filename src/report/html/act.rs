//! Who must act: what is wrong, check by check, with what to do about it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::places::{Named, Places};
use super::shown;
use crate::model::{Check, CoverageState, Finding, Pass, Report, Severity};
use crate::report::checks::explanation;
use crate::report::unread::anywhere;

/// How many sayings of one check are shown.
const MOST_SAID: usize = 3;

/// One thing to do.
#[derive(Serialize)]
pub(super) struct Item {
    /// The class of its mark.
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    count: usize,
    title: String,
    check: Option<String>,
    /// What the findings say themselves, what most of them say first.
    says: Vec<Saying>,
    more_says: usize,
    meaning: &'static str,
    behaviour: &'static str,
    remedy: &'static str,
    source: &'static str,
    places: Named,
}

/// What findings of one check say, and how many of them do.
#[derive(Serialize)]
struct Saying {
    text: String,
    count: usize,
}

/// Findings of one check.
#[derive(Default)]
struct Alike<'a> {
    count: usize,
    places: Places<'a>,
    /// What they say, by what is the same in every account and Region: the words
    /// of the first, and how many there are.
    says: BTreeMap<String, (&'a str, usize)>,
}

impl<'a> Alike<'a> {
    fn add(&mut self, pass: &'a Pass, finding: &'a Finding) {
        self.count += 1;
        self.places.add(pass, finding.location);
        let alike = anywhere(&finding.message, pass, finding.location);
        self.says.entry(alike).or_insert((&finding.message, 0)).1 += 1;
    }

    fn said(&self) -> Vec<Saying> {
        let mut says: Vec<(&str, usize)> = self.says.values().copied().collect();
        says.sort_by_key(|(_, count)| Reverse(*count));
        says.into_iter().take(MOST_SAID).map(|(text, count)| Saying { text: shown(text), count }).collect()
    }
}

pub(super) fn of(report: &Report) -> Vec<Item> {
    let mut checks: BTreeMap<(Severity, Check), Alike<'_>> = BTreeMap::new();
    for pass in &report.passes {
        for finding in pass.findings.iter().filter(|finding| finding.severity != Severity::Info) {
            checks.entry((finding.severity, finding.check)).or_default().add(pass, finding);
        }
    }
    let mut items: Vec<Item> =
        checks.into_iter().map(|((severity, check), found)| item(severity, check, &found)).collect();
    let errors = items.iter().filter(|item| item.tone == "bad").count();
    items.splice(errors..errors, unread(report));
    items
}

fn item(severity: Severity, check: Check, alike: &Alike<'_>) -> Item {
    let explained = explanation(check);
    let (tone, sign, word) = super::findings::mark(severity);
    Item {
        tone,
        sign,
        word,
        count: alike.count,
        title: explained.title.to_owned(),
        check: Some(check.to_string()),
        says: alike.said(),
        more_says: alike.says.len().saturating_sub(MOST_SAID),
        meaning: explained.meaning,
        behaviour: explained.behaviour,
        remedy: explained.remedy,
        source: explained.source,
        places: alike.places.named(),
    }
}

const DENIED: &str = "Roll out the bootstrap stack that `foghorn bootstrap` prints, so that the member role exists and \
    trusts the caller, and see that the external id and the service control policies allow it. A Region that is \
    switched off in an account is left out with the account's own regions.";

/// What could not be read is somebody's to mend too.
fn unread(report: &Report) -> Option<Item> {
    let mut places = Places::default();
    for pass in &report.passes {
        let unread = pass.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen);
        unread.for_each(|coverage| places.add(pass, coverage.location));
    }
    let count = report.summary.locations - report.summary.coverage.seen;
    (count > 0).then(|| Item {
        tone: "unknown",
        sign: "?",
        word: "not read",
        count,
        title: format!("Part of {} could not be read", accounts(places.len())),
        check: None,
        says: Vec::new(),
        more_says: 0,
        meaning: "Nobody can say whether a failure there would be heard: what was not read is never taken for good.",
        behaviour: "The reasons stand under “Not read”, in AWS's own words.",
        remedy: DENIED,
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        places: places.named(),
    })
}

fn accounts(count: usize) -> String {
    if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") }
}
