//! Every way in and out, read and written in the simulator: what a fleet owns,
//! what rules of others lead to, secrets, Microsoft Teams, and canaries.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::pipeline::resources::{
    connection, destination, function, only, queue, rule, subscription, tags, target, topic,
};
use super::pipeline::{ACCOUNT, REGION, account, account_id, contract, process, region};
use foghorn::aws::{Access, AccountDoor, Aws, Class, MetricQuery, Options};
use foghorn::model::bus::EventBus;
use foghorn::model::chat::{Channel, ChatConfiguration, ChatSettings, TeamsChannel};
use foghorn::model::policy::Policy;
use foghorn::model::resource::{Key, Kind};
use foghorn::model::rule::Rule;
use foghorn::model::snapshot::{GlobalInterest, Interest, RegionInterest};
use foghorn::model::{Action, Cause, Change, FieldChange, RegionSnapshot, Resource, Sight, Tags, arn};
use foghorn::sim::call::Call;
use foghorn::sim::chatbot::authorise_team;
use foghorn::sim::cloudwatch::add_metric;
use foghorn::sim::faults::{Denial, Effect, Fault};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use foghorn::sim::world::Role;
use foghorn::sim::{Server, Simulator, events, secretsmanager, sns, start};
use serde_json::{Value, json};
use time::OffsetDateTime;

const NAME: &str = "foghorn-one";
const TENANT: &str = "0f0e0d0c-0000-4000-8000-000000000001";
const TEAM: &str = "0f0e0d0c-0000-4000-8000-000000000002";

/// A simulator with one member account.
struct Stage {
    simulator: Arc<Simulator>,
    door: AccountDoor,
    _server: Server,
}

impl Stage {
    async fn new() -> Self {
        let simulator = Simulator::new();
        simulator.with_world(|world| {
            world.add_account(ACCOUNT, "dev", "foghorn", None);
            for role in ["foghorn-chat", "foghorn-events", "foghorn-notifier"] {
                let roles = &mut world.accounts.entry(ACCOUNT.to_owned()).or_default().roles;
                roles.insert(role.to_owned(), Role::default());
            }
            authorise_team(world, ACCOUNT, TENANT, TEAM, "acme");
        });
        let server = start(Arc::clone(&simulator), 0).await.expect("a free port");
        let access = Access {
            role_name: "foghorn".to_owned(),
            external_id: None,
            sts_region: None,
            chatbot_region: None,
        };
        let options = Options {
            endpoint_url: Some(server.url()),
            access: Some(access),
            calls_in_flight: 64,
            call_timeout: Duration::from_secs(5),
        };
        let door = Aws::connect(options).await.expect("an endpoint").account(&account());
        Self { simulator, door, _server: server }
    }

    async fn observe(&self, interest: RegionInterest) -> RegionSnapshot {
        let interest = Interest { regions: BTreeMap::from([(region(), interest)]), global: None };
        let seen = self.door.observe(&interest, OffsetDateTime::now_utc(), Duration::from_secs(120));
        seen.await.regions.remove(&region()).expect("the Region")
    }

    async fn make(&self, resources: impl IntoIterator<Item = Resource>) {
        for resource in resources {
            contract::make(&self.door, resource).await;
        }
    }

    fn by_hand(&self, service: &str, operation: &str, input: &Value) {
        let call = Call {
            account: ACCOUNT,
            region: REGION,
            principal: "arn:aws:iam::111111111111:root",
            operation,
            input,
            now: OffsetDateTime::now_utc(),
        };
        let answer = self.simulator.with_world(|world| match service {
            "events" => events::call(world, &call),
            "sns" => sns::call(world, &call),
            _ => secretsmanager::call(world, &call),
        });
        answer.expect("an answer");
    }

    fn deny(&self, service: &str, operation: &str) {
        let denial = Effect::Deny(Denial::ServiceControlPolicy);
        self.simulator.faults.add(Fault::new(denial).account(ACCOUNT).service(service).operation(operation));
    }
}

/// All that takes an owner by tag or description, each of a name of its own.
fn everything() -> Vec<Resource> {
    let on_bus = Rule { bus: Some("hub".to_owned()), ..rule("on-hub") };
    vec![
        Resource::Queue(queue("letters")),
        Resource::Topic(topic("letters")),
        Resource::EventBus(bus("hub")),
        Resource::Connection(connection(NAME)),
        Resource::ApiDestination(destination(NAME, "https://hooks.example.invalid/one")),
        Resource::Function(function("foghorn-letters")),
        Resource::Rule(rule("letters")),
        Resource::Rule(on_bus),
    ]
}

fn bus(name: &str) -> EventBus {
    EventBus { region: region(), name: name.to_owned(), policy: bus_policy(name, ACCOUNT), tags: tags("one") }
}

fn bus_policy(name: &str, account: &str) -> Policy {
    Policy::of(vec![json!({
        "Sid": "FoghornAccounts",
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
        "Action": "events:PutEvents",
        "Resource": arn::event_bus(region(), &account_id(), name),
    })])
}

fn teams_configuration() -> ChatConfiguration {
    ChatConfiguration {
        name: NAME.to_owned(),
        arn: None,
        channel: Channel::Teams(TeamsChannel {
            tenant: TENANT.to_owned(),
            team: TEAM.to_owned(),
            channel: "19%3Aab12%40thread.tacv2".to_owned(),
        }),
        settings: ChatSettings {
            iam_role_arn: format!("arn:aws:iam::{ACCOUNT}:role/foghorn-chat"),
            guardrail_policy_arns: only("arn:aws:iam::aws:policy/ReadOnlyAccess"),
            logging_level: "ERROR".to_owned(),
            user_authorization_required: false,
        },
        topics: only(arn::topic(region(), &account_id(), NAME)),
        removed_topics: BTreeSet::new(),
        tags: Some(tags("one")),
    }
}

/// All that was logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A test that plays a scenario in a process of its own.
macro_rules! scenarios {
    ($(async fn $test:ident() $scenario:block)*) => {$(
        #[test]
        fn $test() {
            process::play(concat!("ways::", stringify!($test)), ACCESS_KEY, SECRET_KEY, async $scenario);
        }
    )*};
}

scenarios! {
    async fn a_bus_and_a_rule_on_it_are_seen_as_they_were_written() {
        let stage = Stage::new().await;
        let (door, name) = (&stage.door, NAME);
    let one = bus(name);
    contract::make(door, Resource::EventBus(one.clone())).await;
    let opened = EventBus { policy: bus_policy(name, "222222222222"), ..one };
    contract::change(door, Resource::EventBus(opened.clone()), &["/policy"]).await;
    contract::change(door, Resource::EventBus(EventBus { tags: tags("two"), ..opened.clone() }), &["/tags/team"]).await;
    let ruled = Rule { bus: Some(name.to_owned()), ..rule(name) };
    contract::make(door, Resource::Rule(ruled.clone())).await;
    contract::change(
        door,
        Resource::Rule(Rule { description: "Changed".to_owned(), ..ruled.clone() }),
        &["/description"],
    )
    .await;
    contract::remove(door, Resource::Rule(ruled), None).await;
    contract::remove(door, Resource::EventBus(opened), None).await;
}

    async fn a_teams_configuration_is_seen_as_it_was_written() {
        let stage = Stage::new().await;
        let one = teams_configuration();
        stage.make([Resource::Topic(topic(NAME)), Resource::ChatConfiguration(one.clone())]).await;
        let settings = ChatSettings { logging_level: "NONE".to_owned(), ..one.settings.clone() };
        let quiet = ChatConfiguration { settings, ..one };
        contract::change(&stage.door, Resource::ChatConfiguration(quiet.clone()), &["/loggingLevel"]).await;
        let retagged = ChatConfiguration { tags: Some(tags("two")), ..quiet };
        let resource = Resource::ChatConfiguration(retagged);
        contract::change(&stage.door, resource.clone(), &["/tags/team"]).await;
        let arn = arn::teams_channel_configuration(&account_id(), NAME);
        contract::remove(&stage.door, resource, Some(arn)).await;
    }

    async fn microsoft_teams_is_asked_only_where_it_is_of_interest() {
        let stage = Stage::new().await;
        for (teams, expected) in [(false, 0), (true, 1)] {
            let global = GlobalInterest { teams, ..GlobalInterest::default() };
            let interest = Interest { regions: BTreeMap::new(), global: Some(global) };
            let now = OffsetDateTime::now_utc();
            let seen = stage.door.observe(&interest, now, Duration::from_secs(60)).await;
            let seen = seen.global.expect("AWS Chatbot");
            assert_eq!(seen.gaps, []);
            assert_eq!(seen.teams.seen().map_or(0, Vec::len), expected);
            let asked = stage.simulator.record.count("chatbot", "ListMicrosoftTeamsConfiguredTeams");
            assert_eq!(asked > 0, teams);
        }
    }

    async fn what_a_fleet_owns_is_found_whatever_its_name() {
        let stage = Stage::new().await;
        stage.make(everything()).await;
        let interest = |fleet: &str| RegionInterest { owned_by: Some(fleet.to_owned()), ..Default::default() };
        let seen = stage.observe(interest("acme")).await;
        assert_eq!(seen.gaps, []);
        let expected: BTreeSet<Key> = everything().iter().map(Resource::key).collect();
        assert_eq!(seen.owned, Sight::Seen(expected));
        assert!(seen.functions["foghorn-letters"].seen().is_some() && seen.rules["hub/on-hub"].seen().is_some());

        let seen = stage.observe(interest("another")).await;
        assert_eq!(seen.owned, Sight::Seen(BTreeSet::new()));

        stage.deny("tag", "GetResources");
        let seen = stage.observe(interest("acme")).await;
        assert_eq!(seen.owned, Sight::Unknown);
        assert_eq!(seen.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::Denied]);
    }

    async fn a_region_without_anything_tagged_costs_one_call_unless_all_is_to_go() {
        let stage = Stage::new().await;
        for (removes, calls) in [(false, 1), (true, 3)] {
            stage.simulator.record.reset();
            let owned_by = Some("acme".to_owned());
            stage.observe(RegionInterest { owned_by, removes, ..Default::default() }).await;
            let entries = stage.simulator.record.entries();
            let asked = entries.iter().filter(|entry| entry.operation != "AssumeRole").count();
            assert_eq!(asked, calls, "{entries:?}");
        }
    }

    async fn what_is_deleted_is_not_owned_although_the_index_of_tags_still_lists_it() {
        let stage = Stage::new().await;
        stage.make([Resource::Topic(topic(NAME))]).await;
        let interest = RegionInterest { owned_by: Some("acme".to_owned()), ..Default::default() };
        stage.simulator.with_world(|world| world.knobs.stale_tag_index = true);
        stage.observe(interest.clone()).await;
        contract::remove(&stage.door, Resource::Topic(topic(NAME)), None).await;
        assert_eq!(stage.observe(interest).await.owned, Sight::Seen(BTreeSet::new()));
    }

    async fn rules_of_others_are_followed_to_where_they_lead() {
        let stage = Stage::new().await;
        stage.make(everything()).await;
        stage.make([Resource::Topic(topic(NAME)), Resource::Function(named_function())]).await;
        stage.make([Resource::Subscription(subscription(NAME))]).await;
        let pattern = r#"{"source":["aws.ecs"]}"#;
        let unrelated = r#"{"source":["aws.ec2"]}"#;
        for (name, pattern) in [("theirs", pattern), ("unrelated", unrelated)] {
            stage.by_hand("events", "PutRule", &json!({ "Name": name, "EventPattern": pattern }));
        }
        let (id, region) = (account_id(), region());
        let mut targets = vec![
            json!({ "Id": "topic", "Arn": arn::topic(region, &id, NAME) }),
            json!({ "Id": "bus", "Arn": arn::event_bus(region, &id, "hub") }),
        ];
        for target in &mut targets[1..] {
            target["RoleArn"] = format!("arn:aws:iam::{ACCOUNT}:role/foghorn-events").into();
        }
        stage.by_hand("events", "PutTargets", &json!({ "Rule": "theirs", "Targets": targets }));
        let interest = RegionInterest { other_rules: true, rules: only("letters"), ..Default::default() };
        let seen = stage.observe(interest.clone()).await;
        assert_eq!(seen.gaps, []);
        let others = seen.other_rules.seen().expect("the rules of others");
        assert_eq!(others.keys().collect::<Vec<_>>(), ["theirs"]);
        assert!(seen.topics[NAME].seen().is_some());
        assert!(seen.functions[NAME].seen().is_some(), "the function behind the topic");
        assert!(seen.buses["hub"].seen().is_some());
        assert!(seen.rules["hub/on-hub"].seen().is_some(), "the rule on the bus");

        stage.deny("events", "ListRules");
        let seen = stage.observe(interest).await;
        assert_eq!(seen.other_rules, Sight::Unknown);
        assert!(seen.gaps.iter().any(|gap| gap.cause == Cause::Denied), "{:?}", seen.gaps);
    }

    async fn a_secret_that_cannot_be_used_says_why_and_one_that_is_denied_is_unknown() {
        let stage = Stage::new().await;
        let url = "https://hooks.example.invalid/services/one";
        let json_secret = json!({ "webhookUrl": url }).to_string();
        for (name, text) in [("plain", url), ("json", json_secret.as_str()), ("doomed", url)] {
            stage.by_hand("secretsmanager", "CreateSecret", &json!({ "Name": name, "SecretString": text }));
        }
        stage.by_hand("secretsmanager", "DeleteSecret", &json!({ "SecretId": "doomed" }));
        let names = ["plain", "json", "doomed", "missing"].map(str::to_owned);
        let interest = RegionInterest { secrets: BTreeSet::from(names), ..Default::default() };
        let seen = stage.observe(interest.clone()).await;
        assert_eq!(seen.gaps, []);
        let secret = |name: &str| seen.secrets[name].seen().expect("a look at the secret").clone();
        for name in ["plain", "json"] {
            assert_eq!(secret(name).map(|secret| secret.reveal().to_owned()).as_deref(), Ok(url));
        }
        assert!(secret("missing").is_err_and(|why| why.contains("is missing")));
        assert!(secret("doomed").is_err_and(|why| why.contains("scheduled for deletion")));

        stage.deny("secretsmanager", "GetSecretValue");
        let seen = stage.observe(interest).await;
        assert!(seen.secrets.values().all(|secret| *secret == Sight::Unknown));
        assert!(seen.gaps.iter().all(|gap| gap.cause == Cause::Denied && gap.whole));
    }

    async fn no_webhook_is_logged_at_any_level_nor_told_by_an_error() {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .init();
        let stage = Stage::new().await;
        let url = "https://hooks.example.invalid/services/verysecretpart";
        stage.by_hand("secretsmanager", "CreateSecret", &json!({ "Name": "hook", "SecretString": url }));
        stage.make([Resource::Connection(connection(NAME))]).await;
        let one = destination(NAME, url);
        stage.make([Resource::ApiDestination(one.clone())]).await;
        let interest =
            RegionInterest { secrets: only("hook"), owned_by: Some("acme".to_owned()), removes: true, ..Default::default() };
        let seen = stage.observe(interest).await;
        assert!(seen.destinations[NAME].seen().is_some() && seen.secrets["hook"].seen().is_some());
        let fields = vec![FieldChange::new("/endpoint", 1, 2)];
        stage.deny("events", "UpdateApiDestination");
        let change = Change::write(Action::Update, Resource::ApiDestination(one), fields, Vec::new());
        let error = stage.door.apply(&change).await.expect_err("a refusal");
        assert!(!format!("{error:?} {seen:?}").contains("verysecretpart"));
        let log = log.0.lock().expect("the log").clone();
        let log = String::from_utf8_lossy(&log);
        assert!(log.contains("transmitting request"), "the SDK was heard at its finest level");
        // The simulator runs in this process, and logs no bodies either.
        assert!(!log.contains("verysecretpart"));
    }

    async fn what_changed_hands_since_it_was_planned_is_not_deleted() {
        let stage = Stage::new().await;
        stage.make(everything()).await;
        stage.make([Resource::Target(target("letters", "letters", "letters"))]).await;
        let mut resources = everything();
        resources.push(Resource::Target(target("letters", "letters", "letters")));
        stage.simulator.record.reset();
        for resource in resources {
            let change = Change::delete(resource.key(), None, "another", Vec::new());
            let refused = stage.door.apply(&change).await.expect_err("a refusal");
            assert_eq!(refused.class, Class::Conflict, "{refused}");
            assert!(refused.detail.contains("owned by acme"), "{refused}");
        }
        assert_eq!(stage.simulator.record.writes().len(), 0);
    }

    async fn a_filter_before_a_function_is_seen_and_taken_away() {
        let stage = Stage::new().await;
        let needed = [
            Resource::Queue(queue(NAME)),
            Resource::Topic(topic(NAME)),
            Resource::Function(function(NAME)),
            Resource::Subscription(subscription(NAME)),
        ];
        stage.make(needed).await;
        let topics = || RegionInterest { topics: only(NAME), ..Default::default() };
        let seen = stage.observe(topics()).await;
        let subscriptions = seen.topics[NAME].seen().and_then(|topic| topic.subscriptions.clone());
        let arn = subscriptions.expect("the subscriptions")[0].arn.clone().expect("an ARN");
        let filter = json!({
            "SubscriptionArn": arn,
            "AttributeName": "FilterPolicy",
            "AttributeValue": r#"{"level":["error"]}"#,
        });
        stage.by_hand("sns", "SetSubscriptionAttributes", &filter);
        contract::change(&stage.door, Resource::Subscription(subscription(NAME)), &["/filterPolicy"]).await;
    }

    async fn a_canary_is_put_and_counted_and_a_pattern_is_judged() {
        let stage = Stage::new().await;
        let id = stage.door.put_event(region(), "foghorn.canary", "Canary", &[], r#"{"a":1}"#).await;
        assert!(id.is_ok_and(|id| !id.is_empty()));
        stage.deny("events", "PutEvents");
        let refused = stage.door.put_event(region(), "foghorn.canary", "Canary", &[], "{}").await;
        assert_eq!(refused.map_err(|error| error.cause()), Err(Cause::Denied));

        let now = OffsetDateTime::now_utc();
        stage.simulator.with_world(|world| {
            let rule = [("RuleName", NAME)];
            add_metric(world, ACCOUNT, REGION, "AWS/Events", "Invocations", &rule, 3.0, now);
        });
        let query = |metric: &str| MetricQuery {
            namespace: "AWS/Events".to_owned(),
            metric: metric.to_owned(),
            dimensions: BTreeMap::from([("RuleName".to_owned(), NAME.to_owned())]),
        };
        let queries = [query("FailedInvocations"), query("Invocations")];
        let from = now - time::Duration::minutes(5);
        assert_eq!(stage.door.metric_sums(region(), &queries, from, now).await, Ok(vec![0.0, 3.0]));

        let event = json!({
            "version": "0", "id": "1", "detail-type": "x", "source": "aws.ecs", "account": ACCOUNT,
            "time": "2026-11-21T00:00:00Z", "region": REGION, "resources": [], "detail": {},
        })
        .to_string();
        for (pattern, taken) in [(r#"{"source":["aws.ecs"]}"#, true), (r#"{"source":["aws.ec2"]}"#, false)] {
            assert_eq!(stage.door.test_pattern(region(), pattern, &event).await, Ok(taken));
        }
        assert!(stage.door.test_pattern(region(), "{", &event).await.is_err());
    }

    async fn a_function_whose_policy_is_denied_is_unknown() {
        let stage = Stage::new().await;
        stage.make([Resource::Queue(queue(NAME)), Resource::Function(function(NAME))]).await;
        let owned = Tags::owned_by("acme", &BTreeMap::from([("team".to_owned(), "one".to_owned())]));
        let interest = || RegionInterest { functions: only(NAME), ..Default::default() };
        let seen = stage.observe(interest()).await;
        assert_eq!(seen.functions[NAME].seen().map(|function| &function.tags), Some(&owned));
        stage.deny("lambda", "GetPolicy");
        let seen = stage.observe(interest()).await;
        assert_eq!(seen.functions[NAME], Sight::Unknown);
        let key = Key::new(Kind::Function, region(), NAME);
        assert_eq!(seen.gaps.len(), 1, "{key}: {:?}", seen.gaps);
    }
}

/// The function behind the topic of the same name, with a queue that is there.
fn named_function() -> foghorn::model::function::Function {
    let mut function = function(NAME);
    function.settings.dead_letter_arn = Some(arn::queue(region(), &account_id(), "letters"));
    function
}
