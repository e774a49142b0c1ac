//! DescribeServices, as far as deployments go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ecs::operation::describe_services::DescribeServicesOutput;
use aws_sdk_ecs::types::{self, DeploymentConfiguration, DeploymentRolloutState};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde::Deserialize;
use serde_json::Value;

use super::members::lost_members;
use crate::aws::answer::malformed;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::Region;
use crate::model::service::{BreakerSettings, Controller, Scheduling, Service, Strategy};

/// How many services one call can describe (ECS service model).
pub(super) const BATCH: usize = 10;

/// The status of a service that is neither being deleted nor gone.
pub(super) const ACTIVE: &str = "ACTIVE";

/// The status of a service that is being deleted.
pub(super) const DRAINING: &str = "DRAINING";

/// The status of a service that was deleted.
pub(super) const INACTIVE: &str = "INACTIVE";

/// Describes up to ten services of a cluster.
pub(super) async fn describe(
    door: &Door,
    region: Region,
    cluster: &str,
    services: &[String],
    tried: &str,
) -> Result<DescribeServicesOutput, AwsError> {
    let request = door.ecs(region).describe_services().cluster(cluster);
    let request = request.set_services(Some(services.to_vec()));
    door.call(region, ApiGroup::EcsServiceRead, tried, request.send()).await
}

/// Deployment configurations as they came over the wire, by the service's ARN.
pub(super) type RawConfigurations = BTreeMap<String, Value>;

/// Describes up to ten services of a cluster, and keeps what the SDK's types
/// have no place for.
pub(super) async fn describe_raw(
    door: &Door,
    region: Region,
    cluster: &str,
    services: &[String],
    tried: &str,
) -> Result<(DescribeServicesOutput, RawConfigurations), AwsError> {
    let body = RawBody::default();
    let request = door.ecs(region).describe_services().cluster(cluster);
    let request = request.set_services(Some(services.to_vec())).customize().interceptor(body.clone());
    let answer = door.call(region, ApiGroup::EcsServiceRead, tried, request.send()).await?;
    let raw = body.configurations().map_err(|error| malformed(tried, error.to_string()))?;
    Ok((answer, raw))
}

/// Members of a service's deployment configuration that would be lost if it
/// were written back as the SDK read it.
pub(super) fn unknown_members(service: &types::Service, raw: &RawConfigurations) -> Vec<String> {
    let raw = service.service_arn().and_then(|arn| raw.get(arn)).unwrap_or(&Value::Null);
    lost_members(raw, service.deployment_configuration())
}

/// Keeps the body of the last answer.
#[derive(Debug, Clone, Default)]
struct RawBody(Arc<Mutex<Vec<u8>>>);

impl Intercept for RawBody {
    fn name(&self) -> &'static str {
        "RawBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

impl RawBody {
    fn configurations(&self) -> Result<RawConfigurations, serde_json::Error> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let body: Body = serde_json::from_slice(&body)?;
        Ok(body.services.into_iter().map(|service| (service.arn, service.configuration)).collect())
    }
}

#[derive(Deserialize)]
struct Body {
    services: Vec<RawService>,
}

#[derive(Deserialize)]
struct RawService {
    #[serde(rename = "serviceArn")]
    arn: String,
    #[serde(rename = "deploymentConfiguration", default)]
    configuration: Value,
}

/// The service as the model has it; `None` for an answer without ARN or name.
pub(super) fn read(service: &types::Service) -> Option<Service> {
    let configuration = service.deployment_configuration();
    Some(Service {
        arn: service.service_arn.clone()?,
        name: service.service_name.clone()?,
        cluster_arn: service.cluster_arn.clone()?,
        controller: controller(service),
        scheduling: scheduling(service),
        strategy: strategy(configuration),
        classic_load_balancer: service
            .load_balancers()
            .iter()
            .any(|balancer| balancer.load_balancer_name().is_some_and(|name| !name.is_empty())),
        breaker: breaker(configuration),
        deploying: is_deploying(service),
        unknown_members: Vec::new(),
    })
}

/// An answer without a controller means ECS.
pub(super) fn controller(service: &types::Service) -> Controller {
    match service.deployment_controller().map(|controller| controller.r#type.as_str()) {
        None | Some("ECS") => Controller::Ecs,
        Some("CODE_DEPLOY") => Controller::CodeDeploy,
        Some("EXTERNAL") => Controller::External,
        Some(other) => Controller::Other(other.to_owned()),
    }
}

/// An answer without a strategy means the rolling update.
pub(super) fn strategy(configuration: Option<&DeploymentConfiguration>) -> Strategy {
    let strategy = configuration.and_then(DeploymentConfiguration::strategy);
    match strategy.map(types::DeploymentStrategy::as_str) {
        None | Some("ROLLING") => Strategy::Rolling,
        Some(other) => Strategy::Other(other.to_owned()),
    }
}

fn scheduling(service: &types::Service) -> Scheduling {
    match service.scheduling_strategy().map(types::SchedulingStrategy::as_str) {
        None | Some("REPLICA") => Scheduling::Replica,
        Some("DAEMON") => Scheduling::Daemon,
        Some(other) => Scheduling::Other(other.to_owned()),
    }
}

fn breaker(configuration: Option<&DeploymentConfiguration>) -> BreakerSettings {
    let breaker = configuration.and_then(DeploymentConfiguration::deployment_circuit_breaker);
    breaker.map_or_else(BreakerSettings::default, |breaker| BreakerSettings {
        enable: breaker.enable,
        rollback: breaker.rollback,
    })
}

/// While a deployment is under way, the old one stands beside it; the very
/// first one stands alone, in progress. Services behind a Classic Load Balancer
/// have no rollout state (ECS service model, Deployment).
pub(super) fn is_deploying(service: &types::Service) -> bool {
    let deployments = service.deployments();
    let in_progress = |deployment: &types::Deployment| {
        deployment.rollout_state() == Some(&DeploymentRolloutState::InProgress)
    };
    deployments.len() > 1 || deployments.iter().any(in_progress)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Deployment, DeploymentController, DeploymentControllerType, LoadBalancer};

    use super::*;

    fn service() -> types::builders::ServiceBuilder {
        types::Service::builder().service_arn("arn:s").service_name("web").cluster_arn("arn:c")
    }

    fn deployment(state: Option<DeploymentRolloutState>) -> Deployment {
        Deployment::builder().set_rollout_state(state).build()
    }

    #[test]
    fn a_service_without_breaker_controller_or_strategy_is_a_rolling_one_with_the_breaker_off() {
        let read = read(&service().build()).unwrap();
        assert_eq!(read.controller, Controller::Ecs);
        assert_eq!(read.strategy, Strategy::Rolling);
        assert_eq!(read.scheduling, Scheduling::Replica);
        assert_eq!(read.breaker, BreakerSettings { enable: false, rollback: false });
        assert!(!read.classic_load_balancer && !read.deploying);
    }

    #[test]
    fn words_newer_than_this_version_are_kept() {
        let other = DeploymentController::builder().r#type(DeploymentControllerType::from("FOO"));
        let configuration = DeploymentConfiguration::builder().strategy("BAR".into()).build();
        let service = service()
            .deployment_controller(other.build().unwrap())
            .deployment_configuration(configuration)
            .scheduling_strategy("BAZ".into());
        let read = read(&service.build()).unwrap();
        assert_eq!(read.controller, Controller::Other("FOO".into()));
        assert_eq!(read.strategy, Strategy::Other("BAR".into()));
        assert_eq!(read.scheduling, Scheduling::Other("BAZ".into()));
    }

    #[test]
    fn a_classic_load_balancer_is_told_from_a_target_group() {
        for (balancer, classic) in [
            (LoadBalancer::builder().load_balancer_name("old"), true),
            (LoadBalancer::builder().target_group_arn("arn:aws:elasticloadbalancing:…"), false),
        ] {
            let read = read(&service().load_balancers(balancer.build()).build()).unwrap();
            assert_eq!(read.classic_load_balancer, classic);
        }
    }

    #[test]
    fn a_deployment_is_under_way_while_two_stand_or_one_is_in_progress() {
        use DeploymentRolloutState::{Completed, InProgress};
        for (states, deploying) in [
            (vec![Some(Completed)], false),
            (vec![Some(InProgress)], true),
            (vec![None], false),
            (vec![None, None], true),
            (vec![Some(Completed), Some(Completed)], true),
            (vec![], false),
        ] {
            let deployments = states.iter().cloned().map(deployment).collect();
            let service = service().set_deployments(Some(deployments)).build();
            assert_eq!(is_deploying(&service), deploying, "{states:?}");
        }
    }
}
