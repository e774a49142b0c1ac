//! ECS services, as far as their deployments go.

/// Who deploys a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Controller {
    /// ECS itself. An answer without a controller means this one.
    Ecs,
    /// AWS CodeDeploy, which has failure handling of its own.
    CodeDeploy,
    /// Somebody else, through task sets.
    External,
    /// A word that this version does not know.
    Other(String),
}

/// How tasks are spread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheduling {
    /// A number of tasks.
    Replica,
    /// One task an instance.
    Daemon,
    /// A word that this version does not know.
    Other(String),
}

/// How a deployment of the ECS controller proceeds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// The rolling update.
    Rolling,
    /// Another: `BLUE_GREEN`, `LINEAR`, `CANARY` or newer.
    Other(String),
}

/// The circuit breaker's switches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Whether failed deployments are detected.
    pub enable: bool,
    /// Whether they are rolled back.
    pub rollback: bool,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The ARN, in the long or the old short format.
    pub arn: String,
    /// The name.
    pub name: String,
    /// The cluster's ARN.
    pub cluster_arn: String,
    /// Who deploys it.
    pub controller: Controller,
    /// How tasks are spread.
    pub scheduling: Scheduling,
    /// How a deployment proceeds.
    pub strategy: Strategy,
    /// Whether a Classic Load Balancer stands before it.
    pub classic_load_balancer: bool,
    /// The switches; all off where the answer had none.
    pub breaker: BreakerSettings,
    /// Whether a deployment is under way.
    pub deploying: bool,
    /// Members of the deployment configuration that this version's SDK would
    /// drop when writing it back. Read only where breakers are remediated.
    pub unknown_members: Vec<String>,
}

impl Service {
    /// The cluster's name.
    pub fn cluster(&self) -> &str {
        super::arn::last_segment(&self.cluster_arn)
    }
}
