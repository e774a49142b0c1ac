//! What IAM is asked about calls of Amazon CloudWatch, AWS Chatbot, AWS Secrets
//! Manager, AWS Organizations and AWS STS.

use super::{Authorization, NONE, action, arn, has_tags, pass, service_linked_role};
use crate::sim::call::Call;
use crate::sim::secretsmanager;
use crate::sim::world::World;

pub(super) fn of_cloudwatch(call: &Call<'_>) -> Vec<Authorization> {
    let the_call = |resource: &str| Authorization::new(action("cloudwatch", call), resource);
    let alarm = |name: &str| arn(call, "cloudwatch", &format!("alarm:{name}"));
    match call.operation {
        "PutMetricAlarm" => {
            let alarm = alarm(call.string("AlarmName").unwrap_or_default());
            let tags = has_tags(call, "Tags").then(|| Authorization::new("cloudwatch:TagResource", &*alarm));
            [the_call(&alarm)].into_iter().chain(tags).collect()
        }
        "DeleteAlarms" => call.strings("AlarmNames").into_iter().map(|name| the_call(&alarm(name))).collect(),
        // Whatever names it is given.
        "DescribeAlarms" => vec![the_call(&alarm("*"))],
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            vec![the_call(call.string("ResourceARN").unwrap_or_default())]
        }
        _ => vec![the_call(NONE)],
    }
}

pub(super) fn of_chatbot(call: &Call<'_>) -> Vec<Authorization> {
    let the_call = |resource: &str| Authorization::new(action("chatbot", call), resource);
    let role = call.string("IamRoleArn").map(|role| pass(role, "chatbot.amazonaws.com"));
    match call.operation {
        "CreateSlackChannelConfiguration" | "CreateMicrosoftTeamsChannelConfiguration" => {
            let tags = has_tags(call, "Tags").then(|| Authorization::new("chatbot:TagResource", new(call)));
            let own =
                service_linked_role(call, "management.chatbot.amazonaws.com", "AWSServiceRoleForAWSChatbot");
            [the_call(NONE), own].into_iter().chain(tags).chain(role).collect()
        }
        "UpdateSlackChannelConfiguration"
        | "UpdateMicrosoftTeamsChannelConfiguration"
        | "DeleteSlackChannelConfiguration"
        | "DeleteMicrosoftTeamsChannelConfiguration" => {
            let configuration = call.string("ChatConfigurationArn").unwrap_or_default();
            [the_call(configuration)].into_iter().chain(role).collect()
        }
        "TagResource" | "UntagResource" => vec![the_call(call.string("ResourceARN").unwrap_or_default())],
        _ => vec![the_call(NONE)],
    }
}

/// The ARN that a new configuration gets.
fn new(call: &Call<'_>) -> String {
    let kind = if call.operation.contains("Slack") { "slack-channel" } else { "microsoft-teams-channel" };
    let name = call.string("ConfigurationName").unwrap_or_default();
    format!("arn:aws:chatbot::{}:chat-configuration/{kind}/{name}", call.account)
}

pub(super) fn of_secretsmanager(world: &mut World, call: &Call<'_>) -> Vec<Authorization> {
    let id = call.string("SecretId").or_else(|| call.string("Name"));
    let resource = match id {
        None => NONE.to_owned(),
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        // Of a secret that is not there nobody knows the six characters with
        // which its ARN would end.
        Some(name) => secretsmanager::arn_of(world, call.account, call.region, name)
            .unwrap_or_else(|| arn(call, "secretsmanager", &format!("secret:{name}-absent"))),
    };
    vec![Authorization::new(action("secretsmanager", call), resource)]
}

pub(super) fn of_sts(call: &Call<'_>) -> Vec<Authorization> {
    let Some(role) = call.string("RoleArn") else {
        // GetCallerIdentity needs no permission (STS API reference).
        return Vec::new();
    };
    let assume = Authorization::new(action("sts", call), role);
    vec![match call.string("ExternalId") {
        Some(id) => assume.when("sts:ExternalId", id),
        None => assume,
    }]
}

pub(super) fn of_organizations(world: &World, call: &Call<'_>) -> Vec<Authorization> {
    let given = ["AccountId", "ParentId", "ResourceId"].into_iter().find_map(|member| call.string(member));
    let kind = |id: &str| match id.split_once('-') {
        Some(("r", _)) => "root",
        Some(("ou", _)) => "ou",
        _ => "account",
    };
    let resource = given.map(|id| world.organization.arn(call.region, kind(id), id));
    vec![Authorization::new(action("organizations", call), resource.unwrap_or_else(|| NONE.to_owned()))]
}
