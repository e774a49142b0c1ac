//! Switching a circuit breaker on, where that is safe.

use aws_sdk_ecs::types::{self, DeploymentCircuitBreaker, DeploymentConfiguration};

use super::describe::{ACTIVE, controller, describe_raw, is_deploying, strategy, unknown_members};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::Cause;
use crate::model::arn::last_segment;
use crate::model::breaker::Breaker;
use crate::model::service::{Controller, Strategy};

/// Switches a circuit breaker on. The service is read once more, because much
/// can have happened since the plan was made; everything else in its deployment
/// configuration is sent back as it was read.
///
/// # Errors
///
/// If the service changed so that this is no longer safe, and whatever AWS
/// refuses.
pub(crate) async fn apply_breaker(door: &Door, breaker: &Breaker) -> Result<(), AwsError> {
    let tried = format!("switch on the circuit breaker of {}", last_segment(&breaker.service_arn));
    let services = [breaker.service_arn.clone()];
    let (answer, raw) = describe_raw(door, breaker.region, &breaker.cluster_arn, &services, &tried).await?;
    let refuse = |why: String| AwsError::failed(tried.as_str(), Cause::Other, why);
    let service = answer.services().first().ok_or_else(|| refuse("the service is gone".to_owned()))?;
    if let Some(why) = unsafe_because(service, &unknown_members(service, &raw)) {
        return Err(refuse(why));
    }
    let wanted = wanted(service.deployment_configuration(), breaker);
    if service.deployment_configuration() == Some(&wanted) {
        return Ok(());
    }
    let request = door
        .ecs(breaker.region)
        .update_service()
        .cluster(&breaker.cluster_arn)
        .service(&breaker.service_arn)
        .deployment_configuration(wanted);
    door.call(breaker.region, ApiGroup::EcsServiceModify, tried.as_str(), request.send()).await.map(drop)
}

/// Why a service must be left alone.
fn unsafe_because(service: &types::Service, unknown: &[String]) -> Option<String> {
    if service.status() != Some(ACTIVE) {
        return Some("the service is being deleted or gone".to_owned());
    }
    match controller(service) {
        Controller::Ecs => {}
        Controller::CodeDeploy => return Some("AWS CodeDeploy deploys it, not ECS".to_owned()),
        Controller::External => return Some("somebody else deploys it, not ECS".to_owned()),
        Controller::Other(name) => return Some(format!("its deployment controller is {name}, not ECS")),
    }
    if let Strategy::Other(name) = strategy(service.deployment_configuration()) {
        return Some(format!(
            "its deployment strategy is {name}; only the rolling update is known to be safe"
        ));
    }
    if is_deploying(service) {
        return Some("a deployment is in progress; the next run will try again".to_owned());
    }
    if unknown.is_empty() {
        return None;
    }
    let members = unknown.join(", ");
    Some(format!("its deployment configuration holds what this version would lose: {members}"))
}

/// What is there, with the two switches set.
fn wanted(read: Option<&DeploymentConfiguration>, breaker: &Breaker) -> DeploymentConfiguration {
    let mut configuration = read.cloned().unwrap_or_else(|| DeploymentConfiguration::builder().build());
    let switches = configuration
        .deployment_circuit_breaker
        .get_or_insert_with(|| DeploymentCircuitBreaker::builder().build());
    switches.enable = breaker.enable;
    switches.rollback = breaker.rollback;
    configuration
}
