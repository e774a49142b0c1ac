//! Samples of tasks.

use serde_json::{Value, json};

use super::{Sample, Scene};
use crate::events::families::TASK;
use crate::model::EventFamily;

/// A container: name, exit code, reason.
type Container = (&'static str, Option<i64>, Option<&'static str>);

/// A task and how it came to its end.
struct Task {
    name: &'static str,
    family: Option<EventFamily>,
    group: &'static str,
    /// Stop code and reason; none for a task that runs.
    stop: Option<(&'static str, &'static str)>,
    containers: &'static [Container],
}

const FAILED: Option<EventFamily> = Some(EventFamily::TaskFailed);
const STOPPED: Option<EventFamily> = Some(EventFamily::TaskStopped);
const WEB: &str = "service:web";
const BATCH: &str = "family:nightly-report";
const EXITED: &str = "EssentialContainerExited";
const SCHEDULER: &str = "ServiceSchedulerInitiated";
const CONTAINER_EXITED: &str = "Essential container in task exited";

const TASKS: &[Task] = &[
    Task {
        name: "task-exited",
        family: FAILED,
        group: WEB,
        stop: Some((EXITED, CONTAINER_EXITED)),
        containers: &[("app", Some(1), None), ("log-router", Some(0), None)],
    },
    Task {
        name: "task-out-of-memory",
        family: FAILED,
        group: WEB,
        stop: Some((EXITED, CONTAINER_EXITED)),
        containers: &[
            ("app", Some(137), Some("OutOfMemoryError: Container killed due to memory usage")),
            ("log-router", Some(0), None),
        ],
    },
    Task {
        name: "task-image-not-pulled",
        family: FAILED,
        group: WEB,
        stop: Some((
            "TaskFailedToStart",
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
             registry.example.com/web:42: not found",
        )),
        containers: &[
            ("app", None, Some("CannotPullContainerError: image not found")),
            ("log-router", None, None),
        ],
    },
    Task {
        name: "task-not-initialised",
        family: FAILED,
        group: BATCH,
        stop: Some((
            "TaskFailedToStart",
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed",
        )),
        containers: &[("app", None, None)],
    },
    Task {
        name: "task-unhealthy-behind-load-balancer",
        family: FAILED,
        group: WEB,
        stop: Some((
            SCHEDULER,
            "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:111111111111:\
             targetgroup/web/0123456789abcdef)",
        )),
        containers: &[("app", Some(143), None), ("log-router", Some(0), None)],
    },
    Task {
        name: "task-unhealthy",
        family: FAILED,
        group: WEB,
        stop: Some((SCHEDULER, "Task failed container health checks")),
        containers: &[("app", Some(137), None)],
    },
    Task {
        name: "batch-failed",
        family: FAILED,
        group: BATCH,
        stop: Some((EXITED, CONTAINER_EXITED)),
        containers: &[("report", Some(2), None)],
    },
    Task {
        name: "batch-interrupted",
        family: FAILED,
        group: BATCH,
        stop: Some(("SpotInterruption", "Your Spot Task was interrupted.")),
        containers: &[("report", Some(143), None)],
    },
    Task {
        name: "service-task-terminated",
        family: FAILED,
        group: WEB,
        stop: Some((EXITED, CONTAINER_EXITED)),
        containers: &[("app", Some(143), None)],
    },
    Task {
        name: "task-scaled-in",
        family: STOPPED,
        group: WEB,
        stop: Some((SCHEDULER, "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)")),
        containers: &[("app", Some(0), None), ("log-router", Some(143), None)],
    },
    Task {
        name: "task-stopped-by-a-person",
        family: STOPPED,
        group: WEB,
        stop: Some(("UserInitiated", "Task stopped by user")),
        containers: &[("app", Some(137), None)],
    },
    Task {
        name: "service-task-interrupted",
        family: STOPPED,
        group: WEB,
        stop: Some(("SpotInterruption", "Your Spot Task was interrupted.")),
        containers: &[("app", Some(143), None)],
    },
    Task {
        name: "batch-ended",
        family: STOPPED,
        group: BATCH,
        stop: Some((EXITED, CONTAINER_EXITED)),
        containers: &[("report", Some(0), None), ("log-router", Some(143), None)],
    },
    Task { name: "task-running", family: None, group: WEB, stop: None, containers: &[("app", None, None)] },
];

pub(super) fn samples(scene: &Scene<'_>) -> Vec<Sample> {
    let samples = TASKS.iter().enumerate().map(|(index, task)| {
        let arn = scene.arn(&format!("task/{}/{:032x}", scene.cluster, index + 1));
        let event = scene.event(100 + index, TASK, &arn, detail(scene, task, &arn));
        Sample { name: task.name, family: task.family, event }
    });
    samples.collect()
}

fn detail(scene: &Scene<'_>, task: &Task, arn: &str) -> Value {
    let status = if task.stop.is_some() { "STOPPED" } else { "RUNNING" };
    let definition = task.group.split(':').next_back().unwrap_or_default();
    let containers: Vec<Value> = task.containers.iter().map(|it| container(scene, status, it)).collect();
    let mut detail = json!({
        "availabilityZone": format!("{}a", scene.region), "clusterArn": scene.arn(&format!("cluster/{}", scene.cluster)),
        "containers": containers, "createdAt": scene.time, "desiredStatus": status, "group": task.group,
        "lastStatus": status, "launchType": "FARGATE", "taskArn": arn,
        "taskDefinitionArn": scene.arn(&format!("task-definition/{definition}:42")),
        "updatedAt": scene.time, "version": 6
    });
    if let Some((code, reason)) = task.stop {
        detail["stopCode"] = json!(code);
        detail["stoppedReason"] = json!(reason);
        detail["stoppedAt"] = json!(scene.time);
    }
    detail
}

fn container(scene: &Scene<'_>, status: &str, (name, exit_code, reason): &Container) -> Value {
    let arn = scene.arn(&format!("container/{}/0123456789abcdef/{name}", scene.cluster));
    let image = format!("registry.example.com/{name}:42");
    let mut container = json!({ "containerArn": arn, "name": name, "lastStatus": status, "image": image });
    if let Some(exit_code) = exit_code {
        container["exitCode"] = json!(exit_code);
    }
    if let Some(reason) = reason {
        container["reason"] = json!(reason);
    }
    container
}
