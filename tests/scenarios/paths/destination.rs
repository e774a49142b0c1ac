//! What can be broken on the way through an API destination to a webhook.

use serde_json::json;

use super::breaks::{Break, broken};
use super::function::webhook;
use super::hands::{Hands, NAME};
use super::way::SECRET;

pub const DESTINATION: [Break; 11] = [
    broken("the event goes as it is", "transformer", "", |hands| {
        hands.change_target(|target| {
            target.as_object_mut().and_then(|target| target.remove("InputTransformer"));
        });
    }),
    broken("the message is no JSON for some events", "transformer", "JSON", |hands| {
        hands.change_target(|target| {
            target["InputTransformer"] = json!({
                "InputPathsMap": { "reason": "$.detail.reason" },
                "InputTemplate": r#"{"text":"<reason>"}"#,
            });
        });
    }),
    broken("the target has no role", "role", "the target has no role", |hands| {
        hands.change_target(|target| {
            target.as_object_mut().and_then(|target| target.remove("RoleArn"));
        });
    }),
    broken("the target has a role of others", "role", "of which nobody knows", |hands| {
        let role = format!("arn:aws:iam::{}:role/foghorn-chat", hands.account);
        hands.change_target(|target| target["RoleArn"] = role.into());
    })
    .in_doubt(),
    broken("the API destination is gone", "destination", "there is no such API destination", |hands| {
        hands.call("events:DeleteApiDestination", json!({ "Name": NAME }));
    }),
    broken("the API destination posts elsewhere", "destination", "another webhook", |hands| {
        let elsewhere = "https://hooks.slack.com/services/T0/B0/nowhere";
        hands.call("events:UpdateApiDestination", json!({ "Name": NAME, "InvocationEndpoint": elsewhere }));
    }),
    broken("the API destination asks and does not post", "destination", "sends GET", |hands| {
        hands.call("events:UpdateApiDestination", json!({ "Name": NAME, "HttpMethod": "GET" }));
    }),
    broken("the connection is deauthorized", "connection", "DEAUTHORIZED", deauthorize),
    broken("the connection is gone", "connection", "there is no such connection", |hands| {
        hands.call("events:DeleteConnection", json!({ "Name": NAME }));
    }),
    broken("the secret is gone", "destination", "the secret foghorn/deploys is missing", |hands| {
        let input = json!({ "SecretId": SECRET, "ForceDeleteWithoutRecovery": true });
        hands.call("secretsmanager:DeleteSecret", input);
    })
    .in_doubt()
    .told_by("webhookUnusable")
    .mended_by(|hands| {
        let value = webhook(hands);
        hands.call("secretsmanager:CreateSecret", json!({ "Name": SECRET, "SecretString": value }));
    }),
    broken("the destination is another connection's", "connection", "DEAUTHORIZED", |hands| {
        let input = json!({
            "Name": "theirs", "AuthorizationType": "API_KEY",
            "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyName": "key", "ApiKeyValue": "none" } },
        });
        let made = hands.call("events:CreateConnection", input);
        hands.call("events:DeauthorizeConnection", json!({ "Name": "theirs" }));
        let input = json!({ "Name": NAME, "ConnectionArn": made["ConnectionArn"] });
        hands.call("events:UpdateApiDestination", input);
    }),
];

fn deauthorize(hands: &mut Hands<'_>) {
    hands.call("events:DeauthorizeConnection", json!({ "Name": NAME }));
}
