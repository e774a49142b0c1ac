//! The rooms' addresses on the simulator's server, and the routes by which
//! another process opens, closes and disturbs rooms.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use axum::routing::{any, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Fault, Kind, Reply, Request, Response, close, misbehave, open, receive};
use crate::sim::simulator::Simulator;

/// The largest body that is read, in bytes; every service refuses far smaller
/// ones.
const BODY_LIMIT: usize = 1024 * 1024;

/// The routes below `/webhooks`, and `/_foghorn/rooms/webhooks` with
/// `/_foghorn/rooms/webhooks/misbehave`. Addresses that hang end with
/// `stopping`.
pub fn routes(simulator: Arc<Simulator>, stopping: CancellationToken) -> Router {
    let inbox = Arc::clone(&simulator);
    Router::new()
        .route("/_foghorn/rooms/webhooks", post(open_room).delete(close_room))
        .route("/_foghorn/rooms/webhooks/misbehave", post(disturb_room))
        .with_state(simulator)
        .route("/webhooks/{*rest}", any(move |request| answer(Arc::clone(&inbox), stopping.clone(), request)))
}

/// Which room.
#[derive(Deserialize)]
struct Named {
    kind: Kind,
    name: String,
}

/// Answers with the room's URL.
async fn open_room(State(simulator): State<Arc<Simulator>>, Json(room): Json<Named>) -> Json<Value> {
    Json(simulator.with_world(|world| {
        let address = open(world, room.kind, &room.name);
        json!({"url": format!("{}{address}", world.endpoint.trim_end_matches('/'))})
    }))
}

async fn close_room(State(simulator): State<Arc<Simulator>>, Json(room): Json<Named>) -> StatusCode {
    simulator.with_world(|world| close(world, room.kind, &room.name));
    StatusCode::NO_CONTENT
}

/// What a room's service does instead of taking messages, and how often.
#[derive(Deserialize)]
struct Disturbance {
    #[serde(flatten)]
    room: Named,
    fault: Fault,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

async fn disturb_room(
    State(simulator): State<Arc<Simulator>>,
    Json(Disturbance { room, fault, times }): Json<Disturbance>,
) -> StatusCode {
    if simulator.with_world(|world| misbehave(world, room.kind, &room.name, fault, times)) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn answer(
    simulator: Arc<Simulator>,
    stopping: CancellationToken,
    request: HttpRequest,
) -> HttpResponse<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return written(Response::text(413, "request too large"));
    };
    let incoming = Request {
        method: parts.method.as_str(),
        address: parts.uri.path_and_query().map_or("", |address| address.as_str()),
        content_type: parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()),
        body: &body,
    };
    let now = simulator.clock.now();
    match simulator.with_world(|world| receive(world, &incoming, now)) {
        Reply::Answer(response) => written(response),
        Reply::Silence => {
            stopping.cancelled().await;
            written(Response::text(503, "the simulator stops"))
        }
    }
}

pub(in crate::sim::rooms) fn written(response: Response) -> HttpResponse<Body> {
    let mut written = HttpResponse::new(Body::from(response.body));
    *written.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = written.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(response.content_type));
    if let Some(seconds) = response.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    written
}
