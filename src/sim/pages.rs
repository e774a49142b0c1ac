//! Pages and JSON for people and tests, beside the AWS APIs.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::simulator::Simulator;
use super::{controls, demonstration, lambda, rooms};

/// How many accounts the index names.
const ACCOUNTS_SHOWN: usize = 100;

/// The routes beside the AWS APIs: `/`, `/rooms`, `/_foghorn/rooms`,
/// `/_foghorn/calls`, `/_foghorn/reset-calls` and `/_foghorn/fail-deployment`,
/// and those of [`controls`] and [`lambda::routes`].
pub fn extra_routes(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/rooms", get(room_page))
        .route("/_foghorn/rooms", get(rooms_as_json))
        .route("/_foghorn/calls", get(calls))
        .route("/_foghorn/fail-deployment", post(fail_deployment))
        .route("/_foghorn/reset-calls", post(reset_calls))
        .with_state(Arc::clone(&simulator))
        .merge(lambda::routes::routes(Arc::clone(&simulator)))
        .merge(controls::routes(simulator))
}

async fn index(State(simulator): State<Arc<Simulator>>) -> Html<String> {
    let (count, rows) = simulator.with_world(|world| {
        let mut rows = String::new();
        for id in world.accounts.keys().take(ACCOUNTS_SHOWN) {
            let name = world.organization.account_name(id).unwrap_or_default();
            // Writing to a string does not fail.
            let _ = writeln!(rows, "<tr><td>{}</td><td>{}</td></tr>", escaped(id), escaped(name));
        }
        (world.accounts.len(), rows)
    });
    let calls = simulator.record.total();
    Html(format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <title>A simulated AWS organisation</title>\n\
         <h1>A simulated AWS organisation</h1>\n\
         <p>This server speaks the AWS APIs: point a client's endpoint URL at it.</p>\n\
         <ul><li><a href=\"/rooms\">the chat rooms</a></li>\
         <li><a href=\"/_foghorn/calls\">{calls} calls so far</a></li></ul>\n\
         <h2>{count} accounts</h2>\n\
         <table><tr><th>id</th><th>name</th></tr>\n{rows}</table></html>\n"
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

async fn calls(State(simulator): State<Arc<Simulator>>) -> Json<Value> {
    let record = &simulator.record;
    Json(json!({
        "total": record.total(),
        "writes": record.total_writes(),
        "peakInFlight": record.peak_in_flight(),
        "byOperation": record.counts(),
        "calls": record.entries(),
    }))
}

async fn room_page(State(simulator): State<Arc<Simulator>>) -> Html<String> {
    Html(simulator.with_world(|world| rooms::page(&world.rooms)))
}

async fn rooms_as_json(State(simulator): State<Arc<Simulator>>) -> Json<Value> {
    Json(simulator.with_world(|world| world.rooms.to_json()))
}

/// Which deployment fails, and what ECS says about it.
#[derive(Deserialize)]
struct FailingDeployment {
    account: String,
    region: String,
    cluster: String,
    service: String,
    #[serde(default = "usual_reason")]
    reason: String,
}

fn usual_reason() -> String {
    "ECS deployment circuit breaker: task failed to start.".to_owned()
}

/// Answers with the event that ECS put on the bus.
async fn fail_deployment(
    State(simulator): State<Arc<Simulator>>,
    Query(failing): Query<FailingDeployment>,
) -> Result<Json<Value>, (StatusCode, String)> {
    let now = simulator.clock.now();
    let place = (failing.account.as_str(), failing.region.as_str());
    let service = (failing.cluster.as_str(), failing.service.as_str());
    let failed = simulator
        .with_world(|world| demonstration::fail_deployment(world, place, service, &failing.reason, now));
    failed.map(Json).map_err(|error| (StatusCode::NOT_FOUND, format!("{}\n", error.message)))
}

async fn reset_calls(State(simulator): State<Arc<Simulator>>) -> StatusCode {
    simulator.record.reset();
    StatusCode::NO_CONTENT
}
