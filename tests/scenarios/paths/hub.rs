//! What can be broken between a member and its hub.

use serde_json::json;

use super::breaks::{Break, broken};
use super::hands::{Hands, NAME};

/// What a member's target can lack.
pub const FORWARD: [Break; 2] = [
    broken("the target has no role", "", "", |hands| {
        hands.change_target(|target| {
            target.as_object_mut().and_then(|target| target.remove("RoleArn"));
        });
    })
    .heard_all_the_same(),
    broken("the target has a role of others", "role", "of which nobody knows", |hands| {
        let role = format!("arn:aws:iam::{}:role/foghorn-chat", hands.account);
        hands.change_target(|target| target["RoleArn"] = role.into());
    })
    .in_doubt(),
];

/// What the hub's bus can lack.
pub const BUS: [Break; 4] = [
    broken("the bus is gone", "bus", "there is no such event bus", |hands| {
        hands.remove_targets();
        let input = hands.of_rule("Name", json!({}));
        hands.call("events:DeleteRule", input);
        hands.call("events:DeleteEventBus", json!({ "Name": NAME }));
    }),
    broken("the bus has no policy", "busPolicy", "does not let this account in", |hands| {
        let input = json!({ "EventBusName": NAME, "RemoveAllPermissions": true });
        hands.call("events:RemovePermission", input);
    }),
    broken("the bus's policy lets other accounts in", "busPolicy", "does not let this account in", |hands| {
        let only = json!({
            "Sid": "FoghornAllowMembers", "Effect": "Allow", "Action": "events:PutEvents",
            "Principal": { "AWS": "arn:aws:iam::999999999999:root" }, "Resource": bus(hands),
        });
        put_policy(hands, json!([only]));
    }),
    broken("the bus's policy denies all", "busPolicy", "denies", |hands| {
        let all = json!({
            "Sid": "FoghornAllowMembers", "Effect": "Allow", "Action": "events:PutEvents", "Principal": "*",
            "Resource": bus(hands),
        });
        let deny = json!({
            "Sid": "theirs", "Effect": "Deny", "Action": "events:PutEvents", "Principal": "*", "Resource": bus(hands),
        });
        put_policy(hands, json!([all, deny]));
    })
    .mended_by(|hands| {
        hands.call("events:RemovePermission", json!({ "EventBusName": NAME, "StatementId": "theirs" }));
    }),
];

fn bus(hands: &Hands<'_>) -> String {
    hands.arn("events", &format!("event-bus/{NAME}"))
}

fn put_policy(hands: &mut Hands<'_>, statements: serde_json::Value) {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    hands.call("events:PutPermission", json!({ "EventBusName": NAME, "Policy": policy }));
}
