//! One service, kept small: there may be millions.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::configuration;

/// Who rolls out a service's deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    /// ECS itself.
    Ecs,
    /// AWS CodeDeploy.
    CodeDeploy,
    /// Something else, through task sets.
    External,
}

impl Controller {
    /// The API's name.
    pub fn name(self) -> &'static str {
        match self {
            Controller::Ecs => "ECS",
            Controller::CodeDeploy => "CODE_DEPLOY",
            Controller::External => "EXTERNAL",
        }
    }

    /// The controller of an API name.
    pub fn of_name(name: &str) -> Option<Controller> {
        let all = [Controller::Ecs, Controller::CodeDeploy, Controller::External];
        all.into_iter().find(|controller| controller.name() == name)
    }
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    pub(super) name: Arc<str>,
    /// Kept as it was sent, members that nobody knows included.
    pub(super) configuration: Arc<Value>,
    /// `None` where ECS leaves the member out.
    pub(super) controller: Option<Controller>,
    pub(super) is_daemon: bool,
    pub(super) launch_type: &'static str,
    pub(super) status: &'static str,
    pub(super) desired_count: u32,
    pub(super) running_count: u32,
    pub(super) pending_count: u32,
    pub(super) revision: u32,
    /// Seconds since 1970.
    pub(super) created_at: i64,
    pub(super) short_arn: bool,
    pub(super) tags: Option<Arc<BTreeMap<String, String>>>,
    /// What happened since it was made; most services have none.
    pub(super) history: Option<Box<History>>,
}

/// What happened to a service.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Newest first. Empty means one deployment that is complete.
    pub(super) deployments: Vec<Deployment>,
    /// Newest first.
    pub(super) events: Vec<(OffsetDateTime, String)>,
}

/// One deployment.
#[derive(Debug, Clone)]
pub struct Deployment {
    pub(super) number: u64,
    pub(super) status: &'static str,
    pub(super) rollout_state: &'static str,
    pub(super) reason: String,
    pub(super) revision: u32,
    pub(super) running_count: u32,
    pub(super) failed_tasks: u32,
    pub(super) created_at: OffsetDateTime,
}

/// 1 January 2026.
const LONG_AGO: i64 = 1_767_225_600;

impl Service {
    /// A running service with two tasks on Fargate, its circuit breaker off.
    pub fn named(name: &str) -> Service {
        Service {
            name: name.into(),
            configuration: Arc::new(configuration::default()),
            controller: Some(Controller::Ecs),
            is_daemon: false,
            launch_type: "FARGATE",
            status: "ACTIVE",
            desired_count: 2,
            running_count: 2,
            pending_count: 0,
            revision: 1,
            created_at: LONG_AGO,
            short_arn: false,
            tags: None,
            history: None,
        }
    }

    /// Sets the circuit breaker.
    pub fn breaker(self, enable: bool, rollback: bool) -> Service {
        let breaker = json!({ "enable": enable, "rollback": rollback });
        self.with("deploymentCircuitBreaker", breaker)
    }

    /// Sets a member of `deploymentConfiguration` to anything.
    pub fn with(mut self, member: &str, value: Value) -> Service {
        Arc::make_mut(&mut self.configuration)[member] = value;
        self
    }

    /// Takes the circuit breaker out of what DescribeServices answers, as some
    /// services that never had one look.
    pub fn without_breaker(mut self) -> Service {
        if let Some(members) = Arc::make_mut(&mut self.configuration).as_object_mut() {
            members.remove("deploymentCircuitBreaker");
        }
        self
    }

    /// Deploys by CodeDeploy.
    pub fn code_deploy(mut self) -> Service {
        self.controller = Some(Controller::CodeDeploy);
        self
    }

    /// Deploys by an external controller.
    pub fn external(mut self) -> Service {
        self.controller = Some(Controller::External);
        self
    }

    /// Leaves `deploymentController` out of what DescribeServices answers.
    pub fn without_controller(mut self) -> Service {
        self.controller = None;
        self
    }

    /// Sets the deployment strategy: `ROLLING`, `BLUE_GREEN`, `LINEAR`, `CANARY`.
    pub fn strategy(self, strategy: &str) -> Service {
        self.with("strategy", json!(strategy))
    }

    /// One task an instance instead of a number of replicas.
    pub fn daemon(mut self) -> Service {
        self.is_daemon = true;
        self.launch_type = "EC2";
        self
    }

    /// Sets how many tasks are wanted, all of them running.
    pub fn tasks(mut self, count: u32) -> Service {
        self.desired_count = count;
        self.running_count = count;
        self
    }

    /// Sets how many tasks run and how many are about to.
    pub fn running(mut self, running: u32, pending: u32) -> Service {
        self.running_count = running;
        self.pending_count = pending;
        self
    }

    /// Sets `status`: `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub fn status(mut self, status: &'static str) -> Service {
        self.status = status;
        self
    }

    /// Gives the service an ARN from before ARNs named the cluster.
    pub fn short_arn(mut self) -> Service {
        self.short_arn = true;
        self
    }

    /// Tags the service.
    pub fn tag(mut self, key: &str, value: &str) -> Service {
        let tags = self.tags.get_or_insert_default();
        Arc::make_mut(tags).insert(key.to_owned(), value.to_owned());
        self
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `deploymentConfiguration` as DescribeServices answers it.
    pub fn configuration(&self) -> &Value {
        &self.configuration
    }

    /// Whether the circuit breaker is on, and whether it rolls back.
    pub fn breaker_state(&self) -> (bool, bool) {
        let breaker = self.configuration.get("deploymentCircuitBreaker");
        let flag = |name| breaker.and_then(|breaker| breaker.get(name)?.as_bool()).unwrap_or(false);
        (flag("enable"), flag("rollback"))
    }

    /// Whether ECS itself rolls out the service's deployments.
    pub(super) fn ecs_deploys(&self) -> bool {
        matches!(self.controller, None | Some(Controller::Ecs))
    }

    pub(super) fn is_active(&self) -> bool {
        self.status != "INACTIVE"
    }
}
