//! Families of ECS events.

use schemars::JsonSchema;
use serde::Deserialize;

/// A class of ECS events. Families are told apart by their detail-type, so
/// that no event belongs to two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum EventFamily {
    /// A deployment that the circuit breaker or a deployment alarm failed.
    DeploymentFailed,
    /// A service action of type WARN or ERROR: tasks that do not start or
    /// cannot be placed, and failed deployments of services without breaker.
    ServiceImpaired,
}

impl EventFamily {
    /// The name in the fleet file and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DeploymentFailed => "deploymentFailed",
            Self::ServiceImpaired => "serviceImpaired",
        }
    }
}
