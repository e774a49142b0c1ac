use std::collections::BTreeMap;

use super::*;
use crate::fleet::spec::{Fleet, Pipeline};
use crate::model::{Account, Plan, Region, Resource, Tags};
use crate::plan::fixtures::*;
use crate::plan::{Heard, Inputs, Intent};

const PLACE: &str = "eu-west-1";

fn ways() -> Vec<Pipeline> {
    WAYS.iter().enumerate().map(|(index, way)| pipeline_via(&format!("way{index}"), way)).collect()
}

/// An account in which all ways were built, and its fleet.
fn built() -> (Fleet, Account, Snapshot) {
    let fleet = fleet(ways());
    let account = account(&[PLACE]);
    let mut snapshot = settled(&fleet, &account);
    found_by_tag(&mut snapshot);
    (fleet, account, snapshot)
}

fn planned(fleet: &Fleet, account: &Account, snapshot: &Snapshot, intent: Intent) -> Plan {
    plan_of(&Inputs { intent, ..inputs(fleet, account, Some(snapshot)) }, snapshot)
}

fn without(fleet: &Fleet, name: &str) -> Fleet {
    let mut fleet = fleet.clone();
    fleet.spec.pipelines.retain(|pipeline| pipeline.name != name);
    fleet
}

fn deleted(plan: &Plan) -> Vec<String> {
    let deletes = plan.changes.iter().filter(|change| change.action == Action::Delete);
    deletes.map(|change| format!("{} {}", change.key.kind, change.key.name)).collect()
}

fn whys(plan: &Plan) -> Vec<(Kind, String)> {
    let held = plan.changes.iter().filter(|change| change.action == Action::Withheld);
    held.map(|change| (change.key.kind, change.why.clone().unwrap_or_default())).collect()
}

#[test]
fn what_was_asked_for_and_built_is_no_orphan() {
    let (fleet, account, snapshot) = built();
    assert_eq!(orphans(&desired(&fleet, &account, &snapshot), &snapshot), []);
    assert_eq!(planned(&fleet, &account, &snapshot, Intent::Prune).changes, []);
}

#[test]
fn a_pipeline_that_left_the_fleet_goes_with_all_that_was_made_for_it_users_first() {
    let (fleet, account, snapshot) = built();
    let plan = planned(&without(&fleet, "way5"), &account, &snapshot, Intent::Prune);
    assert_eq!(
        deleted(&plan),
        [
            "Alarm foghorn-way5-failed-invocations",
            "Alarm foghorn-way5-function-errors",
            "Target foghorn-way5/topic",
            "Rule foghorn-way5",
            "Subscription foghorn-way5/foghorn-way5",
            "Function foghorn-way5",
            "Topic foghorn-way5",
            "Queue foghorn-way5-dead-letters",
        ]
    );
    assert_eq!(deleted(&plan).len(), plan.changes.len());
}

#[test]
fn nothing_is_removed_unless_that_was_asked_for() {
    let (fleet, account, snapshot) = built();
    assert_eq!(planned(&without(&fleet, "way2"), &account, &snapshot, Intent::Converge).changes, []);
}

#[test]
fn a_run_about_some_pipelines_or_regions_removes_nothing() {
    let (fleet, account, snapshot) = built();
    let fleet = without(&fleet, "way2");
    let only = ["way0".to_owned()];
    let inputs = Inputs { intent: Intent::Prune, ..inputs(&fleet, &account, Some(&snapshot)) };
    assert_eq!(deleted(&plan_of(&Inputs { pipelines: Some(&only), ..inputs }, &snapshot)), [""; 0]);
    let whole = [Account { regions: vec![region(PLACE), Region::US_EAST_1], ..account.clone() }];
    assert_eq!(deleted(&plan_of(&Inputs { accounts: &whole, ..inputs }, &snapshot)), [""; 0]);
}

#[test]
fn a_fleet_that_is_destroyed_leaves_nothing_of_its_own_and_all_that_is_others() {
    let (fleet, account, mut snapshot) = built();
    let theirs = Key::new(Kind::Queue, region(PLACE), "foghorn-way3-dead-letters");
    disown(&mut snapshot, &theirs);
    let plan = planned(&fleet, &account, &snapshot, Intent::Destroy);
    assert!(plan.changes.iter().all(|change| change.action == Action::Delete), "{plan:#?}");
    apply_to_snapshot(&mut snapshot, &plan);
    assert_eq!(planned(&fleet, &account, &snapshot, Intent::Destroy).changes, []);
    let seen = &snapshot.regions[&region(PLACE)];
    assert!(seen.queues["foghorn-way3-dead-letters"].seen().is_some());
    assert!(seen.rules.values().all(|rule| rule.seen().is_none()));
    assert!(seen.functions.values().all(|one| one.seen().is_none()));
    assert!(seen.destinations.values().all(|one| one.seen().is_none()));
    assert!(
        snapshot
            .global
            .and_then(|global| global.configurations.seen().cloned())
            .is_some_and(|all| all.is_empty())
    );
}

#[test]
fn a_way_that_was_changed_for_another_leaves_no_target_that_still_delivers() {
    let (mut fleet, account, mut snapshot) = built();
    fleet.spec.pipelines[5] = pipeline_via("way5", WAYS[4]);
    let plan = planned(&fleet, &account, &snapshot, Intent::Prune);
    assert!(deleted(&plan).contains(&"Target foghorn-way5/topic".to_owned()), "{plan:#?}");
    apply_to_snapshot(&mut snapshot, &plan);
    assert_eq!(planned(&fleet, &account, &snapshot, Intent::Prune).changes, []);
}

#[test]
fn topics_that_go_are_taken_out_of_a_configuration_that_stays_and_others_stay_in_it() {
    for (adopted, owner) in [(false, "acme"), (true, "nobody")] {
        let slack = |name: &str| Pipeline { via: via("C1", adopted), ..pipeline(name) };
        let (fleet, account) = (fleet(vec![slack("one"), slack("two")]), account(&[PLACE]));
        let mut snapshot = settled(&fleet, &account);
        found_by_tag(&mut snapshot);
        let theirs = "arn:aws:sns:eu-west-1:111111111111:theirs".to_owned();
        if let Some(Sight::Seen(all)) = snapshot.global.as_mut().map(|global| &mut global.configurations) {
            all[0].topics.insert(theirs.clone());
            all[0].tags = Tags::owned_by(owner, &BTreeMap::new());
        }
        let plan = planned(&without(&fleet, "two"), &account, &snapshot, Intent::Prune);
        let Some(Resource::ChatConfiguration(written)) = &plan.changes[0].resource else {
            panic!("the configuration is written before its topic goes: {plan:#?}")
        };
        assert!(written.topics.contains(&theirs));
        assert!(written.topics.iter().any(|topic| topic.ends_with(":foghorn-one")));
        assert!(!written.topics.iter().any(|topic| topic.ends_with(":foghorn-two")));
        let topic = plan.changes.iter().find(|change| change.key.kind == Kind::Topic).expect("a topic");
        assert!(topic.needs.contains(&plan.changes[0].key), "{topic:?}");
    }
}

#[test]
fn a_rule_to_which_someone_else_gave_a_target_stays_with_all_that_it_uses() {
    let (fleet, account, mut snapshot) = built();
    if let Some(Sight::Seen(rule)) = at(&mut snapshot, region(PLACE)).rules.get_mut("foghorn-way4")
        && let Sight::Seen(targets) = &mut rule.targets
    {
        let theirs = crate::model::target::ObservedTarget { id: "theirs".to_owned(), ..targets[0].clone() };
        targets.push(theirs);
    }
    let plan = planned(&without(&fleet, "way4"), &account, &snapshot, Intent::Prune);
    let whys = whys(&plan);
    assert!(whys.iter().any(|(kind, why)| *kind == Kind::Rule && why.contains("theirs")), "{plan:#?}");
    assert!(whys.iter().any(|(kind, why)| *kind == Kind::Function && why.contains("still uses it")));
}

#[test]
fn nothing_goes_on_the_strength_of_a_gap() {
    let (fleet, account, built) = built();
    let fleet = without(&fleet, "way0");
    for kind in [Kind::Queue, Kind::Topic, Kind::Alarm, Kind::Rule] {
        let mut snapshot = built.clone();
        let plan = planned(&fleet, &account, &snapshot, Intent::Prune);
        let key = plan.changes.iter().find(|change| change.key.kind == kind).expect("a change").key.clone();
        hide(&mut snapshot, &key);
        let blinded = planned(&fleet, &account, &snapshot, Intent::Prune);
        assert!(blinded.changes.iter().any(|change| change.key == key && change.action == Action::Withheld));
    }
    let mut snapshot = built;
    at(&mut snapshot, region(PLACE)).owned = Sight::Unknown;
    let plan = planned(&fleet, &account, &snapshot, Intent::Prune);
    let here = plan.changes.iter().filter(|change| change.key.location == Location::Region(region(PLACE)));
    let gone: Vec<Kind> =
        here.filter(|change| change.action == Action::Delete).map(|change| change.key.kind).collect();
    assert_eq!(gone, [Kind::Target], "what the rule itself shows is no matter of the index of tags");
}

#[test]
fn a_frozen_fleet_keeps_everything() {
    let (mut fleet, account, snapshot) = built();
    fleet.spec.guard.freeze = true;
    let plan = planned(&fleet, &account, &snapshot, Intent::Destroy);
    assert!(!plan.is_empty() && plan.writes_nothing());
}

#[test]
fn what_others_come_to_hear_leaves_what_was_built_for_it_forgotten() {
    let mut unheard = pipeline_via("way4", WAYS[4]);
    unheard.when = crate::fleet::spec::When::Unheard;
    let (fleet, account) = (fleet(vec![unheard]), account(&[PLACE]));
    let mut snapshot = settled(&fleet, &account);
    found_by_tag(&mut snapshot);
    let families = crate::model::EventFamily::ALL.map(|family| (region(PLACE), family));
    let heard = Heard::from([("way4".to_owned(), BTreeSet::from(families))]);
    let inputs = Inputs { heard: &heard, ..inputs(&fleet, &account, Some(&snapshot)) };
    let desired = crate::plan::desired(&inputs);
    assert!(desired.routes.is_empty() && desired.resources.is_empty());
    assert!(!orphans(&desired, &snapshot).is_empty());
}
