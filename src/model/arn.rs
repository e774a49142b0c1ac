//! Amazon Resource Names, composed from what they name.

use super::account::AccountId;
use super::region::{Partition, Region};

/// The ARN of a rule by its place; see [`super::rule::place`].
pub fn rule(region: Region, account: &AccountId, name: &str) -> String {
    regional("events", region, account, &format!("rule/{name}"))
}

/// The ARN of a custom event bus.
pub fn event_bus(region: Region, account: &AccountId, name: &str) -> String {
    regional("events", region, account, &format!("event-bus/{name}"))
}

/// The ARN of an API destination, without the id that AWS ends it with.
pub fn api_destination(region: Region, account: &AccountId, name: &str) -> String {
    regional("events", region, account, &format!("api-destination/{name}"))
}

/// The ARN of a Lambda function.
pub fn function(region: Region, account: &AccountId, name: &str) -> String {
    regional("lambda", region, account, &format!("function:{name}"))
}

/// The ARN of a Microsoft Teams channel configuration. It carries no Region.
pub fn teams_channel_configuration(account: &AccountId, name: &str) -> String {
    format!("arn:aws:chatbot::{account}:chat-configuration/microsoft-teams-channel/{name}")
}

/// The ARN of an SNS topic.
pub fn topic(region: Region, account: &AccountId, name: &str) -> String {
    regional("sns", region, account, name)
}

/// The ARN of an SQS queue.
pub fn queue(region: Region, account: &AccountId, name: &str) -> String {
    regional("sqs", region, account, name)
}

/// The ARN of a CloudWatch alarm.
pub fn alarm(region: Region, account: &AccountId, name: &str) -> String {
    regional("cloudwatch", region, account, &format!("alarm:{name}"))
}

/// The ARN of an ECS cluster; the name may hold `*` for use in a pattern.
pub fn cluster(region: Region, account: &AccountId, name: &str) -> String {
    regional("ecs", region, account, &format!("cluster/{name}"))
}

/// The ARN of an ECS service in the long format; names may hold `*`.
pub fn service(region: Region, account: &AccountId, cluster: &str, name: &str) -> String {
    regional("ecs", region, account, &format!("service/{cluster}/{name}"))
}

/// The ARN of a role.
pub fn role(partition: Partition, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:iam::{account}:role/{name}")
}

/// The ARN of a policy that AWS manages.
pub fn managed_policy(partition: Partition, name: &str) -> String {
    format!("arn:{partition}:iam::aws:policy/{name}")
}

/// The ARN of a Slack channel configuration. It carries no Region.
pub fn slack_channel_configuration(account: &AccountId, name: &str) -> String {
    format!("arn:aws:chatbot::{account}:chat-configuration/slack-channel/{name}")
}

/// The Region part of an ARN, if it has one.
pub fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// The last part of an ARN's resource, a service's name say.
pub fn last_segment(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

fn regional(service: &str, region: Region, account: &AccountId, resource: &str) -> String {
    format!("arn:{}:{service}:{region}:{account}:{resource}", region.partition())
}
