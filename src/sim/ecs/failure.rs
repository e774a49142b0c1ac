//! A deployment that fails.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::name::{Place, deployment_number};
use super::service::{Deployment, Service};
use super::service_not_found;
use crate::sim::call::ApiError;
use crate::sim::clock::{iso_milliseconds, iso_seconds};
use crate::sim::world::World;

/// How many tasks must fail before the circuit breaker trips, for services of
/// up to six tasks (ECS, "How the Amazon ECS deployment circuit breaker
/// works").
const THRESHOLD: u32 = 3;

/// Lets a deployment of the service's next revision fail, as ECS would: with
/// the circuit breaker on, the deployment fails and, where `rollback` is on,
/// the old revision comes back; with it off, ECS keeps trying. Answers with the
/// event that ECS puts on the account's default bus: `ECS Deployment State
/// Change` with the breaker on, `ECS Service Action` with it off.
///
/// # Errors
///
/// ServiceNotFoundException if the service is not there.
pub fn fail_deployment(
    world: &mut World,
    account: &str,
    region: &str,
    cluster: &str,
    service: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<Value, ApiError> {
    let serial = world.next_serial();
    let place = Place { account, region };
    let state = &mut world.region(account, region).ecs;
    let service = state.service_mut(cluster, service).ok_or_else(service_not_found)?;
    let failure = Failure {
        place,
        cluster,
        number: deployment_number(&[account, region, cluster, &service.name], serial * 2),
        rollback_number: deployment_number(&[account, region, cluster, &service.name], serial * 2 + 1),
        reason,
        now,
    };
    failure.happen(service);
    let arn = service.arn(place, cluster);
    let (detail_type, detail) = failure.event(service);
    Ok(json!({
        "version": "0",
        "id": format!("f0900000-0000-4000-8000-{serial:012x}"),
        "detail-type": detail_type,
        "source": "aws.ecs",
        "account": account,
        "time": iso_seconds(now),
        "region": region,
        "resources": [arn],
        "detail": detail,
    }))
}

/// One failure.
struct Failure<'a> {
    place: Place<'a>,
    cluster: &'a str,
    number: u64,
    rollback_number: u64,
    reason: &'a str,
    now: OffsetDateTime,
}

impl Failure<'_> {
    fn happen(&self, service: &mut Service) {
        let stable = stable_deployment(service, self.place, self.cluster);
        let next = service.revision + 1;
        match (judged(service), service.breaker_state().1) {
            (true, true) => self.roll_back(service, &stable, next),
            (true, false) => {
                let failed = self.deployment("PRIMARY", "FAILED", self.reason, next);
                self.stay(service, failed, stable, next);
            }
            (false, _) => {
                let reason = format!("ECS deployment ecs-svc/{} in progress.", self.number);
                let stuck = self.deployment("PRIMARY", "IN_PROGRESS", &reason, next);
                self.stay(service, stuck, stable, next);
            }
        }
        let what = if judged(service) { "deployment failed" } else { "was unable to start tasks" };
        let message = format!("(service {}) (deployment ecs-svc/{}) {what}.", service.name, self.number);
        service.history.get_or_insert_default().events.insert(0, (self.now, message));
    }

    /// The old revision comes back under a new deployment.
    fn roll_back(&self, service: &mut Service, stable: &Deployment, next: u32) {
        let failed = self.deployment("ACTIVE", "FAILED", self.reason, next);
        let rollback = Deployment {
            number: self.rollback_number,
            reason: format!(
                "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/{}.",
                stable.number
            ),
            created_at: self.now,
            ..stable.clone()
        };
        service.history.get_or_insert_default().deployments = vec![rollback, failed];
    }

    /// The new revision stays the wanted one; the old tasks run on.
    fn stay(&self, service: &mut Service, primary: Deployment, stable: Deployment, next: u32) {
        service.revision = next;
        let old = Deployment { status: "ACTIVE", ..stable };
        service.history.get_or_insert_default().deployments = vec![primary, old];
    }

    fn deployment(
        &self,
        status: &'static str,
        rollout_state: &'static str,
        reason: &str,
        revision: u32,
    ) -> Deployment {
        Deployment {
            number: self.number,
            status,
            rollout_state,
            reason: reason.to_owned(),
            revision,
            running_count: 0,
            failed_tasks: THRESHOLD,
            created_at: self.now,
        }
    }

    /// The detail type and detail of the event (EventBridge events reference,
    /// "Amazon ECS events").
    fn event(&self, service: &Service) -> (&'static str, Value) {
        let moment = iso_milliseconds(self.now);
        if judged(service) {
            let detail = json!({
                "eventType": "ERROR",
                "eventName": "SERVICE_DEPLOYMENT_FAILED",
                "deploymentId": format!("ecs-svc/{}", self.number),
                "updatedAt": moment,
                "reason": self.reason,
            });
            return ("ECS Deployment State Change", detail);
        }
        let detail = json!({
            "eventType": "ERROR",
            "eventName": "SERVICE_DEPLOYMENT_FAILED",
            "clusterArn": self.place.cluster(self.cluster),
            "createdAt": moment,
            "reason": self.reason,
        });
        ("ECS Service Action", detail)
    }
}

/// Whether the circuit breaker judges the service's deployments.
fn judged(service: &Service) -> bool {
    service.ecs_deploys() && service.breaker_state().0
}

/// The newest deployment that is complete: the one a rollback goes back to.
fn stable_deployment(service: &Service, place: Place<'_>, cluster: &str) -> Deployment {
    let deployments = service.history.iter().flat_map(|history| &history.deployments);
    let mut complete = deployments.filter(|deployment| deployment.rollout_state == "COMPLETED");
    complete.next().cloned().unwrap_or_else(|| service.first_deployment(place, cluster))
}
