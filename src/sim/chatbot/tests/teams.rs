use serde_json::{Value, json};

use crate::sim::call::Call;
use crate::sim::chatbot::{METRICS_REGION, SNS_ENDPOINT, authorise_team};
use crate::sim::testing::{ACCOUNT, ask, call, refusal, refused, slack, text, topic, world};
use crate::sim::world::World;
use crate::sim::{chatbot, cloudwatch};

const TENANT: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
const TEAM: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
const CHANNEL: &str = "19%3Aabc123%40thread.tacv2";
const CREATE: &str = "chatbot:CreateMicrosoftTeamsChannelConfiguration";
const UPDATE: &str = "chatbot:UpdateMicrosoftTeamsChannelConfiguration";
const DELETE: &str = "chatbot:DeleteMicrosoftTeamsChannelConfiguration";
const GET: &str = "chatbot:GetMicrosoftTeamsChannelConfiguration";
const LIST: &str = "chatbot:ListMicrosoftTeamsChannelConfigurations";

fn with_team() -> World {
    let mut world = world();
    authorise_team(&mut world, ACCOUNT, TENANT, TEAM, "Platform");
    world
}

fn input(name: &str, channel: &str, topics: &[&str]) -> Value {
    json!({
        "TenantId": TENANT, "TeamId": TEAM, "ChannelId": channel, "ChannelName": "deploys",
        "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/foghorn-chat"),
        "ConfigurationName": name, "SnsTopicArns": topics,
    })
}

fn made(world: &mut World, name: &str, channel: &str, topics: &[&str]) -> Value {
    ask(world, CREATE, input(name, channel, topics))["ChannelConfiguration"].clone()
}

fn subscribed(world: &mut World, topic_arn: &str) -> usize {
    let listed = ask(world, "sns:ListSubscriptionsByTopic", json!({"TopicArn": topic_arn}));
    let subscriptions = listed["Subscriptions"].as_array().expect("subscriptions");
    subscriptions.iter().filter(|subscription| subscription["Endpoint"] == SNS_ENDPOINT).count()
}

#[test]
fn a_teams_configuration_is_got_and_listed_as_it_was_made() {
    let mut world = with_team();
    let room = topic(&mut world, "room");
    let shown = made(&mut world, "deploys", CHANNEL, &[&room]);
    let arn = format!("arn:aws:chatbot::{ACCOUNT}:chat-configuration/microsoft-teams-channel/deploys");
    assert_eq!(
        shown,
        json!({
            "ChannelId": CHANNEL, "ChannelName": "deploys", "TeamId": TEAM, "TeamName": "Platform",
            "TenantId": TENANT, "ChatConfigurationArn": arn,
            "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/foghorn-chat"),
            "SnsTopicArns": [room], "ConfigurationName": "deploys", "LoggingLevel": "NONE",
            "GuardrailPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "UserAuthorizationRequired": false, "State": "ENABLED", "Tags": [],
        })
    );
    let got = ask(&mut world, GET, json!({"ChatConfigurationArn": arn}));
    assert_eq!(got, json!({"ChannelConfiguration": shown}));
    assert_eq!(ask(&mut world, LIST, json!({"TeamId": TEAM})), json!({"TeamChannelConfigurations": [shown]}));
    let other = json!({"TeamId": TENANT});
    assert_eq!(ask(&mut world, LIST, other), json!({"TeamChannelConfigurations": []}));
}

#[test]
fn slack_and_teams_are_listed_apart() {
    let mut world = with_team();
    slack(&mut world, "deploys", &[]);
    made(&mut world, "deploys", CHANNEL, &[]);
    let teams = ask(&mut world, LIST, json!({}));
    let slack = ask(&mut world, "chatbot:DescribeSlackChannelConfigurations", json!({}));
    assert_eq!(teams["TeamChannelConfigurations"].as_array().map(Vec::len), Some(1));
    assert_eq!(slack["SlackChannelConfigurations"].as_array().map(Vec::len), Some(1));
}

#[test]
fn teams_configurations_and_teams_come_in_pages() {
    let mut world = with_team();
    authorise_team(&mut world, ACCOUNT, TENANT, TENANT, "Other");
    for (name, channel) in [("a", CHANNEL), ("b", "19%3ab%40thread.tacv2")] {
        made(&mut world, name, channel, &[]);
    }
    for (operation, member) in [
        (LIST, "TeamChannelConfigurations"),
        ("chatbot:ListMicrosoftTeamsConfiguredTeams", "ConfiguredTeams"),
    ] {
        let first = ask(&mut world, operation, json!({"MaxResults": 1}));
        let next = json!({"MaxResults": 1, "NextToken": first["NextToken"]});
        let second = ask(&mut world, operation, next);
        assert_eq!(second[member].as_array().map(Vec::len), Some(1), "{operation}");
        assert_ne!(first[member], second[member], "{operation}");
        assert_eq!(second.get("NextToken"), None, "{operation}");
    }
}

#[test]
fn what_chatbot_refuses_of_teams_is_refused() {
    let mut world = with_team();
    made(&mut world, "deploys", CHANNEL, &[]);
    let with = |member: &str, value: &str| {
        let mut input = input("tasks", "19%3Aother%40thread.tacv2", &[]);
        input[member] = value.into();
        input
    };
    for (input, code, message) in [
        (
            with("ChannelId", CHANNEL),
            "InvalidRequestException",
            "has already been configured for AWS account",
        ),
        (with("ConfigurationName", "deploys"), "ConflictException", "already exists"),
        (with("TeamId", TENANT), "InvalidRequestException", "not authorized to use Microsoft Teams team"),
        (with("TenantId", TEAM), "InvalidRequestException", "not authorized to use Microsoft Teams team"),
        (with("TeamId", "platform"), "InvalidParameterException", "TeamId platform is not a UUID"),
        (with("ChannelId", "19:abc@thread.tacv2"), "InvalidParameterException", "URL-encoded"),
        (with("ConfigurationName", "a b"), "InvalidParameterException", "ConfigurationName"),
        (with("TenantId", ""), "InvalidParameterException", "TenantId is required"),
    ] {
        let error = refusal(&mut world, CREATE, input.clone());
        assert_eq!(error.code, code, "{input}");
        assert!(error.message.contains(message), "{}", error.message);
    }
    let gone = format!("arn:aws:chatbot::{ACCOUNT}:chat-configuration/microsoft-teams-channel/gone");
    let named = json!({"ChatConfigurationArn": gone, "ChannelId": CHANNEL});
    assert_eq!(refused(&mut world, GET, named.clone()), "InvalidRequestException");
    assert_eq!(refused(&mut world, UPDATE, named.clone()), "ResourceNotFoundException");
    assert_eq!(refused(&mut world, DELETE, named), "ResourceNotFoundException");
}

#[test]
fn teams_have_no_endpoint_outside_the_four_regions() {
    let mut world = with_team();
    let input = json!({});
    let elsewhere = Call { region: "us-east-1", ..call("ListMicrosoftTeamsConfiguredTeams", &input) };
    let error = chatbot::call(&mut world, &elsewhere).expect_err("a refusal");
    assert_eq!((error.code.as_str(), error.status), ("UnknownEndpoint", 404));
}

#[test]
fn slack_and_teams_share_the_subscription_of_a_topic() {
    let mut world = with_team();
    let room = topic(&mut world, "room");
    let slack = slack(&mut world, "deploys", &[&room]);
    let teams = made(&mut world, "deploys", CHANNEL, &[&room]);
    assert_eq!(subscribed(&mut world, &room), 1);
    let named = json!({"ChatConfigurationArn": slack["ChatConfigurationArn"]});
    assert_eq!(refused(&mut world, DELETE, named.clone()), "InvalidParameterException");
    ask(&mut world, "chatbot:DeleteSlackChannelConfiguration", named);
    assert_eq!(subscribed(&mut world, &room), 1);
    ask(&mut world, DELETE, json!({"ChatConfigurationArn": teams["ChatConfigurationArn"]}));
    assert_eq!(subscribed(&mut world, &room), 0);
}

#[test]
fn a_message_reaches_the_channel_of_a_team() {
    let mut world = with_team();
    let room = topic(&mut world, "room");
    made(&mut world, "deploys", CHANNEL, &[&room]);
    let notification =
        json!({"version": "1.0", "source": "custom", "content": {"description": "a deployment failed"}});
    for message in [notification.to_string(), "{\"source\":\"aws.ecs\"}".to_owned()] {
        ask(&mut world, "sns:Publish", json!({"TopicArn": room, "Message": message}));
    }
    let shown = world.rooms.get(TEAM, CHANNEL).expect("a room");
    assert_eq!((shown.workspace_name.as_str(), shown.channel_name.as_str()), ("Platform", "deploys"));
    assert_eq!(shown.messages.len(), 1);
    assert_eq!(shown.messages[0].description, "a deployment failed");
    let metric = |name: &str| {
        let dimensions = [("ConfigurationName", "deploys")];
        cloudwatch::sum(&world, ACCOUNT, METRICS_REGION, "AWS/Chatbot", name, &dimensions)
    };
    assert_eq!((metric("MessageDeliverySuccess"), metric("UnsupportedEvents")), (1.0, 1.0));
}

#[test]
fn a_teams_configuration_is_updated_and_tagged_by_its_arn() {
    let mut world = with_team();
    let room = topic(&mut world, "room");
    let arn = text(&made(&mut world, "deploys", CHANNEL, &[])["ChatConfigurationArn"]);
    let update = json!({"ChatConfigurationArn": arn, "ChannelId": CHANNEL, "SnsTopicArns": [room]});
    let updated = ask(&mut world, UPDATE, update)["ChannelConfiguration"].clone();
    assert_eq!((&updated["SnsTopicArns"], &updated["ChannelName"]), (&json!([room]), &json!("deploys")));
    assert_eq!(subscribed(&mut world, &room), 1);
    let tags = json!([{"TagKey": "a", "TagValue": "1"}]);
    ask(&mut world, "chatbot:TagResource", json!({"ResourceARN": arn, "Tags": tags}));
    let listed = ask(&mut world, "chatbot:ListTagsForResource", json!({"ResourceARN": arn}));
    assert_eq!(listed, json!({"Tags": tags}));
}
