//! What a resource policy says to a request, as far as it can be told from the
//! request alone. A Deny wins over every Allow (IAM user guide, policy
//! evaluation logic).

use serde_json::Value;

use super::access::{Principal, Request};
use crate::model::policy::Policy;

/// What a policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Allowed,
    /// A statement allows it if a condition holds of which nobody knows.
    PerhapsAllowed,
    /// Allowed, unless a condition holds of which nobody knows.
    PerhapsDenied,
    Denied,
    NotAllowed,
}

/// Whether a statement concerns a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    No,
    Perhaps,
    Yes,
}

/// What the policy says to the request.
pub(super) fn evaluate(policy: &Policy, request: &Request) -> Answer {
    let most = |effect: &str| {
        let of_effect = policy.statements.iter().filter(|statement| statement["Effect"] == effect);
        of_effect.map(|statement| concerns(statement, request)).max().unwrap_or(Holds::No)
    };
    match (most("Deny"), most("Allow")) {
        (Holds::Yes, _) => Answer::Denied,
        (Holds::Perhaps, Holds::Yes | Holds::Perhaps) => Answer::PerhapsDenied,
        (_, Holds::No) => Answer::NotAllowed,
        (Holds::No, Holds::Perhaps) => Answer::PerhapsAllowed,
        (Holds::No, Holds::Yes) => Answer::Allowed,
    }
}

/// The first statement that surely denies the request.
pub(super) fn denying<'a>(policy: &'a Policy, request: &Request) -> Option<&'a Value> {
    let mut denials = policy.statements.iter().filter(|statement| statement["Effect"] == "Deny");
    denials.find(|statement| concerns(statement, request) == Holds::Yes)
}

fn concerns(statement: &Value, request: &Request) -> Holds {
    let is_named = is_principal(statement, request)
        && either(statement, "Action", "NotAction", |pattern| like(&lower(pattern), &lower(request.action)))
        && either(statement, "Resource", "NotResource", |pattern| like(pattern, &request.resource));
    if is_named { conditions_hold(statement, request) } else { Holds::No }
}

/// Whether a member names the thing, or its negation does not. A statement
/// with neither is about everything.
fn either(statement: &Value, member: &str, negation: &str, names: impl Fn(&str) -> bool) -> bool {
    match (statement.get(member), statement.get(negation)) {
        (Some(values), _) => texts(values).iter().any(|value| names(value)),
        (None, Some(spared)) => !texts(spared).iter().any(|value| names(value)),
        (None, None) => true,
    }
}

fn is_principal(statement: &Value, request: &Request) -> bool {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(principal), _) => is_among(principal, request),
        (None, Some(spared)) => !is_among(spared, request),
        (None, None) => false,
    }
}

fn is_among(principal: &Value, request: &Request) -> bool {
    let Some(kinds) = principal.as_object() else { return principal == "*" };
    let named = |kind: &str| kinds.get(kind).map(texts).unwrap_or_default();
    let anybody = named("AWS").iter().any(|one| one == "*");
    anybody
        || match &request.principal {
            Principal::Service(service) => named("Service").iter().any(|one| one == service || one == "*"),
            Principal::Account(account) => named("AWS").iter().any(|one| is_of_account(one, account)),
        }
}

/// An account is named by its id or its root user; a role or user in it is not
/// the account.
fn is_of_account(principal: &str, account: &str) -> bool {
    principal == account
        || principal.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next()) == Some(account)
}

/// All conditions together: the least of them.
fn conditions_hold(statement: &Value, request: &Request) -> Holds {
    let Some(conditions) = statement.get("Condition") else { return Holds::Yes };
    let Some(operators) = conditions.as_object() else { return Holds::Perhaps };
    let keys = operators.iter().filter_map(|(operator, keys)| Some((operator, keys.as_object()?)));
    let judged = keys.flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, values)| condition_holds(operator, key, &texts(values), request))
    });
    judged.min().unwrap_or(Holds::Yes)
}

fn condition_holds(operator: &str, key: &str, values: &[String], request: &Request) -> Holds {
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let key = key.to_lowercase();
    let Some(actual) = request.context.get(key.as_str()) else {
        return without(request, &key, operator, if_exists, values);
    };
    let any = |holds: fn(&str, &str) -> bool| values.iter().any(|value| holds(value, actual));
    let verdict = match operator {
        "StringEquals" => any(|value, actual| value == actual),
        "ArnEquals" | "ArnLike" => any(arn_like),
        "StringLike" => any(like),
        "StringEqualsIgnoreCase" | "Bool" => any(|value, actual| value.eq_ignore_ascii_case(actual)),
        "StringNotEquals" => !any(|value, actual| value == actual),
        "ArnNotEquals" | "ArnNotLike" => !any(arn_like),
        "StringNotLike" => !any(like),
        "Null" => any(|value, _| value == "false"),
        _ => return Holds::Perhaps,
    };
    if verdict { Holds::Yes } else { Holds::No }
}

/// A condition on a key that is not there, or of which nobody knows.
fn without(request: &Request, key: &str, operator: &str, if_exists: bool, values: &[String]) -> Holds {
    if !request.lacks.contains(&key) {
        return Holds::Perhaps;
    }
    let is_negated =
        operator.contains("Not") || (operator == "Null" && values.iter().any(|value| value == "true"));
    if if_exists || is_negated { Holds::Yes } else { Holds::No }
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        other => vec![text(other)],
    }
}

/// ARNs are held against each other part by part, six of them (IAM user guide,
/// ARN condition operators).
fn arn_like(pattern: &str, text: &str) -> bool {
    let (patterns, texts): (Vec<&str>, Vec<&str>) =
        (pattern.splitn(6, ':').collect(), text.splitn(6, ':').collect());
    patterns.len() == texts.len() && patterns.iter().zip(&texts).all(|(pattern, text)| like(pattern, text))
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// IAM's patterns: `*` stands for any text, `?` for one character.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    (at, read) = (place + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::access::LACKING;
    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:t";
    const RULE: &str = "arn:aws:events:us-east-1:111111111111:rule/r";

    fn request() -> Request {
        Request {
            principal: Principal::Service("events.amazonaws.com"),
            action: "sns:Publish",
            resource: TOPIC.to_owned(),
            context: BTreeMap::from([
                ("aws:sourcearn", RULE.to_owned()),
                ("aws:sourceaccount", "111111111111".to_owned()),
                ("aws:securetransport", "true".to_owned()),
            ]),
            lacks: LACKING,
        }
    }

    fn said(statements: Value) -> Answer {
        let statements = statements.as_array().cloned().unwrap_or_else(|| vec![statements.clone()]);
        evaluate(&Policy::of(statements), &request())
    }

    fn allow(more: Value) -> Value {
        let mut statement = json!({
            "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "sns:Publish", "Resource": TOPIC
        });
        if let (Some(statement), Some(more)) = (statement.as_object_mut(), more.as_object()) {
            statement.extend(more.clone());
        }
        statement
    }

    #[test]
    fn a_statement_lets_in_whom_and_what_it_names() {
        for statement in [
            allow(json!({})),
            allow(json!({ "Principal": "*" })),
            allow(json!({ "Principal": { "AWS": "*" } })),
            allow(json!({ "Action": ["SNS:Pub*"] })),
            allow(json!({ "Resource": "*" })),
            allow(json!({ "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:events:*:*:rule/?" } } })),
            allow(json!({ "Condition": { "StringEquals": { "AWS:SourceAccount": ["2", "111111111111"] } } })),
        ] {
            assert_eq!(said(statement.clone()), Answer::Allowed, "{statement}");
        }
    }

    #[test]
    fn a_statement_about_another_lets_nobody_in() {
        for statement in [
            allow(json!({ "Principal": { "Service": "cloudwatch.amazonaws.com" } })),
            allow(json!({ "Action": "sns:Subscribe" })),
            allow(json!({ "Resource": "arn:aws:sns:us-east-1:111111111111:other" })),
            allow(json!({ "Condition": { "StringEquals": { "aws:SourceAccount": "222222222222" } } })),
            allow(json!({ "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:events:*" } } })),
            allow(json!({ "Principal": { "AWS": "*" },
                "Condition": { "StringEquals": { "AWS:SourceOwner": "111111111111" } } })),
        ] {
            assert_eq!(said(statement.clone()), Answer::NotAllowed, "{statement}");
        }
    }

    #[test]
    fn a_deny_wins_and_one_that_nobody_can_judge_leaves_a_doubt() {
        let deny = |condition: Value| json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Condition": condition });
        let tls = deny(json!({ "Bool": { "aws:SecureTransport": "false" } }));
        let org = deny(json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } }));
        let all = json!({ "Effect": "Deny", "Principal": "*", "Action": "sns:*" });
        assert_eq!(said(json!([allow(json!({})), tls])), Answer::Allowed);
        assert_eq!(said(json!([allow(json!({})), org])), Answer::PerhapsDenied);
        assert_eq!(said(json!([allow(json!({})), all])), Answer::Denied);
    }

    #[test]
    fn the_statement_that_denies_is_known_from_those_that_deny_something_else() {
        let deny = |sid: &str, action: &str| json!({ "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action });
        let statements =
            vec![allow(json!({ "Sid": "Allow" })), deny("Other", "sns:Subscribe"), deny("This", "sns:*")];
        let found = |statements: &[Value]| {
            let policy = Policy::of(statements.to_vec());
            denying(&policy, &request()).map(|statement| statement["Sid"].clone())
        };
        assert_eq!((found(&statements), found(&statements[..2])), (Some(json!("This")), None));
    }

    #[test]
    fn a_condition_that_nobody_can_judge_is_neither_yes_nor_no() {
        for condition in [
            json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
            json!({ "ForAnyValue:StringLike": { "aws:SourceArn": "*" } }),
            json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }),
        ] {
            assert_eq!(said(allow(json!({ "Condition": condition }))), Answer::PerhapsAllowed);
        }
    }
}
