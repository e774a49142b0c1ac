//! The event patterns of the families.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::{AccountId, EventFamily, Region, arn};

/// The most characters that EventBridge takes in a pattern (EventBridge
/// quotas; the service model says 4,096, the lower of the two is safe).
pub const PATTERN_LIMIT: usize = 2048;

/// The pattern that takes the events of these families, of clusters whose name
/// matches one of the globs, or of all clusters where there is none.
///
/// The families differ in their detail-type, so an event matches one branch at
/// most and comes once.
pub fn pattern(
    families: &BTreeSet<EventFamily>,
    clusters: &[String],
    region: Region,
    account: &AccountId,
) -> Value {
    let clusters = clusters.iter().map(String::as_str).collect();
    let place = Place { clusters, region, account };
    let mut branches: Vec<Map<String, Value>> =
        families.iter().map(|family| branch(*family, &place)).collect();
    let mut pattern = match branches.len() {
        1 => branches.remove(0),
        _ => Map::from_iter([("$or".to_owned(), json!(branches))]),
    };
    pattern.insert("source".to_owned(), json!(["aws.ecs"]));
    Value::Object(pattern)
}

/// Whose events are taken.
struct Place<'a> {
    /// Globs; none for every cluster.
    clusters: BTreeSet<&'a str>,
    region: Region,
    account: &'a AccountId,
}

fn branch(family: EventFamily, place: &Place<'_>) -> Map<String, Value> {
    match family {
        EventFamily::DeploymentFailed => deployment_failed(place),
        EventFamily::ServiceImpaired => service_impaired(place),
    }
}

/// A Deployment State Change has no cluster but in the service's ARN (ECS
/// developer guide, service deployment state change events).
fn deployment_failed(place: &Place<'_>) -> Map<String, Value> {
    let mut branch = Map::new();
    branch.insert("detail-type".to_owned(), json!(["ECS Deployment State Change"]));
    branch.insert("detail".to_owned(), json!({ "eventName": ["SERVICE_DEPLOYMENT_FAILED"] }));
    if !place.clusters.is_empty() {
        let services = place.clusters.iter().map(|cluster| place.services_of(cluster));
        branch.insert("resources".to_owned(), services.collect());
    }
    branch
}

fn service_impaired(place: &Place<'_>) -> Map<String, Value> {
    let mut detail = Map::from_iter([("eventType".to_owned(), json!(["WARN", "ERROR"]))]);
    if !place.clusters.is_empty() {
        let clusters = place.clusters.iter().map(|cluster| place.cluster(cluster));
        detail.insert("clusterArn".to_owned(), clusters.collect());
    }
    Map::from_iter([
        ("detail-type".to_owned(), json!(["ECS Service Action"])),
        ("detail".to_owned(), Value::Object(detail)),
    ])
}

impl Place<'_> {
    fn cluster(&self, glob: &str) -> Value {
        let cluster = arn::cluster(self.region, self.account, glob);
        if glob.contains('*') { json!({ "wildcard": cluster }) } else { json!(cluster) }
    }

    fn services_of(&self, glob: &str) -> Value {
        if glob.contains('*') {
            json!({ "wildcard": arn::service(self.region, self.account, glob, "*") })
        } else {
            json!({ "prefix": arn::service(self.region, self.account, glob, "") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern_of(families: &[EventFamily], clusters: &[&str]) -> Value {
        let clusters: Vec<String> = clusters.iter().map(|cluster| (*cluster).to_owned()).collect();
        let families = families.iter().copied().collect();
        pattern(&families, &clusters, Region::US_EAST_1, &"111111111111".parse().unwrap())
    }

    #[test]
    fn failed_deployments_are_taken_by_their_name_and_detail_type() {
        assert_eq!(
            pattern_of(&[EventFamily::DeploymentFailed], &[]),
            json!({
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] }
            })
        );
    }

    #[test]
    fn clusters_are_matched_in_the_shape_that_each_event_has() {
        assert_eq!(
            pattern_of(&[EventFamily::DeploymentFailed, EventFamily::ServiceImpaired], &["prod", "web-*"]),
            json!({
                "source": ["aws.ecs"],
                "$or": [
                    {
                        "detail-type": ["ECS Deployment State Change"],
                        "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] },
                        "resources": [
                            { "prefix": "arn:aws:ecs:us-east-1:111111111111:service/prod/" },
                            { "wildcard": "arn:aws:ecs:us-east-1:111111111111:service/web-*/*" }
                        ]
                    },
                    {
                        "detail-type": ["ECS Service Action"],
                        "detail": {
                            "eventType": ["WARN", "ERROR"],
                            "clusterArn": [
                                "arn:aws:ecs:us-east-1:111111111111:cluster/prod",
                                { "wildcard": "arn:aws:ecs:us-east-1:111111111111:cluster/web-*" }
                            ]
                        }
                    }
                ]
            })
        );
    }

    const BOTH: [EventFamily; 2] = [EventFamily::DeploymentFailed, EventFamily::ServiceImpaired];

    fn deployment(name: &str, severity: &str, cluster: &str) -> Value {
        json!({
            "version": "0", "id": "1", "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
            "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
            "resources": [format!("arn:aws:ecs:us-east-1:111111111111:service/{cluster}/web")],
            "detail": {
                "eventType": severity, "eventName": name, "deploymentId": "ecs-svc/1234567890123456789",
                "updatedAt": "2026-11-20T09:59:58Z",
                "reason": "ECS deployment circuit breaker: task failed to start."
            }
        })
    }

    fn action(name: &str, severity: &str, cluster: &str) -> Value {
        json!({
            "version": "0", "id": "2", "detail-type": "ECS Service Action", "source": "aws.ecs",
            "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
            "resources": [format!("arn:aws:ecs:us-east-1:111111111111:service/{cluster}/web")],
            "detail": {
                "eventType": severity, "eventName": name, "createdAt": "2026-11-20T09:59:58.087Z",
                "clusterArn": format!("arn:aws:ecs:us-east-1:111111111111:cluster/{cluster}")
            }
        })
    }

    fn stopped_task() -> Value {
        json!({
            "version": "0", "id": "3", "detail-type": "ECS Task State Change", "source": "aws.ecs",
            "account": "111111111111", "time": "2026-11-20T10:00:00Z", "region": "us-east-1",
            "resources": ["arn:aws:ecs:us-east-1:111111111111:task/prod/0123456789abcdef"],
            "detail": {
                "clusterArn": "arn:aws:ecs:us-east-1:111111111111:cluster/prod", "lastStatus": "STOPPED",
                "stopCode": "EssentialContainerExited", "group": "service:web"
            }
        })
    }

    fn takes(families: &[EventFamily], clusters: &[&str], event: &Value) -> bool {
        let pattern = pattern_of(families, clusters);
        crate::events::pattern::Pattern::parse(&pattern).expect("a valid pattern").matches(event)
    }

    #[test]
    fn each_event_is_taken_by_its_own_family_and_no_other() {
        let [failed, impaired] = BOTH;
        for (event, by) in [
            (deployment("SERVICE_DEPLOYMENT_FAILED", "ERROR", "prod"), Some(failed)),
            (deployment("SERVICE_DEPLOYMENT_COMPLETED", "INFO", "prod"), None),
            (deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO", "prod"), None),
            (action("SERVICE_TASK_PLACEMENT_FAILURE", "ERROR", "prod"), Some(impaired)),
            (action("SERVICE_TASK_START_IMPAIRED", "WARN", "prod"), Some(impaired)),
            (action("SERVICE_DEPLOYMENT_FAILED", "ERROR", "prod"), Some(impaired)),
            (action("SERVICE_STEADY_STATE", "INFO", "prod"), None),
            (action("SERVICE_DEPLOYMENT_COMPLETED", "INFO", "prod"), None),
            (stopped_task(), None),
        ] {
            for family in BOTH {
                assert_eq!(takes(&[family], &[], &event), by == Some(family), "{family:?}: {event}");
            }
            assert_eq!(takes(&BOTH, &[], &event), by.is_some(), "{event}");
        }
    }

    #[test]
    fn only_the_clusters_that_are_named_are_heard() {
        for (cluster, heard) in
            [("prod", true), ("web-eu", true), ("web-", true), ("production", false), ("my-web-eu", false)]
        {
            for event in [
                deployment("SERVICE_DEPLOYMENT_FAILED", "ERROR", cluster),
                action("SERVICE_TASK_START_IMPAIRED", "WARN", cluster),
            ] {
                assert_eq!(takes(&BOTH, &["prod", "web-*"], &event), heard, "{event}");
            }
        }
    }

    #[test]
    fn a_service_named_like_a_cluster_is_not_taken_for_it() {
        let mut event = deployment("SERVICE_DEPLOYMENT_FAILED", "ERROR", "batch");
        event["resources"] = json!(["arn:aws:ecs:us-east-1:111111111111:service/batch/web-eu"]);
        assert!(!takes(&BOTH, &["web-*"], &event));
    }

    #[test]
    fn an_event_of_another_source_is_not_taken() {
        let mut event = deployment("SERVICE_DEPLOYMENT_FAILED", "ERROR", "prod");
        event["source"] = json!("my.app");
        assert!(!takes(&BOTH, &[], &event));
    }

    #[test]
    fn the_order_and_number_of_times_in_which_clusters_are_named_does_not_matter() {
        assert_eq!(pattern_of(&BOTH, &["a", "b", "a"]), pattern_of(&BOTH, &["b", "a"]));
    }
}
