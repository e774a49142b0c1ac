//! Lambda, Secrets Manager and a chat service on loopback, and the notifier's
//! own program among them.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// The part of every webhook that must never be seen.
pub const SESAME: &str = "opensesame";

/// The name of the secret.
pub const SECRET: &str = "foghorn/room";

/// How long the program may take for anything before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the program answered an invocation with.
#[derive(Debug)]
pub enum Answer {
    Response(Value),
    Error { error_type: String, message: String },
}

/// A message that a room got.
#[derive(Debug, Clone)]
pub struct Posted {
    pub room: String,
    pub body: Value,
}

#[derive(Default)]
struct World {
    invocations: VecDeque<(String, Value)>,
    waiting: BTreeMap<String, oneshot::Sender<Answer>>,
    count: usize,
    /// What Secrets Manager answers: the status and the body.
    secret: (u16, String),
    secret_reads: Vec<Value>,
    /// What rooms answer next, and what they answer otherwise.
    answers: BTreeMap<String, VecDeque<u16>>,
    posts: Vec<Posted>,
}

#[derive(Clone, Default)]
struct Shared {
    world: Arc<Mutex<World>>,
    invoked: Arc<Notify>,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stage with one running program.
pub struct Stage {
    shared: Shared,
    address: String,
    program: Child,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Stage {
    /// Starts the program as Lambda would, to post to such a room.
    pub async fn new(room: &str) -> Self {
        let settings = json!({
            "pipeline": "deploys", "room": room, "secret": SECRET,
            "accounts": { "111111111111": { "name": "dev", "labels": { "team": "web" } } }
        });
        Self::with(Path::new(env!("CARGO_BIN_EXE_foghorn-notifier")), Some(settings)).await
    }

    /// Starts a program with settings of its own.
    pub async fn with(program: &Path, settings: Option<Value>) -> Self {
        let shared = Shared::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let router = router().with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut program = start(program, &address, settings);
        let output = Arc::new(Mutex::new(String::new()));
        let readers = vec![
            collect(program.stdout.take().expect("its output"), &output),
            collect(program.stderr.take().expect("its errors"), &output),
        ];
        let stage = Self { shared, address, program, output, readers };
        stage.keep_webhook("first");
        stage
    }

    /// The webhook of a room here.
    pub fn webhook(&self, room: &str) -> String {
        format!("http://{}/room/{room}/{SESAME}", self.address)
    }

    /// Puts the webhook of a room into the secret.
    pub fn keep_webhook(&self, room: &str) {
        self.keep(&self.webhook(room));
    }

    /// Puts a text into the secret.
    pub fn keep(&self, text: &str) {
        self.answer_for_secret(200, &json!({ "Name": SECRET, "SecretString": text }).to_string());
    }

    /// What Secrets Manager answers from now on.
    pub fn answer_for_secret(&self, status: u16, body: &str) {
        self.shared.world().secret = (status, body.to_owned());
    }

    /// What a room answers next, one status after another, before it takes
    /// messages again.
    pub fn answer_in_room(&self, room: &str, statuses: impl IntoIterator<Item = u16>) {
        self.shared.world().answers.entry(room.to_owned()).or_default().extend(statuses);
    }

    /// Invokes the function and waits for its answer.
    pub async fn invoke(&self, payload: Value) -> Answer {
        let (sender, receiver) = oneshot::channel();
        {
            let mut world = self.shared.world();
            world.count += 1;
            let id = format!("request-{}", world.count);
            world.waiting.insert(id.clone(), sender);
            world.invocations.push_back((id, payload));
        }
        self.shared.invoked.notify_one();
        let answered = tokio::time::timeout(PATIENCE, receiver).await;
        answered.unwrap_or_else(|_| panic!("no answer; it said: {}", self.seen())).expect("an answer")
    }

    /// Invokes the function, which must succeed.
    pub async fn succeed(&self, payload: Value) -> Value {
        match self.invoke(payload).await {
            Answer::Response(response) => response,
            Answer::Error { message, .. } => panic!("it failed: {message}"),
        }
    }

    /// Invokes the function, which must fail, and tells why.
    pub async fn fail(&self, payload: Value) -> String {
        match self.invoke(payload).await {
            Answer::Response(response) => panic!("it succeeded: {response}"),
            Answer::Error { message, .. } => message,
        }
    }

    /// What the rooms got so far, whether or not they took it.
    pub fn posts(&self) -> Vec<Posted> {
        self.shared.world().posts.clone()
    }

    /// The names of the rooms that were posted to, in order.
    pub fn rooms(&self) -> Vec<String> {
        self.posts().into_iter().map(|posted| posted.room).collect()
    }

    /// What was asked of Secrets Manager.
    pub fn secret_reads(&self) -> Vec<Value> {
        self.shared.world().secret_reads.clone()
    }

    fn seen(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the program; what it wrote, line by line. No line may hold what
    /// must never be seen.
    pub async fn end(mut self) -> Vec<Value> {
        self.program.kill().await.expect("it runs until it is ended");
        for reader in self.readers.drain(..) {
            reader.await.expect("its output");
        }
        let seen = self.seen();
        assert!(!seen.contains(SESAME), "{seen}");
        seen.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }
}

/// The lines with this field.
pub fn lines_with<'a>(lines: &'a [Value], field: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line.get(field).is_some()).collect()
}

fn start(program: &Path, address: &str, settings: Option<Value>) -> Child {
    let mut command = Command::new(program);
    command.env_clear().kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    command.envs([
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", "foghorn-deploys"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "simulated"),
        ("AWS_SESSION_TOKEN", "simulated"),
    ]);
    command.env("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("http://{address}/secretsmanager"));
    if let Some(settings) = settings {
        command.env("FOGHORN_SETTINGS", settings.to_string());
    }
    command.spawn().expect("a program")
}

fn collect(stream: impl AsyncRead + Unpin + Send + 'static, output: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let output = Arc::clone(output);
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            output.push_str(&line);
            output.push('\n');
        }
    })
}

fn router() -> Router<Shared> {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/secretsmanager/", post(get_secret_value))
        .route("/secretsmanager", post(get_secret_value))
        .route("/room/{room}/{sesame}", post(take))
}

/// The next invocation, with the headers of the Lambda runtime API.
async fn next(State(shared): State<Shared>) -> impl IntoResponse {
    let (id, payload) = loop {
        let invocation = shared.world().invocations.pop_front();
        match invocation {
            Some(invocation) => break invocation,
            None => shared.invoked.notified().await,
        }
    };
    let end = SystemTime::now() + Duration::from_secs(60);
    let deadline = end.duration_since(UNIX_EPOCH).expect("a time after 1970").as_millis();
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:111111111111:function:foghorn-deploys".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    let headers = headers.map(|(name, value)| {
        (HeaderName::from_static(name), value.parse().expect("a header that can be sent"))
    });
    (HeaderMap::from_iter(headers), payload.to_string())
}

async fn response(State(shared): State<Shared>, UrlPath(id): UrlPath<String>, body: String) -> StatusCode {
    answered(&shared, &id, Answer::Response(serde_json::from_str(&body).expect("JSON")))
}

async fn error(State(shared): State<Shared>, UrlPath(id): UrlPath<String>, body: String) -> StatusCode {
    assert!(!body.contains(SESAME), "{body}");
    let error: Value = serde_json::from_str(&body).expect("JSON");
    let text = |name: &str| error[name].as_str().unwrap_or_else(|| panic!("{error}")).to_owned();
    answered(&shared, &id, Answer::Error { error_type: text("errorType"), message: text("errorMessage") })
}

fn answered(shared: &Shared, id: &str, answer: Answer) -> StatusCode {
    let sender = shared.world().waiting.remove(id);
    sender.expect("an answer to a request that was made").send(answer).expect("somebody who waits");
    StatusCode::ACCEPTED
}

async fn get_secret_value(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: String,
) -> impl IntoResponse {
    assert_eq!(headers["x-amz-target"], "secretsmanager.GetSecretValue");
    assert!(headers.contains_key("authorization"), "{headers:?}");
    let mut world = shared.world();
    world.secret_reads.push(serde_json::from_str(&body).expect("JSON"));
    let status = StatusCode::from_u16(world.secret.0).expect("a status");
    (status, [("content-type", "application/x-amz-json-1.1")], world.secret.1.clone())
}

async fn take(
    State(shared): State<Shared>,
    UrlPath((room, _)): UrlPath<(String, String)>,
    body: String,
) -> impl IntoResponse {
    let mut world = shared.world();
    let status = world.answers.get_mut(&room).and_then(VecDeque::pop_front).unwrap_or(200);
    let words = match (status, room.as_str()) {
        (200, "slack") => "ok",
        (200, "google") => "{}",
        (200, _) => "",
        _ => "go away from opensesame",
    };
    world.posts.push(Posted { room, body: serde_json::from_str(&body).expect("JSON") });
    (StatusCode::from_u16(status).expect("a status"), words)
}
