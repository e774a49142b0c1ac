//! The names that ECS events carry.
//!
//! From the ECS developer guide (service action events, service deployment
//! state change events, task state change events, task lifecycle), the
//! EventBridge events reference for Amazon ECS and the `TaskStopCode` of the
//! ECS API reference.

use super::families::{DEPLOYMENT, SERVICE_ACTION, TASK};

/// The source of all of them.
pub const SOURCE: &str = "aws.ecs";

/// Every detail-type.
pub const DETAIL_TYPES: &[&str] = &[
    DEPLOYMENT,
    SERVICE_ACTION,
    TASK,
    "AWS API Call via CloudTrail",
    "ECS Container Instance Health Change",
    "ECS Container Instance State Change",
    "ECS Daemon Deployment State Change",
    "ECS Daemon Service Action",
    "ECS Hook State Change",
];

/// `detail.eventType`.
pub const EVENT_TYPES: &[&str] = &["INFO", "WARN", "ERROR"];

/// `detail.eventName`.
pub const EVENT_NAMES: &[&str] = &[
    "CAPACITY_PROVIDER_STEADY_STATE",
    "DAEMON_TASK_START_IMPAIRED",
    "ECS_OPERATION_THROTTLED",
    "HOOK_AWAITING_ACTION",
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
    "SERVICE_DEPLOYMENT_COMPLETED",
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_DEPLOYMENT_IN_PROGRESS",
    "SERVICE_DESIRED_COUNT_UPDATED",
    "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY",
    "SERVICE_DISCOVERY_OPERATION_THROTTLED",
    "SERVICE_HEALTH_UNKNOWN",
    "SERVICE_STEADY_STATE",
    "SERVICE_TASK_CONFIGURATION_FAILURE",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "SERVICE_TASK_START_IMPAIRED",
    "TASKSET_STEADY_STATE",
    "TASKS_STOPPED",
    "VPC_LATTICE_TARGET_UNHEALTHY",
];

/// `detail.stopCode` of a task.
pub const STOP_CODES: &[&str] = &[
    "EssentialContainerExited",
    "InfrastructureHealth",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TaskFailedToStart",
    "TerminationNotice",
    "UserInitiated",
];

/// `detail.lastStatus` and `detail.desiredStatus` of a task.
pub const STATUSES: &[&str] = &[
    "ACTIVATING",
    "DEACTIVATING",
    "DELETED",
    "DEPROVISIONING",
    "PENDING",
    "PROVISIONING",
    "RUNNING",
    "STOPPED",
    "STOPPING",
];
