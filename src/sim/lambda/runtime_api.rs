//! The Lambda runtime API, by which one process takes events and answers them.
//!
//! Paths and headers are those of the Lambda developer guide, "Using the Lambda
//! runtime API for custom runtimes".

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::AbortHandle;

/// The bytes of the largest answer (Lambda developer guide, "Lambda quotas").
const ANSWER_BYTES: usize = 6_291_556;

/// An event for the process.
#[derive(Debug)]
pub(super) struct Event {
    /// The request's id.
    pub(super) id: String,
    /// The function's ARN.
    pub(super) function: String,
    /// The event, JSON.
    pub(super) payload: String,
    /// How long the process may take.
    pub(super) timeout: Duration,
}

/// What the process did.
#[derive(Debug)]
pub(super) enum Report {
    /// It took the event.
    Taken,
    /// It answered the request of this id.
    Answered { id: String, payload: String },
    /// It failed at the request of this id.
    Failed { id: String, payload: String },
    /// It could not start.
    NotStarted { payload: String },
}

/// One listener for one process. It closes when dropped.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::UnboundedSender<Event>,
    reports: mpsc::UnboundedReceiver<Report>,
    task: AbortHandle,
}

/// The process's side of the two channels.
struct Ends {
    events: Mutex<mpsc::UnboundedReceiver<Event>>,
    reports: mpsc::UnboundedSender<Report>,
}

impl RuntimeApi {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// If no port can be bound.
    pub(super) async fn listen() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, taken) = mpsc::unbounded_channel();
        let (reported, reports) = mpsc::unbounded_channel();
        let router = router(Arc::new(Ends { events: Mutex::new(taken), reports: reported }));
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "a function's runtime API ended");
            }
        });
        Ok(Self { address, events, reports, task: task.abort_handle() })
    }

    /// Host and port.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Gives the process an event as soon as it asks.
    pub(super) fn give(&self, event: Event) {
        // The listener holds the other end until this is dropped.
        let _ = self.events.send(event);
    }

    /// What the process does next.
    pub(super) async fn report(&mut self) -> Option<Report> {
        self.reports.recv().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn router(ends: Arc<Ends>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(ANSWER_BYTES))
        .with_state(ends)
}

async fn next(State(ends): State<Arc<Ends>>) -> Response {
    let Some(event) = ends.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let _ = ends.reports.send(Report::Taken);
    let deadline = (OffsetDateTime::now_utc() + event.timeout).unix_timestamp_nanos() / 1_000_000;
    let headers = [
        ("lambda-runtime-aws-request-id", event.id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", event.function),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned()),
        (header::CONTENT_TYPE.as_str(), "application/json".to_owned()),
    ];
    let mut response = event.payload.into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), value.try_into()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn accepted(ends: &Ends, report: Report) -> (StatusCode, Json<Value>) {
    let _ = ends.reports.send(report);
    (StatusCode::ACCEPTED, Json(json!({"status": "OK"})))
}

async fn response(
    State(ends): State<Arc<Ends>>,
    Path(id): Path<String>,
    payload: String,
) -> impl IntoResponse {
    accepted(&ends, Report::Answered { id, payload })
}

async fn error(
    State(ends): State<Arc<Ends>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    payload: String,
) -> impl IntoResponse {
    accepted(&ends, Report::Failed { id, payload: described(&headers, payload) })
}

async fn init_error(State(ends): State<Arc<Ends>>, headers: HeaderMap, payload: String) -> impl IntoResponse {
    accepted(&ends, Report::NotStarted { payload: described(&headers, payload) })
}

/// The error in the body, or else the type in the header.
fn described(headers: &HeaderMap, payload: String) -> String {
    if !payload.is_empty() {
        return payload;
    }
    let kind = headers.get("lambda-runtime-function-error-type").and_then(|value| value.to_str().ok());
    json!({"errorType": kind.unwrap_or("Unknown")}).to_string()
}
