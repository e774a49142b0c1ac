//! The policy documents that topics carry.

use serde_json::{Value, json};

use super::invalid;
use crate::sim::call::ApiError;
use crate::sim::policy::{glob, one_or_many};

/// The only actions that SNS lets a topic's policy name; the default policy
/// lists the first eight.
const ACTIONS: [&str; 11] = [
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
    "Receive",
    "GetDataProtectionPolicy",
    "PutDataProtectionPolicy",
];

/// The policy that SNS gives a new topic: its own account may do everything.
pub(super) fn default_policy(arn: &str, account: &str) -> String {
    let actions: Vec<String> = ACTIONS[..8].iter().map(|action| format!("SNS:{action}")).collect();
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": actions,
            "Resource": arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
        }],
    })
    .to_string()
}

/// Refuses a document that SNS would not store.
pub(super) fn check_policy(text: &str, arn: &str) -> Result<String, ApiError> {
    let malformed = || invalid("Policy Error: null");
    let document: Value = serde_json::from_str(text).map_err(|_| malformed())?;
    let statements = one_or_many(&document["Statement"]);
    if statements.is_empty() {
        return Err(malformed());
    }
    for statement in statements {
        let complete = matches!(statement["Effect"].as_str(), Some("Allow" | "Deny"))
            && ["Principal", "NotPrincipal"].iter().any(|member| statement.get(*member).is_some());
        if !complete {
            return Err(malformed());
        }
        check_actions(statement)?;
        check_resources(statement, arn)?;
    }
    Ok(text.to_owned())
}

fn check_actions(statement: &Value) -> Result<(), ApiError> {
    let actions = one_or_many(statement.get("Action").unwrap_or(&statement["NotAction"]));
    let in_scope = |action: &&Value| {
        let (service, name) = action.as_str().and_then(|text| text.split_once(':')).unwrap_or_default();
        service.eq_ignore_ascii_case("sns") && ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    if actions.is_empty() || !actions.iter().all(in_scope) {
        return Err(invalid("Policy statement action out of service scope!"));
    }
    Ok(())
}

/// A topic's policy can speak of that topic only.
fn check_resources(statement: &Value, arn: &str) -> Result<(), ApiError> {
    let resources = one_or_many(statement.get("Resource").unwrap_or(&statement["NotResource"]));
    let own = |resource: &&Value| resource.as_str().is_some_and(|pattern| glob(pattern, arn));
    if resources.is_empty() || !resources.iter().all(own) {
        return Err(invalid("Policy Error: Resource must be the topic's own ARN"));
    }
    Ok(())
}
