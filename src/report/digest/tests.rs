//! What rooms are told of sample reports.

use std::collections::BTreeMap;

use time::Duration;
use time::macros::datetime;

use super::digest;
use crate::model::digest::{Digest, Level, Part};
use crate::model::news::Remembered;
use crate::model::{Condition, ConditionStatus, ConditionType, Pass, Report, Severity};
use crate::report::fixtures::{all_fine, applied, compared_with, fine, incident, mixed, pass, report};

fn all() -> Part {
    Part { labels: BTreeMap::new(), severity: Severity::Warning }
}

fn labelled(name: &str, value: &str) -> Part {
    Part { labels: BTreeMap::from([(name.to_owned(), value.to_owned())]), ..all() }
}

fn at_least(severity: Severity) -> Part {
    Part { severity, ..all() }
}

fn names(digest: &Digest) -> Vec<&str> {
    digest.accounts.iter().map(|account| account.account.name.as_str()).collect()
}

/// The digest as plain text, for eyes.
fn readable(digest: &Digest) -> String {
    let mut lines = vec![format!("{:?}: {}", digest.level, digest.headline)];
    lines.extend(digest.facts.iter().map(|fact| format!("- {fact}")));
    lines.extend(digest.next.iter().map(|step| format!("next: {step}")));
    for account in &digest.accounts {
        lines.push(format!("{} {:?}", account.account.name, account.level));
        for item in &account.items {
            let names: Vec<&str> = item.subjects.iter().map(|subject| subject.name.as_str()).collect();
            lines.push(format!(
                "  {:?} {} {} new {:?}: {}",
                item.level, item.count, item.noun, item.new, item.text
            ));
            lines.extend((!names.is_empty()).then(|| format!("    {}", names.join(" | "))));
        }
        lines.extend((account.more > 0).then(|| format!("  and {} more", account.more)));
    }
    for chapter in &digest.chapters {
        lines.push(format!("== {}", chapter.title));
        for section in &chapter.sections {
            lines.push(section.account.name.clone());
            for detail in &section.details {
                lines.push(format!("  {}", detail.text));
                lines.extend(detail.beneath.iter().map(|line| format!("    {line}")));
            }
        }
    }
    lines.join("\n")
}

#[test]
fn a_digest_reads_well_to_a_person_who_was_just_woken() {
    let mixed = compared_with(mixed(), &["prod/web", "T0123ABC"]);
    for (name, report) in
        [("mixed", mixed), ("applied", applied()), ("all_fine", all_fine()), ("incident", incident())]
    {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
            insta::assert_snapshot!(format!("digest_{name}"), readable(&digest(&report, &all())));
        });
    }
}

#[test]
fn the_worst_account_comes_first_and_a_fine_one_not_at_all() {
    let digest = digest(&mixed(), &all());
    let levels: Vec<Level> = digest.accounts.iter().map(|account| account.level).collect();
    assert!(levels.is_sorted(), "{levels:?}");
    assert!(!names(&digest).contains(&"dev") && !names(&digest).contains(&"web"));
    assert_eq!(digest.level, Level::Error);
}

#[test]
fn an_account_that_could_not_be_read_is_told_whatever_is_asked_for() {
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let digest = digest(&mixed(), &at_least(severity));
        for name in ["logs", "data"] {
            let account = digest.accounts.iter().find(|account| account.account.name == name).expect(name);
            assert_eq!(account.level, Level::Unknown, "{name}");
        }
        assert!(digest.is_drift);
        assert!(
            digest.facts.iter().any(|fact| fact.starts_with("Unknown: logs and data")),
            "{:?}",
            digest.facts
        );
    }
}

#[test]
fn a_room_is_told_of_the_accounts_with_its_labels_alone() {
    let digest = digest(&compared_with(mixed(), &["prod/web"]), &labelled("team", "shop"));
    assert_eq!(names(&digest), ["prod"]);
    let text = readable(&digest);
    for other in ["logs", "555555555555", "prod/old", "444444444444"] {
        assert!(!text.contains(other), "{other}: {text}");
    }
    assert!(digest.facts.iter().any(|fact| fact.contains(": 1 new, 0 resolved")), "{:?}", digest.facts);
}

#[test]
fn a_room_is_told_of_nothing_that_matters_less_than_it_asked_for() {
    let error = readable(&digest(&mixed(), &at_least(Severity::Error)));
    assert!(!error.contains("AlarmMuted") && !error.contains("actions are switched off"), "{error}");
    assert!(!error.contains("bank"), "a withheld change is a warning: {error}");
    let info = digest(&mixed(), &at_least(Severity::Info));
    assert!(names(&info).contains(&"web"));
}

#[test]
fn what_is_less_than_was_asked_for_is_not_called_fine() {
    let warned = fine("111111111111", "dev").finding(
        Severity::Warning,
        crate::model::Check::AlarmMuted,
        "us-east-1",
        "an-alarm",
        "the alarm is muted",
    );
    let digest = digest(&report(crate::model::Mode::Plan, vec![warned]), &at_least(Severity::Error));
    assert!(digest.is_all_clear() && !digest.is_drift);
    assert!(!digest.headline.contains("in sync"), "{}", digest.headline);
    assert!(digest.headline.contains("what matters less is not told here"), "{}", digest.headline);
}

#[test]
fn an_incident_is_folded_and_counted_and_not_cut_blindly() {
    let digest = digest(&incident(), &all());
    assert_eq!(names(&digest)[0], "team-07", "the account with most comes first");
    let item = &digest.accounts[0].items[0];
    assert_eq!((item.count, item.noun, item.subjects.len()), (2550, "service", 3));
    let told: usize = digest.accounts.iter().map(|account| account.count).sum();
    assert_eq!(told, 5000);
    assert!(
        digest.facts.iter().any(|fact| fact == "5,000 findings: breakerDisabled 5,000"),
        "{:?}",
        digest.facts
    );
}

#[test]
fn without_an_earlier_report_nothing_is_called_new() {
    let digest = digest(&mixed(), &all());
    assert_eq!(digest.is_news, None);
    assert!(digest.accounts.iter().flat_map(|account| &account.items).all(|item| item.new.is_none()));
}

#[test]
fn a_finding_that_came_or_went_is_news() {
    let quiet = |mut report: Report| {
        report.comparison.as_mut().expect("a comparison").resolved.clear();
        report
    };
    let is_news = |report: &Report, part: &Part| digest(report, part).is_news;
    assert_eq!(is_news(&compared_with(all_fine(), &[]), &all()), Some(true), "something is resolved");
    assert_eq!(is_news(&quiet(compared_with(mixed(), &[])), &all()), Some(false));
    assert_eq!(is_news(&quiet(compared_with(mixed(), &["prod/web"])), &all()), Some(true));
    assert_eq!(is_news(&quiet(compared_with(mixed(), &["prod/web"])), &labelled("env", "dev")), Some(false));
    let muted = quiet(compared_with(mixed(), &["foghorn-deploys-failed-invocations"]));
    assert_eq!(is_news(&muted, &at_least(Severity::Error)), Some(false), "a new warning is no news here");
}

#[test]
fn an_account_that_can_not_be_read_any_more_is_news() {
    let now = datetime!(2026-11-21 09:00 UTC);
    let turned = |status, at| -> Option<bool> {
        digest(&turned(ConditionType::Reachable, status, at), &at_least(Severity::Error)).is_news
    };
    assert_eq!(turned(ConditionStatus::False, now), Some(true));
    assert_eq!(turned(ConditionStatus::True, now), Some(true), "that it can be read again, too");
    assert_eq!(turned(ConditionStatus::False, now - Duration::DAY), Some(false), "it has been so before");
}

/// An account of which a condition came to this status at this time, compared
/// with a report of 08:00.
fn turned(kind: ConditionType, status: ConditionStatus, at: time::OffsetDateTime) -> Report {
    let mut dev: Pass = pass("111111111111", "dev", &["us-east-1"]);
    dev.conditions.push(Condition {
        kind,
        status,
        reason: "x".into(),
        message: String::new(),
        last_transition_time: at,
    });
    let mut report = compared_with(report(crate::model::Mode::Plan, vec![dev]), &[]);
    report.comparison.as_mut().expect("a comparison").resolved.clear();
    report
}

#[test]
fn an_account_of_which_nobody_can_tell_any_more_whether_it_is_heard_is_news() {
    let now = datetime!(2026-11-21 09:00 UTC);
    let told = |at| digest(&turned(ConditionType::Heard, ConditionStatus::Unknown, at), &all());
    assert_eq!(told(now).is_news, Some(true));
    let says = told(now).facts.iter().any(|fact| fact == "Newly not known to be heard: dev");
    assert!(says, "{:?}", told(now).facts);
    assert_eq!(told(now - Duration::DAY).is_news, Some(false), "it has been so before");
}

#[test]
fn a_finding_that_went_out_of_sight_is_news_once() {
    let mut report = compared_with(all_fine(), &[]);
    let comparison = report.comparison.as_mut().expect("a comparison");
    comparison.unseen = std::mem::take(&mut comparison.resolved);
    comparison.unseen[0].newly_unseen = true;
    assert_eq!(digest(&report, &all()).is_news, Some(true));
    assert_eq!(digest(&report, &labelled("env", "prod")).is_news, Some(false), "it is another room's");
    report.comparison.as_mut().expect("a comparison").unseen[0].newly_unseen = false;
    assert_eq!(digest(&report, &all()).is_news, Some(false));
}

#[test]
fn what_left_the_fleet_is_news_and_not_called_resolved() {
    let mut report = compared_with(all_fine(), &[]);
    let comparison = report.comparison.as_mut().expect("a comparison");
    comparison.left = std::mem::take(&mut comparison.resolved);
    let told = digest(&report, &all());
    assert_eq!(told.is_news, Some(true));
    let text = readable(&told);
    assert!(text.contains(" 0 resolved") && !text.contains("== Resolved"), "{text}");
    let fact = "- No longer part of the fleet: accounts or Regions with 1 finding in the last report";
    assert!(text.contains(fact), "{text}");
    assert!(text.contains("== Found last time, and no longer part of the fleet\ndev\n"), "{text}");
}

#[test]
fn a_room_that_no_account_belongs_to_is_not_told_that_all_is_well() {
    let digest = digest(&all_fine(), &labelled("team", "tpyo"));
    assert_eq!(digest.level, Level::Unknown);
    assert!(!digest.is_all_clear());
    assert_eq!(digest.headline, "no account of this room was looked at: none carries team=tpyo");
}

#[test]
fn what_could_not_be_looked_at_again_is_unknown_and_not_resolved() {
    let mut report = compared_with(all_fine(), &[]);
    let comparison = report.comparison.as_mut().expect("a comparison");
    let gone: Vec<Remembered> = std::mem::take(&mut comparison.resolved);
    comparison.unseen = gone;
    let digest = digest(&report, &all());
    assert!(
        digest.facts.iter().any(|fact| fact.contains("could not be looked at again")),
        "{:?}",
        digest.facts
    );
    assert_eq!(digest.is_news, Some(false));
}
