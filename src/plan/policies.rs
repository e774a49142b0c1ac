//! The resource policies of topics, queues, buses and functions, each statement bound to the
//! account and the very thing that may publish, so that nobody can make a
//! service speak on their behalf (IAM user guide, the confused deputy problem).

use serde_json::{Value, json};

use crate::model::policy::Policy;
use crate::model::{AccountId, Partition, Region, arn};

use super::names;

/// The rules of these places may publish to their topic.
pub fn event_topic(region: Region, account: &AccountId, topic: &str, rules: &[String]) -> Policy {
    let source = from_rules(region, account, rules);
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

/// The rules of these places may leave what they could not deliver in their
/// queue.
pub fn dead_letters(region: Region, account: &AccountId, queue: &str, rules: &[String]) -> Policy {
    let source = from_rules(region, account, rules);
    let resource = arn::queue(region, account, queue);
    allow("FoghornAllowRule", "events.amazonaws.com", "sqs:SendMessage", &resource, account, source)
}

/// The accounts may put events on a bus.
pub fn member_bus(bus: &str, partition: Partition, members: &[&AccountId]) -> Policy {
    let principals: Vec<String> =
        members.iter().map(|account| format!("arn:{partition}:iam::{account}:root")).collect();
    put_events(bus, &json!({ "AWS": principals }), None)
}

/// Every account of an organisation may put events on a bus.
pub fn organization_bus(bus: &str, organization: &str) -> Policy {
    let of_organization = json!({ "StringEquals": { "aws:PrincipalOrgID": organization } });
    put_events(bus, &json!("*"), Some(of_organization))
}

fn put_events(bus: &str, principal: &Value, condition: Option<Value>) -> Policy {
    let mut statement = json!({
        "Sid": "FoghornAllowMembers",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "events:PutEvents",
        "Resource": bus,
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    Policy::of(vec![statement])
}

/// The statement that lets a source of a service invoke a function, in the form
/// in which Lambda's AddPermission writes it.
pub fn invocation(sid: &str, service: &str, function: &str, account: &AccountId, source: &str) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "lambda:InvokeFunction",
        "Resource": function,
        "Condition": {
            "StringEquals": { "AWS:SourceAccount": account.as_str() },
            "ArnLike": { "AWS:SourceArn": source },
        },
    })
}

fn from_rules(region: Region, account: &AccountId, rules: &[String]) -> Value {
    let arns: Vec<String> = rules.iter().map(|rule| arn::rule(region, account, rule)).collect();
    match &arns[..] {
        [one] => json!({ "ArnEquals": { "aws:SourceArn": one } }),
        several => json!({ "ArnEquals": { "aws:SourceArn": several } }),
    }
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
    Policy::of(vec![json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    })])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixtures::{account, region};

    #[test]
    fn every_statement_names_one_service_one_action_and_whose_things_may_use_it() {
        let (account, region) = (account(&[]).id, region("eu-west-1"));
        for (policy, service, action, operator, source) in [
            (
                event_topic(region, &account, "t", &["r".to_owned()]),
                "events.amazonaws.com",
                "sns:Publish",
                "ArnEquals",
                "arn:aws:events:eu-west-1:111111111111:rule/r",
            ),
            (
                alarm_topic(region, &account, "t"),
                "cloudwatch.amazonaws.com",
                "sns:Publish",
                "ArnLike",
                "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:foghorn-*",
            ),
            (
                dead_letters(region, &account, "q", &["r".to_owned()]),
                "events.amazonaws.com",
                "sqs:SendMessage",
                "ArnEquals",
                "arn:aws:events:eu-west-1:111111111111:rule/r",
            ),
        ] {
            let [statement] = &policy.statements[..] else { panic!("one statement: {policy:?}") };
            assert_eq!(policy.own(), policy);
            assert_eq!(statement["Principal"], json!({ "Service": service }));
            assert_eq!(statement["Action"], action);
            assert_eq!(
                statement["Condition"],
                json!({
                    "StringEquals": { "aws:SourceAccount": "111111111111" },
                    operator: { "aws:SourceArn": source },
                })
            );
            let resource = statement["Resource"].as_str().unwrap_or_default();
            assert!(
                resource.ends_with(":111111111111:t") || resource.ends_with(":111111111111:q"),
                "{resource}"
            );
        }
    }
}
