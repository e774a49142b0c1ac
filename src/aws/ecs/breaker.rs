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

#[cfg(test)]
mod tests {
    use super::*;

    use aws_sdk_ecs::types::{
        Deployment, DeploymentController, DeploymentControllerType, DeploymentStrategy,
        ThresholdConfiguration, ThresholdType,
    };

    fn service() -> types::builders::ServiceBuilder {
        let deployment = Deployment::builder().rollout_state("COMPLETED".into()).build();
        types::Service::builder().status(ACTIVE).deployments(deployment)
    }

    fn by(controller: &str) -> DeploymentController {
        DeploymentController::builder().r#type(DeploymentControllerType::from(controller)).build().unwrap()
    }

    fn strategy(name: &str) -> DeploymentConfiguration {
        DeploymentConfiguration::builder().strategy(DeploymentStrategy::from(name)).build()
    }

    #[test]
    fn a_quiet_rolling_service_of_ecs_may_be_written() {
        for service in [
            service(),
            service().deployment_controller(by("ECS")),
            service().deployment_configuration(strategy("ROLLING")),
        ] {
            assert_eq!(unsafe_because(&service.build(), &[]), None);
        }
    }

    #[test]
    fn whatever_could_be_harmed_is_left_alone_with_a_reason() {
        let second = Deployment::builder().rollout_state("IN_PROGRESS".into()).build();
        for (service, unknown, reason) in [
            (service().status("DRAINING"), vec![], "deleted or gone"),
            (service().deployment_controller(by("CODE_DEPLOY")), vec![], "CodeDeploy"),
            (service().deployment_controller(by("EXTERNAL")), vec![], "somebody else"),
            (service().deployment_controller(by("FOO")), vec![], "FOO"),
            (service().deployment_configuration(strategy("BLUE_GREEN")), vec![], "BLUE_GREEN"),
            (service().deployments(second), vec![], "in progress"),
            (service(), vec!["/newMember".to_owned()], "/newMember"),
        ] {
            let why = unsafe_because(&service.build(), &unknown).unwrap_or_default();
            assert!(why.contains(reason), "{why} does not say {reason}");
        }
    }

    #[test]
    fn only_the_two_switches_change() {
        let breaker = Breaker {
            region: "eu-west-1".parse().unwrap(),
            cluster_arn: "arn:c".into(),
            service_arn: "arn:s".into(),
            enable: true,
            rollback: true,
        };
        let threshold =
            ThresholdConfiguration::builder().r#type(ThresholdType::Count).value(7).build().unwrap();
        let switches = DeploymentCircuitBreaker::builder()
            .reset_on_healthy_task(false)
            .threshold_configuration(threshold);
        let before = DeploymentConfiguration::builder().maximum_percent(150);
        let before = before.deployment_circuit_breaker(switches.clone().build()).build();
        let mut after = before.clone();
        after.deployment_circuit_breaker = Some(switches.enable(true).rollback(true).build());
        assert_eq!(wanted(Some(&before), &breaker), after);
        let from_nothing = wanted(None, &breaker);
        assert!(from_nothing.deployment_circuit_breaker().is_some_and(|it| it.enable && it.rollback));
    }
}
