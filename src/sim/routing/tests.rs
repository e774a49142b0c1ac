mod api_destination;
mod forward;

use serde_json::{Value, json};

use super::{DeadLetter, Delivery, Outcome, publish_event};
use crate::sim::chatbot::METRICS_REGION;
use crate::sim::cloudwatch;
use crate::sim::testing::{
    ACCOUNT, CHANNEL, NOW, REGION, WORKSPACE, allow_publish, ask, messages, open_queue, slack, topic, world,
};
use crate::sim::world::{Role, World};

const PATTERN: &str = r#"{"source":["aws.ecs"],"detail":{"eventType":["ERROR"]}}"#;

fn event(reason: &str) -> Value {
    json!({
        "version": "0", "id": "11111111-2222-3333-4444-555555555501",
        "detail-type": "ECS Deployment State Change", "source": "aws.ecs", "account": ACCOUNT,
        "time": "2026-11-20T10:00:00Z", "region": REGION,
        "resources": [format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/prod/web")],
        "detail": {"eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "reason": reason},
    })
}

/// A transformer that puts the reason where a placeholder stands in `content`.
fn transformer(content: &str) -> Value {
    let template = format!(r#"{{"version":"1.0","source":"custom","content":{content}}}"#);
    json!({"InputPathsMap": {"reason": "$.detail.reason"}, "InputTemplate": template})
}

const AS_ELEMENT: &str = r#"{"description":"A deployment failed","nextSteps":[<reason>]}"#;
const SPLICED: &str = r#"{"description":"A deployment failed: <reason>"}"#;

/// A rule with one target, and everything behind it up to a Slack channel.
struct Pipeline {
    world: World,
    topic: String,
}

impl Pipeline {
    fn new() -> Self {
        let mut world = world();
        let topic = topic(&mut world, "room");
        allow_publish(&mut world, &topic, "events.amazonaws.com");
        slack(&mut world, "deploys", &[&topic]);
        ask(&mut world, "events:PutRule", json!({"Name": "deploys", "EventPattern": PATTERN}));
        Self { world, topic }
    }

    fn target(&mut self, changes: Value) {
        let mut target = json!({"Id": "room", "Arn": self.topic});
        for (member, value) in changes.as_object().expect("an object") {
            target[member] = value.clone();
        }
        ask(&mut self.world, "events:PutTargets", json!({"Rule": "deploys", "Targets": [target]}));
    }

    fn send(&mut self, reason: &str) -> Vec<Delivery> {
        publish_event(&mut self.world, ACCOUNT, REGION, &event(reason), NOW)
    }

    fn send_one(&mut self, reason: &str) -> Outcome {
        let mut deliveries = self.send(reason);
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0).outcome
    }

    fn chatbot(&self, metric: &str) -> f64 {
        let dimensions = [("ConfigurationName", "deploys")];
        cloudwatch::sum(&self.world, ACCOUNT, METRICS_REGION, "AWS/Chatbot", metric, &dimensions)
    }

    fn events(&self, metric: &str) -> f64 {
        cloudwatch::sum(&self.world, ACCOUNT, REGION, "AWS/Events", metric, &[("RuleName", "deploys")])
    }

    fn room(&self) -> Vec<&crate::sim::rooms::Message> {
        self.world.rooms.get(WORKSPACE, CHANNEL).into_iter().flat_map(|room| &room.messages).collect()
    }
}

fn failed(code: &'static str, outcome: &Outcome) -> DeadLetter {
    match outcome {
        Outcome::Failed { code: actual, dead_letter, .. } if *actual == code => *dead_letter,
        other => panic!("expected {code}, got {other:?}"),
    }
}

#[test]
fn a_transformed_event_is_read_in_the_room() {
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({"InputTransformer": transformer(AS_ELEMENT)}));
    assert_eq!(pipeline.send_one("task failed to start."), Outcome::Delivered);
    let room = pipeline.room();
    assert_eq!(room.len(), 1);
    assert_eq!(room[0].description, "A deployment failed");
    assert_eq!(room[0].next_steps, ["task failed to start."]);
    assert_eq!((pipeline.events("TriggeredRules"), pipeline.events("Invocations")), (1.0, 1.0));
    assert_eq!(pipeline.events("FailedInvocations"), 0.0);
    assert_eq!((pipeline.chatbot("EventsProcessed"), pipeline.chatbot("MessageDeliverySuccess")), (1.0, 1.0));
}

#[test]
fn a_raw_ecs_event_to_chatbot_is_lost_and_counted() {
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({}));
    assert_eq!(pipeline.send_one("x"), Outcome::Delivered, "EventBridge has done its part");
    assert!(pipeline.room().is_empty());
    assert_eq!((pipeline.chatbot("UnsupportedEvents"), pipeline.events("FailedInvocations")), (1.0, 0.0));
}

#[test]
fn a_topic_policy_without_eventbridge_fails_the_invocation_and_fills_the_dead_letter_queue() {
    let mut pipeline = Pipeline::new();
    let queue = open_queue(&mut pipeline.world, "dead");
    pipeline.target(json!({"DeadLetterConfig": {"Arn": queue}}));
    let topic = pipeline.topic.clone();
    allow_publish(&mut pipeline.world, &topic, "cloudwatch.amazonaws.com");
    let outcome = pipeline.send_one("x");
    assert_eq!(failed("NO_PERMISSIONS", &outcome), DeadLetter::Kept);
    assert_eq!((pipeline.events("FailedInvocations"), pipeline.events("InvocationsSentToDlq")), (1.0, 1.0));
    let dead = messages(&mut pipeline.world, "dead");
    let body: Value = serde_json::from_str(dead[0]["Body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(body, event("x"), "the event as it was");
    let attribute = |name: &str| dead[0]["MessageAttributes"][name]["StringValue"].clone();
    assert_eq!(attribute("ERROR_CODE"), "NO_PERMISSIONS");
    assert_eq!(attribute("RULE_ARN"), format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/deploys"));
    assert_eq!(attribute("TARGET_ARN"), topic);
    assert!(attribute("ERROR_MESSAGE").is_string());
}

#[test]
fn without_a_dead_letter_queue_that_takes_it_the_event_is_gone() {
    let mut pipeline = Pipeline::new();
    ask(&mut pipeline.world, "sqs:CreateQueue", json!({"QueueName": "shut"}));
    ask(&mut pipeline.world, "sns:DeleteTopic", json!({"TopicArn": pipeline.topic}));
    pipeline.target(json!({}));
    let outcome = pipeline.send_one("x");
    assert_eq!(failed("NO_RESOURCE", &outcome), DeadLetter::Lost);
    for queue in ["shut", "missing"] {
        let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}");
        pipeline.target(json!({"DeadLetterConfig": {"Arn": arn}}));
        let outcome = pipeline.send_one("x");
        assert_eq!(failed("NO_RESOURCE", &outcome), DeadLetter::Refused, "{queue}");
    }
    assert_eq!(pipeline.events("InvocationsFailedToBeSentToDlq"), 2.0);
}

#[test]
fn a_quotation_mark_breaks_a_spliced_reason_and_arrives_whole_as_an_array_element() {
    let reason = "task \"web\" failed";
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({"InputTransformer": transformer(SPLICED)}));
    assert_eq!(pipeline.send_one("no quotation mark"), Outcome::Delivered);
    let outcome = pipeline.send_one(reason);
    failed("INVALID_JSON", &outcome);
    assert_eq!((pipeline.room().len(), pipeline.events("FailedInvocations")), (1, 1.0));
    pipeline.target(json!({"InputTransformer": transformer(AS_ELEMENT)}));
    assert_eq!(pipeline.send_one(reason), Outcome::Delivered);
    assert_eq!(pipeline.room()[1].next_steps, [reason]);
}

#[test]
fn a_rule_that_is_off_or_does_not_match_does_nothing() {
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({}));
    let mut quiet = event("x");
    quiet["detail"]["eventType"] = "INFO".into();
    assert_eq!(publish_event(&mut pipeline.world, ACCOUNT, REGION, &quiet, NOW), []);
    assert_eq!(publish_event(&mut pipeline.world, ACCOUNT, "us-east-1", &event("x"), NOW), []);
    ask(&mut pipeline.world, "events:DisableRule", json!({"Name": "deploys"}));
    assert_eq!(pipeline.send("x"), []);
    assert_eq!(pipeline.events("TriggeredRules"), 0.0);
}

#[test]
fn a_condition_on_another_rule_keeps_this_rule_out() {
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({}));
    let topic = pipeline.topic.clone();
    let policy = |rule: &str| {
        json!({"Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"ArnEquals": {"aws:SourceArn": format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}")}},
        }]})
        .to_string()
    };
    for (rule, delivered) in [("other", false), ("deploys", true), ("dep*", true)] {
        let input = json!({"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy(rule)});
        ask(&mut pipeline.world, "sns:SetTopicAttributes", input);
        assert_eq!(pipeline.send_one("x") == Outcome::Delivered, delivered, "{rule}");
    }
}

#[test]
fn a_target_with_a_role_needs_no_policy_but_the_role() {
    let mut pipeline = Pipeline::new();
    let topic = pipeline.topic.clone();
    allow_publish(&mut pipeline.world, &topic, "cloudwatch.amazonaws.com");
    pipeline.target(json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/foghorn-invoke")}));
    let outcome = pipeline.send_one("x");
    failed("NO_PERMISSIONS", &outcome);
    let account = pipeline.world.accounts.get_mut(ACCOUNT).expect("the account");
    account.roles.insert("foghorn-invoke".to_owned(), Role::default());
    assert_eq!(pipeline.send_one("x"), Outcome::Delivered);
}

#[test]
fn a_subscription_that_somebody_removed_breaks_the_path_in_silence() {
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({"InputTransformer": transformer(AS_ELEMENT)}));
    let listed =
        ask(&mut pipeline.world, "sns:ListSubscriptionsByTopic", json!({"TopicArn": pipeline.topic}));
    let id = &listed["Subscriptions"][0]["SubscriptionArn"];
    ask(&mut pipeline.world, "sns:Unsubscribe", json!({"SubscriptionArn": id}));
    assert_eq!(pipeline.send_one("x"), Outcome::Delivered);
    assert_eq!((pipeline.room().len(), pipeline.chatbot("EventsProcessed")), (0, 0.0));
}

#[test]
fn targets_receive_the_event_a_part_of_it_or_a_constant() {
    let mut pipeline = Pipeline::new();
    let queue = open_queue(&mut pipeline.world, "q");
    for (change, body) in [
        (json!({}), event("x").to_string()),
        (json!({"InputPath": "$.detail.eventName"}), "\"SERVICE_DEPLOYMENT_FAILED\"".to_owned()),
        (json!({"Input": "{\"a\": 1}"}), "{\"a\": 1}".to_owned()),
        (
            json!({"InputTransformer": {"InputTemplate": "\"rule <aws.events.rule-name>\""}}),
            "\"rule deploys\"".to_owned(),
        ),
    ] {
        let mut change = change;
        change["Arn"] = queue.as_str().into();
        pipeline.target(change);
        assert_eq!(pipeline.send_one("x"), Outcome::Delivered);
        let received = messages(&mut pipeline.world, "q");
        assert_eq!(received[0]["Body"], body);
    }
}

#[test]
fn a_target_that_the_simulator_cannot_reach_fails_in_the_open() {
    let mut pipeline = Pipeline::new();
    pipeline.target(json!({"Arn": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify")}));
    let outcome = pipeline.send_one("x");
    failed("UNSUPPORTED_TARGET", &outcome);
}

#[test]
fn an_alarm_on_a_dead_path_is_heard_over_another_topic() {
    let mut pipeline = Pipeline::new();
    let watch = topic(&mut pipeline.world, "watch");
    let arn = format!("arn:aws:chatbot::{ACCOUNT}:chat-configuration/slack-channel/deploys");
    let both = json!({"ChatConfigurationArn": arn, "SlackChannelId": CHANNEL, "SnsTopicArns": [pipeline.topic, watch]});
    ask(&mut pipeline.world, "chatbot:UpdateSlackChannelConfiguration", both);
    let alarm = json!({
        "AlarmName": "failed", "Namespace": "AWS/Events", "MetricName": "FailedInvocations",
        "Dimensions": [{"Name": "RuleName", "Value": "deploys"}], "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching", "AlarmActions": [watch],
    });
    ask(&mut pipeline.world, "cloudwatch:PutMetricAlarm", alarm);
    ask(&mut pipeline.world, "sns:DeleteTopic", json!({"TopicArn": pipeline.topic}));
    pipeline.target(json!({}));
    pipeline.send("x");
    cloudwatch::evaluate(&mut pipeline.world, NOW);
    let room = pipeline.room();
    assert_eq!(room.len(), 1);
    assert_eq!(room[0].title.as_deref(), Some("CloudWatch Alarm | failed | eu-west-1"));
    assert!(room[0].description.starts_with("ALARM: Threshold Crossed"));
}
