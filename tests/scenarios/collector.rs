//! A collector of OpenTelemetry, as far as runs talk to one.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::Value;
use tokio::runtime::Runtime;

/// What was posted: where to, in which form, and what.
#[derive(Debug, Clone)]
pub struct Posted {
    pub path: String,
    pub form: String,
    pub body: Vec<u8>,
}

type All = Arc<Mutex<Vec<Posted>>>;

/// The collector, served on loopback.
pub struct Collector {
    pub url: String,
    posted: All,
    // Dropped last: it runs the server.
    _runtime: Runtime,
}

impl Collector {
    /// A collector that takes everything.
    pub fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let posted = All::default();
        let router = Router::new().fallback(take).with_state(Arc::clone(&posted));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async { axum::serve(listener, router).await });
        Self { url, posted, _runtime: runtime }
    }

    /// What was posted there so far.
    pub fn posted(&self, path: &str) -> Vec<Posted> {
        let posted = self.posted.lock().unwrap_or_else(PoisonError::into_inner);
        posted.iter().filter(|posted| posted.path == path).cloned().collect()
    }

    /// Every item that was posted there as JSON: resources, or what lies within
    /// them by these members.
    pub fn items(&self, path: &str, members: &[&str]) -> Vec<Value> {
        let documents =
            self.posted(path).into_iter().map(|posted| serde_json::from_slice(&posted.body).expect("JSON"));
        members.iter().fold(documents.collect(), |items: Vec<Value>, member| {
            items.iter().flat_map(|item| item[*member].as_array().cloned().unwrap_or_default()).collect()
        })
    }
}

async fn take(State(all): State<All>, uri: Uri, headers: HeaderMap, body: Bytes) -> &'static str {
    let form = headers.get("content-type").and_then(|form| form.to_str().ok()).unwrap_or_default();
    let posted = Posted { path: uri.path().to_owned(), form: form.to_owned(), body: body.to_vec() };
    all.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
    "{}"
}

/// An attribute of a span, a resource or a figure, as text.
pub fn attribute(of: &Value, name: &str) -> String {
    let attributes = of["attributes"].as_array().cloned().unwrap_or_default();
    let found = attributes.into_iter().find(|attribute| attribute["key"] == name).unwrap_or_default();
    found["value"]["stringValue"].as_str().unwrap_or_default().to_owned()
}
