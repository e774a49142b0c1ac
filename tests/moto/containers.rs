//! ECS services in moto.

use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{
    ContainerDefinition, DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController,
    DeploymentControllerType,
};

use super::Entrance;

const CLUSTER: &str = "prod";
const TASK: &str = "task";

/// A cluster in one account and Region.
pub struct Cluster(Client);

/// How a service's circuit breaker is set.
#[derive(Clone, Copy)]
pub enum Breaker {
    /// The deployment configuration says nothing of it.
    Unset,
    /// It is off.
    Off,
    /// It detects, and does not roll back.
    Detects,
    /// It does both.
    On,
}

impl Cluster {
    /// Makes it.
    pub async fn new(entrance: &Entrance, region: &str) -> Self {
        let client = Client::new(&entrance.settings(region));
        client.create_cluster().cluster_name(CLUSTER).send().await.expect("a cluster");
        let container = ContainerDefinition::builder().name("app").image("app:1").memory(128).build();
        let request = client.register_task_definition().family(TASK).container_definitions(container);
        request.send().await.expect("a task definition");
        Self(client)
    }

    /// Adds a service on which nothing is going on, and tells its ARN.
    pub async fn service(&self, name: &str, breaker: Breaker) -> String {
        self.create(name, 0, breaker).await
    }

    /// Adds a service whose deployment is under way. moto starts no task, so
    /// one that wants a task stays in progress.
    pub async fn deploying(&self, name: &str, breaker: Breaker) -> String {
        self.create(name, 1, breaker).await
    }

    /// Adds a service that AWS CodeDeploy deploys.
    pub async fn deployed_by_code_deploy(&self, name: &str) -> String {
        let code_deploy = DeploymentControllerType::CodeDeploy;
        let controller = DeploymentController::builder().r#type(code_deploy).build().expect("a controller");
        let request = self.0.create_service().cluster(CLUSTER).service_name(name).task_definition(TASK);
        let answer = request.desired_count(0).deployment_controller(controller).send().await;
        arn_of(answer.expect("a service").service)
    }

    async fn create(&self, name: &str, desired: i32, breaker: Breaker) -> String {
        let request = self.0.create_service().cluster(CLUSTER).service_name(name).task_definition(TASK);
        let answer = request.desired_count(desired).send().await;
        let arn = arn_of(answer.expect("a service").service);
        // moto drops what CreateService says of the deployment configuration;
        // AWS keeps it.
        let request = self.0.update_service().cluster(CLUSTER).service(name);
        request.deployment_configuration(configured(breaker)).send().await.expect("the service is updated");
        arn
    }

    /// A service's deployment configuration.
    pub async fn configuration(&self, name: &str) -> DeploymentConfiguration {
        let answer = self.0.describe_services().cluster(CLUSTER).services(name).send().await;
        let service = answer.expect("the service").services.unwrap_or_default().into_iter().next();
        service.and_then(|service| service.deployment_configuration).expect("its deployment configuration")
    }
}

fn arn_of(service: Option<aws_sdk_ecs::types::Service>) -> String {
    service.and_then(|service| service.service_arn).expect("its ARN")
}

/// A deployment configuration that is not the default one.
pub fn configured(breaker: Breaker) -> DeploymentConfiguration {
    let configuration = DeploymentConfiguration::builder().maximum_percent(150).minimum_healthy_percent(50);
    let (enable, rollback) = match breaker {
        Breaker::Unset => return configuration.build(),
        Breaker::Off => (false, false),
        Breaker::Detects => (true, false),
        Breaker::On => (true, true),
    };
    let breaker = DeploymentCircuitBreaker::builder().enable(enable).rollback(rollback).build();
    configuration.deployment_circuit_breaker(breaker).build()
}
