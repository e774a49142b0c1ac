//! The scenarios: a thing is absent, then made, then changed in every field,
//! and is seen as it was written each time.

use std::collections::BTreeMap;

use foghorn::aws::AccountDoor;
use foghorn::model::alarm::{Alarm, AlarmSettings};
use foghorn::model::chat::ChatConfiguration;
use foghorn::model::queue::Queue;
use foghorn::model::rule::Rule;
use foghorn::model::snapshot::{GlobalInterest, Interest, RegionInterest};
use foghorn::model::target::{RetryPolicy, Target, TargetSettings};
use foghorn::model::topic::Topic;
use foghorn::model::{Action, Change, FieldChange, RegionSnapshot, Resource, Sight, Snapshot, arn};
use time::OffsetDateTime;

use super::resources::{
    alarm, only, pattern, queue, queue_policy, rule, tags, target, topic, topic_policy, transformer,
};
use super::{account_id, region};

/// What keeps a resource from being as desired, and what would be written.
type Difference = (Vec<FieldChange>, Resource);

pub async fn a_queue(door: &AccountDoor, name: &str) {
    let one = queue(name);
    make(door, Resource::Queue(one.clone())).await;
    let kept = Queue { retention_seconds: 3_600, ..one };
    change(door, Resource::Queue(kept.clone()), &["/retentionSeconds"]).await;
    let opened = Queue { policy: queue_policy(name, "foghorn-two"), ..kept };
    change(door, Resource::Queue(opened.clone()), &["/policy"]).await;
    change(door, Resource::Queue(Queue { tags: tags("two"), ..opened }), &["/tags/team"]).await;
}

pub async fn a_topic(door: &AccountDoor, name: &str) {
    let one = topic(name);
    make(door, Resource::Topic(one.clone())).await;
    let opened = Topic { policy: topic_policy(name, "foghorn-two"), ..one };
    change(door, Resource::Topic(opened.clone()), &["/policy"]).await;
    change(door, Resource::Topic(Topic { tags: tags("two"), ..opened }), &["/tags/team"]).await;
}

pub async fn a_rule(door: &AccountDoor, name: &str) {
    let one = rule(name);
    make(door, Resource::Rule(one.clone())).await;
    let described = Rule { description: "Changed".to_owned(), ..one };
    change(door, Resource::Rule(described.clone()), &["/description"]).await;
    let wider = Rule { pattern: pattern("ECS Service Action"), ..described };
    change(door, Resource::Rule(wider.clone()), &["/pattern"]).await;
    change(door, Resource::Rule(Rule { tags: tags("two"), ..wider }), &["/tags/team"]).await;
}

/// A target in every form that it takes.
pub async fn a_target(door: &AccountDoor, name: &str) {
    for resource in [Resource::Topic(topic(name)), Resource::Queue(queue(name)), Resource::Rule(rule(name))] {
        make(door, resource).await;
    }
    let one = target(name, name, name);
    make(door, Resource::Target(one.clone())).await;
    let set = |settings| Resource::Target(Target { settings, ..one.clone() });
    let worded =
        TargetSettings { transformer: Some(transformer(r#"{"a":<reason>}"#)), ..one.settings.clone() };
    change(door, set(worded.clone()), &["/transformer"]).await;
    let policy = RetryPolicy { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 };
    let hurried = TargetSettings { retry_policy: Some(policy), ..worded };
    change(door, set(hurried.clone()), &["/retryPolicy"]).await;
    let lossy = TargetSettings { dead_letter_arn: None, ..hurried };
    change(door, set(lossy.clone()), &["/deadLetterArn"]).await;
    let constant = TargetSettings { transformer: None, input: Some(r#"{"a":1}"#.to_owned()), ..lossy };
    change(door, set(constant.clone()), &["/input", "/transformer"]).await;
    let part = TargetSettings { input: None, input_path: Some("$.detail".to_owned()), ..constant };
    change(door, set(part.clone()), &["/input", "/inputPath"]).await;
    let queue = TargetSettings { arn: arn::queue(region(), &account_id(), name), ..part };
    change(door, set(queue), &["/arn"]).await;
}

pub async fn an_alarm(door: &AccountDoor, name: &str) {
    make(door, Resource::Topic(topic(name))).await;
    let one = alarm(name, name);
    make(door, Resource::Alarm(one.clone())).await;
    let other = format!("{name}-other");
    make(door, Resource::Topic(topic(&other))).await;
    let settings = AlarmSettings {
        description: Some("Changed".to_owned()),
        namespace: Some("AWS/Chatbot".to_owned()),
        metric: Some("UnsupportedEvents".to_owned()),
        dimensions: BTreeMap::from([("ConfigurationName".to_owned(), "foghorn".to_owned())]),
        statistic: Some("Maximum".to_owned()),
        extended_statistic: None,
        metric_math: false,
        unit: Some("Count".to_owned()),
        period_seconds: Some(60),
        evaluation_periods: Some(3),
        datapoints_to_alarm: Some(2),
        threshold: Some(2.5),
        comparison: Some("GreaterThanThreshold".to_owned()),
        treat_missing_data: Some("breaching".to_owned()),
        actions_enabled: false,
        alarm_actions: only(arn::topic(region(), &account_id(), &other)),
    };
    let changed = Alarm { settings, ..one };
    let fields = [
        "/actionsEnabled",
        "/alarmActions",
        "/comparison",
        "/datapointsToAlarm",
        "/description",
        "/dimensions",
        "/evaluationPeriods",
        "/metric",
        "/namespace",
        "/periodSeconds",
        "/statistic",
        "/threshold",
        "/treatMissingData",
        "/unit",
    ];
    change(door, Resource::Alarm(changed.clone()), &fields).await;
    change(door, Resource::Alarm(Alarm { tags: tags("two"), ..changed }), &["/tags/team"]).await;
    others_actions_stay(door, name).await;
}

/// PutMetricAlarm overwrites, and these are not the fleet's.
async fn others_actions_stay(door: &AccountDoor, name: &str) {
    let snapshot = look(door, &Resource::Alarm(alarm(name, name))).await;
    let seen = snapshot.regions[&region()].alarms[name].seen().expect("the alarm");
    let theirs = only(arn::topic(region(), &account_id(), name));
    assert_eq!((&seen.ok_actions, &seen.insufficient_data_actions), (&theirs, &theirs));
}

/// Makes what is absent, and sees it as it was written.
///
/// # Panics
///
/// If it was there before, or is not as desired after.
pub async fn make(door: &AccountDoor, resource: Resource) {
    assert!(matches!(compare(door, &resource).await, Sight::Absent), "{} exists", resource.key());
    apply(door, Action::Create, resource.clone(), Vec::new()).await;
    settled(door, &resource).await;
}

/// Changes what differs in just these fields, and sees it as it was written.
///
/// # Panics
///
/// If other fields differ, or it is not as desired after.
pub async fn change(door: &AccountDoor, resource: Resource, paths: &[&str]) {
    let Sight::Seen((fields, written)) = compare(door, &resource).await else {
        panic!("{} was not seen", resource.key())
    };
    let differing: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(differing, paths, "{}", resource.key());
    apply(door, Action::Update, written, fields).await;
    settled(door, &resource).await;
}

async fn apply(door: &AccountDoor, action: Action, resource: Resource, fields: Vec<FieldChange>) {
    let key = resource.key();
    let change = Change::write(action, resource, fields, Vec::new());
    door.apply(&change).await.unwrap_or_else(|error| panic!("{action:?} {key}: {error}"));
}

async fn settled(door: &AccountDoor, resource: &Resource) {
    match compare(door, resource).await {
        Sight::Seen((fields, _)) => assert_eq!(fields, [], "{}", resource.key()),
        Sight::Absent | Sight::Unknown => panic!("{} was not seen", resource.key()),
    }
}

async fn compare(door: &AccountDoor, resource: &Resource) -> Sight<Difference> {
    difference(resource, &look(door, resource).await)
}

/// What is read of a resource, without a gap.
async fn look(door: &AccountDoor, resource: &Resource) -> Snapshot {
    let interest = interest_in(resource);
    let snapshot =
        door.observe(&interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120)).await;
    for location in interest.locations() {
        assert_eq!(snapshot.gaps(location), [], "{}", resource.key());
    }
    snapshot
}

fn interest_in(resource: &Resource) -> Interest {
    let region = |interest| Interest { regions: BTreeMap::from([(region(), interest)]), global: None };
    let none = RegionInterest::default;
    match resource {
        Resource::Queue(queue) => region(RegionInterest { queues: only(&queue.name), ..none() }),
        Resource::Topic(topic) => region(RegionInterest { topics: only(&topic.name), ..none() }),
        Resource::Rule(rule) => region(RegionInterest { rules: only(&rule.name), ..none() }),
        Resource::Target(target) => region(RegionInterest { rules: only(&target.rule), ..none() }),
        Resource::Alarm(alarm) => region(RegionInterest { alarms: only(&alarm.name), ..none() }),
        Resource::Breaker(_) => region(RegionInterest { services: true, ..none() }),
        Resource::EventBus(_)
        | Resource::Connection(_)
        | Resource::ApiDestination(_)
        | Resource::Function(_)
        | Resource::Subscription(_) => panic!("no pipeline asks for these yet"),
        Resource::ChatConfiguration(configuration) => Interest {
            regions: BTreeMap::new(),
            global: Some(GlobalInterest { channels: [configuration.channel.clone()].into() }),
        },
    }
}

fn difference(resource: &Resource, snapshot: &Snapshot) -> Sight<Difference> {
    let seen = || &snapshot.regions[&region()];
    match resource {
        Resource::Queue(queue) => map(seen().queues.get(&queue.name), |observed| {
            (queue.diff(observed), Resource::Queue(queue.over(observed)))
        }),
        Resource::Topic(topic) => map(seen().topics.get(&topic.name), |observed| {
            (topic.diff(observed), Resource::Topic(topic.over(observed)))
        }),
        Resource::Rule(rule) => {
            map(seen().rules.get(&rule.name), |observed| (rule.diff(observed), Resource::Rule(rule.clone())))
        }
        Resource::Alarm(alarm) => map(seen().alarms.get(&alarm.name), |observed| {
            (alarm.diff(observed), Resource::Alarm(alarm.over(observed)))
        }),
        Resource::Target(target) => of_target(target, seen()),
        Resource::ChatConfiguration(configuration) => of_configuration(configuration, snapshot),
        Resource::EventBus(_)
        | Resource::Connection(_)
        | Resource::ApiDestination(_)
        | Resource::Function(_)
        | Resource::Subscription(_) => panic!("no pipeline asks for these yet"),
        Resource::Breaker(_) => panic!("breakers have scenarios of their own"),
    }
}

fn of_target(target: &Target, snapshot: &RegionSnapshot) -> Sight<Difference> {
    let rule = snapshot.rules.get(&target.rule).and_then(Sight::seen).expect("the target's rule");
    let targets = rule.targets.seen().expect("the rule's targets");
    match targets.iter().find(|observed| observed.id == target.id) {
        Some(observed) => Sight::Seen((target.diff(observed), Resource::Target(target.clone()))),
        None => Sight::Absent,
    }
}

fn of_configuration(configuration: &ChatConfiguration, snapshot: &Snapshot) -> Sight<Difference> {
    let global = snapshot.global.as_ref().expect("a look at AWS Chatbot");
    let configurations = global.configurations.seen().expect("the configurations");
    match configurations.iter().find(|observed| observed.channel == configuration.channel) {
        Some(observed) => {
            let written = Resource::ChatConfiguration(configuration.over(observed));
            Sight::Seen((configuration.diff(observed), written))
        }
        None => Sight::Absent,
    }
}

fn map<T, U>(sight: Option<&Sight<T>>, change: impl FnOnce(&T) -> U) -> Sight<U> {
    match sight {
        Some(Sight::Seen(thing)) => Sight::Seen(change(thing)),
        Some(Sight::Absent) => Sight::Absent,
        Some(Sight::Unknown) | None => Sight::Unknown,
    }
}
