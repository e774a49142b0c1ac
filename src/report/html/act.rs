//! Who must act: what is wrong, check by check, with what to do about it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::places::{Named, Places};
use crate::model::{Check, CoverageState, Report, Severity};
use crate::report::checks::explanation;

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
    meaning: &'static str,
    behaviour: &'static str,
    remedy: &'static str,
    source: &'static str,
    places: Named,
}

pub(super) fn of(report: &Report) -> Vec<Item> {
    let mut checks: BTreeMap<(Severity, Check), (usize, Places<'_>)> = BTreeMap::new();
    for pass in &report.passes {
        for finding in pass.findings.iter().filter(|finding| finding.severity != Severity::Info) {
            let (count, places) = checks.entry((finding.severity, finding.check)).or_default();
            *count += 1;
            places.add(pass, finding.location);
        }
    }
    let mut items: Vec<Item> =
        checks.into_iter().map(|((severity, check), found)| item(severity, check, &found)).collect();
    let errors = items.iter().filter(|item| item.tone == "bad").count();
    items.splice(errors..errors, unread(report));
    items
}

fn item(severity: Severity, check: Check, (count, places): &(usize, Places<'_>)) -> Item {
    let explained = explanation(check);
    let (tone, sign, word) = super::findings::mark(severity);
    Item {
        tone,
        sign,
        word,
        count: *count,
        title: explained.title.to_owned(),
        check: Some(check.to_string()),
        meaning: explained.meaning,
        behaviour: explained.behaviour,
        remedy: explained.remedy,
        source: explained.source,
        places: places.named(),
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
