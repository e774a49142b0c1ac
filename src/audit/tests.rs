use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use time::macros::{date, datetime};

use super::conditions::{Evidence, conditions};
use super::*;
use crate::fleet::spec::{Breakers, Events, Exemption};
use crate::model::chat::Workspace;
use crate::model::pass::PathState;
use crate::model::service::{BreakerSettings, Controller, Service, Strategy as Deployment};
use crate::model::{Condition, ConditionStatus, ConditionType, Coverage, EventFamily, Key, Kind, Sight};
use crate::plan::fixtures::*;
use crate::plan::names;

const PLACE: &str = "eu-west-1";

fn fleet_of(breakers: Breakers) -> Fleet {
    let mut fleet = fleet(vec![pipeline("deploys")]);
    fleet.spec.breakers = breakers;
    fleet
}

fn audited(fleet: &Fleet, snapshot: &Snapshot) -> (Vec<Finding>, Vec<Condition>, Vec<Path>) {
    let account = account(&[PLACE]);
    let desired = desired(fleet, &account, snapshot);
    let plan = plan(fleet, &account, snapshot);
    let paths = paths::walk(&paths::WalkInput {
        fleet: FLEET,
        account: &account,
        desired: &desired,
        snapshot,
        plan: &plan,
        hubs: &BTreeMap::new(),
    });
    let subject = Subject {
        fleet,
        account: &account,
        desired: &desired,
        snapshot,
        plan: &plan,
        orphans: &[],
        today: TODAY,
    };
    let findings = findings(&subject, &paths);
    let locations = desired.interest().locations();
    let coverage: Vec<Coverage> =
        locations.into_iter().map(|location| Coverage::of(location, snapshot.gaps(location))).collect();
    let evidence = Evidence {
        coverage: &coverage,
        findings: &findings,
        changes: &plan.changes,
        paths: &paths,
        alarms_in_doubt: alarms_in_doubt(&subject),
        breakers_required: desired.services,
    };
    let conditions = conditions(&evidence, datetime!(2026-11-21 09:00 UTC));
    (findings, conditions, paths)
}

fn fine() -> (Fleet, Snapshot) {
    let fleet = fleet_of(Breakers::default());
    let snapshot = settled(&fleet, &account(&[PLACE]));
    (fleet, snapshot)
}

fn found(fleet: &Fleet, snapshot: &Snapshot) -> Finding {
    let findings = audited(fleet, snapshot).0;
    let [finding] = &findings[..] else { panic!("one finding: {findings:#?}") };
    finding.clone()
}

/// A settled account whose only pipeline takes events of these clusters, with
/// services in `prod` and in `batch`.
fn narrowed_to(clusters: &[&str]) -> (Fleet, Snapshot) {
    let mut fleet = fleet_of(Breakers::default());
    fleet.spec.pipelines[0].clusters = clusters.iter().map(|&cluster| cluster.to_owned()).collect();
    let mut snapshot = settled(&fleet, &account(&[PLACE]));
    let on = BreakerSettings { enable: true, rollback: true };
    let mut seen = ["web", "api", "job"].map(|name| Service { breaker: on, ..service(region(PLACE), name) });
    seen[2].cluster_arn = seen[2].cluster_arn.replace("cluster/prod", "cluster/batch");
    at(&mut snapshot, region(PLACE)).services = seen.into();
    (fleet, snapshot)
}

#[test]
fn an_account_with_a_cluster_that_no_pipeline_takes_is_not_known_to_be_heard() {
    for (clusters, left_out) in [
        (&[][..], vec![]),
        (&["*"], vec![]),
        (&["prod", "ba*"], vec![]),
        (&["prod"], vec![("batch", 1)]),
        (&["prd-*"], vec![("batch", 1), ("prod", 2)]),
    ] {
        let (fleet, snapshot) = narrowed_to(clusters);
        let (findings, conditions, _) = audited(&fleet, &snapshot);
        let found: Vec<(&str, u64)> = findings
            .iter()
            .inspect(|finding| {
                assert_eq!((finding.check, finding.severity), (Check::ClusterLeftOut, Severity::Info))
            })
            .map(|finding| {
                (finding.subject.rsplit('/').next().unwrap(), finding.evidence["services"].as_u64().unwrap())
            })
            .collect();
        assert_eq!(found, left_out, "{clusters:?}");
        let heard = status(&conditions, ConditionType::Heard);
        let expected = if left_out.is_empty() { ConditionStatus::True } else { ConditionStatus::Unknown };
        assert_eq!(heard, expected, "{clusters:?}");
    }
}

#[test]
fn a_pattern_of_ones_own_may_take_any_cluster_and_pipelines_for_something_else_take_none() {
    let (mut fleet, snapshot) = narrowed_to(&["prd-*"]);
    let mut second = fleet.spec.pipelines[0].clone();
    second.name = "second".to_owned();
    second.clusters.clear();
    second.selector.labels.insert("env".to_owned(), "other".to_owned());
    fleet.spec.pipelines.push(second);
    assert_eq!(audited(&fleet, &snapshot).0.len(), 2);
    // One that tells of something else takes no failed deployment.
    fleet.spec.pipelines[1].selector.labels.clear();
    fleet.spec.pipelines[1].events = vec![Events::Family(EventFamily::TaskFailed)];
    let of_clusters = |fleet: &Fleet| {
        let findings = audited(fleet, &snapshot).0;
        findings.iter().filter(|finding| finding.check == Check::ClusterLeftOut).count()
    };
    assert_eq!(of_clusters(&fleet), 2);
    // Where none tells of one, the fleet asks for something else.
    fleet.spec.pipelines[0].events = fleet.spec.pipelines[1].events.clone();
    assert_eq!(of_clusters(&fleet), 0);
    fleet.spec.pipelines[0].events = vec![Events::Family(EventFamily::DeploymentFailed)];
    let pattern = json!({ "source": ["aws.ecs"] });
    let own = serde_json::from_value(json!({ "pattern": pattern })).expect("a pattern");
    fleet.spec.pipelines[0].events.push(own);
    let left_out = audited(&fleet, &snapshot).0;
    assert!(left_out.iter().all(|finding| finding.check != Check::ClusterLeftOut), "{left_out:#?}");
}

fn evidence(finding: &Finding) -> Value {
    json!(finding.evidence)
}

#[test]
fn an_account_in_which_all_is_well_has_no_finding_and_every_condition_holds() {
    let (fleet, snapshot) = fine();
    let (findings, conditions, paths) = audited(&fleet, &snapshot);
    assert_eq!(findings, []);
    assert!(conditions.iter().all(|condition| condition.status == ConditionStatus::True), "{conditions:#?}");
    assert!(paths.iter().all(|path| path.state == PathState::Heard), "{paths:#?}");
}

#[test]
fn each_state_of_a_breaker_is_found_with_what_it_rests_on() {
    let web = || service(region(PLACE), "web");
    let stays = BreakerSettings { enable: true, rollback: false };
    for (service, check, severity) in [
        (web(), Check::BreakerDisabled, Severity::Error),
        (Service { breaker: stays, ..web() }, Check::RollbackDisabled, Severity::Warning),
        (
            Service { controller: Controller::CodeDeploy, ..web() },
            Check::BreakerNotApplicable,
            Severity::Info,
        ),
        (
            Service { strategy: Deployment::Other("CANARY".to_owned()), ..web() },
            Check::BreakerNotJudged,
            Severity::Info,
        ),
    ] {
        let (fleet, mut snapshot) = fine();
        let breaker = service.breaker;
        at(&mut snapshot, region(PLACE)).services = vec![service];
        let finding = found(&fleet, &snapshot);
        assert_eq!((finding.check, finding.severity), (check, severity));
        assert_eq!(finding.subject, "arn:aws:ecs:eu-west-1:111111111111:service/prod/web");
        let expected = json!({ "cluster": "prod", "enable": breaker.enable, "rollback": breaker.rollback });
        assert_eq!(evidence(&finding), expected);
    }
}

#[test]
fn an_exemption_that_ran_out_is_told_once_with_how_many_services_it_covered() {
    let exemption = Exemption {
        cluster: "prod".to_owned(),
        service: "*".to_owned(),
        reason: "migration".to_owned(),
        until: Some(date!(2026 - 11 - 20)),
    };
    let breakers = Breakers { exempt: vec![exemption], ..Breakers::default() };
    let fleet = fleet_of(breakers);
    let mut snapshot = settled(&fleet, &account(&[PLACE]));
    let services = ["web", "api"].map(|name| service(region(PLACE), name));
    at(&mut snapshot, region(PLACE)).services = services.to_vec();
    let findings = audited(&fleet, &snapshot).0;
    let expired: Vec<&Finding> =
        findings.iter().filter(|finding| finding.check == Check::ExemptionExpired).collect();
    let [expired] = expired[..] else { panic!("once: {findings:#?}") };
    assert_eq!(expired.subject, "prod/*");
    assert_eq!(evidence(expired), json!({ "until": "2026-11-20", "services": 2 }));
}

fn alarm(snapshot: &mut Snapshot) -> &mut crate::model::alarm::ObservedAlarm {
    match at(snapshot, region(PLACE)).alarms.get_mut("foghorn-deploys-failed-invocations") {
        Some(Sight::Seen(alarm)) => alarm,
        other => panic!("the alarm is there: {other:?}"),
    }
}

#[test]
fn an_alarm_that_fires_is_found_with_cloudwatch_s_reason() {
    let (fleet, mut snapshot) = fine();
    alarm(&mut snapshot).state = "ALARM".to_owned();
    alarm(&mut snapshot).state_reason = Some("1 datapoint".to_owned());
    let finding = found(&fleet, &snapshot);
    assert_eq!((finding.check, finding.severity), (Check::AlarmFiring, Severity::Error));
    assert_eq!(evidence(&finding), json!({ "state": "ALARM", "reason": "1 datapoint" }));
    assert!(finding.message.contains("1 datapoint"));
}

#[test]
fn an_alarm_that_nobody_would_hear_is_found() {
    let (fleet, healthy) = fine();
    for mute in [
        (|settings| settings.actions_enabled = false) as fn(&mut crate::model::alarm::AlarmSettings),
        |settings| settings.alarm_actions.clear(),
    ] {
        let mut snapshot = healthy.clone();
        mute(&mut alarm(&mut snapshot).settings);
        let finding = found(&fleet, &snapshot);
        assert_eq!((finding.check, finding.severity), (Check::AlarmMuted, Severity::Warning));
        let settings = &alarm(&mut snapshot).settings;
        let expected =
            json!({ "actionsEnabled": settings.actions_enabled, "alarmActions": settings.alarm_actions });
        assert_eq!(evidence(&finding), expected);
    }
}

fn topic<'a>(snapshot: &'a mut Snapshot, name: &str) -> &'a mut crate::model::topic::ObservedTopic {
    match at(snapshot, region(PLACE)).topics.get_mut(name) {
        Some(Sight::Seen(topic)) => topic,
        other => panic!("the topic is there: {other:?}"),
    }
}

#[test]
fn an_alarm_whose_topic_leads_nowhere_is_found_and_the_alarms_are_not_quiet() {
    let (fleet, mut snapshot) = fine();
    topic(&mut snapshot, "foghorn-T1-C1-alarms").subscriptions = Some(Vec::new());
    let finding = found(&fleet, &snapshot);
    assert_eq!((finding.check, finding.severity), (Check::AlarmMuted, Severity::Warning));
    assert_eq!(finding.subject, "foghorn-deploys-failed-invocations");
    assert_eq!(finding.evidence["topics"], json!(["foghorn-T1-C1-alarms"]));
    assert_eq!(finding.evidence["brokenAt"], "subscription");
    let said = "the alarm would not reach the room by its topic foghorn-T1-C1-alarms, whose way stops at subscription: ";
    assert!(finding.message.starts_with(said), "{}", finding.message);
    let conditions = audited(&fleet, &snapshot).1;
    assert_eq!(status(&conditions, ConditionType::AlarmsQuiet), ConditionStatus::False);
}

#[test]
fn a_topic_of_alarms_with_a_key_that_is_not_read_is_no_finding_and_not_called_quiet() {
    let (fleet, mut snapshot) = fine();
    let key = "arn:aws:kms:eu-west-1:111111111111:key/1".to_owned();
    topic(&mut snapshot, "foghorn-T1-C1-alarms").kms_key = Some(key);
    let (findings, conditions, _) = audited(&fleet, &snapshot);
    assert_eq!(findings, []);
    assert_eq!(status(&conditions, ConditionType::AlarmsQuiet), ConditionStatus::Unknown);
    assert_eq!(status(&conditions, ConditionType::Heard), ConditionStatus::True);
}

#[test]
fn a_muted_alarm_is_told_once_however_its_way_is() {
    let (fleet, mut snapshot) = fine();
    topic(&mut snapshot, "foghorn-T1-C1-alarms").subscriptions = Some(Vec::new());
    alarm(&mut snapshot).settings.actions_enabled = false;
    assert!(found(&fleet, &snapshot).message.contains("switched off"));
}

#[test]
fn a_topic_that_people_added_to_an_alarm_is_theirs_to_look_after() {
    let (fleet, mut snapshot) = fine();
    let mut theirs = topic(&mut snapshot, "foghorn-deploys").clone();
    theirs.subscriptions = Some(Vec::new());
    at(&mut snapshot, region(PLACE)).topics.insert("theirs".to_owned(), Sight::Seen(theirs));
    let arn = "arn:aws:sns:eu-west-1:111111111111:theirs".to_owned();
    alarm(&mut snapshot).settings.alarm_actions.insert(arn);
    assert_eq!(audited(&fleet, &snapshot).0, []);
}

#[test]
fn a_queue_whose_policy_denies_the_rules_is_found_with_the_statement() {
    let of_others = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:events:*:*:rule/theirs" } });
    let of_ours = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:events:*:*:rule/foghorn-*" } });
    let of_organisation = json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } });
    for (condition, is_told) in
        [(None, true), (Some(of_ours), true), (Some(of_others), false), (Some(of_organisation), false)]
    {
        let (fleet, mut snapshot) = fine();
        let queue = at(&mut snapshot, region(PLACE)).queues.get_mut("foghorn-deploys-dead-letters");
        let Some(Sight::Seen(queue)) = queue else { panic!("the queue is there") };
        let mut deny = json!({ "Sid": "Lock down", "Effect": "Deny", "Principal": "*", "Action": "sqs:Send*", "Resource": "*" });
        if let Some(condition) = &condition {
            deny["Condition"] = condition.clone();
        }
        queue.policy.iter_mut().for_each(|policy| policy.statements.push(deny.clone()));
        let findings = audited(&fleet, &snapshot).0;
        assert_eq!(findings.len(), usize::from(is_told), "{condition:?}: {findings:#?}");
        for finding in findings {
            assert_eq!((finding.check, finding.severity), (Check::DeadLetters, Severity::Warning));
            assert_eq!(finding.subject, "foghorn-deploys-dead-letters");
            assert_eq!(evidence(&finding), json!({ "rules": ["foghorn-deploys"] }));
            assert!(finding.message.contains("\"Lock down\""), "{}", finding.message);
        }
    }
}

#[test]
fn a_queue_with_the_key_of_aws_is_found_and_one_with_a_customer_key_is_not() {
    for (key, told) in [("alias/aws/sqs", 1), ("alias/ours", 0)] {
        let (fleet, mut snapshot) = fine();
        let queue = at(&mut snapshot, region(PLACE)).queues.get_mut("foghorn-deploys-dead-letters");
        let Some(Sight::Seen(queue)) = queue else { panic!("the queue is there") };
        queue.kms_key = Some(key.to_owned());
        let findings = audited(&fleet, &snapshot).0;
        assert_eq!(findings.len(), told, "{key}: {findings:#?}");
        assert!(findings.iter().all(|finding| finding.message.contains(key)), "{findings:#?}");
    }
}

#[test]
fn an_alarm_queue_or_rule_of_someone_else_is_a_taken_name_and_nothing_more() {
    let (fleet, mut snapshot) = fine();
    alarm(&mut snapshot).state = "ALARM".to_owned();
    let place = at(&mut snapshot, region(PLACE));
    if let Some(Sight::Seen(queue)) = place.queues.get_mut("foghorn-deploys-dead-letters") {
        queue.messages = 4;
    }
    place.failed_invocations.insert("foghorn-deploys".to_owned(), 3.0);
    for (kind, name) in [
        (Kind::Alarm, "foghorn-deploys-failed-invocations"),
        (Kind::Queue, "foghorn-deploys-dead-letters"),
        (Kind::Rule, "foghorn-deploys"),
    ] {
        disown(&mut snapshot, &Key::new(kind, region(PLACE), name));
    }
    let checks: Vec<Check> = audited(&fleet, &snapshot).0.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, [Check::PathBroken, Check::NameTaken, Check::NameTaken, Check::NameTaken]);
}

#[test]
fn events_that_could_not_be_delivered_are_found_whether_or_not_an_alarm_stands() {
    let (fleet, mut snapshot) = fine();
    erase(&mut snapshot, &Key::new(Kind::Alarm, region(PLACE), "foghorn-deploys-failed-invocations"));
    let place = at(&mut snapshot, region(PLACE));
    place.failed_invocations.insert("foghorn-deploys".to_owned(), 3.0);
    let finding = found(&fleet, &snapshot);
    assert_eq!((finding.check, finding.severity), (Check::MetricNonZero, Severity::Error));
    assert_eq!(finding.subject, "foghorn-deploys");
    let expected = json!({ "metric": "AWS/Events FailedInvocations", "sum": 3.0, "hours": 24 });
    assert_eq!(evidence(&finding), expected);
}

#[test]
fn messages_that_chatbot_dropped_are_found_for_our_rooms_alone() {
    let (fleet, mut snapshot) = fine();
    let ours = names::configuration(&channel("C1"));
    let global = snapshot.global.get_or_insert_default();
    global.unsupported_events = BTreeMap::from([(ours.clone(), 1.0), ("theirs".to_owned(), 9.0)]);
    let finding = found(&fleet, &snapshot);
    assert_eq!((finding.check, finding.location), (Check::MetricNonZero, Location::Global));
    assert_eq!(finding.subject, ours);
    assert!(finding.message.contains("dropped 1 message "), "{}", finding.message);
}

#[test]
fn dead_letters_are_found_with_their_number() {
    let (fleet, mut snapshot) = fine();
    let queue = at(&mut snapshot, region(PLACE)).queues.get_mut("foghorn-deploys-dead-letters");
    if let Some(Sight::Seen(queue)) = queue {
        queue.messages = 2;
    }
    let finding = found(&fleet, &snapshot);
    assert_eq!((finding.check, finding.severity), (Check::DeadLetters, Severity::Error));
    assert_eq!(evidence(&finding), json!({ "messages": 2 }));
}

#[test]
fn a_workspace_that_nobody_authorised_is_found_with_what_a_person_must_do() {
    let (fleet, mut snapshot) = fine();
    let other = Workspace { id: "T9".to_owned(), name: "other".to_owned(), state: None };
    snapshot.global.get_or_insert_default().workspaces = Sight::Seen(vec![other]);
    let findings = audited(&fleet, &snapshot).0;
    let finding = findings.iter().find(|finding| finding.check == Check::RoomNotAuthorised);
    let finding = finding.expect("it is found");
    assert_eq!((finding.subject.as_str(), finding.severity), ("T1", Severity::Error));
    assert_eq!(finding.evidence["authorised"], json!(["T9"]));
    let steps = finding.evidence["steps"].to_string();
    assert!(steps.contains("111111111111") && steps.contains("chatbot") && steps.contains("T1"), "{steps}");
}

#[test]
fn whether_a_workspace_is_authorised_is_not_guessed() {
    let (fleet, mut snapshot) = fine();
    snapshot.global.get_or_insert_default().workspaces = Sight::Unknown;
    let findings = audited(&fleet, &snapshot).0;
    assert!(!findings.iter().any(|finding| finding.check == Check::RoomNotAuthorised));
}

#[test]
fn a_taken_name_is_found_with_its_kind() {
    let (fleet, mut snapshot) = fine();
    disown(&mut snapshot, &Key::new(Kind::Queue, region(PLACE), "foghorn-deploys-dead-letters"));
    let finding = found(&fleet, &snapshot);
    assert_eq!((finding.check, finding.severity), (Check::NameTaken, Severity::Error));
    assert_eq!(evidence(&finding), json!({ "kind": "Queue" }));
}

#[test]
fn a_broken_path_is_one_finding_however_many_events_take_it() {
    let both = [crate::model::EventFamily::DeploymentFailed, crate::model::EventFamily::ServiceImpaired];
    let both = both.map(crate::fleet::spec::Events::Family).to_vec();
    let fleet = fleet(vec![crate::fleet::spec::Pipeline { events: both, ..pipeline("deploys") }]);
    let mut snapshot = settled(&fleet, &account(&[PLACE]));
    if let Some(Sight::Seen(rule)) = at(&mut snapshot, region(PLACE)).rules.get_mut("foghorn-deploys") {
        rule.state = "DISABLED".to_owned();
    }
    let (findings, _, paths) = audited(&fleet, &snapshot);
    assert_eq!(paths.len(), 2);
    let [finding] = &findings[..] else { panic!("one finding: {findings:#?}") };
    assert_eq!((finding.check, finding.severity), (Check::PathBroken, Severity::Error));
    assert_eq!(finding.evidence["brokenAt"], "rule");
}

fn status(conditions: &[Condition], kind: ConditionType) -> ConditionStatus {
    let condition = conditions.iter().find(|condition| condition.kind == kind);
    condition.expect("every condition is given").status
}

#[test]
fn a_service_without_breaker_is_not_heard_however_good_the_path() {
    let (fleet, mut snapshot) = fine();
    at(&mut snapshot, region(PLACE)).services = vec![service(region(PLACE), "web")];
    let conditions = audited(&fleet, &snapshot).1;
    assert_eq!(status(&conditions, ConditionType::Heard), ConditionStatus::False);
    assert_eq!(status(&conditions, ConditionType::BreakersOn), ConditionStatus::False);
    assert_eq!(status(&conditions, ConditionType::PipelineReady), ConditionStatus::True);
}

#[test]
fn an_account_read_in_part_is_told_from_one_that_was_not_read() {
    let (fleet, healthy) = fine();
    let reason = |snapshot: &Snapshot| audited(&fleet, snapshot).1[0].reason.clone();
    let mut blind_everywhere = healthy.clone();
    let mut partly_everywhere = healthy.clone();
    for location in [region(PLACE).into(), region("us-east-1").into(), Location::Global] {
        blind(&mut blind_everywhere, location);
        match location {
            Location::Region(region) => at(&mut partly_everywhere, region).gaps.push(gap(false)),
            Location::Global => partly_everywhere.global.get_or_insert_default().gaps.push(gap(false)),
        }
    }
    assert_eq!(reason(&healthy), "AllRead");
    assert_eq!(reason(&partly_everywhere), "PartlyRead");
    assert_eq!(reason(&blind_everywhere), "NothingRead");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_gap_is_never_true(index in any::<Index>(), whole in any::<bool>()) {
        let (fleet, mut snapshot) = fine();
        let keys: Vec<Key> =
            desired(&fleet, &account(&[PLACE]), &snapshot).resources.into_keys().collect();
        let key = index.get(&keys);
        if whole { blind(&mut snapshot, key.location) } else { hide(&mut snapshot, key) }
        let (_, conditions, paths) = audited(&fleet, &snapshot);
        for kind in [
            ConditionType::Reachable,
            ConditionType::PipelineReady,
            ConditionType::Heard,
            ConditionType::AlarmsQuiet,
        ] {
            prop_assert_ne!(status(&conditions, kind), ConditionStatus::True);
        }
        if key.location != Location::Global {
            prop_assert_ne!(status(&conditions, ConditionType::BreakersOn), ConditionStatus::True);
        }
        prop_assert!(paths.iter().all(|path| path.state != PathState::Broken), "{paths:#?}");
    }
}
