use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::fleet::spec::Pipeline;
use crate::model::policy::Policy;
use crate::model::target::RetryPolicy;
use crate::model::{Account, Plan};
use crate::plan::fixtures::*;
use crate::plan::names;

const PLACE: &str = "eu-west-1";

fn world(adopt: bool) -> (Fleet, Account, Snapshot) {
    let fleet = fleet(vec![Pipeline { via: via("C1", adopt), ..pipeline("deploys") }]);
    let account = account(&[PLACE, "us-east-1"]);
    let snapshot = settled(&fleet, &account);
    (fleet, account, snapshot)
}

fn key(kind: Kind) -> Key {
    let name = match kind {
        Kind::Queue => names::dead_letters("deploys"),
        Kind::Topic => names::topic("deploys"),
        Kind::Rule => names::rule("deploys", None),
        Kind::Target => format!("{}/{}", names::rule("deploys", None), names::TOPIC_TARGET),
        Kind::Alarm => names::failed_invocations("deploys", None),
        Kind::ChatConfiguration => {
            return Key::new(kind, Location::Global, names::configuration(&channel("C1")));
        }
        Kind::EventBus
        | Kind::Connection
        | Kind::ApiDestination
        | Kind::Function
        | Kind::Subscription
        | Kind::Breaker => unreachable!("{kind} is no part of a pipeline to Slack through AWS Chatbot"),
    };
    Key::new(kind, region(PLACE), name)
}

fn region_of(snapshot: &mut Snapshot) -> &mut RegionSnapshot {
    at(snapshot, region(PLACE))
}

fn seen<'a, T>(things: &'a mut BTreeMap<String, Sight<T>>, name: &str) -> &'a mut T {
    match things.get_mut(name) {
        Some(Sight::Seen(thing)) => thing,
        _ => panic!("{name} is there"),
    }
}

fn configuration(snapshot: &mut Snapshot) -> &mut ObservedChatConfiguration {
    match snapshot.global.as_mut().map(|global| &mut global.configurations) {
        Some(Sight::Seen(configurations)) => &mut configurations[0],
        _ => panic!("the configurations were read"),
    }
}

fn paths(change: &Change) -> Vec<&str> {
    change.fields.iter().map(|field| field.path.as_str()).collect()
}

/// What became of each change: its action, its kind and the fields.
fn summary(plan: &Plan) -> Vec<(Action, Kind, Vec<&str>)> {
    let changes = plan.changes.iter();
    changes.map(|change| (change.action, change.key.kind, paths(change))).collect()
}

type Hand = fn(&mut Snapshot);

#[test]
fn each_field_that_was_changed_by_hand_is_the_one_field_of_one_update() {
    fn queue(snapshot: &mut Snapshot) -> &mut crate::model::queue::ObservedQueue {
        seen(&mut region_of(snapshot).queues, "foghorn-deploys-dead-letters")
    }
    fn topic(snapshot: &mut Snapshot) -> &mut crate::model::topic::ObservedTopic {
        seen(&mut region_of(snapshot).topics, "foghorn-deploys")
    }
    fn rule(snapshot: &mut Snapshot) -> &mut crate::model::rule::ObservedRule {
        seen(&mut region_of(snapshot).rules, "foghorn-deploys")
    }
    fn target(snapshot: &mut Snapshot) -> &mut crate::model::target::TargetSettings {
        match &mut rule(snapshot).targets {
            Sight::Seen(targets) => &mut targets[0].settings,
            _ => panic!("the targets were read"),
        }
    }
    fn alarm(snapshot: &mut Snapshot) -> &mut crate::model::alarm::AlarmSettings {
        &mut seen(&mut region_of(snapshot).alarms, "foghorn-deploys-failed-invocations").settings
    }
    let cases: Vec<(Kind, &str, Hand)> = vec![
        (Kind::Queue, "/retentionSeconds", |s| queue(s).retention_seconds = Some(60)),
        (Kind::Queue, "/policy", |s| queue(s).policy = None),
        (Kind::Topic, "/policy", |s| topic(s).policy = Some(Policy::of(vec![]))),
        (Kind::Rule, "/description", |s| rule(s).description = None),
        (Kind::Rule, "/state", |s| rule(s).state = "DISABLED".into()),
        (Kind::Rule, "/pattern", |s| rule(s).pattern = Some(json!({ "source": ["aws.ecs"] }))),
        (Kind::Target, "/arn", |s| target(s).arn = "arn:aws:sns:eu-west-1:111111111111:other".into()),
        (Kind::Target, "/roleArn", |s| target(s).role_arn = Some("arn:aws:iam::1:role/r".into())),
        (Kind::Target, "/transformer", |s| target(s).transformer = None),
        (Kind::Target, "/input", |s| target(s).input = Some("\"x\"".into())),
        (Kind::Target, "/inputPath", |s| target(s).input_path = Some("$.detail".into())),
        (Kind::Target, "/retryPolicy", |s| {
            target(s).retry_policy =
                Some(RetryPolicy { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 });
        }),
        (Kind::Target, "/deadLetterArn", |s| target(s).dead_letter_arn = None),
        (Kind::Alarm, "/description", |s| alarm(s).description = None),
        (Kind::Alarm, "/namespace", |s| alarm(s).namespace = Some("AWS/SNS".into())),
        (Kind::Alarm, "/metric", |s| alarm(s).metric = Some("Invocations".into())),
        (Kind::Alarm, "/dimensions", |s| {
            alarm(s).dimensions.insert("EventBusName".into(), "default".into());
        }),
        (Kind::Alarm, "/statistic", |s| alarm(s).statistic = Some("Average".into())),
        (Kind::Alarm, "/periodSeconds", |s| alarm(s).period_seconds = Some(60)),
        (Kind::Alarm, "/evaluationPeriods", |s| alarm(s).evaluation_periods = Some(5)),
        (Kind::Alarm, "/datapointsToAlarm", |s| alarm(s).datapoints_to_alarm = None),
        (Kind::Alarm, "/threshold", |s| alarm(s).threshold = Some(100.0)),
        (Kind::Alarm, "/comparison", |s| alarm(s).comparison = Some("LessThanThreshold".into())),
        (Kind::Alarm, "/treatMissingData", |s| alarm(s).treat_missing_data = None),
        (Kind::Alarm, "/actionsEnabled", |s| alarm(s).actions_enabled = false),
        (Kind::Alarm, "/alarmActions", |s| alarm(s).alarm_actions.clear()),
        (Kind::ChatConfiguration, "/iamRoleArn", |s| {
            configuration(s).settings.iam_role_arn = "arn:aws:iam::1:role/admin".into();
        }),
        (Kind::ChatConfiguration, "/guardrailPolicyArns", |s| {
            configuration(s).settings.guardrail_policy_arns.clear();
        }),
        (Kind::ChatConfiguration, "/loggingLevel", |s| {
            configuration(s).settings.logging_level = "NONE".into()
        }),
        (Kind::ChatConfiguration, "/userAuthorizationRequired", |s| {
            configuration(s).settings.user_authorization_required = true;
        }),
        (Kind::ChatConfiguration, "/topics", |s| _ = configuration(s).topics.pop_first()),
    ];
    let (fleet, account, settled) = world(false);
    assert_eq!(plan(&fleet, &account, &settled).changes, []);
    for (kind, path, hand) in cases {
        let mut snapshot = settled.clone();
        hand(&mut snapshot);
        let plan = plan(&fleet, &account, &snapshot);
        assert_eq!(summary(&plan), [(Action::Update, kind, vec![path])], "{kind} {path}");
    }
}

#[test]
fn a_tag_of_the_user_s_that_was_changed_by_hand_is_set_again_and_other_tags_stay() {
    let (mut fleet, account, _) = world(false);
    fleet.spec.tags = BTreeMap::from([("team".to_owned(), "platform".to_owned())]);
    let settled = settled(&fleet, &account);
    for kind in [Kind::Queue, Kind::Topic, Kind::Rule, Kind::Alarm, Kind::ChatConfiguration] {
        let mut snapshot = settled.clone();
        let tags = tags_of(&mut snapshot, &key(kind)).expect("it is there");
        tags.0.insert("team".to_owned(), "nobody".to_owned());
        tags.0.insert("cost-centre".to_owned(), "7".to_owned());
        let plan = plan(&fleet, &account, &snapshot);
        assert_eq!(summary(&plan), [(Action::Update, kind, vec!["/tags/team"])]);
    }
}

#[test]
fn what_is_gone_is_made_again() {
    let (fleet, account, settled) = world(false);
    for kind in [Kind::Queue, Kind::Topic, Kind::Rule, Kind::Target, Kind::Alarm, Kind::ChatConfiguration] {
        let mut snapshot = settled.clone();
        erase(&mut snapshot, &key(kind));
        let plan = plan(&fleet, &account, &snapshot);
        let expected = match kind {
            // A rule takes its targets with it.
            Kind::Rule => vec![(Action::Create, kind, vec![]), (Action::Create, Kind::Target, vec![])],
            _ => vec![(Action::Create, kind, vec![])],
        };
        assert_eq!(summary(&plan), expected);
    }
}

fn assert_only_conflict(plan: &Plan, key: &Key) {
    for change in &plan.changes {
        let expected = if change.key == *key { Action::Conflict } else { Action::Withheld };
        assert_eq!(change.action, expected, "{change:?}");
        assert!(change.resource.is_none() && change.why.is_some());
    }
    assert!(plan.changes.iter().any(|change| change.key == *key), "{plan:?}");
}

#[test]
fn a_name_that_others_have_taken_is_a_conflict_and_nothing_is_written_there() {
    let (fleet, account, settled) = world(false);
    for kind in [Kind::Queue, Kind::Topic, Kind::Rule, Kind::Alarm, Kind::ChatConfiguration] {
        for owner in [None, Some("another")] {
            let mut snapshot = settled.clone();
            let tags = tags_of(&mut snapshot, &key(kind)).expect("it is there");
            *tags = owner.map(|owner| Tags::owned_by(owner, &BTreeMap::new())).unwrap_or_default();
            assert_only_conflict(&plan(&fleet, &account, &snapshot), &key(kind));
        }
    }
}

#[test]
fn what_needs_a_taken_name_is_withheld_and_everything_else_goes_on() {
    let (fleet, account, settled) = world(false);
    let mut snapshot = bare(&fleet, &account);
    let topics = settled.regions[&region(PLACE)].topics.clone();
    at(&mut snapshot, region(PLACE)).topics = topics;
    disown(&mut snapshot, &key(Kind::Topic));
    let plan = plan(&fleet, &account, &snapshot);
    let action =
        |key: &Key| plan.changes.iter().find(|change| change.key == *key).map(|change| change.action);
    assert_eq!(action(&key(Kind::Topic)), Some(Action::Conflict));
    assert_eq!(action(&key(Kind::Target)), Some(Action::Withheld));
    for kind in [Kind::Queue, Kind::Rule, Kind::Alarm, Kind::ChatConfiguration] {
        assert_eq!(action(&key(kind)), Some(Action::Create), "{kind}");
    }
    let elsewhere = plan.changes.iter().filter(|change| change.key.location == Region::US_EAST_1.into());
    assert!(elsewhere.clone().count() > 0 && elsewhere.clone().all(Change::is_write));
    let made = plan.changes.iter().find_map(|change| match &change.resource {
        Some(Resource::ChatConfiguration(configuration)) => Some(configuration),
        _ => None,
    });
    let fed = &made.expect("the room is made").topics;
    assert!(!fed.contains("arn:aws:sns:eu-west-1:111111111111:foghorn-deploys"), "{fed:?}");
    assert!(fed.contains("arn:aws:sns:us-east-1:111111111111:foghorn-deploys"), "{fed:?}");
}

/// Someone else's configuration of the channel, fed by a topic of theirs.
fn made_by_hand(snapshot: &mut Snapshot) {
    let observed = configuration(snapshot);
    observed.name = "by-hand".to_owned();
    observed.settings.logging_level = "NONE".to_owned();
    observed.settings.guardrail_policy_arns.clear();
    observed.topics = BTreeSet::from(["arn:aws:sns:eu-west-1:111111111111:theirs".to_owned()]);
    observed.tags = Tags(BTreeMap::from([("team".to_owned(), "web".to_owned())]));
}

#[test]
fn someone_else_s_configuration_of_the_channel_is_left_alone_unless_adopted() {
    let (fleet, account, mut snapshot) = world(false);
    made_by_hand(&mut snapshot);
    let key = Key::new(Kind::ChatConfiguration, Location::Global, "by-hand");
    let plan = plan(&fleet, &account, &snapshot);
    assert_only_conflict(&plan, &key);
    let why = plan.changes.iter().find(|change| change.key == key).and_then(|change| change.why.clone());
    assert!(why.is_some_and(|why| why.contains("adopt: true") && why.contains("by-hand")));
}

#[test]
fn an_adopted_configuration_gains_topics_and_keeps_its_name_settings_and_tags() {
    let (fleet, account, mut snapshot) = world(true);
    let ours = topics_of(&snapshot, &channel("C1"));
    made_by_hand(&mut snapshot);
    let before = configuration(&mut snapshot).clone();
    let plan = plan(&fleet, &account, &snapshot);
    let change = plan.changes.iter().find(|change| change.key.kind == Kind::ChatConfiguration);
    let change = change.expect("the configuration is fed");
    let Some(Resource::ChatConfiguration(fed)) = &change.resource else { panic!("a write: {change:?}") };
    assert_eq!((&fed.name, &fed.settings, &fed.tags), (&before.name, &before.settings, &None));
    assert_eq!(fed.topics, before.topics.union(&ours).cloned().collect());
    assert_eq!(paths(change), ["/topics"]);
}

#[test]
fn a_name_given_to_another_channel_is_a_conflict() {
    let (fleet, account, mut snapshot) = world(true);
    configuration(&mut snapshot).channel = channel("C9");
    assert_only_conflict(&plan(&fleet, &account, &snapshot), &key(Kind::ChatConfiguration));
}

#[test]
fn what_could_not_be_read_is_withheld_and_what_is_in_sync_beside_it_is_silent() {
    let (fleet, account, settled) = world(false);
    for kind in [Kind::Queue, Kind::Topic, Kind::Target, Kind::Alarm, Kind::ChatConfiguration] {
        let mut snapshot = settled.clone();
        hide(&mut snapshot, &key(kind));
        let plan = plan(&fleet, &account, &snapshot);
        assert_eq!(summary(&plan), [(Action::Withheld, kind, vec![])]);
        assert!(plan.changes[0].why.as_deref().is_some_and(|why| why.contains("could not be read")));
    }
}

#[test]
fn an_alarm_is_not_moved_to_another_name_because_the_configurations_could_not_be_read() {
    let (fleet, account, mut snapshot) = world(true);
    made_by_hand(&mut snapshot);
    let before = plan(&fleet, &account, &snapshot);
    apply_to_snapshot(&mut snapshot, &before);
    assert_eq!(plan(&fleet, &account, &snapshot).changes, []);
    for blinded in [
        {
            let mut snapshot = snapshot.clone();
            hide(&mut snapshot, &key(Kind::ChatConfiguration));
            snapshot
        },
        {
            let mut snapshot = snapshot.clone();
            blind(&mut snapshot, Location::Global);
            snapshot
        },
    ] {
        let plan = plan(&fleet, &account, &blinded);
        assert!(plan.writes_nothing(), "{plan:#?}");
    }
}

#[test]
fn a_location_that_could_not_be_read_at_all_is_left_to_the_coverage() {
    let (fleet, account, mut snapshot) = world(false);
    blind(&mut snapshot, region(PLACE).into());
    blind(&mut snapshot, Location::Global);
    assert_eq!(plan(&fleet, &account, &snapshot).changes, []);
}

#[test]
fn a_configuration_waits_for_the_workspace_and_everything_else_goes_on() {
    let (fleet, account, _) = world(false);
    for (workspaces, why) in [
        (Sight::Seen(Vec::new()), "not yet authorised"),
        (Sight::Absent, "not yet authorised"),
        (Sight::Unknown, "could not be read"),
    ] {
        let mut snapshot = bare(&fleet, &account);
        snapshot.global.get_or_insert_default().workspaces = workspaces;
        let plan = plan(&fleet, &account, &snapshot);
        for change in &plan.changes {
            let waits = change.key.kind == Kind::ChatConfiguration
                || change.key.name == names::unsupported_events(&channel("C1"));
            assert_eq!(change.action, if waits { Action::Withheld } else { Action::Create }, "{change:?}");
        }
        let room = plan.changes.iter().find(|change| change.key == key(Kind::ChatConfiguration));
        let given = room.and_then(|change| change.why.as_deref()).unwrap_or_default();
        assert!(given.contains(why), "{given}");
    }
}

#[test]
fn statements_that_others_wrote_into_a_policy_are_written_back_with_ours() {
    let (fleet, account, mut snapshot) = world(false);
    let theirs = json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "SNS:Subscribe" });
    let topic = seen(&mut region_of(&mut snapshot).topics, "foghorn-deploys");
    topic.policy = Some(Policy::of(vec![theirs.clone()]));
    let plan = plan(&fleet, &account, &snapshot);
    let Some(Resource::Topic(written)) = &plan.changes[0].resource else { panic!("{plan:?}") };
    assert_eq!(written.policy.statements.len(), 2);
    assert_eq!(written.policy.statements[0], theirs);
    assert_eq!(written.policy.statements[1]["Sid"], "FoghornAllowRule");
}

#[test]
fn topics_that_others_added_to_our_configuration_stay() {
    let (fleet, account, mut snapshot) = world(false);
    let theirs = "arn:aws:sns:eu-west-1:111111111111:theirs";
    configuration(&mut snapshot).topics.insert(theirs.to_owned());
    assert_eq!(plan(&fleet, &account, &snapshot).changes, []);
    configuration(&mut snapshot).settings.logging_level = "NONE".to_owned();
    let plan = plan(&fleet, &account, &snapshot);
    let Some(Resource::ChatConfiguration(written)) = &plan.changes[0].resource else { panic!("{plan:?}") };
    assert!(written.topics.contains(theirs));
}

#[test]
fn a_target_that_others_added_to_our_rule_is_no_concern_of_ours() {
    let (fleet, account, mut snapshot) = world(false);
    let rule = seen(&mut region_of(&mut snapshot).rules, "foghorn-deploys");
    if let Sight::Seen(targets) = &mut rule.targets {
        let mut theirs = targets[0].clone();
        theirs.id = "theirs".to_owned();
        targets.insert(0, theirs);
    }
    assert_eq!(plan(&fleet, &account, &snapshot).changes, []);
}
