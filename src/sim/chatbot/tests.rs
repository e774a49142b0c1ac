mod teams;

use serde_json::{Value, json};

use super::{Notification, authorise_workspace};
use crate::sim::call::Call;
use crate::sim::chatbot;
use crate::sim::testing::{
    ACCOUNT, CHANNEL, NOW, REGION, WORKSPACE, ask, call, refusal, refused, slack, slack_input, text, topic,
    world,
};
use crate::sim::world::World;

const CREATE: &str = "chatbot:CreateSlackChannelConfiguration";
const UPDATE: &str = "chatbot:UpdateSlackChannelConfiguration";
const DESCRIBE: &str = "chatbot:DescribeSlackChannelConfigurations";

fn subscribed(world: &mut World, topic_arn: &str) -> Vec<String> {
    let listed = ask(world, "sns:ListSubscriptionsByTopic", json!({"TopicArn": topic_arn}));
    let subscriptions = listed["Subscriptions"].as_array().expect("subscriptions").clone();
    subscriptions.iter().map(|subscription| text(&subscription["Endpoint"])).collect()
}

#[test]
fn a_configuration_is_described_as_it_was_made() {
    let mut world = world();
    let room = topic(&mut world, "room");
    let mut input = slack_input("deploys", CHANNEL, &[&room]);
    input["Tags"] = json!([{"TagKey": "owner", "TagValue": "foghorn"}]);
    let made = ask(&mut world, CREATE, input)["ChannelConfiguration"].clone();
    let arn = format!("arn:aws:chatbot::{ACCOUNT}:chat-configuration/slack-channel/deploys");
    assert_eq!(
        made,
        json!({
            "SlackTeamName": "acme", "SlackTeamId": WORKSPACE, "SlackChannelId": CHANNEL, "SlackChannelName": "deploys",
            "ChatConfigurationArn": arn, "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/foghorn-chat"),
            "SnsTopicArns": [room], "ConfigurationName": "deploys", "LoggingLevel": "NONE",
            "GuardrailPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "UserAuthorizationRequired": false, "State": "ENABLED",
            "Tags": [{"TagKey": "owner", "TagValue": "foghorn"}],
        })
    );
    for filter in [json!({}), json!({"ChatConfigurationArn": arn})] {
        assert_eq!(ask(&mut world, DESCRIBE, filter), json!({"SlackChannelConfigurations": [made]}));
    }
    let other = json!({"ChatConfigurationArn": format!("{arn}-other")});
    assert_eq!(ask(&mut world, DESCRIBE, other), json!({"SlackChannelConfigurations": []}));
}

#[test]
fn chatbot_subscribes_itself_and_takes_its_subscriptions_back() {
    let mut world = world();
    let (first, second) = (topic(&mut world, "first"), topic(&mut world, "second"));
    let arn = slack(&mut world, "deploys", &[&first])["ChatConfigurationArn"].clone();
    assert_eq!(subscribed(&mut world, &first), [chatbot::SNS_ENDPOINT]);
    let update = json!({"ChatConfigurationArn": arn, "SlackChannelId": CHANNEL, "SnsTopicArns": [second]});
    ask(&mut world, UPDATE, update);
    assert_eq!(subscribed(&mut world, &first), Vec::<String>::new());
    assert_eq!(subscribed(&mut world, &second), [chatbot::SNS_ENDPOINT]);
    ask(&mut world, "chatbot:DeleteSlackChannelConfiguration", json!({"ChatConfigurationArn": arn}));
    assert_eq!(subscribed(&mut world, &second), Vec::<String>::new());
}

#[test]
fn a_topic_that_two_configurations_share_stays_subscribed() {
    let mut world = world();
    let room = topic(&mut world, "room");
    let arn = slack(&mut world, "deploys", &[&room])["ChatConfigurationArn"].clone();
    ask(&mut world, CREATE, slack_input("tasks", "C0456", &[&room]));
    ask(&mut world, "chatbot:DeleteSlackChannelConfiguration", json!({"ChatConfigurationArn": arn}));
    assert_eq!(subscribed(&mut world, &room), [chatbot::SNS_ENDPOINT]);
}

#[test]
fn an_update_needs_the_arn_and_the_channel_and_keeps_what_it_does_not_send() {
    let mut world = world();
    let room = topic(&mut world, "room");
    let arn = slack(&mut world, "deploys", &[&room])["ChatConfigurationArn"].clone();
    for input in [json!({"ChatConfigurationArn": arn}), json!({"SlackChannelId": CHANNEL})] {
        assert_eq!(refused(&mut world, UPDATE, input), "InvalidParameterException");
    }
    let input = json!({"ChatConfigurationArn": arn, "SlackChannelId": CHANNEL, "LoggingLevel": "ERROR"});
    let updated = ask(&mut world, UPDATE, input)["ChannelConfiguration"].clone();
    assert_eq!((&updated["LoggingLevel"], &updated["SnsTopicArns"]), (&json!("ERROR"), &json!([room])));
    let gone = json!({"ChatConfigurationArn": format!("{}-gone", text(&arn)), "SlackChannelId": CHANNEL});
    assert_eq!(refused(&mut world, UPDATE, gone), "ResourceNotFoundException");
}

#[test]
fn what_chatbot_refuses_is_refused() {
    let mut world = world();
    slack(&mut world, "deploys", &[]);
    let with = |member: &str, value: &str| {
        let mut input = slack_input("tasks", "C0456", &[]);
        input[member] = value.into();
        input
    };
    let missing_topic = format!("arn:aws:sns:{REGION}:{ACCOUNT}:gone");
    for (input, code, status, message) in [
        (
            with("SlackChannelId", CHANNEL),
            "InvalidRequestException",
            400,
            "Slack channel with ID C0123 has already been configured for AWS account 111122223333",
        ),
        (
            with("ConfigurationName", "deploys"),
            "ConflictException",
            409,
            "Resource with arn arn:aws:chatbot::111122223333:chat-configuration/slack-channel/deploys already exists",
        ),
        (
            with("SlackTeamId", "T9999"),
            "InvalidRequestException",
            400,
            "not authorized to use Slack workspace T9999",
        ),
        (
            with("IamRoleArn", "arn:aws:iam::111122223333:role/none"),
            "InvalidParameterException",
            400,
            "does not exist",
        ),
        (slack_input("tasks", "C0456", &[&missing_topic]), "InvalidRequestException", 400, "does not exist"),
        (with("ConfigurationName", "a b"), "InvalidParameterException", 400, "ConfigurationName"),
        (with("LoggingLevel", "DEBUG"), "InvalidParameterException", 400, "LoggingLevel"),
        (with("SlackChannelId", ""), "InvalidParameterException", 400, "SlackChannelId is required"),
    ] {
        let error = refusal(&mut world, CREATE, input.clone());
        assert_eq!((error.code.as_str(), error.status), (code, status), "{input}");
        assert!(error.message.contains(message), "{}", error.message);
    }
}

#[test]
fn only_four_regions_have_an_endpoint() {
    let mut world = world();
    let input = json!({});
    for (region, answers) in [
        ("us-east-2", true),
        ("us-west-2", true),
        ("eu-west-1", true),
        ("ap-southeast-1", true),
        ("us-east-1", false),
        ("ap-northeast-2", false),
    ] {
        let answer = chatbot::call(&mut world, &Call { region, ..call("DescribeSlackWorkspaces", &input) });
        assert_eq!(answer.is_ok(), answers, "{region}");
        if let Err(error) = answer {
            assert_eq!((error.code.as_str(), error.status), ("UnknownEndpoint", 404));
        }
    }
}

#[test]
fn every_endpoint_shows_the_same_configurations() {
    let mut world = world();
    slack(&mut world, "deploys", &[]);
    let input = json!({});
    let elsewhere = Call { region: "us-west-2", ..call("DescribeSlackChannelConfigurations", &input) };
    let answer = chatbot::call(&mut world, &elsewhere).expect("an answer");
    assert_eq!(answer["SlackChannelConfigurations"].as_array().map(Vec::len), Some(1));
}

#[test]
fn workspaces_and_configurations_come_in_pages() {
    let mut world = world();
    authorise_workspace(&mut world, ACCOUNT, "T0456", "other");
    let first = ask(&mut world, "chatbot:DescribeSlackWorkspaces", json!({"MaxResults": 1}));
    assert_eq!(
        first["SlackWorkspaces"],
        json!([{"SlackTeamId": WORKSPACE, "SlackTeamName": "acme", "State": "ENABLED"}])
    );
    let next = json!({"MaxResults": 1, "NextToken": first["NextToken"]});
    let second = ask(&mut world, "chatbot:DescribeSlackWorkspaces", next);
    assert_eq!(second["SlackWorkspaces"][0]["SlackTeamId"], "T0456");
    assert_eq!(second.get("NextToken"), None);
    let wrong = json!({"MaxResults": 101});
    assert_eq!(refused(&mut world, "chatbot:DescribeSlackWorkspaces", wrong), "InvalidParameterException");
}

#[test]
fn tags_are_set_and_taken_away_by_arn() {
    let mut world = world();
    let arn = slack(&mut world, "deploys", &[])["ChatConfigurationArn"].clone();
    let tags = json!([{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}]);
    ask(&mut world, "chatbot:TagResource", json!({"ResourceARN": arn, "Tags": tags}));
    ask(&mut world, "chatbot:UntagResource", json!({"ResourceARN": arn, "TagKeys": ["a"]}));
    let listed = ask(&mut world, "chatbot:ListTagsForResource", json!({"ResourceARN": arn}));
    assert_eq!(listed, json!({"Tags": [{"TagKey": "b", "TagValue": "2"}]}));
}

fn notification(changes: &[(&str, Value)]) -> Value {
    let mut message = json!({"version": "1.0", "source": "custom", "content": {"description": "d"}});
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        message.pointer_mut(parent).expect("the parent")[name] = value.clone();
    }
    message
}

#[test]
fn a_notification_has_all_that_the_schema_allows() {
    let whole = notification(&[
        ("/id", json!("1")),
        ("/content/textType", json!("client-markdown")),
        ("/content/title", json!("t".repeat(250))),
        ("/content/description", json!("d".repeat(8000))),
        ("/content/nextSteps", json!(["one", "two"])),
        ("/content/keywords", json!(["ecs"])),
        (
            "/metadata",
            json!({
                "threadId": "web", "summary": "s", "eventType": "e", "relatedResources": ["arn"],
                "additionalContext": {"a": "b"}, "enableCustomActions": false,
            }),
        ),
    ]);
    let read = Notification::parse(&whole.to_string()).expect("a notification");
    assert_eq!((read.next_steps.len(), read.thread_id.as_deref()), (2, Some("web")));
}

#[test]
fn a_notification_that_breaks_the_schema_is_none() {
    for changes in [
        ("/version", json!("2.0")),
        ("/version", json!(1.0)),
        ("/source", json!("aws.ecs")),
        ("/id", json!(1)),
        ("/content", json!("text")),
        ("/content", json!({"title": "t"})),
        ("/content/description", json!("")),
        ("/content/description", json!(["d"])),
        ("/content/description", json!("d".repeat(8001))),
        ("/content/title", json!("t".repeat(251))),
        ("/content/title", json!(null)),
        ("/content/textType", json!("html")),
        ("/content/nextSteps", json!("one")),
        ("/content/nextSteps", json!(["one", 2])),
        ("/content/keywords", json!([["a"]])),
        ("/metadata", json!([])),
        ("/metadata", json!({"threadId": 1})),
        ("/metadata", json!({"summary": {}})),
        ("/metadata", json!({"relatedResources": "arn"})),
        ("/metadata", json!({"additionalContext": {"a": 1}})),
        ("/metadata", json!({"enableCustomActions": "no"})),
    ] {
        let message = notification(std::slice::from_ref(&changes));
        assert!(Notification::parse(&message.to_string()).is_err(), "{} {}", changes.0, changes.1);
    }
    for text in ["", "plain text", "[]", "\"quoted\""] {
        assert!(Notification::parse(text).is_err(), "{text}");
    }
}

#[test]
fn more_than_ten_messages_in_a_second_are_dropped_and_counted() {
    let mut world = world();
    let room = topic(&mut world, "room");
    slack(&mut world, "deploys", &[&room]);
    for _ in 0..12 {
        ask(&mut world, "sns:Publish", json!({"TopicArn": room, "Message": notification(&[]).to_string()}));
    }
    let metric = |name: &str| {
        let dimensions = [("ConfigurationName", "deploys")];
        crate::sim::cloudwatch::sum(&world, ACCOUNT, "us-east-1", "AWS/Chatbot", name, &dimensions)
    };
    assert_eq!((metric("EventsThrottled"), metric("MessageDeliverySuccess")), (2.0, 10.0));
    let shown = world.rooms.get(WORKSPACE, CHANNEL).expect("a room");
    assert_eq!((shown.messages.len(), shown.messages[0].at), (10, NOW));
}

#[test]
fn a_message_with_a_text_for_web_servers_shows_that_text() {
    let mut world = world();
    let room = topic(&mut world, "room");
    slack(&mut world, "deploys", &[&room]);
    let texts = json!({"default": "plain", "https": notification(&[]).to_string()}).to_string();
    ask(&mut world, "sns:Publish", json!({"TopicArn": room, "Message": texts, "MessageStructure": "json"}));
    assert_eq!(world.rooms.get(WORKSPACE, CHANNEL).map(|room| room.messages.len()), Some(1));
}
