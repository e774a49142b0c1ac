//! What can be broken on the way through the notifier to a webhook.

use foghorn::sim::rooms::webhooks;
use serde_json::{Value, json};

use super::breaks::{Break, broken};
use super::hands::{Hands, NAME};
use super::way::{ROOM, SECRET};

/// What both ways to the notifier have.
pub const FUNCTION: [Break; 9] = [
    broken("the function is gone", "function", "foghorn apply makes it", |hands| {
        hands.call("lambda:DeleteFunction", json!({ "FunctionName": NAME }));
    }),
    broken("the function is stopped", "function", "reserved concurrency is 0", |hands| {
        let input = json!({ "FunctionName": NAME, "ReservedConcurrentExecutions": 0 });
        hands.call("lambda:PutFunctionConcurrency", input);
    })
    .mended_by(|hands| {
        hands.call("lambda:DeleteFunctionConcurrency", json!({ "FunctionName": NAME }));
    }),
    broken("the function's policy is empty", "functionPolicy", "does not let this in", |hands| {
        for sid in sids(hands) {
            hands.call("lambda:RemovePermission", json!({ "FunctionName": NAME, "StatementId": sid }));
        }
    }),
    broken(
        "the function's policy lets another account in",
        "functionPolicy",
        "does not let this in",
        |hands| {
            for sid in sids(hands) {
                hands.call("lambda:RemovePermission", json!({ "FunctionName": NAME, "StatementId": sid }));
                for principal in ["events.amazonaws.com", "sns.amazonaws.com"] {
                    let input = json!({
                        "FunctionName": NAME, "StatementId": principal.replace('.', "-"),
                        "Action": "lambda:InvokeFunction", "Principal": principal, "SourceAccount": "999999999999",
                    });
                    hands.call("lambda:AddPermission", input);
                }
            }
        },
    ),
    broken("the function is set to another room", "room", "not set to the pipeline's room", |hands| {
        let input = json!({ "FunctionName": NAME, "Environment": { "Variables": {} } });
        hands.call("lambda:UpdateFunctionConfiguration", input);
    }),
    broken("the secret is gone", "room", "the secret foghorn/deploys is missing", |hands| {
        let input = json!({ "SecretId": SECRET, "ForceDeleteWithoutRecovery": true });
        hands.call("secretsmanager:DeleteSecret", input);
        start_anew(hands);
    })
    .told_by("webhookUnusable")
    .mended_by(|hands| {
        let value = webhook(hands);
        hands.call("secretsmanager:CreateSecret", json!({ "Name": SECRET, "SecretString": value }));
    }),
    broken("the secret is to be deleted", "room", "foghorn/deploys", |hands| {
        hands.call("secretsmanager:DeleteSecret", json!({ "SecretId": SECRET }));
        start_anew(hands);
    })
    .told_by("webhookUnusable")
    .mended_by(|hands| {
        hands.call("secretsmanager:RestoreSecret", json!({ "SecretId": SECRET }));
        start_anew(hands);
    }),
    broken("the secret is empty", "room", "foghorn/deploys", |hands| put(hands, " "))
        .told_by("webhookUnusable")
        .mended_by(fill),
    broken("the secret is no URL", "room", "foghorn/deploys", |hands| put(hands, "ask the platform team"))
        .told_by("webhookUnusable")
        .mended_by(fill),
];

/// What only a rule that invokes the function itself has: through a topic any
/// text comes as a message.
pub const DIRECT: [Break; 2] = [
    broken("the function gets no event", "transformer", "", |hands| {
        hands.change_target(|target| target["Input"] = r#"{"text":"hello"}"#.into());
    }),
    broken("the function gets the event's detail alone", "transformer", "", |hands| {
        hands.change_target(|target| target["InputPath"] = "$.detail".into());
    }),
];

/// What only a topic before the function has.
pub const SUBSCRIBED: [Break; 3] = [
    broken("the function is not subscribed", "subscription", "foghorn apply makes it", |hands| {
        for subscription in hands.subscriptions() {
            hands.call("sns:Unsubscribe", json!({ "SubscriptionArn": subscription }));
        }
    }),
    broken("the subscription filters by attributes", "subscription", "filters by attributes", |hands| {
        hands.set_subscriptions("FilterPolicy", r#"{"team":["web"]}"#);
    }),
    broken("the subscription leaves failures out", "subscription", "leaves this message out", |hands| {
        hands.set_subscriptions("FilterPolicyScope", "MessageBody");
        hands.set_subscriptions("FilterPolicy", r#"{"detail":{"eventName":["NOTHING"]}}"#);
    }),
];

fn sids(hands: &mut Hands<'_>) -> Vec<Value> {
    let answer = hands.call("lambda:GetPolicy", json!({ "FunctionName": NAME }));
    let policy: Value = serde_json::from_str(answer["Policy"].as_str().unwrap_or("{}")).unwrap_or_default();
    let statements = policy["Statement"].as_array().cloned().unwrap_or_default();
    statements.into_iter().map(|statement| statement["Sid"].clone()).collect()
}

fn put(hands: &mut Hands<'_>, value: &str) {
    hands.call("secretsmanager:PutSecretValue", json!({ "SecretId": SECRET, "SecretString": value }));
    start_anew(hands);
}

fn fill(hands: &mut Hands<'_>) {
    let value = webhook(hands);
    put(hands, &value);
}

/// The room's address, as a person has it who made the webhook.
pub fn webhook(hands: &mut Hands<'_>) -> String {
    let path = webhooks::open(hands.world, hands.webhook, ROOM);
    format!("{}{path}", hands.world.endpoint)
}

/// What runs already knows the webhook for some minutes; a change of the
/// function, even to what it was, lets it start anew.
fn start_anew(hands: &mut Hands<'_>) {
    hands.call("lambda:UpdateFunctionConfiguration", json!({ "FunctionName": NAME }));
}
