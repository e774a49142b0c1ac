//! The HTTP server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::routing::post;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::rooms::{bots, webhooks};
use super::simulator::Simulator;
use super::{gateway, pages};

/// The largest request that is read, in bytes; the largest that any of the
/// services takes is 1 MiB, Lambda aside.
const REQUEST_LIMIT: usize = 2 * 1024 * 1024;

/// The same for Lambda, in bytes: a zip file comes with the request, and one
/// that is too large is refused in Lambda's words.
const LAMBDA_REQUEST_LIMIT: usize = 80 * 1024 * 1024;

/// How long a stopping server waits for its connections.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The server could not be started.
#[derive(Debug, thiserror::Error)]
#[error("listen on 127.0.0.1:{port}")]
pub struct StartError {
    port: u16,
    source: std::io::Error,
}

/// A running server. It stops when dropped; [`Server::stop`] also waits.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stopping: CancellationToken,
    task: JoinHandle<()>,
    runner: JoinHandle<()>,
}

/// Serves a simulator on loopback; port 0 takes any free port.
///
/// # Errors
///
/// If the port cannot be bound.
pub async fn start(simulator: Arc<Simulator>, port: u16) -> Result<Server, StartError> {
    let failed = |source| StartError { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    simulator.with_world(|world| world.endpoint = url(address));
    let stopping = CancellationToken::new();
    let runner = tokio::spawn(super::lambda::runner::run(Arc::clone(&simulator), stopping.clone()));
    let router = router(simulator, stopping.clone());
    let stopped = stopping.clone().cancelled_owned();
    // Without this, small answers wait for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "set TCP_NODELAY on a simulator connection");
        }
    });
    let task = tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
        if let Err(error) = served {
            tracing::error!(%error, "the simulator's server ended");
        }
    });
    Ok(Server { address, stopping, task, runner })
}

fn router(simulator: Arc<Simulator>, stopping: CancellationToken) -> Router {
    let pages = pages::extra_routes(Arc::clone(&simulator));
    let rooms = webhooks::routes(Arc::clone(&simulator), stopping.clone())
        .merge(bots::routes(Arc::clone(&simulator), stopping.clone()));
    let aws = move |request: Request| aws(Arc::clone(&simulator), stopping.clone(), request);
    Router::new().route("/", post(aws.clone())).merge(pages).merge(rooms).fallback(aws)
}

async fn aws(simulator: Arc<Simulator>, stopping: CancellationToken, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let for_lambda = parts.uri.path().contains("/functions");
    let limit = if for_lambda { LAMBDA_REQUEST_LIMIT } else { REQUEST_LIMIT };
    match to_bytes(body, limit).await {
        Ok(body) => gateway::answer(simulator, stopping, parts, body).await,
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            response
        }
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint URL for clients.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Stops listening, ends the calls that hang and every function's process,
    /// and waits for the others.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        if tokio::time::timeout(STOP_TIMEOUT, &mut self.task).await.is_err() {
            self.task.abort();
        }
        if tokio::time::timeout(STOP_TIMEOUT, &mut self.runner).await.is_err() {
            self.runner.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
