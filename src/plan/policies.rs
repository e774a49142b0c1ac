//! The resource policies of topics and queues, each statement bound to the
//! account and the very thing that may publish, so that nobody can make a
//! service speak on their behalf (IAM user guide, the confused deputy problem).

use serde_json::{Value, json};

use crate::model::policy::Policy;
use crate::model::{AccountId, Region, arn};

use super::names;

/// A rule may publish to its topic.
pub fn event_topic(region: Region, account: &AccountId, topic: &str, rule: &str) -> Policy {
    let source = json!({ "ArnEquals": { "aws:SourceArn": arn::rule(region, account, rule) } });
    let resource = arn::topic(region, account, topic);
    allow("FoghornAllowRule", "events.amazonaws.com", "sns:Publish", &resource, account, source)
}

/// The fleet's alarms may publish to a room's alarm topic.
pub fn alarm_topic(region: Region, account: &AccountId, topic: &str) -> Policy {
    let alarms = arn::alarm(region, account, &format!("{}*", names::PREFIX));
    let source = json!({ "ArnLike": { "aws:SourceArn": alarms } });
    let resource = arn::topic(region, account, topic);
    allow("FoghornAllowAlarms", "cloudwatch.amazonaws.com", "sns:Publish", &resource, account, source)
}

/// A rule may leave what it could not deliver in its queue.
pub fn dead_letters(region: Region, account: &AccountId, queue: &str, rule: &str) -> Policy {
    let source = json!({ "ArnEquals": { "aws:SourceArn": arn::rule(region, account, rule) } });
    let resource = arn::queue(region, account, queue);
    allow("FoghornAllowRule", "events.amazonaws.com", "sqs:SendMessage", &resource, account, source)
}

fn allow(
    sid: &str,
    service: &str,
    action: &str,
    resource: &str,
    account: &AccountId,
    mut condition: Value,
) -> Policy {
    condition["StringEquals"] = json!({ "aws:SourceAccount": account.as_str() });
    Policy {
        statements: vec![json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": { "Service": service },
            "Action": action,
            "Resource": resource,
            "Condition": condition,
        })],
    }
}
