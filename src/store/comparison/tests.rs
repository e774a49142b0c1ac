//! What is new, still there, resolved or not seen again.

use proptest::prelude::*;

use super::*;
use crate::model::Severity;
use crate::model::change::Change;
use crate::model::pass::{ConditionStatus, ConditionType, MadeBy, Path};
use crate::model::resource::{Key, Kind};
use crate::store::fixtures::{START, location, pass, report};

const DEV: &str = "111111111111";
const PROD: &str = "222222222222";
const IRELAND: &str = "eu-west-1";
const SEOUL: &str = "ap-northeast-2";

fn whole() -> Scope {
    Scope::default()
}

fn places() -> Scope {
    Scope { chosen_places: true, ..Scope::default() }
}

fn pipelines(names: &[&str]) -> Scope {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Scope { pipelines: Some(names), ..Scope::default() }
}

/// An account with one broken breaker in Ireland.
fn dev() -> Pass {
    pass(DEV, &[SEOUL, IRELAND]).with(Check::BreakerDisabled, IRELAND, "web")
}

fn clean() -> Pass {
    pass(DEV, &[SEOUL, IRELAND])
}

/// What a comparison comes to: new, still, resolved and unseen.
fn compared(before: Vec<Pass>, now: Vec<Pass>, scope: &Scope) -> (usize, usize, usize, usize) {
    let mut now = report(1, now);
    compare(&report(0, before), &mut now, scope);
    let comparison = now.comparison.expect("a comparison");
    (comparison.new, comparison.still, comparison.resolved.len(), comparison.unseen.len())
}

#[test]
fn each_finding_is_new_still_there_resolved_or_not_seen_again() {
    let other = || pass(PROD, &[IRELAND]).with(Check::AlarmMuted, IRELAND, "alarm");
    let path = || clean().with(Check::PathBroken, IRELAND, "deploys");
    for (case, before, now, scope, expected) in [
        ("nothing", vec![clean()], vec![clean()], whole(), (0, 0, 0, 0)),
        ("found", vec![clean()], vec![dev()], whole(), (1, 0, 0, 0)),
        ("found again", vec![dev()], vec![dev()], whole(), (0, 1, 0, 0)),
        ("mended", vec![dev()], vec![clean()], whole(), (0, 0, 1, 0)),
        (
            "another subject",
            vec![dev()],
            vec![clean().with(Check::BreakerDisabled, IRELAND, "api")],
            whole(),
            (1, 0, 1, 0),
        ),
        (
            "another place",
            vec![dev()],
            vec![clean().with(Check::BreakerDisabled, SEOUL, "web")],
            whole(),
            (1, 0, 1, 0),
        ),
        (
            "another check",
            vec![dev()],
            vec![clean().with(Check::RollbackDisabled, IRELAND, "web")],
            whole(),
            (1, 0, 1, 0),
        ),
        ("denied", vec![dev()], vec![clean().blind(IRELAND, CoverageState::Denied)], whole(), (0, 0, 0, 1)),
        ("partial", vec![dev()], vec![clean().blind(IRELAND, CoverageState::Partial)], whole(), (0, 0, 0, 1)),
        ("skipped", vec![dev()], vec![clean().blind(IRELAND, CoverageState::Skipped)], whole(), (0, 0, 0, 1)),
        (
            "denied elsewhere",
            vec![dev()],
            vec![clean().blind(SEOUL, CoverageState::Denied)],
            whole(),
            (0, 0, 1, 0),
        ),
        (
            "found in part",
            vec![dev()],
            vec![dev().blind(IRELAND, CoverageState::Partial)],
            whole(),
            (0, 1, 0, 0),
        ),
        ("the account left", vec![dev(), other()], vec![other()], whole(), (0, 1, 0, 0)),
        ("the Region left", vec![dev()], vec![pass(DEV, &[SEOUL])], whole(), (0, 0, 0, 0)),
        ("--account", vec![dev(), other()], vec![other()], places(), (0, 1, 0, 1)),
        ("--region", vec![dev()], vec![pass(DEV, &[SEOUL])], places(), (0, 0, 0, 1)),
        ("--account, mended", vec![dev(), other()], vec![clean()], places(), (0, 0, 1, 1)),
        ("--pipeline of others", vec![dev()], vec![clean()], pipelines(&["deploys"]), (0, 0, 0, 1)),
        ("--pipeline, mended", vec![path()], vec![clean()], pipelines(&["deploys"]), (0, 0, 1, 0)),
        ("--pipeline, another", vec![path()], vec![clean()], pipelines(&["stops"]), (0, 0, 0, 1)),
        ("the account is new", vec![other()], vec![dev(), other()], whole(), (1, 1, 0, 0)),
    ] {
        assert_eq!(compared(before, now, &scope), expected, "{case}");
    }
}

#[test]
fn what_left_the_fleet_is_told_once_and_is_not_called_resolved() {
    let other = || pass(PROD, &[IRELAND]);
    for now in [vec![other()], vec![pass(DEV, &[SEOUL]), other()]] {
        let mut second = report(1, now.clone());
        compare(&report(0, vec![dev(), other()]), &mut second, &whole());
        let comparison = second.comparison.clone().expect("a comparison");
        let left: Vec<&str> = comparison.left.iter().map(|one| one.account.id.as_str()).collect();
        assert_eq!(left, [DEV]);
        assert!(comparison.resolved.is_empty() && comparison.unseen.is_empty(), "{comparison:?}");
        let mut third = report(2, now);
        compare(&second, &mut third, &whole());
        assert!(third.comparison.expect("a comparison").left.is_empty());
    }
}

#[test]
fn what_is_out_of_sight_is_newly_so_in_the_first_run_that_looked_for_it_alone() {
    let denied = || clean().blind(IRELAND, CoverageState::Denied);
    let newly = |report: &Report| -> Vec<bool> {
        let unseen = report.comparison.iter().flat_map(|comparison| &comparison.unseen);
        unseen.map(|one| one.newly_unseen).collect()
    };
    let first = report(0, vec![dev()]);
    let mut second = report(1, vec![denied()]);
    compare(&first, &mut second, &whole());
    let mut third = report(2, vec![denied()]);
    compare(&second, &mut third, &whole());
    assert_eq!((newly(&second), newly(&third)), (vec![true], vec![false]));
    for (now, scope) in [(pass(DEV, &[SEOUL]), places()), (clean(), pipelines(&["deploys"]))] {
        let mut narrowed = report(1, vec![now]);
        compare(&first, &mut narrowed, &scope);
        assert_eq!(newly(&narrowed), [false], "a run that was not asked to look lost nothing");
    }
}

#[test]
fn a_message_that_changes_with_a_count_does_not_make_a_finding_new() {
    let mut now = dev();
    now.findings[0].message = "wrong 17 times".to_owned();
    now.findings[0].severity = Severity::Warning;
    assert_eq!(compared(vec![dev()], vec![now], &whole()), (0, 1, 0, 0));
}

/// The pipeline is broken at these hops, at each for these events.
fn broken(hops: &[(&str, &[&str])]) -> Pass {
    hops.iter().fold(clean(), |pass, (hop, events)| {
        let mut pass = pass.with(Check::PathBroken, IRELAND, "deploys");
        let finding = pass.findings.last_mut().expect("a finding");
        finding.evidence.insert("brokenAt".to_owned(), (*hop).into());
        finding.evidence.insert("events".to_owned(), events.to_vec().into());
        pass
    })
}

#[test]
fn a_second_path_of_one_pipeline_that_breaks_is_new_and_can_be_resolved_alone() {
    let (one, both) = (broken(&[("rule", &["a"])]), broken(&[("rule", &["a"]), ("target", &["b"])]));
    assert_eq!(compared(vec![one.clone()], vec![both.clone()], &whole()), (1, 1, 0, 0));
    assert_eq!(compared(vec![both], vec![one], &whole()), (0, 1, 1, 0));
}

#[test]
fn a_path_that_stops_at_another_hop_is_still_broken_and_resolved_only_once_it_is_heard() {
    let at_rule = || vec![broken(&[("rule", &["a", "b"])])];
    for (case, now, expected) in [
        ("further on", broken(&[("target", &["a", "b"])]), (0, 1, 0, 0)),
        ("one of them further on", broken(&[("rule", &["a"]), ("target", &["b"])]), (0, 2, 0, 0)),
        ("one of them heard", broken(&[("target", &["b"])]), (0, 1, 0, 0)),
        ("both heard", clean(), (0, 0, 1, 0)),
    ] {
        assert_eq!(compared(at_rule(), vec![now], &whole()), expected, "{case}");
    }
    let first = report(0, at_rule());
    let mut second = report(1, vec![broken(&[("target", &["b"])])]);
    compare(&first, &mut second, &whole());
    let since = second.passes[0].findings[0].age.as_ref().map(|age| age.since);
    assert_eq!(since, Some(first.metadata.finished_at));
}

#[test]
fn a_report_of_before_the_events_of_a_path_were_listed_is_understood() {
    let mut before = broken(&[("rule", &[])]);
    let evidence = &mut before.findings[0].evidence;
    evidence.remove("events");
    evidence.insert("event".to_owned(), "a".into());
    assert_eq!(compared(vec![before], vec![broken(&[("target", &["a"])])], &whole()), (0, 1, 0, 0));
}

#[test]
fn two_findings_of_one_rule_are_one_thing_to_remember() {
    let twice = || dev().with(Check::BreakerDisabled, IRELAND, "web");
    assert_eq!(compared(vec![dev()], vec![twice()], &whole()), (0, 2, 0, 0));
    assert_eq!(compared(vec![twice()], vec![clean()], &whole()), (0, 0, 1, 0));
}

#[test]
fn a_path_that_an_unread_hub_hides_is_not_called_mended() {
    let broken = clean().with(Check::PathBroken, IRELAND, "deploys");
    let mut hidden = clean();
    hidden.paths.push(Path {
        pipeline: "deploys".to_owned(),
        made_by: MadeBy::Fleet,
        event: "deploymentFailed".to_owned(),
        location: location(IRELAND),
        state: PathState::Unknown,
        broken_at: None,
        why: None,
        hops: Vec::new(),
    });
    assert_eq!(compared(vec![broken], vec![hidden], &whole()), (0, 0, 0, 1));
}

#[test]
fn an_orphan_is_resolved_once_it_is_removed_and_not_when_that_is_planned() {
    let orphan = clean().with(Check::Orphan, IRELAND, "foghorn-old");
    let removed = |outcome| {
        let key = Key::new(Kind::Topic, location(IRELAND), "foghorn-old");
        let mut pass = clean();
        pass.changes.push(Change { outcome, ..Change::delete(key, None, "acme", Vec::new()) });
        pass
    };
    for (outcome, expected) in
        [(Outcome::Planned, (0, 0, 0, 1)), (Outcome::Failed, (0, 0, 0, 1)), (Outcome::Applied, (0, 0, 1, 0))]
    {
        assert_eq!(compared(vec![orphan.clone()], vec![removed(outcome)], &whole()), expected, "{outcome:?}");
    }
}

#[test]
fn a_finding_keeps_its_age_through_runs_that_could_not_see_it() {
    let first = report(0, vec![dev()]);
    let mut second = report(1, vec![dev()]);
    compare(&first, &mut second, &whole());
    let mut third = report(2, vec![clean().blind(IRELAND, CoverageState::Throttled)]);
    compare(&second, &mut third, &whole());
    let mut fourth = report(3, vec![dev()]);
    compare(&third, &mut fourth, &whole());
    let age = |report: &Report| report.passes[0].findings[0].age.clone();
    let since_the_first = Some(Age { news: News::Still, since: first.metadata.finished_at });
    assert_eq!((age(&second), age(&fourth)), (since_the_first.clone(), since_the_first.clone()));
    let unseen = third.comparison.expect("a comparison").unseen;
    assert_eq!(unseen[0].finding.age, since_the_first);
    assert_eq!(unseen[0].account.id.as_str(), DEV);
}

#[test]
fn what_comes_back_after_it_was_resolved_is_new() {
    let mut second = report(1, vec![clean()]);
    compare(&report(0, vec![dev()]), &mut second, &whole());
    let mut third = report(2, vec![dev()]);
    compare(&second, &mut third, &whole());
    let age = Age { news: News::New, since: third.metadata.finished_at };
    assert_eq!(third.passes[0].findings[0].age, Some(age));
}

#[test]
fn a_condition_stands_since_it_came_to_its_status() {
    use ConditionStatus::{False, True, Unknown};
    let hour = |hour: i64| START + time::Duration::hours(hour);
    for (before, now, since) in [
        (True, True, hour(3)),
        (False, False, hour(3)),
        (Unknown, Unknown, hour(3)),
        (True, Unknown, hour(9)),
        (Unknown, True, hour(9)),
        (True, False, hour(9)),
    ] {
        let previous = report(3, vec![clean().condition(ConditionType::Heard, before, 3)]);
        let mut report = report(9, vec![clean().condition(ConditionType::Heard, now, 9)]);
        compare(&previous, &mut report, &whole());
        assert_eq!(report.passes[0].conditions[0].last_transition_time, since, "{before:?} {now:?}");
    }
}

fn some_pass() -> impl Strategy<Value = Pass> {
    let finding = (
        prop::sample::select(vec![Check::BreakerDisabled, Check::PathBroken, Check::Orphan]),
        prop::sample::select(vec![SEOUL, IRELAND]),
        prop::sample::select(vec!["one", "two"]),
    );
    let state =
        prop::sample::select(vec![CoverageState::Seen, CoverageState::Partial, CoverageState::Denied]);
    (
        prop::sample::select(vec![DEV, PROD]),
        prop::sample::subsequence(vec![SEOUL, IRELAND], 0..=2),
        prop::collection::vec(finding, 0..6),
        state,
    )
        .prop_map(|(account, locations, findings, state)| {
            let pass = pass(account, &locations).blind(IRELAND, state);
            findings.into_iter().fold(pass, |pass, (check, place, subject)| pass.with(check, place, subject))
        })
}

fn some_passes() -> impl Strategy<Value = Vec<Pass>> {
    prop::collection::btree_map(prop::sample::select(vec![DEV, PROD]), some_pass(), 0..=2).prop_map(
        |passes| {
            let named = |(id, pass): (&str, Pass)| {
                let account = crate::store::fixtures::pass(id, &[]).account;
                Pass { account, ..pass }
            };
            passes.into_iter().map(named).collect()
        },
    )
}

fn all_identities(report: &Report) -> BTreeSet<Identity> {
    let of = |pass: &Pass| -> Vec<Identity> {
        pass.findings.iter().flat_map(|finding| identities(&pass.account.id, finding)).collect()
    };
    report.passes.iter().flat_map(of).collect()
}

fn remembered(list: &[Remembered]) -> BTreeSet<Identity> {
    list.iter().flat_map(|one| identities(&one.account.id, &one.finding)).collect()
}

proptest! {
    #[test]
    fn nothing_that_was_known_is_lost_or_told_twice(before in some_passes(), now in some_passes(), places in any::<bool>()) {
        let before = report(0, before);
        let mut now = report(1, now);
        compare(&before, &mut now, &Scope { chosen_places: places, ..Scope::default() });
        let comparison = now.comparison.clone().expect("a comparison");
        let lists = [&comparison.resolved, &comparison.unseen, &comparison.left].map(|list| remembered(list));
        let accounted = lists.iter().fold(all_identities(&now), |all, list| &all | list);
        let total: usize = lists.iter().map(BTreeSet::len).sum();
        prop_assert_eq!(all_identities(&now).len() + total, accounted.len(), "told twice");
        prop_assert!(all_identities(&before).is_subset(&accounted));
        let total: usize = now.passes.iter().map(|pass| pass.findings.len()).sum();
        prop_assert_eq!(comparison.new + comparison.still, total);
        prop_assert!(now.passes.iter().flat_map(|pass| &pass.findings).all(|finding| finding.age.is_some()));
    }

    #[test]
    fn the_order_of_what_was_found_does_not_matter(before in some_passes(), now in some_passes()) {
        let compared = |before: Vec<Pass>, now: Vec<Pass>| {
            let mut now = report(1, now);
            compare(&report(0, before), &mut now, &Scope::default());
            now.comparison
        };
        let turned = |mut passes: Vec<Pass>| {
            passes.iter_mut().for_each(|pass| pass.findings.reverse());
            passes.reverse();
            passes
        };
        prop_assert_eq!(compared(before.clone(), now.clone()), compared(turned(before), turned(now)));
    }

    #[test]
    fn a_report_compared_with_itself_has_no_news(passes in some_passes()) {
        let before = report(0, passes.clone());
        let mut now = report(1, passes);
        compare(&before, &mut now, &Scope::default());
        let comparison = now.comparison.expect("a comparison");
        prop_assert_eq!((comparison.new, comparison.resolved.len(), comparison.unseen.len()), (0, 0, 0));
    }
}
