//! Samples of deployments and service actions.

use serde_json::{Value, json};

use super::{Sample, Scene};
use crate::events::families::{DEPLOYMENT, SERVICE_ACTION};
use crate::model::EventFamily;

const DEPLOYMENT_ID: &str = "ecs-svc/1234567890123456789";

/// A deployment's event: name, severity, event name, reason.
type Deployment = (&'static str, &'static str, &'static str, &'static str);

const FAILED: [Deployment; 2] = [
    (
        "deployment-failed",
        "ERROR",
        "SERVICE_DEPLOYMENT_FAILED",
        "ECS deployment circuit breaker: task failed to start.",
    ),
    (
        "deployment-failed-by-alarm",
        "ERROR",
        "SERVICE_DEPLOYMENT_FAILED",
        "ECS deployment failed: alarm \"checkout 5xx\" is in ALARM.",
    ),
];

const ORDINARY: [Deployment; 3] = [
    (
        "deployment-in-progress",
        "INFO",
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "ECS deployment ecs-svc/1234567890123456789 in progress.",
    ),
    (
        "deployment-rollback",
        "INFO",
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1234567890123456788.",
    ),
    (
        "deployment-completed",
        "INFO",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "ECS deployment ecs-svc/1234567890123456789 completed.",
    ),
];

/// A service action: name, severity, event name, reason.
type Action = (&'static str, &'static str, &'static str, Option<&'static str>);

const IMPAIRED: [Action; 4] = [
    ("service-start-impaired", "WARN", "SERVICE_TASK_START_IMPAIRED", None),
    ("service-placement-failure", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", Some("RESOURCE:FARGATE")),
    ("service-deployment-failed", "ERROR", "SERVICE_DEPLOYMENT_FAILED", None),
    ("service-discovery-unhealthy", "WARN", "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", None),
];

const STEADY: [Action; 3] = [
    ("service-steady", "INFO", "SERVICE_STEADY_STATE", None),
    ("service-deployment-completed", "INFO", "SERVICE_DEPLOYMENT_COMPLETED", None),
    ("service-desired-count", "INFO", "SERVICE_DESIRED_COUNT_UPDATED", None),
];

pub(super) fn samples(scene: &Scene<'_>) -> Vec<Sample> {
    let failed = FAILED.iter().map(|it| (Some(EventFamily::DeploymentFailed), deployment(scene, it), it.0));
    let ordinary = ORDINARY.iter().map(|it| (None, deployment(scene, it), it.0));
    let impaired = IMPAIRED.iter().map(|it| (Some(EventFamily::ServiceImpaired), action(scene, it), it.0));
    let steady = STEADY.iter().map(|it| (None, action(scene, it), it.0));
    let all = failed.chain(ordinary).chain(impaired).chain(steady).enumerate();
    all.map(|(index, (family, (kind, detail), name))| {
        let service = scene.arn(&format!("service/{}/web", scene.cluster));
        Sample { name, family, event: scene.event(index + 1, kind, &service, detail) }
    })
    .collect()
}

fn deployment(scene: &Scene<'_>, (_, severity, event, reason): &Deployment) -> (&'static str, Value) {
    let detail = json!({
        "eventType": severity, "eventName": event, "deploymentId": DEPLOYMENT_ID,
        "updatedAt": scene.time, "reason": reason
    });
    (DEPLOYMENT, detail)
}

fn action(scene: &Scene<'_>, (_, severity, event, reason): &Action) -> (&'static str, Value) {
    let mut detail = json!({
        "eventType": severity, "eventName": event, "createdAt": scene.time,
        "clusterArn": scene.arn(&format!("cluster/{}", scene.cluster))
    });
    if let Some(reason) = reason {
        detail["reason"] = json!(reason);
    }
    (SERVICE_ACTION, detail)
}
