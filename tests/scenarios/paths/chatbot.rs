//! What can be broken on the way from a topic through AWS Chatbot to a channel.

use foghorn::sim::chatbot::{authorise_team, authorise_workspace, withdraw_team, withdraw_workspace};
use serde_json::{Value, json};

use super::super::support::{CHANNEL, WORKSPACE};
use super::breaks::{Break, TOPIC_GONE, broken};
use super::hands::Hands;
use super::way::{TEAM, TEAMS_CHANNEL, TENANT};

/// One of AWS Chatbot's Regions.
const CHATBOT: &str = "us-east-2";

/// What both chat services have.
pub const CHATBOTS: [Break; 10] = [
    // Chatbot subscribes itself when a configuration changes, and not when a
    // topic comes back that it lists.
    TOPIC_GONE.mended_by(take_out),
    broken("the event goes as it is", "transformer", "drops it in silence", |hands| {
        hands.change_target(|target| {
            target.as_object_mut().and_then(|target| target.remove("InputTransformer"));
        });
    }),
    broken("the message is no JSON for some events", "transformer", "is no JSON", |hands| {
        hands.change_target(|target| {
            target["InputTransformer"] = json!({
                "InputPathsMap": { "reason": "$.detail.reason" },
                "InputTemplate": r#"{"version":"1.0","source":"custom","content":{"description":"<reason>"}}"#,
            });
        });
    }),
    broken("the message lacks a value", "transformer", "the message has no text `description`", |hands| {
        hands.change_target(|target| {
            target["InputTransformer"] = json!({
                "InputPathsMap": { "nothing": "$.detail.nothing" },
                "InputTemplate": r#"{"version":"1.0","source":"custom","content":{"description":<nothing>}}"#,
            });
        });
    }),
    broken("the message is not in Chatbot's form", "transformer", "content", |hands| {
        hands.change_target(|target| {
            target["InputTransformer"] = json!({
                "InputPathsMap": { "id": "$.id" },
                "InputTemplate": r#"{"version":"1.0","source":"custom","text":<id>}"#,
            });
        });
    }),
    broken("only the event's detail goes", "transformer", "", |hands| {
        hands.change_target(|target| {
            *target = json!({ "Id": target["Id"], "Arn": target["Arn"], "InputPath": "$.detail" });
        });
    }),
    broken("Chatbot's subscription is gone", "subscription", "no confirmed subscription", |hands| {
        for subscription in hands.subscriptions() {
            hands.call("sns:Unsubscribe", json!({ "SubscriptionArn": subscription }));
        }
    })
    .mended_by(take_out),
    broken("Chatbot's subscription has a filter", "subscription", "has a filter", |hands| {
        hands.set_subscriptions("FilterPolicy", r#"{"team":["web"]}"#);
    })
    .mended_by(|hands| hands.set_subscriptions("FilterPolicy", "{}")),
    broken("Chatbot's subscription delivers raw messages", "subscription", "raw messages", |hands| {
        hands.set_subscriptions("RawMessageDelivery", "true");
    })
    .mended_by(|hands| hands.set_subscriptions("RawMessageDelivery", "false")),
    broken(
        "the configuration is not fed by the topic",
        "chatConfiguration",
        "is not fed by the topic",
        take_out,
    ),
];

/// What only Slack has.
pub const SLACK: [Break; 2] = [
    broken("the channel has no configuration", "chatConfiguration", "foghorn apply makes it", |hands| {
        let arn = slack(hands)["ChatConfigurationArn"].clone();
        let input = json!({ "ChatConfigurationArn": arn });
        hands.call_in(CHATBOT, "chatbot:DeleteSlackChannelConfiguration", input);
    }),
    broken("the workspace is not authorised any more", "room", "nobody has authorised Slack", |hands| {
        withdraw_workspace(hands.world, hands.account, WORKSPACE);
    })
    .told_by("roomNotAuthorised")
    .mended_by(|hands| authorise_workspace(hands.world, hands.account, WORKSPACE, "acme")),
];

/// What only Microsoft Teams has.
pub const TEAMS: [Break; 2] = [
    broken("the channel has no configuration", "chatConfiguration", "foghorn apply makes it", |hands| {
        let arn = teams(hands)["ChatConfigurationArn"].clone();
        let input = json!({ "ChatConfigurationArn": arn });
        hands.call_in(CHATBOT, "chatbot:DeleteMicrosoftTeamsChannelConfiguration", input);
    }),
    broken("the team is not authorised any more", "room", "nobody has authorised Microsoft Teams", |hands| {
        withdraw_team(hands.world, hands.account, TEAM);
    })
    .told_by("roomNotAuthorised")
    .mended_by(|hands| authorise_team(hands.world, hands.account, TENANT, TEAM, "Platform")),
];

/// What the report asks a person to do: take the topic out. The next apply puts
/// it in again.
fn take_out(hands: &mut Hands<'_>) {
    feed(hands, false);
}

/// Feeds the channel's configuration by the topic, or leaves it out.
fn feed(hands: &mut Hands<'_>, is_fed: bool) {
    let topic = hands.topic();
    let topics = |configuration: &Value| -> Vec<Value> {
        let fed = configuration["SnsTopicArns"].as_array().cloned().unwrap_or_default();
        let others = fed.into_iter().filter(|one| *one != topic);
        others.chain(is_fed.then(|| topic.clone().into())).collect()
    };
    let configuration = slack(hands);
    if configuration.is_object() {
        let input = json!({
            "ChatConfigurationArn": configuration["ChatConfigurationArn"], "SlackChannelId": CHANNEL,
            "SnsTopicArns": topics(&configuration),
        });
        hands.call_in(CHATBOT, "chatbot:UpdateSlackChannelConfiguration", input);
        return;
    }
    let configuration = teams(hands);
    let input = json!({
        "ChatConfigurationArn": configuration["ChatConfigurationArn"], "ChannelId": TEAMS_CHANNEL,
        "SnsTopicArns": topics(&configuration),
    });
    hands.call_in(CHATBOT, "chatbot:UpdateMicrosoftTeamsChannelConfiguration", input);
}

fn slack(hands: &mut Hands<'_>) -> Value {
    let listed = hands.call_in(CHATBOT, "chatbot:DescribeSlackChannelConfigurations", json!({}));
    listed["SlackChannelConfigurations"][0].clone()
}

fn teams(hands: &mut Hands<'_>) -> Value {
    let listed = hands.call_in(CHATBOT, "chatbot:ListMicrosoftTeamsChannelConfigurations", json!({}));
    listed["TeamChannelConfigurations"][0].clone()
}
