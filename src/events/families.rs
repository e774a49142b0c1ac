//! The event patterns of the families.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::{AccountId, EventFamily, Partition, Region, arn};

/// The most characters that EventBridge takes in a pattern (EventBridge
/// quotas; the service model says 4,096, the lower of the two is safe).
pub const PATTERN_LIMIT: usize = 2048;

/// The detail-type of a deployment's change of state.
pub const DEPLOYMENT: &str = "ECS Deployment State Change";

/// The detail-type of what a service's scheduler has to tell.
pub const SERVICE_ACTION: &str = "ECS Service Action";

/// The detail-type of a task's change of state.
pub const TASK: &str = "ECS Task State Change";

/// Whose events are taken.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// Globs of cluster names; none for every cluster.
    pub clusters: BTreeSet<&'a str>,
    /// One account's own events, or those of many accounts and Regions.
    pub whose: Whose<'a>,
}

/// Whose ARNs an event carries.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Those of one account in one Region.
    Account(Region, &'a AccountId),
    /// Those of any account and Region of a partition, which come to a hub.
    Anyone(Partition),
}

/// The pattern that takes the events of these families, of clusters whose name
/// matches one of the globs, or of all clusters where there is none.
pub fn pattern(
    families: &BTreeSet<EventFamily>,
    clusters: &[String],
    region: Region,
    account: &AccountId,
) -> Value {
    let clusters = clusters.iter().map(String::as_str).collect();
    let place = Place { clusters, whose: Whose::Account(region, account) };
    any_of(branches(families, &place).into_iter().map(|(_, branch)| branch).collect())
}

/// The patterns of these families, one each, which no event matches twice: a
/// failed task is a stopped task, so where both are asked for the wider one is
/// enough.
pub fn branches(
    families: &BTreeSet<EventFamily>,
    place: &Place<'_>,
) -> Vec<(EventFamily, Map<String, Value>)> {
    let is_covered = |family: &EventFamily| {
        *family == EventFamily::TaskFailed && families.contains(&EventFamily::TaskStopped)
    };
    let wanted = families.iter().filter(|family| !is_covered(family));
    wanted.map(|family| (*family, branch(*family, place))).collect()
}

/// One pattern out of several. What all of them ask of the event's source
/// stands once, because a pattern may not be long.
pub fn any_of(mut branches: Vec<Map<String, Value>>) -> Value {
    if branches.len() < 2 {
        return Value::Object(branches.pop().unwrap_or_default());
    }
    let mut pattern = Map::new();
    let source = branches[0].get("source").cloned();
    if let Some(source) = source.filter(|_| same_source(&branches)) {
        branches.iter_mut().for_each(|branch| drop(branch.remove("source")));
        pattern.insert("source".to_owned(), source);
    }
    pattern.insert("$or".to_owned(), json!(branches));
    Value::Object(pattern)
}

fn same_source(branches: &[Map<String, Value>]) -> bool {
    branches.windows(2).all(|pair| pair[0].get("source") == pair[1].get("source"))
        && branches.iter().all(|branch| branch.len() > 1 && !branch.contains_key("$or"))
}

fn branch(family: EventFamily, place: &Place<'_>) -> Map<String, Value> {
    let mut branch = match family {
        EventFamily::DeploymentFailed => deployment_failed(place),
        EventFamily::ServiceImpaired => {
            with_cluster(SERVICE_ACTION, json!({ "eventType": ["WARN", "ERROR"] }), place)
        }
        EventFamily::TaskFailed => {
            let detail = json!({ "lastStatus": ["STOPPED"], "$or": failures_of_tasks() });
            with_cluster(TASK, detail, place)
        }
        EventFamily::TaskStopped => with_cluster(TASK, json!({ "lastStatus": ["STOPPED"] }), place),
    };
    branch.insert("source".to_owned(), json!(["aws.ecs"]));
    branch
}

/// A Deployment State Change has no cluster but in the service's ARN (ECS
/// developer guide, service deployment state change events). A service made
/// before ECS had long ARNs has none there either: `service/<name>`. Where
/// clusters are named, the failed deployments of such a service are not taken;
/// its other events, which carry the cluster, are.
fn deployment_failed(place: &Place<'_>) -> Map<String, Value> {
    let mut branch = Map::new();
    branch.insert("detail-type".to_owned(), json!([DEPLOYMENT]));
    branch.insert("detail".to_owned(), json!({ "eventName": ["SERVICE_DEPLOYMENT_FAILED"] }));
    if !place.clusters.is_empty() {
        let services = place.clusters.iter().map(|cluster| place.services_of(cluster));
        branch.insert("resources".to_owned(), services.collect());
    }
    branch
}

/// The ways in which a task fails (ECS API reference, `stopCode` of a task; ECS
/// developer guide, stopped task error codes).
///
/// - A task that failed to start, for want of its image say, has no exit code,
///   so its stop code alone tells.
/// - A stop by the scheduler is scale-in, a deployment or bad health; the
///   reason tells them apart, and only bad health is a failure. The side-cars
///   of such a task often exit with 143, so exit codes count only where a
///   container of its own accord ended the task.
/// - The event does not say which container was essential, so any exit code
///   but 0 counts. 143 is what a container leaves that ECS told to stop
///   after another had ended: a batch that ended well beside a side-car leaves
///   it, so it counts for the tasks of a service alone, where nothing ends
///   well by itself.
/// - Bad health of the infrastructure is a failure. Spot capacity and hosts
///   are taken back by design, and a service then starts another task; a task
///   outside any service is not started again, so its work is lost.
fn failures_of_tasks() -> Value {
    json!([
        { "stopCode": ["TaskFailedToStart", "InfrastructureHealth"] },
        {
            "stopCode": ["SpotInterruption", "TerminationNotice"],
            "group": [{ "anything-but": { "prefix": "service:" } }]
        },
        {
            "stopCode": ["EssentialContainerExited"],
            "containers": { "exitCode": [{ "anything-but": [0, 143] }] }
        },
        {
            "stopCode": ["EssentialContainerExited"],
            "group": [{ "prefix": "service:" }],
            "containers": { "exitCode": [143] }
        },
        {
            "stopCode": ["EssentialContainerExited"],
            "containers": { "reason": [{ "prefix": "OutOfMemoryError" }] }
        },
        {
            "stopCode": ["ServiceSchedulerInitiated"],
            "stoppedReason": [
                { "prefix": "Task failed ELB health checks" },
                { "prefix": "Task failed container health checks" }
            ]
        }
    ])
}

/// A branch of events that carry their cluster's ARN.
fn with_cluster(detail_type: &str, mut detail: Value, place: &Place<'_>) -> Map<String, Value> {
    if !place.clusters.is_empty() {
        let clusters = place.clusters.iter().map(|cluster| place.cluster(cluster));
        detail["clusterArn"] = clusters.collect();
    }
    Map::from_iter([("detail-type".to_owned(), json!([detail_type])), ("detail".to_owned(), detail)])
}

impl Place<'_> {
    fn cluster(&self, glob: &str) -> Value {
        let cluster = match self.whose {
            Whose::Account(region, account) => arn::cluster(region, account, glob),
            Whose::Anyone(partition) => format!("arn:{partition}:ecs:*:cluster/{glob}"),
        };
        if cluster.contains('*') { json!({ "wildcard": cluster }) } else { json!(cluster) }
    }

    fn services_of(&self, glob: &str) -> Value {
        match self.whose {
            Whose::Account(region, account) if !glob.contains('*') => {
                json!({ "prefix": arn::service(region, account, glob, "") })
            }
            Whose::Account(region, account) => {
                json!({ "wildcard": arn::service(region, account, glob, "*") })
            }
            Whose::Anyone(partition) => {
                json!({ "wildcard": format!("arn:{partition}:ecs:*:service/{glob}/*") })
            }
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
