//! Routes by which another process works the simulated world: what only a
//! person, another AWS service or the passing of time does in AWS.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::routing::{Delivery, Outcome, publish_event};
use super::simulator::Simulator;
use super::{chatbot, cloudwatch};

/// The routes `/_foghorn/workspaces`, `/_foghorn/teams`, `/_foghorn/events`
/// and `/_foghorn/alarms`.
pub fn routes(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route("/_foghorn/workspaces", post(authorise_workspace))
        .route("/_foghorn/teams", post(authorise_team))
        .route("/_foghorn/events", post(put_event))
        .route("/_foghorn/alarms", post(evaluate_alarms))
        .with_state(simulator)
}

/// A Slack workspace to authorise in an account.
#[derive(Deserialize)]
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

/// A team of Microsoft Teams to authorise in an account.
#[derive(Deserialize)]
struct Team {
    account: String,
    tenant: String,
    id: String,
    name: String,
}

async fn authorise_team(State(simulator): State<Arc<Simulator>>, Json(team): Json<Team>) -> StatusCode {
    simulator.with_world(|world| {
        chatbot::authorise_team(world, &team.account, &team.tenant, &team.id, &team.name);
    });
    StatusCode::NO_CONTENT
}

/// An event that an AWS service emits. Its `account` and `region` say on whose
/// default bus; the answer says what became of it, target by target.
async fn put_event(State(simulator): State<Arc<Simulator>>, Json(event): Json<Value>) -> Json<Value> {
    Json(simulator.with_world(|world| {
        let [account, region] =
            ["account", "region"].map(|member| event[member].as_str().unwrap_or_default());
        let deliveries = publish_event(world, account, region, &event, simulator.clock.now());
        deliveries.iter().map(shown).collect()
    }))
}

fn shown(delivery: &Delivery) -> Value {
    let error = match &delivery.outcome {
        Outcome::Delivered => None,
        Outcome::Failed { code, .. } => Some(code),
    };
    json!({"rule": delivery.rule, "target": delivery.target, "error": error})
}

/// Judges every alarm by its metric, as CloudWatch does every minute.
async fn evaluate_alarms(State(simulator): State<Arc<Simulator>>) -> StatusCode {
    simulator.with_world(|world| cloudwatch::evaluate(world, simulator.clock.now()));
    StatusCode::NO_CONTENT
}
