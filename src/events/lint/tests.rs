use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::events::families;
use crate::events::pattern::Pattern;
use crate::events::samples::{Scene, samples};
use crate::model::{AccountId, EventFamily, Region};

/// The path, the value and what was meant, of everything that is found.
fn found(pattern: Value) -> Vec<(String, String, Option<String>)> {
    lint(&pattern).into_iter().map(|never| (never.path, never.value, never.instead)).collect()
}

fn one(path: &str, value: Value, instead: Option<&str>) -> Vec<(String, String, Option<String>)> {
    vec![(path.to_owned(), value.to_string(), instead.map(str::to_owned))]
}

#[test]
fn a_value_that_no_event_carries_is_met_with_the_one_that_was_meant() {
    for (pattern, expected) in [
        (
            json!({ "detail": { "containers": { "exitCode": ["1", 127] } } }),
            one("detail.containers.exitCode", json!("1"), Some("1")),
        ),
        (
            json!({ "detail": { "containers": { "exitCode": [{ "anything-but": ["0"] }] } } }),
            one("detail.containers.exitCode", json!("0"), Some("0")),
        ),
        (
            json!({ "detail-type": ["ECS task state change"] }),
            one("detail-type", json!("ECS task state change"), Some("ECS Task State Change")),
        ),
        (
            json!({ "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILURE"] } }),
            one("detail.eventName", json!("SERVICE_DEPLOYMENT_FAILURE"), Some("SERVICE_DEPLOYMENT_FAILED")),
        ),
        (
            json!({ "source": ["aws.ecs"], "detail": { "stopCode": ["TaskFailed", "TaskFailedToStart"] } }),
            one("detail.stopCode", json!("TaskFailed"), None),
        ),
        (
            json!({ "detail": { "lastStatus": ["stopped"] } }),
            one("detail.lastStatus", json!("stopped"), Some("STOPPED")),
        ),
        (
            json!({ "detail": { "eventType": ["WARNING"] } }),
            one("detail.eventType", json!("WARNING"), Some("WARN")),
        ),
        (json!({ "source": ["ecs"] }), one("source", json!(["ecs"]), Some("aws.ecs"))),
        (
            json!({ "detail-type": [TASK], "detail": { "reason": [{ "prefix": "x" }] } }),
            one("detail.reason", json!(TASK), Some("detail.stoppedReason")),
        ),
        (
            json!({ "detail-type": [SERVICE_ACTION], "detail": { "eventType": [{ "exists": false }] } }),
            one("detail.eventType", json!({ "exists": false }), None),
        ),
        (json!({ "account": [{ "exists": false }] }), one("account", json!({ "exists": false }), None)),
    ] {
        assert_eq!(found(pattern.clone()), expected, "{pattern}");
    }
}

#[test]
fn a_cluster_is_looked_for_in_vain_in_a_deployment_s_event() {
    let cluster = json!({ "clusterArn": ["arn:aws:ecs:us-east-1:111111111111:cluster/prod"] });
    for types in [vec![DEPLOYMENT], vec![SERVICE_ACTION, DEPLOYMENT]] {
        let found = lint(&json!({ "detail-type": types, "detail": cluster }));
        assert_eq!(found.len(), 1, "{types:?}");
        assert_eq!(
            (found[0].path.as_str(), found[0].value.as_str()),
            ("detail.clusterArn", "\"ECS Deployment State Change\"")
        );
        assert!(found[0].instead.is_some());
    }
    assert_eq!(lint(&json!({ "detail-type": [SERVICE_ACTION], "detail": cluster })), []);
}

#[test]
fn what_may_match_is_never_called_silent() {
    for pattern in [
        json!({ "source": ["aws.ecs"] }),
        json!({ "source": [{ "prefix": "aws." }] }),
        json!({ "source": ["my.app", "aws.ecs"], "detail-type": ["Order placed", "ECS Service Action"] }),
        json!({ "detail-type": [{ "prefix": "ECS" }], "detail": { "clusterArn": [{ "prefix": "arn:aws:ecs" }] } }),
        json!({ "detail-type": [{ "prefix": "ECS Something" }] }),
        json!({ "detail": { "eventType": ["HIGH"], "stopCode": ["x"] } }),
        json!({ "detail": { "eventName": [{ "wildcard": "*_FUTURE" }], "newField": ["x"] } }),
        json!({ "detail": { "stopCode": [{ "anything-but": "NewCode" }] } }),
        json!({ "detail": { "reason": [{ "exists": false }] } }),
        json!({ "detail": { "clusterArn": [{ "exists": false }] } }),
        json!({ "detail-type": ["AWS API Call via CloudTrail"], "detail": { "eventName": ["UpdateService"] } }),
        json!({ "source": ["foghorn.canary"], "detail-type": ["Foghorn Canary"] }),
        json!({ "detail": { "containers": { "exitCode": [{ "numeric": [">", 0] }, { "anything-but": 0 }] } } }),
        json!({ "not": "a pattern" }),
    ] {
        assert_eq!(lint(&pattern), [], "{pattern}");
    }
}

#[test]
fn the_patterns_of_the_families_are_never_called_silent() {
    let account = AccountId::default();
    for clusters in [vec![], vec!["prod".to_owned(), "web-*".to_owned()]] {
        for family in EventFamily::ALL {
            let pattern =
                families::pattern(&BTreeSet::from([family]), &clusters, Region::US_EAST_1, &account);
            assert_eq!(lint(&pattern), [], "{}", family.name());
        }
    }
}

/// Each sample's fields, asked for as they are, must not be called silent, for
/// there is an event that has them.
#[test]
fn a_pattern_made_of_an_event_s_own_values_matches_it_and_is_never_called_silent() {
    let account = AccountId::default();
    let scene =
        Scene { account: &account, region: Region::US_EAST_1, cluster: "prod", time: "2026-11-20T10:00:00Z" };
    for sample in samples(&scene) {
        let pattern = as_pattern(&sample.event);
        assert!(Pattern::parse(&pattern).expect("a valid pattern").matches(&sample.event), "{}", sample.name);
        assert_eq!(lint(&pattern), [], "{}", sample.name);
    }
}

fn as_pattern(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), as_pattern(value))).collect()
        }
        Value::Array(values) => match values.first() {
            Some(Value::Object(_)) => as_pattern(&values[0]),
            _ => json!(values),
        },
        leaf => json!([leaf]),
    }
}
