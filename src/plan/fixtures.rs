//! Fleets, accounts and snapshots to test the pure code with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use time::macros::date;

use super::{Heard, Inputs, Intent};
use crate::fleet::spec::{Alarms, Chatbot, Events, Fleet, Hub, Pipeline, Selector, Slack, Via, When};
use crate::model::alarm::{Alarm, ObservedAlarm};
use crate::model::bus::{EventBus, ObservedEventBus};
use crate::model::chat::{
    Channel, ChatConfiguration, ObservedChatConfiguration, SlackChannel, Team, Workspace,
};
use crate::model::destination::{ApiDestination, Connection, ObservedApiDestination, ObservedConnection};
use crate::model::function::{Code, Function, ObservedFunction};
use crate::model::materials::{Materials, Notifier};
use crate::model::queue::{ObservedQueue, Queue};
use crate::model::rule::{ObservedRule, Rule};
use crate::model::secret::Secret;
use crate::model::service::{BreakerSettings, Controller, Scheduling, Service, Strategy};
use crate::model::subscription::FunctionSubscription;
use crate::model::target::{ObservedTarget, Target};
use crate::model::topic::{CHATBOT_ENDPOINT, ObservedTopic, Subscription, Topic};
use crate::model::{
    Account, Action, Cause, Change, Desired, EventFamily, Gap, GlobalSnapshot, Key, Kind, Location, Plan,
    Region, RegionSnapshot, Resource, Sight, Snapshot, Tags, arn,
};

/// The day on which all tests take place.
pub(crate) const TODAY: time::Date = date!(2026 - 11 - 21);

/// The fleet that all tests speak of.
pub(crate) const FLEET: &str = "acme";

pub(crate) fn region(name: &str) -> Region {
    name.parse().expect("a Region")
}

pub(crate) fn account(regions: &[&str]) -> Account {
    Account {
        id: "111111111111".parse().expect("an account id"),
        name: "dev".to_owned(),
        labels: BTreeMap::new(),
        regions: regions.iter().map(|name| region(name)).collect(),
    }
}

/// A fleet of these pipelines, valid in all else.
pub(crate) fn fleet(pipelines: Vec<Pipeline>) -> Fleet {
    let text = "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: { name: acme }\nspec:\n  \
                regions: [eu-west-1]\n  accounts: [ { id: \"111111111111\" } ]\n";
    let mut fleet = crate::fleet::parse(text, "fleet.yaml", TODAY).expect("a good fleet").fleet;
    fleet.spec.pipelines = pipelines;
    fleet
}

/// A pipeline of failed deployments to channel C1.
pub(crate) fn pipeline(name: &str) -> Pipeline {
    Pipeline {
        name: name.to_owned(),
        selector: Selector::default(),
        events: vec![Events::Family(EventFamily::DeploymentFailed)],
        clusters: Vec::new(),
        via: via("C1", false),
        hub: None,
        when: When::Always,
        canary: true,
        alarms: Alarms::default(),
        dead_letter: true,
    }
}

pub(crate) fn via(channel: &str, adopt: bool) -> Via {
    let slack = Slack { workspace_id: "T1".to_owned(), channel_id: channel.to_owned(), adopt };
    Via::Chatbot(Chatbot::Slack(slack))
}

pub(crate) fn channel(channel: &str) -> Channel {
    Channel::Slack(SlackChannel { workspace: "T1".to_owned(), channel: channel.to_owned() })
}

/// What a run brings along in all tests.
pub(crate) static MATERIALS: LazyLock<Materials> = LazyLock::new(|| {
    let code = |zip: &[u8]| Code { sha256: format!("sha of {} bytes", zip.len()), zip: zip.into() };
    Materials {
        notifier: Some(Ok(Notifier {
            architecture: "arm64".to_owned(),
            code: code(b"zip"),
            hub_code: code(b"hub zip"),
        })),
        webhooks: BTreeMap::from([("posted".to_owned(), Ok(Secret::new(WEBHOOK)))]),
    }
});

/// A webhook of nobody's.
pub(crate) const WEBHOOK: &str = "https://example.invalid/hook/very-secret";

static NOTHING_HEARD: Heard = Heard::new();

/// What the desired state of an account follows from, in a fleet of it alone.
pub(crate) fn inputs<'a>(
    fleet: &'a Fleet,
    account: &'a Account,
    snapshot: Option<&'a Snapshot>,
) -> Inputs<'a> {
    Inputs {
        fleet,
        account,
        accounts: std::slice::from_ref(account),
        pipelines: None,
        snapshot,
        materials: &MATERIALS,
        heard: &NOTHING_HEARD,
        intent: Intent::Converge,
    }
}

/// What is desired, knowing what the snapshot says.
pub(crate) fn desired(fleet: &Fleet, account: &Account, snapshot: &Snapshot) -> Desired {
    super::desired(&inputs(fleet, account, Some(snapshot)))
}

/// What is planned for a snapshot.
pub(crate) fn plan(fleet: &Fleet, account: &Account, snapshot: &Snapshot) -> Plan {
    plan_of(&inputs(fleet, account, Some(snapshot)), snapshot)
}

/// What is planned for a snapshot from these inputs.
pub(crate) fn plan_of(inputs: &Inputs<'_>, snapshot: &Snapshot) -> Plan {
    super::plan(inputs, &super::desired(inputs), snapshot, TODAY)
}

/// A snapshot of an account in which nothing is built and the workspace is
/// authorised.
pub(crate) fn bare(fleet: &Fleet, account: &Account) -> Snapshot {
    bare_of(&inputs(fleet, account, None))
}

/// A snapshot of an account in which nothing is built, and all that a person
/// must do is done.
pub(crate) fn bare_of(inputs: &Inputs<'_>) -> Snapshot {
    let interest = super::desired(inputs).interest();
    let regions = interest.regions.iter().map(|(region, interest)| {
        let seen = RegionSnapshot {
            queues: interest.queues.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            topics: interest.topics.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            buses: interest.buses.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            connections: interest.connections.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            destinations: interest.destinations.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            functions: interest.functions.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            rules: interest.rules.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            alarms: interest.alarms.iter().map(|name| (name.clone(), Sight::Absent)).collect(),
            secrets: interest
                .secrets
                .iter()
                .map(|name| (name.clone(), Sight::Seen(Ok(Secret::new(WEBHOOK)))))
                .collect(),
            other_rules: Sight::Seen(BTreeMap::new()),
            owned: Sight::Seen(BTreeSet::new()),
            ..RegionSnapshot::default()
        };
        (*region, seen)
    });
    let workspace = Workspace { id: "T1".to_owned(), name: "acme".to_owned(), state: None };
    let team = Team { tenant: TENANT.to_owned(), team: TEAM.to_owned(), name: None, state: None };
    let global = interest.global.as_ref().map(|_| GlobalSnapshot {
        workspaces: Sight::Seen(vec![workspace]),
        teams: Sight::Seen(vec![team]),
        configurations: Sight::Seen(Vec::new()),
        ..GlobalSnapshot::default()
    });
    Snapshot { regions: regions.collect(), global }
}

/// A snapshot of an account in which everything is as the fleet asks.
pub(crate) fn settled(fleet: &Fleet, account: &Account) -> Snapshot {
    settled_of(&inputs(fleet, account, None))
}

/// A snapshot of an account in which everything is as these inputs ask.
pub(crate) fn settled_of(inputs: &Inputs<'_>) -> Snapshot {
    let mut snapshot = bare_of(inputs);
    let bare = snapshot.clone();
    let wanted = super::desired(&Inputs { snapshot: Some(&bare), ..*inputs }).resources;
    for wanted in wanted.values() {
        put(&mut snapshot, &wanted.resource);
    }
    snapshot
}

/// A pipeline to another way than Slack through AWS Chatbot, as the fleet file
/// writes it.
pub(crate) fn pipeline_via(name: &str, via: &str) -> Pipeline {
    let text = format!(
        "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: acme }}\nspec:\n  \
         regions: [eu-west-1]\n  accounts: [ {{ id: \"111111111111\" }} ]\n  pipelines: [ {{ name: {name}, \
         events: [deploymentFailed], via: {via} }} ]\n"
    );
    let mut fleet = crate::fleet::parse(&text, "fleet.yaml", TODAY).expect("a good fleet").fleet;
    fleet.spec.pipelines.remove(0)
}

/// Every way to a room, each in the fleet file's words.
pub(crate) const WAYS: [&str; 6] = [
    "{ chatbot: { slack: { workspaceId: T1, channelId: C1 } } }",
    "{ chatbot: { teams: { tenantId: 11111111-2222-3333-4444-555555555555, teamId: \
     66666666-7777-8888-9999-000000000000, channelId: 19%3Aab12%40thread.tacv2 } } }",
    "{ apiDestination: { slack: { webhook: { secretsManager: foghorn/slack } } } }",
    "{ apiDestination: { googleChat: { webhook: { secretsManager: foghorn/google } }, ratePerSecond: 2 } }",
    "{ lambda: { teams: { webhook: { secretsManager: foghorn/teams } } } }",
    "{ lambda: { slack: { webhook: { secretsManager: foghorn/slack } }, topic: true } }",
];

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const TEAM: &str = "66666666-7777-8888-9999-000000000000";

/// A hub in account 222222222222.
pub(crate) fn hub(region_name: &str, organization_id: Option<&str>) -> Hub {
    Hub {
        account: "222222222222".parse().expect("an account id"),
        region: region(region_name),
        organization_id: organization_id.map(str::to_owned),
    }
}

/// Marks all that the snapshot holds as found by the fleet's tag.
pub(crate) fn found_by_tag(snapshot: &mut Snapshot) {
    for (region, seen) in &mut snapshot.regions {
        fn keys<T>(kind: Kind, region: Region, things: &BTreeMap<String, Sight<T>>) -> Vec<Key> {
            let there = things.iter().filter(|(_, sight)| !matches!(sight, Sight::Absent));
            there.map(|(name, _)| Key::new(kind, region, name)).collect()
        }
        let owned = [
            keys(Kind::Queue, *region, &seen.queues),
            keys(Kind::Topic, *region, &seen.topics),
            keys(Kind::EventBus, *region, &seen.buses),
            keys(Kind::Connection, *region, &seen.connections),
            keys(Kind::ApiDestination, *region, &seen.destinations),
            keys(Kind::Function, *region, &seen.functions),
            keys(Kind::Rule, *region, &seen.rules),
            keys(Kind::Alarm, *region, &seen.alarms),
        ];
        seen.owned = Sight::Seen(owned.into_iter().flatten().collect());
    }
}

/// What AWS would hold after the plan's writes.
pub(crate) fn apply_to_snapshot(snapshot: &mut Snapshot, plan: &Plan) {
    for change in plan.changes.iter().filter(|change| change.is_write()) {
        if change.action == Action::Delete {
            remove(snapshot, change);
            continue;
        }
        put(snapshot, change.resource.as_ref().expect("a write names its resource"));
    }
}

fn remove(snapshot: &mut Snapshot, change: &Change) {
    match (change.key.kind, change.key.location) {
        (Kind::Target, Location::Region(region)) => {
            let (rule, id) = change.key.name.rsplit_once('/').expect("a target's key");
            if let Some(Sight::Seen(rule)) = at(snapshot, region).rules.get_mut(rule)
                && let Sight::Seen(targets) = &mut rule.targets
            {
                targets.retain(|target| target.id != id);
            }
        }
        (Kind::Subscription, Location::Region(region)) => {
            let (topic, _) = change.key.name.split_once('/').expect("a subscription's key");
            if let Some(Sight::Seen(topic)) = at(snapshot, region).topics.get_mut(topic) {
                topic.subscriptions.iter_mut().for_each(|all| all.retain(|one| one.arn != change.arn));
            }
        }
        _ => erase(snapshot, &change.key),
    }
}

fn put(snapshot: &mut Snapshot, resource: &Resource) {
    match resource {
        Resource::Queue(queue) => put_queue(at(snapshot, queue.region), queue),
        Resource::Topic(topic) => put_topic(at(snapshot, topic.region), topic),
        Resource::EventBus(bus) => put_bus(at(snapshot, bus.region), bus),
        Resource::Connection(connection) => put_connection(at(snapshot, connection.region), connection),
        Resource::ApiDestination(one) => put_destination(at(snapshot, one.region), one),
        Resource::Function(function) => put_function(at(snapshot, function.region), function),
        Resource::Subscription(one) => put_subscription(at(snapshot, one.region), one),
        Resource::Rule(rule) => put_rule(at(snapshot, rule.region), rule),
        Resource::Target(target) => put_target(at(snapshot, target.region), target),
        Resource::Alarm(alarm) => put_alarm(at(snapshot, alarm.region), alarm),
        Resource::ChatConfiguration(configuration) => put_configuration(snapshot, configuration),
        Resource::Breaker(breaker) => {
            let services = &mut at(snapshot, breaker.region).services;
            for service in services.iter_mut().filter(|service| service.arn == breaker.service_arn) {
                service.breaker = BreakerSettings { enable: breaker.enable, rollback: breaker.rollback };
            }
        }
    }
}

pub(crate) fn at(snapshot: &mut Snapshot, region: Region) -> &mut RegionSnapshot {
    snapshot.regions.entry(region).or_default()
}

fn tagged(before: Option<&Tags>, ours: &Tags) -> Tags {
    let mut tags = before.cloned().unwrap_or_default();
    tags.0.extend(ours.0.clone());
    tags
}

fn put_queue(region: &mut RegionSnapshot, queue: &Queue) {
    let before = region.queues.get(&queue.name).and_then(Sight::seen);
    let observed = ObservedQueue {
        url: format!("https://sqs.{}.amazonaws.com/111111111111/{}", queue.region, queue.name),
        retention_seconds: Some(queue.retention_seconds),
        policy: Some(queue.policy.clone()),
        kms_key: before.and_then(|before| before.kms_key.clone()),
        messages: before.map_or(0, |before| before.messages),
        tags: tagged(before.map(|before| &before.tags), &queue.tags),
    };
    region.queues.insert(queue.name.clone(), Sight::Seen(observed));
}

fn put_topic(region: &mut RegionSnapshot, topic: &Topic) {
    let before = region.topics.get(&topic.name).and_then(Sight::seen);
    let observed = ObservedTopic {
        policy: Some(topic.policy.clone()),
        kms_key: before.and_then(|before| before.kms_key.clone()),
        subscriptions: before.map_or(Some(Vec::new()), |before| before.subscriptions.clone()),
        tags: tagged(before.map(|before| &before.tags), &topic.tags),
    };
    region.topics.insert(topic.name.clone(), Sight::Seen(observed));
}

fn put_bus(region: &mut RegionSnapshot, bus: &EventBus) {
    let before = region.buses.get(&bus.name).and_then(Sight::seen);
    let observed = ObservedEventBus {
        policy: Some(bus.policy.clone()),
        tags: tagged(before.map(|before| &before.tags), &bus.tags),
    };
    region.buses.insert(bus.name.clone(), Sight::Seen(observed));
}

fn put_connection(region: &mut RegionSnapshot, connection: &Connection) {
    let observed = ObservedConnection {
        arn: format!("arn:aws:events:{}:111111111111:connection/{}/0c", connection.region, connection.name),
        state: "AUTHORIZED".to_owned(),
        state_reason: None,
        authorization: "API_KEY".to_owned(),
        description: Some(connection.description.clone()),
    };
    region.connections.insert(connection.name.clone(), Sight::Seen(observed));
}

fn put_destination(region: &mut RegionSnapshot, one: &ApiDestination) {
    let before = region.destinations.get(&one.name).and_then(Sight::seen);
    let endpoint = match (&one.endpoint, before) {
        (Ok(endpoint), _) => endpoint.clone(),
        (Err(_), Some(before)) => before.endpoint.clone(),
        (Err(why), None) => panic!("{} is put without its endpoint: {why}", one.key()),
    };
    let arn = |kind: &str, name: &str| format!("arn:aws:events:{}:111111111111:{kind}/{name}/0d", one.region);
    let observed = ObservedApiDestination {
        arn: arn("api-destination", &one.name),
        state: "ACTIVE".to_owned(),
        connection_arn: arn("connection", &one.connection).replace("/0d", "/0c"),
        endpoint,
        method: "POST".to_owned(),
        rate_per_second: Some(one.rate_per_second),
        description: Some(one.description.clone()),
    };
    region.destinations.insert(one.name.clone(), Sight::Seen(observed));
}

fn put_function(region: &mut RegionSnapshot, function: &Function) {
    let before = region.functions.get(&function.name).and_then(Sight::seen);
    let code_sha256 = match (&function.code, before) {
        (Ok(code), _) => code.sha256.clone(),
        (Err(_), Some(before)) => before.code_sha256.clone(),
        (Err(why), None) => panic!("{} is put without its code: {why}", function.key()),
    };
    let observed = ObservedFunction {
        code_sha256,
        settings: function.settings.clone(),
        state: Some("Active".to_owned()),
        state_reason: None,
        last_update: Some("Successful".to_owned()),
        reserved_concurrency: before.and_then(|before| before.reserved_concurrency),
        policy: Some(function.policy.clone()),
        tags: tagged(before.map(|before| &before.tags), &function.tags),
    };
    region.functions.insert(function.name.clone(), Sight::Seen(observed));
}

fn put_subscription(region: &mut RegionSnapshot, one: &FunctionSubscription) {
    let Some(Sight::Seen(topic)) = region.topics.get_mut(&one.topic) else {
        panic!("the subscription {} is put before its topic", one.key());
    };
    let subscriptions = topic.subscriptions.get_or_insert_default();
    subscriptions.retain(|observed| !one.is(observed));
    subscriptions.push(Subscription {
        protocol: "lambda".to_owned(),
        endpoint: one.function_arn.clone(),
        confirmed: true,
        arn: Some(format!("{}:0e", one.topic_arn)),
        raw_delivery: Some(false),
        filter_policy: None,
        filters_body: false,
    });
}

fn put_rule(region: &mut RegionSnapshot, rule: &Rule) {
    let place = rule.key().name;
    let before = region.rules.get(&place).and_then(Sight::seen);
    let observed = ObservedRule {
        description: Some(rule.description.clone()),
        pattern: Some(rule.pattern.clone()),
        state: "ENABLED".to_owned(),
        tags: tagged(before.map(|before| &before.tags), &rule.tags),
        targets: before.map_or(Sight::Seen(Vec::new()), |before| before.targets.clone()),
    };
    region.rules.insert(place, Sight::Seen(observed));
}

fn put_target(region: &mut RegionSnapshot, target: &Target) {
    let Some(Sight::Seen(rule)) = region.rules.get_mut(&target.rule) else {
        panic!("the target {} is put before its rule", target.key());
    };
    let mut targets = rule.targets.seen().cloned().unwrap_or_default();
    targets.retain(|observed| observed.id != target.id);
    targets.push(ObservedTarget { id: target.id.clone(), settings: target.settings.clone() });
    rule.targets = Sight::Seen(targets);
}

fn put_alarm(region: &mut RegionSnapshot, alarm: &Alarm) {
    let before = region.alarms.get(&alarm.name).and_then(Sight::seen);
    let observed = ObservedAlarm {
        settings: alarm.settings.clone(),
        state: "OK".to_owned(),
        state_reason: None,
        ok_actions: alarm.ok_actions.clone(),
        insufficient_data_actions: alarm.insufficient_data_actions.clone(),
        tags: tagged(before.map(|before| &before.tags), &alarm.tags),
    };
    region.alarms.insert(alarm.name.clone(), Sight::Seen(observed));
}

/// AWS Chatbot replaces the list of topics, and subscribes itself to each.
fn put_configuration(snapshot: &mut Snapshot, configuration: &ChatConfiguration) {
    let global = snapshot.global.get_or_insert_default();
    let mut configurations = global.configurations.seen().cloned().unwrap_or_default();
    let before = configurations.iter().position(|observed| observed.channel == configuration.channel);
    let before = before.map(|index| configurations.remove(index));
    let none = Tags::default();
    configurations.push(ObservedChatConfiguration {
        name: configuration.name.clone(),
        arn: format!("arn:aws:chatbot::111111111111:chat-configuration/slack-channel/{}", configuration.name),
        channel: configuration.channel.clone(),
        settings: configuration.settings.clone(),
        topics: configuration.topics.clone(),
        state: None,
        state_reason: None,
        tags: tagged(
            before.as_ref().map(|before| &before.tags),
            configuration.tags.as_ref().unwrap_or(&none),
        ),
    });
    global.configurations = Sight::Seen(configurations);
    for topic in &configuration.topics {
        subscribe(snapshot, topic);
    }
}

fn subscribe(snapshot: &mut Snapshot, topic: &str) {
    let Some(Ok(region)) = arn::region_of(topic).map(str::parse) else { return };
    let topics = &mut at(snapshot, region).topics;
    if let Some(Sight::Seen(observed)) = topics.get_mut(arn::last_segment(topic)) {
        observed.subscriptions = Some(vec![Subscription {
            protocol: "https".to_owned(),
            endpoint: CHATBOT_ENDPOINT.to_owned(),
            confirmed: true,
            arn: None,
            raw_delivery: None,
            filter_policy: None,
            filters_body: false,
        }]);
    }
}

pub(crate) fn gap(whole: bool) -> Gap {
    Gap { tried: "read it".to_owned(), cause: Cause::Denied, detail: "not allowed".to_owned(), whole }
}

/// Nothing at all can be read in this location.
pub(crate) fn blind(snapshot: &mut Snapshot, location: Location) {
    match location {
        Location::Region(region) => {
            let blank = RegionSnapshot { gaps: vec![gap(true)], ..RegionSnapshot::default() };
            snapshot.regions.insert(region, blank);
        }
        Location::Global => {
            snapshot.global = Some(GlobalSnapshot { gaps: vec![gap(true)], ..GlobalSnapshot::default() });
        }
    }
}

/// The thing is not there.
pub(crate) fn erase(snapshot: &mut Snapshot, key: &Key) {
    hide_as(snapshot, key, true);
}

/// The thing could not be read.
pub(crate) fn hide(snapshot: &mut Snapshot, key: &Key) {
    hide_as(snapshot, key, false);
    match key.location {
        Location::Region(region) => at(snapshot, region).gaps.push(gap(false)),
        Location::Global => snapshot.global.get_or_insert_default().gaps.push(gap(false)),
    }
}

fn hide_as(snapshot: &mut Snapshot, key: &Key, absent: bool) {
    fn set<T>(things: &mut BTreeMap<String, Sight<T>>, name: &str, absent: bool) {
        things.insert(name.to_owned(), if absent { Sight::Absent } else { Sight::Unknown });
    }
    let name = key.name.as_str();
    let Location::Region(region) = key.location else {
        let global = snapshot.global.get_or_insert_default();
        match (&mut global.configurations, absent) {
            (Sight::Seen(configurations), true) => configurations.retain(|observed| observed.name != name),
            (configurations, false) => *configurations = Sight::Unknown,
            _ => {}
        }
        return;
    };
    let region = at(snapshot, region);
    match key.kind {
        Kind::Queue => set(&mut region.queues, name, absent),
        Kind::Topic => set(&mut region.topics, name, absent),
        Kind::Rule => set(&mut region.rules, name, absent),
        Kind::Alarm => set(&mut region.alarms, name, absent),
        Kind::EventBus => set(&mut region.buses, name, absent),
        Kind::Connection => set(&mut region.connections, name, absent),
        Kind::ApiDestination => set(&mut region.destinations, name, absent),
        Kind::Function => set(&mut region.functions, name, absent),
        Kind::Subscription => {
            let topic = name.split('/').next().unwrap_or_default();
            if let Some(Sight::Seen(topic)) = region.topics.get_mut(topic) {
                topic.subscriptions = absent.then(Vec::new);
            }
        }
        Kind::Target => {
            let rule = name.rsplit_once('/').map_or(name, |(rule, _)| rule);
            if let Some(Sight::Seen(rule)) = region.rules.get_mut(rule) {
                rule.targets = if absent { Sight::Seen(Vec::new()) } else { Sight::Unknown };
            }
        }
        Kind::ChatConfiguration | Kind::Breaker => {}
    }
}

/// The tags of a thing that was seen and can have any.
pub(crate) fn tags_of<'a>(snapshot: &'a mut Snapshot, key: &Key) -> Option<&'a mut Tags> {
    fn of<T>(sight: Option<&mut Sight<T>>) -> Option<&mut T> {
        match sight {
            Some(Sight::Seen(thing)) => Some(thing),
            _ => None,
        }
    }
    let name = key.name.as_str();
    let Location::Region(region) = key.location else {
        let configurations = snapshot.global.as_mut().map(|global| &mut global.configurations);
        let found = of(configurations)?.iter_mut().find(|observed| observed.name == name);
        return found.map(|observed| &mut observed.tags);
    };
    let region = snapshot.regions.get_mut(&region)?;
    match key.kind {
        Kind::Queue => of(region.queues.get_mut(name)).map(|observed| &mut observed.tags),
        Kind::Topic => of(region.topics.get_mut(name)).map(|observed| &mut observed.tags),
        Kind::Rule => of(region.rules.get_mut(name)).map(|observed| &mut observed.tags),
        Kind::Alarm => of(region.alarms.get_mut(name)).map(|observed| &mut observed.tags),
        Kind::EventBus => of(region.buses.get_mut(name)).map(|observed| &mut observed.tags),
        Kind::Function => of(region.functions.get_mut(name)).map(|observed| &mut observed.tags),
        Kind::Connection
        | Kind::ApiDestination
        | Kind::Subscription
        | Kind::Target
        | Kind::ChatConfiguration
        | Kind::Breaker => None,
    }
}

/// Someone else made the thing.
pub(crate) fn disown(snapshot: &mut Snapshot, key: &Key) {
    if let Some(tags) = tags_of(snapshot, key) {
        *tags = Tags(BTreeMap::from([("team".to_owned(), "other".to_owned())]));
    }
    let Location::Region(region) = key.location else { return };
    let region = at(snapshot, region);
    if key.kind == Kind::Connection
        && let Some(Sight::Seen(connection)) = region.connections.get_mut(&key.name)
    {
        connection.description = None;
    }
    if key.kind == Kind::ApiDestination
        && let Some(Sight::Seen(destination)) = region.destinations.get_mut(&key.name)
    {
        destination.description = None;
    }
}

/// A service of cluster prod whose circuit breaker is off.
pub(crate) fn service(region: Region, name: &str) -> Service {
    let account = account(&[]).id;
    Service {
        arn: arn::service(region, &account, "prod", name),
        name: name.to_owned(),
        cluster_arn: arn::cluster(region, &account, "prod"),
        controller: Controller::Ecs,
        scheduling: Scheduling::Replica,
        strategy: Strategy::Rolling,
        classic_load_balancer: false,
        breaker: BreakerSettings::default(),
        deploying: false,
        unknown_members: Vec::new(),
    }
}

/// The topics that feed the one configuration of a channel.
pub(crate) fn topics_of(snapshot: &Snapshot, channel: &Channel) -> BTreeSet<String> {
    let configurations = snapshot.global.as_ref().and_then(|global| global.configurations.seen());
    let found = configurations.into_iter().flatten().find(|observed| observed.channel == *channel);
    found.map(|observed| observed.topics.clone()).unwrap_or_default()
}
