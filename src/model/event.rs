//! Families of ECS events.

use schemars::JsonSchema;
use serde::Deserialize;

/// A class of ECS events. No event belongs to two of them but a failed task,
/// which is a stopped task as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum EventFamily {
    /// A deployment that the circuit breaker or a deployment alarm failed.
    DeploymentFailed,
    /// A service action of type WARN or ERROR: tasks that do not start or
    /// cannot be placed, and failed deployments of services without breaker.
    ServiceImpaired,
    /// A task that failed: it did not start, a container exited with an error,
    /// it ran out of memory, or it was replaced for its bad health.
    TaskFailed,
    /// Every task that stopped, for whatever reason.
    TaskStopped,
}

impl EventFamily {
    /// All families, in their order.
    pub const ALL: [Self; 4] =
        [Self::DeploymentFailed, Self::ServiceImpaired, Self::TaskFailed, Self::TaskStopped];

    /// The name in the fleet file and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DeploymentFailed => "deploymentFailed",
            Self::ServiceImpaired => "serviceImpaired",
            Self::TaskFailed => "taskFailed",
            Self::TaskStopped => "taskStopped",
        }
    }
}
