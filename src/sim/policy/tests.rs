use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Access, Principal, allows, glob};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:room";

fn rule_publishes(statements: Value) -> bool {
    let access = Access {
        principal: Principal::Service("events.amazonaws.com"),
        action: "sns:Publish",
        resource: TOPIC,
        context: BTreeMap::from([
            ("aws:sourceaccount", "111122223333".to_owned()),
            ("aws:sourcearn", "arn:aws:events:eu-west-1:111122223333:rule/foghorn-deploys".to_owned()),
        ]),
    };
    allows(&json!({"Version": "2012-10-17", "Statement": statements}).to_string(), &access)
}

fn allow(changes: Value) -> Value {
    let mut statement = json!({
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": TOPIC,
    });
    for (name, value) in changes.as_object().expect("an object") {
        statement[name] = value.clone();
    }
    statement
}

#[test]
fn every_element_of_a_statement_must_cover_the_request() {
    for (changes, allowed) in [
        (json!({}), true),
        (json!({"Principal": "*"}), true),
        (json!({"Principal": {"AWS": "*"}}), true),
        (json!({"Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}), true),
        (json!({"Principal": {"Service": "cloudwatch.amazonaws.com"}}), false),
        (json!({"Principal": {"AWS": "111122223333"}}), false),
        (json!({"Action": ["SNS:publish"]}), true),
        (json!({"Action": "sns:Pub*"}), true),
        (json!({"Action": "sns:Subscribe"}), false),
        (json!({"Resource": "arn:aws:sns:eu-west-1:111122223333:*"}), true),
        (json!({"Resource": "arn:aws:sns:eu-west-1:111122223333:other"}), false),
    ] {
        assert_eq!(rule_publishes(json!([allow(changes.clone())])), allowed, "{changes}");
    }
}

#[test]
fn conditions_compare_the_source() {
    for (condition, allowed) in [
        (json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}), true),
        (json!({"StringEquals": {"AWS:SourceAccount": ["999999999999", "111122223333"]}}), true),
        (json!({"StringEquals": {"aws:SourceAccount": "999999999999"}}), false),
        (json!({"StringEquals": {"AWS:SourceOwner": "111122223333"}}), false),
        (json!({"StringEqualsIfExists": {"AWS:SourceOwner": "111122223333"}}), true),
        (json!({"StringNotEquals": {"aws:SourceAccount": "111122223333"}}), false),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:events:*:111122223333:rule/foghorn-*"}}), true),
        (
            json!({"ArnEquals": {"aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/foghorn-deploys"}}),
            true,
        ),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:*:rule/foghorn-*"}}), false),
        (json!({"ArnEquals": {"aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/other"}}), false),
        (json!({"Null": {"aws:PrincipalOrgID": "true"}}), true),
        (json!({"Null": {"aws:PrincipalOrgID": true}}), true),
        (json!({"Null": {"aws:SourceArn": "true"}}), false),
        (json!({"UnheardOf": {"aws:SourceArn": "x"}}), false),
    ] {
        assert_eq!(
            rule_publishes(json!([allow(json!({"Condition": condition.clone()}))])),
            allowed,
            "{condition}"
        );
    }
}

#[test]
fn a_deny_wins_over_every_allow() {
    let deny = allow(json!({"Effect": "Deny", "Principal": "*"}));
    assert!(!rule_publishes(json!([allow(json!({})), deny])));
}

#[test]
fn one_statement_may_stand_without_a_list() {
    assert!(rule_publishes(allow(json!({}))));
    assert!(!rule_publishes(json!([])));
}

#[test]
fn wildcards_match_any_run_and_any_one_character() {
    for (pattern, text, matches) in [
        ("*", "", true),
        ("a*b*c", "axxbyyc", true),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("rule/*", "rule/", true),
        ("", "a", false),
    ] {
        assert_eq!(glob(pattern, text), matches, "{pattern} {text}");
    }
}
