//! CreateService, UpdateService and DeleteService.

use std::sync::Arc;

use serde_json::{Value, json};

use super::describe::View;
use super::name::Place;
use super::service::{Controller, Deployment, Service};
use super::{
    State, cluster_not_found, configuration, here, invalid_parameter, name, named_cluster, named_service,
    service_not_found, tags,
};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::world::World;

/// CreateService; the tasks run at once.
pub fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let service = requested(call)?;
    let (place, state) = here(world, call);
    let cluster_name = named_cluster(call, place)?;
    let cluster = state.clusters.get_mut(cluster_name).ok_or_else(cluster_not_found)?;
    if cluster.service(&service.name).is_some_and(Service::is_active) {
        return Err(invalid_parameter("Creation of service was not idempotent."));
    }
    let answer = answer(&service, place, cluster_name, call);
    Arc::make_mut(cluster).add(service);
    Ok(answer)
}

/// The service that CreateService asks for.
fn requested(call: &Call<'_>) -> Result<Service, ApiError> {
    let name = call.string("serviceName").filter(|name| !name.is_empty());
    let mut service = Service::named(name.ok_or_else(|| invalid_parameter("Name cannot be empty."))?);
    service.created_at = call.now.unix_timestamp();
    let controller = call.input.get("deploymentController").and_then(|value| value.get("type"));
    if let Some(name) = controller.and_then(Value::as_str) {
        service.controller = Some(
            Controller::of_name(name)
                .ok_or_else(|| invalid_parameter("Invalid deployment controller type."))?,
        );
    }
    if let Some(sent) = call.input.get("deploymentConfiguration") {
        configuration::check(sent, service.controller.unwrap_or(Controller::Ecs))?;
        configuration::merge(Arc::make_mut(&mut service.configuration), sent);
    }
    if call.string("schedulingStrategy") == Some("DAEMON") {
        service = service.daemon();
    }
    service.launch_type = launch_type(call).unwrap_or(service.launch_type);
    service = service.tasks(count(call)?.unwrap_or(1));
    let sent = tags::sent(call)?;
    if !sent.is_empty() {
        service.tags = Some(Arc::new(sent));
    }
    Ok(service)
}

fn launch_type(call: &Call<'_>) -> Option<&'static str> {
    let wanted = call.string("launchType")?;
    ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"].into_iter().find(|name| *name == wanted)
}

fn count(call: &Call<'_>) -> Result<Option<u32>, ApiError> {
    let negative = || invalid_parameter("desiredCount cannot be negative.");
    call.integer("desiredCount").map(|count| u32::try_from(count).map_err(|_| negative())).transpose()
}

/// UpdateService. A deployment configuration alone starts no deployment (ECS
/// API reference, UpdateService).
pub fn update(world: &mut World, call: &Call<'_>) -> Answer {
    let serial = world.next_serial();
    let (place, state) = here(world, call);
    let cluster = named_cluster(call, place)?;
    let service = existing(state, cluster, named_service(call, place)?)?;
    let change = Change::of(call, service.controller.unwrap_or(Controller::Ecs))?;
    if let Some(sent) = change.configuration {
        configuration::merge(Arc::make_mut(&mut service.configuration), sent);
    }
    if let Some(count) = change.desired_count {
        service.desired_count = count;
        service.running_count = count;
    }
    if change.deploys {
        let number = name::deployment_number(&[place.account, place.region, cluster], serial);
        deploy(service, number, change.revision, call);
    }
    Ok(answer(service, place, cluster, call))
}

/// What UpdateService asks for.
struct Change<'a> {
    configuration: Option<&'a Value>,
    desired_count: Option<u32>,
    revision: Option<u32>,
    deploys: bool,
}

impl<'a> Change<'a> {
    fn of(call: &'a Call<'_>, controller: Controller) -> Result<Change<'a>, ApiError> {
        let configuration = call.input.get("deploymentConfiguration");
        if let Some(sent) = configuration {
            // An external controller's service takes no deployment
            // configuration at all (ECS API reference, UpdateService).
            if controller == Controller::External {
                return Err(invalid_parameter(
                    "deploymentConfiguration cannot be updated on services with an EXTERNAL \
                     deployment controller.",
                ));
            }
            configuration::check(sent, controller)?;
        }
        let task_definition = call.string("taskDefinition");
        if task_definition.is_some() && controller != Controller::Ecs {
            return Err(invalid_parameter(format!(
                "Unable to update task definition on services with a {} deployment controller.",
                controller.name()
            )));
        }
        let forced = call.input.get("forceNewDeployment") == Some(&Value::Bool(true));
        let revision = task_definition.and_then(|text| text.rsplit(':').next()?.parse().ok());
        Ok(Change {
            configuration,
            desired_count: count(call)?,
            revision,
            deploys: task_definition.is_some() || forced,
        })
    }
}

/// Replaces the service's deployments by a new one, which is complete at once.
fn deploy(service: &mut Service, number: u64, revision: Option<u32>, call: &Call<'_>) {
    service.revision = revision.unwrap_or(service.revision);
    let deployment = Deployment {
        number,
        status: "PRIMARY",
        rollout_state: "COMPLETED",
        reason: format!("ECS deployment ecs-svc/{number} completed."),
        revision: service.revision,
        running_count: service.running_count,
        failed_tasks: 0,
        created_at: call.now,
    };
    let message = format!("(service {}) (deployment ecs-svc/{number}) deployment completed.", service.name);
    let history = service.history.get_or_insert_default();
    history.deployments = vec![deployment];
    history.events.insert(0, (call.now, message));
}

/// DeleteService; a service with tasks must be forced.
pub fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let (place, state) = here(world, call);
    let cluster = named_cluster(call, place)?;
    let service = existing(state, cluster, named_service(call, place)?)?;
    let forced = call.input.get("force") == Some(&Value::Bool(true));
    if service.desired_count > 0 && !service.is_daemon && !forced {
        return Err(invalid_parameter("The service cannot be stopped while it is scaled above 0."));
    }
    service.status = "INACTIVE";
    (service.desired_count, service.running_count, service.pending_count) = (0, 0, 0);
    Ok(answer(service, place, cluster, call))
}

fn existing<'s>(state: &'s mut State, cluster: &str, name: &str) -> Result<&'s mut Service, ApiError> {
    state.cluster(cluster)?;
    let service = state.service_mut(cluster, name).ok_or_else(service_not_found)?;
    if service.is_active() {
        Ok(service)
    } else {
        Err(ApiError::new("ServiceNotActiveException", "Service was not ACTIVE."))
    }
}

fn answer(service: &Service, place: Place<'_>, cluster: &str, call: &Call<'_>) -> Value {
    let view = View { events: 0, with_tags: true, now: call.now };
    json!({ "service": service.describe(place, cluster, &view) })
}
