//! The endpoints. They read what the loop writes and never wait for it, and
//! whoever is slow or comes in numbers meets a limit here.

pub mod gate;
mod listener;
mod rendered;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::gate::{Gate, Refusal};
use self::listener::{Limited, Peer};
pub use self::rendered::Rendered;
use super::live::Live;
use super::metrics::Metrics;

/// How long an answer may take to be made.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// How often what was measured is sorted away, where nobody asks for it.
const TIDIED_EVERY: Duration = Duration::from_secs(5);

/// What a browser is told of every answer: nothing is to be kept, framed, or
/// taken for something else, and a page may use nothing but what is in it.
const HEADERS: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
/// Prometheus's text format ("Exposition formats").
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the endpoints answer with.
pub struct Site {
    /// How the service stands.
    pub live: Arc<Live>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Where a sweep is asked for. It holds one request: a sweep that begins
    /// later than two were made answers both.
    pub requests: mpsc::Sender<()>,
    /// Who may ask for what.
    pub gate: Gate,
    /// What was last rendered, and of what.
    pub rendered: Rendered,
}

/// Serves the endpoints until it is cancelled.
pub async fn serve(listener: TcpListener, site: Arc<Site>, end: CancellationToken) -> std::io::Result<()> {
    let tidied = tokio::spawn(tidy(Arc::clone(&site.metrics)));
    let service = router(site).into_make_service_with_connect_info::<Peer>();
    let served = axum::serve(Limited::new(listener), service);
    let ended = tokio::select! {
        ended = async { served.await } => ended,
        () = end.cancelled() => Ok(()),
    };
    tidied.abort();
    ended
}

async fn tidy(metrics: Arc<Metrics>) {
    loop {
        tokio::time::sleep(TIDIED_EVERY).await;
        metrics.tidy();
    }
}

fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(status_page))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/report.json", get(report))
        .route("/reconcile", post(reconcile))
        .layer(middleware::from_fn_with_state(Arc::clone(&site), guarded))
        .with_state(site)
}

/// Every request comes through here: who may not ask is refused, what takes too
/// long is given up, and every answer gets its headers.
async fn guarded(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let answer = match site.gate.admits(request.headers()) {
        Err(refusal) => refused(refusal),
        Ok(()) => tokio::time::timeout(ANSWERED_WITHIN, next.run(request))
            .await
            .unwrap_or_else(|_| answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "it takes too long\n")),
    };
    with_headers(answer)
}

fn with_headers(mut answer: Response) -> Response {
    for (name, value) in HEADERS {
        answer.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    answer
}

/// Whether the loop moves: for whoever starts it anew.
async fn healthz(State(site): State<Arc<Site>>) -> Response {
    if site.live.is_alive(Instant::now()) {
        answer(StatusCode::OK, TEXT, "ok\n")
    } else {
        answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the loop has not moved for long\n")
    }
}

/// Whether there is something to show: not before the first full sweep.
async fn readyz(State(site): State<Arc<Site>>) -> Response {
    match site.live.report() {
        Some(_) => answer(StatusCode::OK, TEXT, "ok\n"),
        None => answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the first sweep is not over\n"),
    }
}

async fn metrics(State(site): State<Arc<Site>>) -> Response {
    answer(StatusCode::OK, PROMETHEUS, site.metrics.render())
}

async fn report(State(site): State<Arc<Site>>) -> Response {
    let Some(report) = site.live.report() else {
        let error = "{\"error\":\"the first sweep is not over\"}\n";
        return answer(StatusCode::SERVICE_UNAVAILABLE, JSON, error);
    };
    match site.rendered.json(report).await {
        Some(json) => answer(StatusCode::OK, JSON, json),
        None => answer(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the report could not be written as JSON\n"),
    }
}

async fn status_page(State(site): State<Arc<Site>>) -> Response {
    match site.rendered.page(&site.live).await {
        Some(page) => answer(StatusCode::OK, HTML, page),
        None => answer(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the page could not be made\n"),
    }
}

/// Asks for a sweep at once.
async fn reconcile(
    State(site): State<Arc<Site>>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = site.gate.lets_reconcile(peer, &headers) {
        return refused(refusal);
    }
    match site.requests.try_send(()) {
        Ok(()) => answer(StatusCode::ACCEPTED, TEXT, "a sweep follows\n"),
        Err(mpsc::error::TrySendError::Full(())) => {
            answer(StatusCode::CONFLICT, TEXT, "a sweep was asked for already and follows\n")
        }
        Err(mpsc::error::TrySendError::Closed(())) => {
            answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the service is ending\n")
        }
    }
}

fn refused(refusal: Refusal) -> Response {
    let mut answer = answer(
        match refusal {
            Refusal::NoToken => StatusCode::UNAUTHORIZED,
            _ => StatusCode::FORBIDDEN,
        },
        TEXT,
        format!("{refusal}\n"),
    );
    if refusal == Refusal::NoToken {
        answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

fn answer(status: StatusCode, form: &'static str, body: impl Into<Bytes>) -> Response {
    (status, [(CONTENT_TYPE, form)], body.into()).into_response()
}

/// Whether only this machine can reach an address.
pub fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
