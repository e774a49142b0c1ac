//! Routes beside the API: waiting for functions, reading what they wrote, and
//! fetching their code.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::{function_arn, function_mut, log};
use crate::sim::simulator::Simulator;

/// The routes `/_foghorn/settle`, `/_foghorn/function-log` and
/// `/_foghorn/code/{account}/{region}/{name}`.
pub fn routes(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route("/_foghorn/settle", post(settle))
        .route("/_foghorn/function-log", get(function_log))
        .route("/_foghorn/code/{account}/{region}/{name}", get(code))
        .with_state(simulator)
}

/// Answers when every invocation has ended for good.
async fn settle(State(simulator): State<Arc<Simulator>>) -> StatusCode {
    simulator.settle().await;
    StatusCode::NO_CONTENT
}

/// Whose log is asked for.
#[derive(Deserialize)]
struct Wanted {
    arn: String,
}

/// Answers with the lines that a function wrote, oldest first.
async fn function_log(
    State(simulator): State<Arc<Simulator>>,
    Query(wanted): Query<Wanted>,
) -> Json<Vec<String>> {
    Json(simulator.with_world(|world| log(world, &wanted.arn)))
}

/// Answers with the zip file that GetFunction's `Location` names.
async fn code(
    State(simulator): State<Arc<Simulator>>,
    Path((account, region, name)): Path<(String, String, String)>,
) -> Result<Vec<u8>, StatusCode> {
    let arn = function_arn(&account, &region, &name);
    let code = simulator.with_world(|world| function_mut(world, &arn).map(|function| function.code.clone()));
    code.map(|code| code.to_vec()).ok_or(StatusCode::NOT_FOUND)
}
