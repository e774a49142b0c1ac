//! Reading and writing a pipeline's resources in the simulator, in good times
//! and in trouble.
#![cfg(feature = "demo")]

mod pipeline;
#[path = "pipeline/ways.rs"]
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use foghorn::aws::{Access, AccountDoor, Aws, AwsError, Class, Options};
use foghorn::model::alarm::Alarm;
use foghorn::model::chat::{
    Channel, ChatConfiguration, ChatSettings, ObservedChatConfiguration, SlackChannel,
};
use foghorn::model::queue::Queue;
use foghorn::model::rule::Rule;
use foghorn::model::snapshot::{GlobalInterest, Interest, RegionInterest};
use foghorn::model::topic::Topic;
use foghorn::model::{
    Action, Cause, Change, FieldChange, Gap, GlobalSnapshot, RegionSnapshot, Resource, Sight, Snapshot, Tags,
    arn,
};
use foghorn::sim::call::Call;
use foghorn::sim::chatbot::authorise_workspace;
use foghorn::sim::cloudwatch::add_metric;
use foghorn::sim::faults::{Denial, Effect, Fault};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use foghorn::sim::world::Role;
use foghorn::sim::{Server, Simulator, events, sns, sqs, start};
use pipeline::resources::{alarm, only, queue, rule, tags, target, topic};
use pipeline::{ACCOUNT, REGION, account, account_id, contract, process, region};
use serde_json::{Value, json};
use time::OffsetDateTime;

const WORKSPACE: &str = "T0123ABCD";
const NAME: &str = "foghorn-one";

/// A simulator with one member account, in which a person has authorised one
/// Slack workspace.
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
            for role in ["foghorn-chat", "foghorn-chat-two", "foghorn-events", "foghorn-notifier"] {
                world
                    .accounts
                    .entry(ACCOUNT.to_owned())
                    .or_default()
                    .roles
                    .insert(role.to_owned(), Role::default());
            }
            authorise_workspace(world, ACCOUNT, WORKSPACE, "acme");
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

    /// A stage on which one of everything exists.
    async fn furnished() -> Self {
        let stage = Self::new().await;
        for resource in [
            Resource::Queue(queue(NAME)),
            Resource::Topic(topic(NAME)),
            Resource::ChatConfiguration(configuration()),
            Resource::Rule(rule(NAME)),
            Resource::Target(target(NAME, NAME, NAME)),
            Resource::Alarm(alarm(NAME, NAME)),
        ] {
            contract::make(&stage.door, resource).await;
        }
        stage.simulator.record.reset();
        stage
    }

    async fn observe(&self, interest: &Interest) -> Snapshot {
        self.door.observe(interest, OffsetDateTime::now_utc(), std::time::Duration::from_secs(120)).await
    }

    async fn observe_region(&self, interest: RegionInterest) -> RegionSnapshot {
        let interest = Interest { regions: BTreeMap::from([(region(), interest)]), global: None };
        self.observe(&interest).await.regions.remove(&region()).expect("the Region")
    }

    async fn observe_chatbot(&self) -> GlobalSnapshot {
        let global = GlobalInterest { channels: BTreeSet::from([channel()]), ..GlobalInterest::default() };
        let interest = Interest { regions: BTreeMap::new(), global: Some(global) };
        self.observe(&interest).await.global.expect("AWS Chatbot")
    }

    async fn observed_configuration(&self) -> ObservedChatConfiguration {
        let seen = self.observe_chatbot().await;
        let configurations = seen.configurations.seen().expect("the configurations");
        configurations.first().expect("a configuration").clone()
    }

    async fn update(&self, resource: Resource, path: &str) -> Result<(), AwsError> {
        let fields = vec![FieldChange::new(path, 1, 2)];
        self.door.apply(&Change::write(Action::Update, resource, fields, Vec::new())).await
    }

    fn spoil(&self, effect: Effect, service: &str, operation: &str) {
        self.simulator.faults.add(Fault::new(effect).account(ACCOUNT).service(service).operation(operation));
    }

    fn deny(&self, service: &str, operation: &str) {
        self.spoil(Effect::Deny(Denial::ServiceControlPolicy), service, operation);
    }

    /// The writing calls made so far, as `service:Operation`.
    fn writes(&self) -> Vec<String> {
        let writes = self.simulator.record.writes();
        writes.iter().map(|entry| format!("{}:{}", entry.service, entry.operation)).collect()
    }
}

fn channel() -> Channel {
    Channel::Slack(SlackChannel { workspace: WORKSPACE.to_owned(), channel: "C0123ABCD".to_owned() })
}

fn configuration() -> ChatConfiguration {
    ChatConfiguration {
        name: "foghorn".to_owned(),
        arn: None,
        channel: channel(),
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

/// A call that a person makes in the account.
fn by_hand<'a>(operation: &'a str, input: &'a Value) -> Call<'a> {
    Call {
        account: ACCOUNT,
        region: REGION,
        principal: "arn:aws:iam::111111111111:root",
        operation,
        input,
        now: OffsetDateTime::now_utc(),
    }
}

/// Everything of one name.
fn all() -> RegionInterest {
    RegionInterest {
        queues: only(NAME),
        topics: only(NAME),
        rules: only(NAME),
        alarms: only(NAME),
        ..RegionInterest::default()
    }
}

fn causes(gaps: &[Gap]) -> Vec<(&str, Cause)> {
    gaps.iter().map(|gap| (gap.tried.as_str(), gap.cause)).collect()
}

/// A test that plays a scenario in a process of its own.
macro_rules! scenarios {
    ($(async fn $test:ident() $scenario:block)*) => {$(
        #[test]
        fn $test() {
            process::play(stringify!($test), ACCESS_KEY, SECRET_KEY, async $scenario);
        }
    )*};
}

scenarios! {
    async fn a_queue_is_seen_as_it_was_written() {
        contract::a_queue(&Stage::new().await.door, NAME).await;
    }

    async fn a_topic_is_seen_as_it_was_written() {
        contract::a_topic(&Stage::new().await.door, NAME).await;
    }

    async fn a_rule_is_seen_as_it_was_written() {
        contract::a_rule(&Stage::new().await.door, NAME).await;
    }

    async fn a_target_is_seen_as_it_was_written() {
        contract::a_target(&Stage::new().await.door, NAME).await;
    }

    async fn an_alarm_is_seen_as_it_was_written() {
        contract::an_alarm(&Stage::new().await.door, NAME).await;
    }

    async fn a_destination_is_seen_as_it_was_written() {
        contract::a_destination(&Stage::new().await.door, NAME).await;
    }

    async fn a_function_is_seen_as_it_was_written() {
        contract::a_function(&Stage::new().await.door, NAME).await;
    }

    async fn what_the_fleet_owns_is_deleted() {
        contract::deletes(&Stage::new().await.door, NAME).await;
    }

    async fn a_chat_configuration_is_seen_as_it_was_written() {
        let Stage { door, simulator: _simulator, _server } = Stage::new().await;
        contract::make(&door, Resource::Topic(topic(NAME))).await;
        let one = configuration();
        contract::make(&door, Resource::ChatConfiguration(one.clone())).await;
        let settings = ChatSettings {
            iam_role_arn: format!("arn:aws:iam::{ACCOUNT}:role/foghorn-chat-two"),
            guardrail_policy_arns: only("arn:aws:iam::aws:policy/AWSDenyAll"),
            logging_level: "INFO".to_owned(),
            user_authorization_required: true,
        };
        let changed = ChatConfiguration { settings, ..one };
        let fields = ["/guardrailPolicyArns", "/iamRoleArn", "/loggingLevel", "/userAuthorizationRequired"];
        contract::change(&door, Resource::ChatConfiguration(changed.clone()), &fields).await;
        contract::make(&door, Resource::Topic(topic("foghorn-two"))).await;
        let topics = only(arn::topic(region(), &account_id(), "foghorn-two"));
        let fed = ChatConfiguration { topics, ..changed };
        contract::change(&door, Resource::ChatConfiguration(fed.clone()), &["/topics"]).await;
        let tagged = ChatConfiguration { tags: Some(tags("two")), ..fed };
        contract::change(&door, Resource::ChatConfiguration(tagged), &["/tags/team"]).await;
    }

    async fn somebody_elses_configuration_gets_our_topic_and_is_otherwise_left_alone() {
        let stage = Stage::furnished().await;
        contract::make(&stage.door, Resource::Topic(topic("foghorn-two"))).await;
        // Their role cannot be passed on: Chatbot refuses to be told of it.
        stage.simulator.with_world(|world| {
            world.accounts.get_mut(ACCOUNT).expect("the account").roles.remove("foghorn-chat");
        });
        let before = stage.observed_configuration().await;
        let two = only(arn::topic(region(), &account_id(), "foghorn-two"));
        let ours = ChatConfiguration {
            name: "ours".to_owned(),
            topics: two.clone(),
            removed_topics: BTreeSet::new(),
            tags: None,
            settings: before.settings.clone(),
            ..configuration()
        };
        stage.update(Resource::ChatConfiguration(ours.over(&before)), "/topics").await.expect("an update");
        let topics = before.topics.union(&two).cloned().collect();
        assert_eq!(stage.observed_configuration().await, ObservedChatConfiguration { topics, ..before });
    }

    async fn a_topic_that_was_added_to_a_configuration_since_it_was_read_stays() {
        let stage = Stage::furnished().await;
        for name in ["foghorn-two", "theirs"] {
            contract::make(&stage.door, Resource::Topic(topic(name))).await;
        }
        let before = stage.observed_configuration().await;
        let fed_by = |name| ChatConfiguration {
            topics: only(arn::topic(region(), &account_id(), name)),
            removed_topics: BTreeSet::new(),
            ..configuration()
        }
        .over(&before);
        for name in ["theirs", "foghorn-two"] {
            stage.update(Resource::ChatConfiguration(fed_by(name)), "/topics").await.expect("an update");
        }
        let topics = stage.observed_configuration().await.topics;
        assert_eq!(topics, [NAME, "foghorn-two", "theirs"].map(|name| arn::topic(region(), &account_id(), name)).into());
    }

    async fn a_configuration_that_vanished_or_changed_hands_is_not_written() {
        let stage = Stage::furnished().await;
        let before = stage.observed_configuration().await;
        let gone = ObservedChatConfiguration { arn: format!("{}-gone", before.arn), ..before.clone() };
        let refused = stage.update(Resource::ChatConfiguration(configuration().over(&gone)), "/topics").await;
        assert_eq!(refused.map_err(|error| error.class), Err(Class::Conflict));

        let theirs = Tags::owned_by("other", &BTreeMap::new());
        let taken = ChatConfiguration { tags: Some(theirs), ..configuration().over(&before) };
        let refused = stage.update(Resource::ChatConfiguration(taken), "/topics").await.expect_err("a refusal");
        assert_eq!(refused.class, Class::Conflict);
        assert!(refused.detail.contains("is now owned by acme"), "{refused}");
        assert_eq!(stage.writes(), Vec::<String>::new());
    }

    async fn a_statement_that_was_added_to_a_policy_since_it_was_read_stays() {
        let stage = Stage::furnished().await;
        let seen = stage.observe_region(all()).await;
        let seen = (seen.queues[NAME].seen().expect("the queue"), seen.topics[NAME].seen().expect("the topic"));
        let ours = (queue(NAME).over(seen.0), topic(NAME).over(seen.1));
        let theirs = |action, arn: &str| {
            let mut statement = json!({ "Sid": "theirs", "Effect": "Allow", "Principal": "*" });
            (statement["Action"], statement["Resource"]) = (Value::from(action), arn.into());
            json!({ "Id": "id", "Statement": [statement] }).to_string()
        };
        let queue_policy = theirs("sqs:*", &arn::queue(region(), &account_id(), NAME));
        let of_queue = json!({ "QueueUrl": seen.0.url, "Attributes": { "Policy": queue_policy } });
        let topic_arn = arn::topic(region(), &account_id(), NAME);
        let topic_policy = theirs("sns:Publish", &topic_arn);
        let of_topic =
            json!({ "TopicArn": topic_arn, "AttributeName": "Policy", "AttributeValue": topic_policy });
        stage.simulator.with_world(|world| {
            sqs::call(world, &by_hand("SetQueueAttributes", &of_queue)).expect("a policy");
            sns::call(world, &by_hand("SetTopicAttributes", &of_topic)).expect("a policy");
        });
        stage.update(Resource::Queue(ours.0), "/policy").await.expect("an update");
        stage.update(Resource::Topic(ours.1), "/policy").await.expect("an update");
        let seen = stage.observe_region(all()).await;
        let of_queue = seen.queues[NAME].seen().and_then(|queue| queue.policy.as_ref());
        let of_topic = seen.topics[NAME].seen().and_then(|topic| topic.policy.as_ref());
        for policy in [of_queue, of_topic].map(|policy| policy.expect("a policy")) {
            assert_eq!(policy.members.get("Id"), Some(&json!("id")));
            assert!(policy.statement("theirs").is_some() && policy.statement("FoghornEvents").is_some());
        }
    }

    async fn each_thing_is_made_with_its_owner_in_one_call() {
        let stage = Stage::new().await;
        for (resource, call) in [
            (Resource::Queue(queue(NAME)), "sqs:CreateQueue"),
            (Resource::Topic(topic(NAME)), "sns:CreateTopic"),
            (Resource::ChatConfiguration(configuration()), "chatbot:CreateSlackChannelConfiguration"),
            (Resource::Rule(rule(NAME)), "events:PutRule"),
            (Resource::Target(target(NAME, NAME, NAME)), "events:PutTargets"),
            (Resource::Alarm(alarm(NAME, NAME)), "cloudwatch:PutMetricAlarm"),
        ] {
            contract::make(&stage.door, resource).await;
            assert_eq!(stage.writes(), [call]);
            stage.simulator.record.reset();
        }
    }

    async fn a_tag_is_changed_without_writing_the_thing_anew() {
        let stage = Stage::furnished().await;
        let two = || tags("two");
        let configuration_tagged = ChatConfiguration { tags: Some(two()), ..configuration() };
        for (resource, call) in [
            (Resource::Queue(Queue { tags: two(), ..queue(NAME) }), "sqs:TagQueue"),
            (Resource::Topic(Topic { tags: two(), ..topic(NAME) }), "sns:TagResource"),
            (Resource::ChatConfiguration(configuration_tagged), "chatbot:TagResource"),
            (Resource::Rule(Rule { tags: two(), ..rule(NAME) }), "events:TagResource"),
            (Resource::Alarm(Alarm { tags: two(), ..alarm(NAME, NAME) }), "cloudwatch:TagResource"),
        ] {
            contract::change(&stage.door, resource, &["/tags/team"]).await;
            assert_eq!(stage.writes(), [call]);
            stage.simulator.record.reset();
        }
    }

    async fn what_does_not_exist_is_absent_and_no_gap() {
        let stage = Stage::new().await;
        let seen = stage.observe_region(all()).await;
        assert_eq!(seen.gaps, []);
        assert_eq!(seen.queues[NAME], Sight::Absent);
        assert_eq!(seen.topics[NAME], Sight::Absent);
        assert_eq!(seen.rules[NAME], Sight::Absent);
        assert_eq!(seen.alarms[NAME], Sight::Absent);
        let chatbot = stage.observe_chatbot().await;
        assert_eq!((chatbot.gaps, chatbot.configurations), (vec![], Sight::Seen(vec![])));
        let workspaces = chatbot.workspaces.seen().expect("the workspaces");
        assert_eq!(workspaces.iter().map(|workspace| workspace.id.as_str()).collect::<Vec<_>>(), [WORKSPACE]);
    }

    async fn a_thing_whose_tags_are_denied_is_unknown_and_neither_ours_nor_absent() {
        let stage = Stage::furnished().await;
        for service in ["sns", "events", "cloudwatch"] {
            stage.deny(service, "ListTagsForResource");
        }
        stage.deny("sqs", "ListQueueTags");
        let seen = stage.observe_region(all()).await;
        let denied = ["alarm", "queue", "rule", "topic"].map(|kind| format!("list tags of {kind} {NAME}"));
        let denied: Vec<_> = denied.iter().map(|tried| (tried.as_str(), Cause::Denied)).collect();
        assert_eq!(causes(&seen.gaps), denied);
        assert_eq!(seen.queues[NAME], Sight::Unknown);
        assert_eq!(seen.topics[NAME], Sight::Unknown);
        assert_eq!(seen.rules[NAME], Sight::Unknown);
        assert_eq!(seen.alarms[NAME], Sight::Unknown);
    }

    async fn a_part_that_is_denied_leaves_the_rest_to_be_seen() {
        let stage = Stage::furnished().await;
        stage.deny("sns", "ListSubscriptionsByTopic");
        stage.deny("events", "ListTargetsByRule");
        let seen = stage.observe_region(all()).await;
        assert_eq!(seen.topics[NAME].seen().expect("the topic").subscriptions, None);
        assert_eq!(seen.rules[NAME].seen().expect("the rule").targets, Sight::Unknown);
        let denied = [format!("list subscriptions of topic {NAME}"), format!("list targets of rule {NAME}")];
        let denied: Vec<_> = denied.iter().map(|tried| (tried.as_str(), Cause::Denied)).collect();
        assert_eq!(causes(&seen.gaps), denied);
    }

    async fn throttling_that_never_lets_up_is_a_gap_and_one_that_does_is_none() {
        let stage = Stage::furnished().await;
        stage.spoil(Effect::Throttle, "sns", "GetTopicAttributes");
        let throttle = Fault::new(Effect::Throttle).service("sqs").operation("GetQueueAttributes");
        stage.simulator.faults.add(throttle.times(1));
        let seen = stage.observe_region(all()).await;
        assert_eq!(causes(&seen.gaps), [(&*format!("get attributes of topic {NAME}"), Cause::Throttled)]);
        assert_eq!(seen.topics[NAME], Sight::Unknown);
        assert!(seen.queues[NAME].seen().is_some());
    }

    async fn rules_are_found_and_told_from_others_over_many_pages() {
        let stage = Stage::new().await;
        stage.simulator.with_world(|world| {
            for number in 0..250 {
                let input = json!({
                    "Name": format!("foghorn-{number:03}"),
                    "EventPattern": r#"{"source":["aws.ecs"]}"#,
                });
                events::call(world, &by_hand("PutRule", &input)).expect("a rule");
            }
        });
        let names = ["foghorn-000", "foghorn-249", "foghorn-missing"].map(str::to_owned);
        let interest = RegionInterest { rules: BTreeSet::from(names), ..RegionInterest::default() };
        let seen = stage.observe_region(interest).await;
        assert_eq!(seen.gaps, []);
        assert!(seen.rules["foghorn-000"].seen().is_some());
        assert!(seen.rules["foghorn-249"].seen().is_some());
        assert_eq!(seen.rules["foghorn-missing"], Sight::Absent);
        assert_eq!(seen.rules.len(), 3);
        assert_eq!(stage.simulator.record.count("events", "ListRules"), 3);
        assert_eq!(stage.simulator.record.count("events", "ListTargetsByRule"), 2);
    }

    async fn failed_invocations_of_the_last_day_are_summed_by_rule() {
        let stage = Stage::new().await;
        let now = OffsetDateTime::now_utc();
        stage.simulator.with_world(|world| {
            let mut fail = |rule: &str, hours: i64| {
                let at = now - time::Duration::hours(hours);
                let rule = [("RuleName", rule)];
                add_metric(world, ACCOUNT, REGION, "AWS/Events", "FailedInvocations", &rule, 2.0, at);
            };
            fail("foghorn-one", 0);
            fail("foghorn-one", 23);
            fail("foghorn-one", 26);
            fail("foghorn-other", 1);
        });
        let rules = ["foghorn-one", "foghorn-two"].map(str::to_owned);
        let interest = RegionInterest { rules: BTreeSet::from(rules), ..RegionInterest::default() };
        let seen = stage.observe_region(interest.clone()).await;
        let expected = [("foghorn-one".to_owned(), 4.0), ("foghorn-two".to_owned(), 0.0)];
        assert_eq!(seen.failed_invocations, BTreeMap::from(expected));

        stage.deny("cloudwatch", "GetMetricData");
        let seen = stage.observe_region(interest).await;
        assert_eq!(seen.failed_invocations, BTreeMap::new());
        assert_eq!(causes(&seen.gaps), [("get sums of FailedInvocations", Cause::Denied)]);
    }

    async fn messages_that_chatbot_dropped_are_counted_where_it_counts_them() {
        let stage = Stage::furnished().await;
        let now = OffsetDateTime::now_utc();
        stage.simulator.with_world(|world| {
            let dimension = [("ConfigurationName", "foghorn")];
            for (region, count) in [("us-east-1", 3.0), ("us-east-2", 5.0)] {
                add_metric(world, ACCOUNT, region, "AWS/Chatbot", "UnsupportedEvents", &dimension, count, now);
            }
        });
        let seen = stage.observe_chatbot().await;
        assert_eq!(seen.gaps, []);
        assert_eq!(seen.unsupported_events, BTreeMap::from([("foghorn".to_owned(), 3.0)]));
    }

    async fn a_chatbot_that_may_not_be_read_is_wholly_unseen() {
        let stage = Stage::furnished().await;
        stage.deny("chatbot", "DescribeSlackChannelConfigurations");
        let seen = stage.observe_chatbot().await;
        assert_eq!(seen.configurations, Sight::Unknown);
        assert!(seen.workspaces.seen().is_some());
        assert_eq!(causes(&seen.gaps), [("list slack channel configurations", Cause::Denied)]);
        assert!(seen.gaps.iter().all(|gap| !gap.whole));

        stage.deny("chatbot", "DescribeSlackWorkspaces");
        let seen = stage.observe_chatbot().await;
        assert_eq!((&seen.workspaces, &seen.configurations), (&Sight::Unknown, &Sight::Unknown));
        assert!(seen.gaps.len() == 2 && seen.gaps.iter().all(|gap| gap.whole), "{:?}", seen.gaps);
    }

    async fn a_room_is_fed_once_chatbot_has_subscribed_itself() {
        let stage = Stage::furnished().await;
        let seen = stage.observe_region(all()).await;
        assert_eq!(seen.topics[NAME].seen().expect("the topic").feeds_chatbot(), Some(true));
    }

    async fn the_key_that_a_topic_or_a_queue_is_encrypted_with_is_seen() {
        let stage = Stage::furnished().await;
        let keys = |seen: &RegionSnapshot| {
            let queue = seen.queues[NAME].seen().expect("the queue").kms_key.clone();
            (queue, seen.topics[NAME].seen().expect("the topic").kms_key.clone())
        };
        let seen = stage.observe_region(all()).await;
        assert_eq!(keys(&seen), (None, None));
        let url = &seen.queues[NAME].seen().expect("the queue").url;
        let of_queue = json!({ "QueueUrl": url, "Attributes": { "KmsMasterKeyId": "alias/aws/sqs" } });
        let topic_arn = arn::topic(region(), &account_id(), NAME);
        let of_topic = json!({
            "TopicArn": topic_arn, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns",
        });
        stage.simulator.with_world(|world| {
            sqs::call(world, &by_hand("SetQueueAttributes", &of_queue)).expect("a key");
            sns::call(world, &by_hand("SetTopicAttributes", &of_topic)).expect("a key");
        });
        let expected = ("alias/aws/sqs", "alias/aws/sns");
        let seen = keys(&stage.observe_region(all()).await);
        assert_eq!((seen.0.as_deref(), seen.1.as_deref()), (Some(expected.0), Some(expected.1)));
    }

    async fn a_refused_write_says_what_was_tried_and_why() {
        let stage = Stage::new().await;
        let missing = Change::write(
            Action::Create,
            Resource::Target(target("foghorn-missing", NAME, NAME)),
            Vec::new(),
            Vec::new(),
        );
        let error = stage.door.apply(&missing).await.expect_err("a refusal");
        assert_eq!(error.tried, "put target foghorn of rule foghorn-missing");
        assert_eq!(error.class, Class::NotFound);
    }
}
