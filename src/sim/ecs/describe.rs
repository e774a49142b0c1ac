//! DescribeServices, and how a service looks in an answer.

use std::fmt::Write as _;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::name::{Place, deployment_number, service_name};
use super::service::{Deployment, Service};
use super::{here, invalid_parameter, named_cluster, tags};
use crate::sim::call::{Answer, Call};
use crate::sim::clock::epoch_seconds;
use crate::sim::world::World;

/// The most services that one DescribeServices may name.
const BATCH: usize = 10;

/// The most events that a service remembers.
const EVENTS: usize = 100;

/// How far apart ECS says that a service is in a steady state.
const STEADY_EVERY: Duration = Duration::hours(6);

/// DescribeServices: at most 10, those that are not there in `failures`.
pub fn services(world: &mut World, call: &Call<'_>) -> Answer {
    let references = call.strings("services");
    if references.is_empty() {
        return Err(invalid_parameter("Services cannot be empty."));
    }
    if references.len() > BATCH {
        return Err(invalid_parameter(format!("Services cannot have more than {BATCH} elements.")));
    }
    let view = View {
        events: world.knobs.events_per_service.min(EVENTS),
        with_tags: call.strings("include").contains(&"TAGS"),
        now: call.now,
    };
    let (place, state) = here(world, call);
    let cluster_name = named_cluster(call, place)?;
    let cluster = state.cluster(cluster_name)?;
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for reference in references {
        let name = service_name(reference, place);
        match name.and_then(|name| cluster.service(name)) {
            Some(service) => services.push(service.describe(place, cluster_name, &view)),
            None => {
                let arn = name.map_or_else(|| reference.to_owned(), |name| place.service(cluster_name, name));
                failures.push(json!({ "arn": arn, "reason": "MISSING" }));
            }
        }
    }
    Ok(json!({ "services": services, "failures": failures }))
}

/// What an answer shows of a service.
pub struct View {
    /// How many events at least.
    pub events: usize,
    /// Whether with its tags.
    pub with_tags: bool,
    /// The simulated time.
    pub now: OffsetDateTime,
}

impl Service {
    /// The service's ARN.
    pub(super) fn arn(&self, place: Place<'_>, cluster: &str) -> String {
        if self.short_arn { place.short_service(&self.name) } else { place.service(cluster, &self.name) }
    }

    pub(super) fn scheduling_strategy(&self) -> &'static str {
        if self.is_daemon { "DAEMON" } else { "REPLICA" }
    }

    /// The service as an answer shows it.
    pub(super) fn describe(&self, place: Place<'_>, cluster: &str, view: &View) -> Value {
        let mut answer = json!({
            "serviceArn": self.arn(place, cluster),
            "serviceName": &*self.name,
            "clusterArn": place.cluster(cluster),
            "loadBalancers": [],
            "serviceRegistries": [],
            "status": self.status,
            "desiredCount": self.desired_count,
            "runningCount": self.running_count,
            "pendingCount": self.pending_count,
            "launchType": self.launch_type,
            "taskDefinition": place.task_definition(&self.name, self.revision),
            "deploymentConfiguration": *self.configuration,
            "deployments": self.describe_deployments(place, cluster),
            "events": self.describe_events(place, view),
            "createdAt": { "$timestamp": self.created_at },
            "placementConstraints": [],
            "placementStrategy": [],
            "schedulingStrategy": self.scheduling_strategy(),
            "enableECSManagedTags": false,
            "propagateTags": "NONE",
            "enableExecuteCommand": false,
        });
        if let Some(controller) = self.controller {
            answer["deploymentController"] = json!({ "type": controller.name() });
        }
        if let (true, Some(own)) = (view.with_tags, &self.tags) {
            answer["tags"] = tags::wire(own);
        }
        answer
    }

    /// Services that others deploy have task sets and no deployments.
    fn describe_deployments(&self, place: Place<'_>, cluster: &str) -> Vec<Value> {
        if !self.ecs_deploys() {
            return Vec::new();
        }
        let describe = |deployment: &Deployment| self.describe_deployment(deployment, place);
        match &self.history {
            Some(history) if !history.deployments.is_empty() => {
                history.deployments.iter().map(describe).collect()
            }
            _ => vec![describe(&self.first_deployment(place, cluster))],
        }
    }

    /// The deployment of a service to which nothing happened yet.
    pub(super) fn first_deployment(&self, place: Place<'_>, cluster: &str) -> Deployment {
        let number = deployment_number(&[place.account, place.region, cluster, &self.name], 0);
        Deployment {
            number,
            status: "PRIMARY",
            rollout_state: "COMPLETED",
            reason: format!("ECS deployment ecs-svc/{number} completed."),
            revision: self.revision,
            running_count: self.running_count,
            failed_tasks: 0,
            created_at: self.created(),
        }
    }

    fn created(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.created_at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn describe_deployment(&self, deployment: &Deployment, place: Place<'_>) -> Value {
        let created = epoch_seconds(deployment.created_at);
        json!({
            "id": format!("ecs-svc/{}", deployment.number),
            "status": deployment.status,
            "taskDefinition": place.task_definition(&self.name, deployment.revision),
            "desiredCount": self.desired_count,
            "pendingCount": 0,
            "runningCount": deployment.running_count,
            "failedTasks": deployment.failed_tasks,
            "createdAt": { "$timestamp": created },
            "updatedAt": { "$timestamp": created },
            "launchType": self.launch_type,
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.reason,
        })
    }

    /// What happened, then as many reports of a steady state as are wanted;
    /// these are made up here, so that they take no memory.
    fn describe_events(&self, place: Place<'_>, view: &View) -> Value {
        let happened = self.history.as_deref().map_or(&[][..], |history| &history.events);
        let steady = format!("(service {}) has reached a steady state.", self.name);
        let told = happened.iter().map(|(moment, message)| (*moment, message.as_str()));
        let made_up = (1..).map(|age| (view.now - STEADY_EVERY * age, steady.as_str()));
        let count = happened.len().max(view.events).min(EVENTS);
        let salt = deployment_number(&[place.account, place.region, &self.name], 1);
        json!({ "$json": events_text(salt, told.chain(made_up).take(count)) })
    }
}

/// The JSON of events. Thousands may go into one answer: text is far cheaper
/// to make than values are.
fn events_text<'m>(salt: u64, events: impl Iterator<Item = (OffsetDateTime, &'m str)>) -> String {
    let (high, low) = (salt >> 32, salt & 0xffff_ffff_ffff);
    let mut text = String::from("[");
    for (index, (moment, message)) in events.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let created = epoch_seconds(moment);
        let message = Value::from(message);
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "{comma}{{\"id\":\"{high:08x}-{index:04x}-4000-8000-{low:012x}\",\
             \"createdAt\":{created},\"message\":{message}}}"
        );
    }
    text.push(']');
    text
}
