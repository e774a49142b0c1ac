//! Routes by which another process works the simulated world: what only a
//! person, a failing task or the passing of time does in AWS.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::routing::{Delivery, Outcome, publish_event};
use super::simulator::Simulator;
use super::{chatbot, cloudwatch, ecs, rooms};

/// The routes: `/rooms` for people, and below `/_foghorn/` for programs
/// `rooms`, `workspaces`, `events`, `failed-deployments` and `alarms`.
pub fn routes(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route("/rooms", get(rooms_page))
        .route("/_foghorn/rooms", get(rooms_json))
        .route("/_foghorn/workspaces", post(authorise_workspace))
        .route("/_foghorn/events", post(put_event))
        .route("/_foghorn/failed-deployments", post(fail_deployment))
        .route("/_foghorn/alarms", post(evaluate_alarms))
        .with_state(simulator)
}

async fn rooms_page(State(simulator): State<Arc<Simulator>>) -> Html<String> {
    Html(simulator.with_world(|world| rooms::page(&world.rooms)))
}

async fn rooms_json(State(simulator): State<Arc<Simulator>>) -> Json<Value> {
    Json(simulator.with_world(|world| world.rooms.to_json()))
}

/// A Slack workspace to authorise in an account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workspace {
    account: String,
    id: String,
    name: String,
}

async fn authorise_workspace(
    State(simulator): State<Arc<Simulator>>,
    Json(workspace): Json<Workspace>,
) -> StatusCode {
    simulator.with_world(|world| {
        chatbot::authorise_workspace(world, &workspace.account, &workspace.id, &workspace.name);
    });
    StatusCode::NO_CONTENT
}

/// An event that an AWS service emits. Its `account` and `region` say on whose
/// default bus.
async fn put_event(State(simulator): State<Arc<Simulator>>, Json(event): Json<Value>) -> Json<Value> {
    Json(simulator.with_world(|world| {
        let [account, region] =
            ["account", "region"].map(|member| event[member].as_str().unwrap_or_default());
        deliveries(&publish_event(world, account, region, &event, simulator.clock.now()))
    }))
}

/// A service whose next deployment fails.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedDeployment {
    account: String,
    region: String,
    cluster: String,
    service: String,
    reason: String,
}

async fn fail_deployment(
    State(simulator): State<Arc<Simulator>>,
    Json(failed): Json<FailedDeployment>,
) -> (StatusCode, Json<Value>) {
    let now = simulator.clock.now();
    let FailedDeployment { account, region, cluster, service, reason } = &failed;
    simulator.with_world(|world| {
        match ecs::fail_deployment(world, account, region, cluster, service, reason, now) {
            Ok(event) => {
                (StatusCode::OK, Json(deliveries(&publish_event(world, account, region, &event, now))))
            }
            Err(error) => (StatusCode::NOT_FOUND, Json(json!({"message": error.message}))),
        }
    })
}

async fn evaluate_alarms(State(simulator): State<Arc<Simulator>>) -> StatusCode {
    simulator.with_world(|world| cloudwatch::evaluate(world, simulator.clock.now()));
    StatusCode::NO_CONTENT
}

fn deliveries(deliveries: &[Delivery]) -> Value {
    deliveries
        .iter()
        .map(|delivery| {
            let error = match &delivery.outcome {
                Outcome::Delivered => None,
                Outcome::Failed { code, .. } => Some(code),
            };
            json!({"rule": delivery.rule, "target": delivery.target, "error": error})
        })
        .collect()
}
