use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::walk;
use super::*;
use crate::fleet::spec::{Fleet, Pipeline};
use crate::model::chat::ObservedChatConfiguration;
use crate::model::policy::Policy;
use crate::model::topic::{ObservedTopic, Subscription};
use crate::model::{Key, Location, Sight, Snapshot, arn};
use crate::plan::fixtures::*;

const PLACE: &str = "eu-west-1";
const TOPIC: &str = "foghorn-T1-C1-alarms";
const ALARM: &str = "foghorn-deploys-failed-invocations";

fn world() -> (Fleet, Snapshot) {
    let fleet = fleet(vec![pipeline("deploys")]);
    let snapshot = settled(&fleet, &account(&[PLACE]));
    (fleet, snapshot)
}

/// By which topics of an alarm nobody would hear.
fn deaf_ways(fleet: &Fleet, snapshot: &Snapshot, alarm: &str) -> Vec<Deaf> {
    let account = account(&[PLACE]);
    let desired = desired(fleet, &account, snapshot);
    let plan = plan(fleet, &account, snapshot);
    let (plan, hubs) = (&plan, &BTreeMap::new());
    let input = WalkInput { fleet: FLEET, account: &account, desired: &desired, snapshot, plan, hubs };
    let key = Key::new(Kind::Alarm, region(PLACE), alarm);
    let Some(Resource::Alarm(alarm)) = desired.resources.get(&key).map(|wanted| &wanted.resource) else {
        panic!("there is an alarm {alarm}: {:?}", desired.resources.keys());
    };
    deaf(&input, alarm, &alarm.settings.alarm_actions.iter().collect(), &walk(&input))
}

fn topic(snapshot: &mut Snapshot) -> &mut ObservedTopic {
    match at(snapshot, region(PLACE)).topics.get_mut(TOPIC) {
        Some(Sight::Seen(topic)) => topic,
        other => panic!("the topic is there: {other:?}"),
    }
}

fn configuration(snapshot: &mut Snapshot) -> &mut ObservedChatConfiguration {
    match snapshot.global.as_mut().map(|global| &mut global.configurations) {
        Some(Sight::Seen(configurations)) => &mut configurations[0],
        other => panic!("the configurations were read: {other:?}"),
    }
}

fn topic_arn() -> String {
    arn::topic(region(PLACE), &account(&[PLACE]).id, TOPIC)
}

fn key(kind: Kind, name: &str) -> Key {
    Key::new(kind, region(PLACE), name)
}

fn deny(topic: &mut ObservedTopic, more: &Value) {
    let mut statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "sns:Publish" });
    for (member, value) in more.as_object().into_iter().flatten() {
        statement[member] = value.clone();
    }
    topic.policy.iter_mut().for_each(|policy| policy.statements.push(statement.clone()));
}

type Hand = fn(&mut Snapshot);

/// Every way to break an alarm's own way, by the hop that it breaks and a word of
/// what is said.
fn breakages() -> Vec<(&'static str, &'static str, Hand)> {
    vec![
        ("topic", "apply makes it", |s| erase(s, &key(Kind::Topic, TOPIC))),
        ("topic", "does not own", |s| disown(s, &key(Kind::Topic, TOPIC))),
        ("topicKey", "allows cloudwatch.amazonaws.com", |s| topic(s).kms_key = Some("alias/aws/sns".into())),
        ("topicPolicy", "not let this alarm publish", |s| topic(s).policy = Some(Policy::of(Vec::new()))),
        ("topicPolicy", "\"theirs\"", |s| deny(topic(s), &json!({ "Sid": "theirs" }))),
        ("topicPolicy", "a statement that someone else", |s| deny(topic(s), &json!({}))),
        ("topicPolicy", "take it out", |s| {
            let of_alarm =
                json!({ "ArnLike": { "aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:foghorn-deploys*" } });
            deny(topic(s), &json!({ "Condition": of_alarm }));
        }),
        ("chatConfiguration", "not fed by the topic", |s| {
            configuration(s).topics.remove(&topic_arn());
        }),
        ("subscription", "the next foghorn apply adds it again", |s| {
            topic(s).subscriptions = Some(Vec::new())
        }),
        ("subscription", "raw messages", |s| {
            topic(s).subscriptions.iter_mut().flatten().for_each(|one| one.raw_delivery = Some(true));
        }),
    ]
}

#[test]
fn an_alarm_whose_way_nothing_breaks_is_heard() {
    let (fleet, snapshot) = world();
    assert_eq!(deaf_ways(&fleet, &snapshot, ALARM), []);
}

#[test]
fn whatever_breaks_on_the_way_of_an_alarm_is_named_with_its_topic_hop_and_cause() {
    let (fleet, settled) = world();
    for (index, (hop, why, breaks)) in breakages().into_iter().enumerate() {
        let mut snapshot = settled.clone();
        breaks(&mut snapshot);
        let found = deaf_ways(&fleet, &snapshot, ALARM);
        let [deaf] = &found[..] else { panic!("case {index}: one way: {found:#?}") };
        assert_eq!(
            (deaf.topic.as_str(), deaf.feeds_room, deaf.hop.as_str()),
            (TOPIC, true, hop),
            "case {index}"
        );
        assert!(deaf.why.contains(why), "case {index}: {}", deaf.why);
    }
}

#[test]
fn what_nobody_can_tell_of_an_alarms_way_is_not_called_broken() {
    let (fleet, settled) = world();
    let cases: Vec<Hand> = vec![
        |s| topic(s).kms_key = Some("arn:aws:kms:eu-west-1:111111111111:key/1".into()),
        |s| deny(topic(s), &json!({ "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } } })),
        |s| deny(topic(s), &json!({ "Principal": { "Service": "events.amazonaws.com" } })),
        |s| deny(topic(s), &json!({ "Condition": { "Bool": { "aws:SecureTransport": "false" } } })),
        |s| topic(s).subscriptions = None,
        |s| hide(s, &key(Kind::Topic, TOPIC)),
        |s| hide(s, &Key::new(Kind::ChatConfiguration, Location::Global, "any")),
        |s| s.global.get_or_insert_default().workspaces = Sight::Unknown,
        |s| blind(s, Location::Global),
    ];
    for (index, hides) in cases.into_iter().enumerate() {
        let mut snapshot = settled.clone();
        hides(&mut snapshot);
        assert_eq!(deaf_ways(&fleet, &snapshot, ALARM), [], "case {index}");
    }
}

#[test]
fn a_room_that_nobody_let_in_is_told_of_the_pipelines_and_not_of_every_alarm() {
    let (fleet, settled) = world();
    let cases: Vec<Hand> = vec![
        |s| s.global.get_or_insert_default().workspaces = Sight::Seen(Vec::new()),
        |s| configuration(s).state = Some("DISABLED".into()),
        |s| configuration(s).channel = channel("C9"),
    ];
    for (index, breaks) in cases.into_iter().enumerate() {
        let mut snapshot = settled.clone();
        breaks(&mut snapshot);
        assert_eq!(deaf_ways(&fleet, &snapshot, ALARM), [], "case {index}");
    }
}

/// A pipeline through a topic and a function, whose alarms tell a topic.
fn without_chatbot(notify: &str) -> Fleet {
    let mut lambda = pipeline_via("posts", WAYS[5]);
    lambda.alarms.notify = vec![notify.to_owned()];
    fleet(vec![lambda, pipeline("deploys")])
}

#[test]
fn the_alarms_of_a_pipeline_without_chatbot_are_followed_as_far_as_their_topics_were_read() {
    let alarm = "foghorn-posts-failed-invocations";
    let elsewhere = "arn:aws:sns:eu-west-1:111111111111:on-call";
    let (fleet, account) = (without_chatbot(elsewhere), account(&[PLACE]));
    let unread = settled(&fleet, &account);
    assert_eq!(deaf_ways(&fleet, &unread, alarm), []);

    let allow = json!({
        "Effect": "Allow", "Principal": { "Service": "cloudwatch.amazonaws.com" }, "Action": "sns:Publish",
    });
    let mail = Subscription {
        protocol: "email".to_owned(),
        endpoint: "on-call@example.com".to_owned(),
        confirmed: true,
        arn: None,
        raw_delivery: None,
        filter_policy: None,
        filters_body: false,
    };
    let observed = ObservedTopic {
        policy: Some(Policy::of(vec![allow])),
        kms_key: None,
        subscriptions: Some(vec![mail]),
        tags: crate::model::Tags::default(),
    };
    let with = |observed: ObservedTopic| {
        let mut snapshot = unread.clone();
        at(&mut snapshot, region(PLACE)).topics.insert("on-call".to_owned(), Sight::Seen(observed));
        deaf_ways(&fleet, &snapshot, alarm)
    };
    assert_eq!(with(observed.clone()), []);
    let found = with(ObservedTopic { subscriptions: Some(Vec::new()), ..observed });
    let [deaf] = &found[..] else { panic!("one way: {found:#?}") };
    assert_eq!((deaf.topic.as_str(), deaf.feeds_room, deaf.hop.as_str()), ("on-call", false, "subscription"));
}

#[test]
fn an_alarm_that_is_to_tell_the_topic_of_a_rule_is_told_that_only_the_rule_may_publish_there() {
    let fleet = without_chatbot("arn:aws:sns:eu-west-1:111111111111:foghorn-posts");
    let mut snapshot = settled(&fleet, &account(&[PLACE]));
    let found = deaf_ways(&fleet, &snapshot, "foghorn-posts-failed-invocations");
    let [deaf] = &found[..] else { panic!("one way: {found:#?}") };
    assert_eq!((deaf.topic.as_str(), deaf.hop.as_str()), ("foghorn-posts", "topicPolicy"));
    let let_in = json!({
        "Effect": "Allow", "Principal": { "Service": "cloudwatch.amazonaws.com" }, "Action": "sns:Publish",
    });
    if let Some(Sight::Seen(topic)) = at(&mut snapshot, region(PLACE)).topics.get_mut("foghorn-posts") {
        topic.policy.iter_mut().for_each(|policy| policy.statements.push(let_in.clone()));
    }
    assert_eq!(deaf_ways(&fleet, &snapshot, "foghorn-posts-failed-invocations"), []);
}

#[test]
fn a_pipeline_that_is_not_built_yet_is_no_alarm_that_nobody_hears() {
    let fleet = fleet(vec![Pipeline { canary: false, ..pipeline("deploys") }]);
    let account = account(&[PLACE]);
    let snapshot = bare(&fleet, &account);
    let subject_desired = desired(&fleet, &account, &snapshot);
    let plan = plan(&fleet, &account, &snapshot);
    let input = WalkInput {
        fleet: FLEET,
        account: &account,
        desired: &subject_desired,
        snapshot: &snapshot,
        plan: &plan,
        hubs: &BTreeMap::new(),
    };
    assert_eq!(super::super::super::alarms::check(&input, &walk(&input)), []);
}
