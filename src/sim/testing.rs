//! What the tests of the services share: one account, one Region, one moment.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::call::{Answer, ApiError, Call};
use super::world::{Role, World};
use super::{chatbot, cloudwatch, events, sns, sqs, tagging};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER_ACCOUNT: &str = "444455556666";
pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-20 10:00:00 UTC);
pub(crate) const WORKSPACE: &str = "T0123";
pub(crate) const CHANNEL: &str = "C0123";

/// A world with one account that has a role and a Slack workspace.
pub(crate) fn world() -> World {
    let mut world = World::default();
    "http://127.0.0.1:4566".clone_into(&mut world.endpoint);
    let account = world.accounts.entry(ACCOUNT.to_owned()).or_default();
    account.roles.insert("foghorn-chat".to_owned(), Role::default());
    chatbot::authorise_workspace(&mut world, ACCOUNT, WORKSPACE, "acme");
    world
}

/// One call of the account in its Region at the moment.
pub(crate) fn call<'a>(operation: &'a str, input: &'a Value) -> Call<'a> {
    let principal = "arn:aws:sts::111122223333:assumed-role/foghorn/tests";
    Call { account: ACCOUNT, region: REGION, principal, operation, input, now: NOW }
}

type Handler = fn(&mut World, &Call<'_>) -> Answer;

fn service(name: &str) -> Handler {
    match name {
        "events" => events::call,
        "sns" => sns::call,
        "sqs" => sqs::call,
        "cloudwatch" => cloudwatch::call,
        "chatbot" => chatbot::call,
        "tagging" => tagging::call,
        other => panic!("no service {other}"),
    }
}

/// The answer to `service:Operation`, which has to succeed.
pub(crate) fn ask(world: &mut World, action: &str, input: Value) -> Value {
    attempt(world, action, &input).unwrap_or_else(|error| panic!("{action} {input}: {error:?}"))
}

/// The refusal of `service:Operation`, which has to fail.
pub(crate) fn refusal(world: &mut World, action: &str, input: Value) -> ApiError {
    match attempt(world, action, &input) {
        Ok(answer) => panic!("{action} {input} should be refused, not answered with {answer}"),
        Err(error) => error,
    }
}

/// The code of a refusal.
pub(crate) fn refused(world: &mut World, action: &str, input: Value) -> String {
    refusal(world, action, input).code
}

fn attempt(world: &mut World, action: &str, input: &Value) -> Answer {
    let (name, operation) = action.split_once(':').expect("service:Operation");
    service(name)(world, &call(operation, input))
}

/// A topic, and its ARN.
pub(crate) fn topic(world: &mut World, name: &str) -> String {
    text(&ask(world, "sns:CreateTopic", json!({"Name": name}))["TopicArn"])
}

/// A queue that everybody may send to, and its ARN.
pub(crate) fn open_queue(world: &mut World, name: &str) -> String {
    let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}");
    let policy = json!({"Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn,
    }]});
    ask(world, "sqs:CreateQueue", json!({"QueueName": name, "Attributes": {"Policy": policy.to_string()}}));
    arn
}

/// Everything that a queue holds.
pub(crate) fn messages(world: &mut World, queue: &str) -> Vec<Value> {
    let url = format!("http://127.0.0.1:4566/{ACCOUNT}/{queue}");
    let input = json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]});
    let answer = ask(world, "sqs:ReceiveMessage", input);
    answer["Messages"].as_array().cloned().unwrap_or_default()
}

/// Lets a service publish to a topic, beside what its policy says already.
pub(crate) fn allow_publish(world: &mut World, topic_arn: &str, service: &str) {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Allow", "Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish",
        "Resource": topic_arn, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }]});
    let input =
        json!({"TopicArn": topic_arn, "AttributeName": "Policy", "AttributeValue": policy.to_string()});
    ask(world, "sns:SetTopicAttributes", input);
}

/// A Chatbot configuration for the channel on a topic.
pub(crate) fn slack(world: &mut World, name: &str, topics: &[&str]) -> Value {
    let input = slack_input(name, CHANNEL, topics);
    ask(world, "chatbot:CreateSlackChannelConfiguration", input)["ChannelConfiguration"].clone()
}

/// The input that makes such a configuration.
pub(crate) fn slack_input(name: &str, channel: &str, topics: &[&str]) -> Value {
    json!({
        "SlackTeamId": WORKSPACE, "SlackChannelId": channel, "SlackChannelName": "deploys",
        "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/foghorn-chat"),
        "ConfigurationName": name, "SnsTopicArns": topics,
    })
}

/// The text of a JSON string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
