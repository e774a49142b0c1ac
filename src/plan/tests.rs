//! What holds for every plan, over fleets and accounts of all kinds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Value, json};

use super::fixtures::*;
use crate::fleet::spec::{Chatbot, Events, Fleet, Pipeline, Via};
use crate::model::change::Plan;
use crate::model::policy::Policy;
use crate::model::service::Service;
use crate::model::tags::OWNER;
use crate::model::{Account, Change, EventFamily, Key, Kind, Location, Resource, Sight, Snapshot, Tags};

/// Something that happened to one resource of an account.
#[derive(Debug, Clone)]
enum Accident {
    Erased,
    Unread,
    TakenByOthers,
    TakenByAnotherFleet,
    Drifted,
    StatementAdded,
    LocationUnread,
    WorkspaceNotAuthorised,
    ConfigurationRenamed,
}

/// An account and its fleet, and what was read there.
#[derive(Debug, Clone)]
struct World {
    fleet: Fleet,
    account: Account,
    snapshot: Snapshot,
}

fn pipelines() -> impl Strategy<Value = Vec<Pipeline>> {
    let one = (
        subsequence(vec![EventFamily::DeploymentFailed, EventFamily::ServiceImpaired], 1..=2),
        subsequence(vec!["prod", "web-*", "batch"], 0..=3),
        any::<bool>(),
        any::<bool>(),
        1_u32..4,
        subsequence(vec!["{region}", "us-east-1"], 0..=2),
    );
    (prop::collection::vec(one, 0..4), any::<[bool; 2]>()).prop_map(|(many, adopt)| {
        let build = |(index, (events, clusters, second, dead_letter, threshold, notify)): (usize, _)| {
            let (events, clusters): (Vec<EventFamily>, Vec<&str>) = (events, clusters);
            let (second, dead_letter, threshold): (bool, bool, u32) = (second, dead_letter, threshold);
            let notify: Vec<&str> = notify;
            let mut pipeline = pipeline(&format!("p{index}"));
            pipeline.via = via(if second { "C2" } else { "C1" }, adopt[usize::from(second)]);
            pipeline.events = events.into_iter().map(Events::Family).collect();
            pipeline.clusters = clusters.into_iter().map(str::to_owned).collect();
            pipeline.dead_letter = dead_letter;
            pipeline.alarms.unsupported_events.threshold = threshold;
            let topic = |place: &str| format!("arn:aws:sns:{place}:{{account}}:pager");
            pipeline.alarms.notify = notify.into_iter().map(topic).collect();
            pipeline
        };
        many.into_iter().enumerate().map(build).collect()
    })
}

fn services() -> impl Strategy<Value = Vec<(bool, bool, bool, bool)>> {
    prop::collection::vec(any::<(bool, bool, bool, bool)>(), 0..3)
}

fn accidents() -> impl Strategy<Value = Vec<(Accident, Index)>> {
    let accident = prop_oneof![
        4 => Just(Accident::Erased),
        4 => Just(Accident::Unread),
        3 => Just(Accident::TakenByOthers),
        1 => Just(Accident::TakenByAnotherFleet),
        6 => Just(Accident::Drifted),
        3 => Just(Accident::StatementAdded),
        1 => Just(Accident::LocationUnread),
        1 => Just(Accident::WorkspaceNotAuthorised),
        1 => Just(Accident::ConfigurationRenamed),
    ];
    prop::collection::vec((accident, any::<Index>()), 0..10)
}

fn worlds() -> impl Strategy<Value = World> {
    let regions = subsequence(vec!["ap-northeast-2", "eu-west-1", "us-east-1"], 1..=3);
    (pipelines(), regions, services(), any::<bool>(), any::<bool>(), accidents()).prop_map(
        |(pipelines, regions, services, remediate, is_built, accidents)| {
            let mut fleet = fleet(pipelines);
            fleet.spec.breakers.remediate = remediate;
            let account = account(&regions);
            let mut snapshot = if is_built { settled(&fleet, &account) } else { bare(&fleet, &account) };
            for region in &account.regions {
                let named = services.iter().enumerate();
                let services =
                    named.map(|(index, given)| with(service(*region, &format!("s{index}")), *given));
                at(&mut snapshot, *region).services = services.collect();
            }
            for (accident, index) in accidents {
                let keys: Vec<Key> = desired(&fleet, &account, &snapshot).resources.into_keys().collect();
                if !keys.is_empty() {
                    befall(&mut snapshot, index.get(&keys), &accident);
                }
            }
            World { fleet, account, snapshot }
        },
    )
}

fn with(service: Service, (enable, rollback, deploying, unknown): (bool, bool, bool, bool)) -> Service {
    let unknown_members = if unknown { vec!["newer".to_owned()] } else { Vec::new() };
    let breaker = crate::model::service::BreakerSettings { enable, rollback };
    Service { breaker, deploying, unknown_members, ..service }
}

fn befall(snapshot: &mut Snapshot, key: &Key, accident: &Accident) {
    match accident {
        Accident::Erased => erase(snapshot, key),
        Accident::Unread => hide(snapshot, key),
        Accident::TakenByOthers => disown(snapshot, key),
        Accident::TakenByAnotherFleet => {
            if let Some(tags) = tags_of(snapshot, key) {
                *tags = Tags::owned_by("another", &BTreeMap::new());
            }
        }
        Accident::Drifted => drift(snapshot, key),
        Accident::StatementAdded => add_statement(snapshot, key),
        Accident::LocationUnread => blind(snapshot, key.location),
        Accident::WorkspaceNotAuthorised => {
            if let Some(global) = &mut snapshot.global {
                global.workspaces = Sight::Seen(Vec::new());
            }
        }
        Accident::ConfigurationRenamed => {
            let configurations = snapshot.global.as_mut().map(|global| &mut global.configurations);
            if let Some(Sight::Seen(configurations)) = configurations {
                for (index, observed) in configurations.iter_mut().enumerate() {
                    observed.name = format!("by-hand-{index}");
                    observed.topics.insert("arn:aws:sns:eu-west-1:111111111111:theirs".to_owned());
                }
            }
        }
    }
}

/// Changes everything about a thing but whose it is.
fn drift(snapshot: &mut Snapshot, key: &Key) {
    let Location::Region(region) = key.location else {
        let configurations = snapshot.global.as_mut().map(|global| &mut global.configurations);
        if let Some(Sight::Seen(configurations)) = configurations {
            for observed in configurations.iter_mut().filter(|observed| observed.name == key.name) {
                observed.settings.logging_level = "INFO".to_owned();
                observed.topics.pop_first();
            }
        }
        return;
    };
    let region = at(snapshot, region);
    match key.kind {
        Kind::Queue => {
            if let Some(Sight::Seen(queue)) = region.queues.get_mut(&key.name) {
                queue.retention_seconds = Some(60);
                queue.policy = None;
            }
        }
        Kind::Topic => {
            if let Some(Sight::Seen(topic)) = region.topics.get_mut(&key.name) {
                topic.policy = None;
                topic.tags.0.insert("team".to_owned(), "kept".to_owned());
            }
        }
        Kind::Rule => {
            if let Some(Sight::Seen(rule)) = region.rules.get_mut(&key.name) {
                rule.state = "DISABLED".to_owned();
                rule.pattern = None;
            }
        }
        Kind::Target => {
            let rule = key.name.rsplit_once('/').map_or(key.name.as_str(), |(rule, _)| rule);
            if let Some(Sight::Seen(rule)) = region.rules.get_mut(rule)
                && let Sight::Seen(targets) = &mut rule.targets
            {
                for target in targets {
                    target.settings.transformer = None;
                    target.settings.input = Some("\"hello\"".to_owned());
                }
            }
        }
        Kind::Alarm => {
            if let Some(Sight::Seen(alarm)) = region.alarms.get_mut(&key.name) {
                alarm.settings.actions_enabled = false;
                alarm.settings.threshold = Some(99.0);
                alarm.ok_actions = BTreeSet::from(["arn:aws:sns:eu-west-1:111111111111:theirs".to_owned()]);
            }
        }
        Kind::EventBus => {
            if let Some(Sight::Seen(bus)) = region.buses.get_mut(&key.name) {
                bus.policy = None;
            }
        }
        Kind::Connection => {
            if let Some(Sight::Seen(connection)) = region.connections.get_mut(&key.name) {
                connection.state = "DEAUTHORIZED".to_owned();
            }
        }
        Kind::ApiDestination => {
            if let Some(Sight::Seen(destination)) = region.destinations.get_mut(&key.name) {
                destination.method = "GET".to_owned();
                destination.rate_per_second = None;
            }
        }
        Kind::Function => {
            if let Some(Sight::Seen(function)) = region.functions.get_mut(&key.name) {
                function.settings.timeout_seconds = 1;
                function.policy = None;
            }
        }
        Kind::Subscription => {
            let topic = key.name.split('/').next().unwrap_or_default();
            if let Some(Sight::Seen(topic)) = region.topics.get_mut(topic) {
                for subscription in topic.subscriptions.iter_mut().flatten() {
                    subscription.filter_policy = Some(json!({ "never": ["matches"] }));
                }
            }
        }
        Kind::ChatConfiguration | Kind::Breaker => {}
    }
}

fn theirs() -> Value {
    json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "SNS:Subscribe", "Resource": "*" })
}

fn add_statement(snapshot: &mut Snapshot, key: &Key) {
    let Location::Region(region) = key.location else { return };
    let region = at(snapshot, region);
    let policies = [
        region.queues.get_mut(&key.name).and_then(|sight| match sight {
            Sight::Seen(queue) if key.kind == Kind::Queue => Some(&mut queue.policy),
            _ => None,
        }),
        region.topics.get_mut(&key.name).and_then(|sight| match sight {
            Sight::Seen(topic) if key.kind == Kind::Topic => Some(&mut topic.policy),
            _ => None,
        }),
    ];
    for policy in policies.into_iter().flatten() {
        policy.get_or_insert(Policy::of(Vec::new())).statements.insert(0, theirs());
    }
}

fn planned(world: &World) -> Plan {
    plan(&world.fleet, &world.account, &world.snapshot)
}

/// The policy that AWS has and the one that a change writes in its place.
fn policies<'a>(world: &'a World, change: &'a Change) -> Option<(&'a Policy, &'a Policy)> {
    match change.resource.as_ref()? {
        Resource::Queue(queue) => {
            let observed = world.snapshot.regions.get(&queue.region)?.queues.get(&queue.name)?.seen()?;
            Some((observed.policy.as_ref()?, &queue.policy))
        }
        Resource::Topic(topic) => {
            let observed = world.snapshot.regions.get(&topic.region)?.topics.get(&topic.name)?.seen()?;
            Some((observed.policy.as_ref()?, &topic.policy))
        }
        _ => None,
    }
}

/// The tags of the thing that a write is about, or of the rule of a target;
/// `None` where there is no such thing yet.
fn owner_of(world: &World, change: &Change) -> Option<Tags> {
    let mut snapshot = world.snapshot.clone();
    let key = match change.key.kind {
        Kind::Target => {
            let rule = change.key.name.split('/').next().unwrap_or_default();
            Key::new(Kind::Rule, change.key.location, rule)
        }
        _ => change.key.clone(),
    };
    tags_of(&mut snapshot, &key).cloned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_order_of_pipelines_clusters_and_regions_changes_no_byte_of_a_plan(world in worlds()) {
        let mut other = world.clone();
        other.fleet.spec.pipelines.reverse();
        other.account.regions.reverse();
        for pipeline in &mut other.fleet.spec.pipelines {
            pipeline.clusters.reverse();
            pipeline.events.reverse();
            pipeline.alarms.notify.reverse();
        }
        let one = desired(&world.fleet, &world.account, &world.snapshot);
        prop_assert_eq!(&one, &desired(&other.fleet, &other.account, &other.snapshot));
        let (one, other) = (planned(&world), planned(&other));
        prop_assert_eq!(&one, &other);
        let bytes = |plan: &Plan| serde_json::to_vec(&plan.changes).expect("JSON");
        prop_assert_eq!(bytes(&one), bytes(&other));
    }

    #[test]
    fn a_plan_applied_and_made_again_writes_nothing(world in worlds()) {
        let mut after = world.snapshot.clone();
        apply_to_snapshot(&mut after, &planned(&world));
        let again = plan(&world.fleet, &world.account, &after);
        prop_assert!(again.writes_nothing(), "{:#?}", again);
    }

    #[test]
    fn nothing_is_written_that_the_fleet_does_not_own(world in worlds()) {
        for change in planned(&world).changes.iter().filter(|change| change.is_write()) {
            let Some(tags) = owner_of(&world, change) else { continue };
            if tags.owner() == Some("acme") {
                continue;
            }
            let Some(Resource::ChatConfiguration(fed)) = &change.resource else {
                return Err(TestCaseError::fail(format!("{change:?} over {tags:?}")));
            };
            let adopted = world.fleet.spec.pipelines.iter().any(|pipeline| {
                let Via::Chatbot(Chatbot::Slack(slack)) = &pipeline.via else { return false };
                slack.adopt && fed.channel == channel(&slack.channel_id)
            });
            prop_assert!(adopted);
            prop_assert_eq!(&fed.tags, &None);
            let paths: Vec<&str> = change.fields.iter().map(|field| field.path.as_str()).collect();
            prop_assert_eq!(paths, ["/topics"]);
        }
    }

    #[test]
    fn what_others_added_survives_every_write(world in worlds()) {
        for change in planned(&world).changes.iter().filter(|change| change.is_write()) {
            if let Some(Resource::ChatConfiguration(configuration)) = &change.resource {
                let before = topics_of(&world.snapshot, &configuration.channel);
                prop_assert!(configuration.topics.is_superset(&before));
            }
            if let Some((before, written)) = policies(&world, change) {
                for statement in before.statements.iter().filter(|statement| **statement == theirs()) {
                    prop_assert!(written.statements.contains(statement));
                }
            }
            if let Some(Resource::Alarm(alarm)) = &change.resource {
                let region = &world.snapshot.regions[&alarm.region];
                if let Some(before) = region.alarms.get(&alarm.name).and_then(Sight::seen) {
                    prop_assert_eq!(&alarm.ok_actions, &before.ok_actions);
                }
            }
        }
    }

    #[test]
    fn where_nothing_could_be_read_nothing_is_planned(world in worlds()) {
        for change in planned(&world).changes {
            let gaps = world.snapshot.gaps(change.key.location);
            prop_assert!(!gaps.iter().any(|gap| gap.whole), "{change:?}");
        }
    }

    #[test]
    fn a_thing_that_could_not_be_read_is_not_written(world in worlds()) {
        let mut snapshot = world.snapshot.clone();
        let hidden: BTreeSet<Key> = planned(&world)
            .changes
            .into_iter()
            .filter(Change::is_write)
            .map(|change| change.key)
            .filter(|key| key.kind != Kind::Breaker)
            .collect();
        for key in &hidden {
            hide(&mut snapshot, key);
        }
        let blinded = plan(&world.fleet, &world.account, &snapshot);
        for change in blinded.changes.iter().filter(|change| change.is_write()) {
            prop_assert!(!hidden.contains(&change.key), "{change:?}");
        }
    }

    #[test]
    fn what_a_change_needs_comes_before_it(world in worlds()) {
        let plan = planned(&world);
        let place = |key: &Key| plan.changes.iter().position(|change| change.key == *key);
        for (index, change) in plan.changes.iter().enumerate() {
            for need in &change.needs {
                prop_assert!(place(need).is_none_or(|before| before < index), "{change:?}");
            }
        }
    }

    #[test]
    fn every_change_that_is_no_write_says_why(world in worlds()) {
        for change in planned(&world).changes {
            prop_assert_eq!(change.is_write(), change.resource.is_some());
            prop_assert!(change.is_write() || change.why.is_some_and(|why| !why.is_empty()));
        }
    }

    #[test]
    fn everything_made_carries_the_fleet_s_name(world in worlds()) {
        for change in planned(&world).changes.iter().filter(|change| change.is_write()) {
            let tags = match change.resource.as_ref().expect("a write names its resource") {
                Resource::Queue(queue) => Some(&queue.tags),
                Resource::Topic(topic) => Some(&topic.tags),
                Resource::EventBus(bus) => Some(&bus.tags),
                Resource::Function(function) => Some(&function.tags),
                Resource::Rule(rule) => Some(&rule.tags),
                Resource::Alarm(alarm) => Some(&alarm.tags),
                Resource::ChatConfiguration(configuration) => configuration.tags.as_ref(),
                Resource::Connection(_)
                | Resource::ApiDestination(_)
                | Resource::Subscription(_)
                | Resource::Target(_)
                | Resource::Breaker(_) => None,
            };
            prop_assert!(tags.is_none_or(|tags| tags.0.get(OWNER).is_some_and(|owner| owner == "acme")));
        }
    }
}
