//! One resource of each kind that every AWS knows.

use std::collections::{BTreeMap, BTreeSet};

use foghorn::model::alarm::{Alarm, AlarmSettings};
use foghorn::model::policy::Policy;
use foghorn::model::queue::Queue;
use foghorn::model::rule::Rule;
use foghorn::model::target::{RetryPolicy, Target, TargetSettings, Transformer};
use foghorn::model::topic::Topic;
use foghorn::model::{Tags, arn};
use serde_json::{Value, json};

use super::{account_id, region};

/// Tags of a thing that the fleet owns.
pub fn tags(team: &str) -> Tags {
    Tags::owned_by("acme", &BTreeMap::from([("team".to_owned(), team.to_owned())]))
}

/// A policy of one statement, by which EventBridge may do something.
pub fn policy(sid: &str, action: &str, resource: &str, rule: &str) -> Policy {
    Policy::of(vec![json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": { "Service": "events.amazonaws.com" },
        "Action": action,
        "Resource": resource,
        "Condition": { "ArnLike": { "aws:SourceArn": arn::rule(region(), &account_id(), rule) } },
    })])
}

/// A set of one.
pub fn only(text: impl Into<String>) -> BTreeSet<String> {
    BTreeSet::from([text.into()])
}

pub fn queue(name: &str) -> Queue {
    Queue {
        region: region(),
        name: name.to_owned(),
        retention_seconds: 1_209_600,
        policy: queue_policy(name, "foghorn-one"),
        tags: tags("one"),
    }
}

pub fn queue_policy(name: &str, rule: &str) -> Policy {
    policy("FoghornEvents", "sqs:SendMessage", &arn::queue(region(), &account_id(), name), rule)
}

pub fn topic(name: &str) -> Topic {
    Topic {
        region: region(),
        name: name.to_owned(),
        policy: topic_policy(name, "foghorn-one"),
        tags: tags("one"),
    }
}

pub fn topic_policy(name: &str, rule: &str) -> Policy {
    policy("FoghornEvents", "sns:Publish", &arn::topic(region(), &account_id(), name), rule)
}

pub fn rule(name: &str) -> Rule {
    Rule {
        region: region(),
        bus: None,
        name: name.to_owned(),
        description: "Made by Foghorn".to_owned(),
        pattern: pattern("ECS Deployment State Change"),
        tags: tags("one"),
    }
}

pub fn pattern(detail_type: &str) -> Value {
    json!({ "source": ["aws.ecs"], "detail-type": [detail_type], "detail": { "eventType": ["ERROR"] } })
}

/// A target in which everything is set that can be set at once.
pub fn target(rule: &str, topic: &str, queue: &str) -> Target {
    Target {
        region: region(),
        rule: rule.to_owned(),
        id: "foghorn".to_owned(),
        settings: TargetSettings {
            arn: arn::topic(region(), &account_id(), topic),
            role_arn: None,
            transformer: Some(transformer(
                r#"{"version":"1.0","source":"custom","content":{"description":<reason>}}"#,
            )),
            input: None,
            input_path: None,
            retry_policy: Some(RetryPolicy {
                maximum_retry_attempts: 10,
                maximum_event_age_in_seconds: 3_600,
            }),
            dead_letter_arn: Some(arn::queue(region(), &account_id(), queue)),
        },
    }
}

pub fn transformer(template: &str) -> Transformer {
    Transformer {
        paths: BTreeMap::from([("reason".to_owned(), "$.detail.reason".to_owned())]),
        template: template.to_owned(),
    }
}

pub fn alarm(name: &str, topic: &str) -> Alarm {
    let topic = arn::topic(region(), &account_id(), topic);
    Alarm {
        region: region(),
        name: name.to_owned(),
        settings: AlarmSettings {
            description: Some("Made by Foghorn".to_owned()),
            namespace: Some("AWS/Events".to_owned()),
            metric: Some("FailedInvocations".to_owned()),
            dimensions: BTreeMap::from([("RuleName".to_owned(), "foghorn-one".to_owned())]),
            statistic: Some("Sum".to_owned()),
            extended_statistic: None,
            metric_math: false,
            unit: None,
            period_seconds: Some(300),
            evaluation_periods: Some(1),
            datapoints_to_alarm: Some(1),
            threshold: Some(1.0),
            comparison: Some("GreaterThanOrEqualToThreshold".to_owned()),
            treat_missing_data: Some("notBreaching".to_owned()),
            actions_enabled: true,
            alarm_actions: only(&topic),
        },
        ok_actions: only(&topic),
        insufficient_data_actions: only(&topic),
        tags: tags("one"),
    }
}
