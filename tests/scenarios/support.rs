//! The stage on which scenarios play.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};

use foghorn::sim::call::{Answer, Call};
use foghorn::sim::chatbot::authorise_workspace;
use foghorn::sim::ecs::Service;
use foghorn::sim::rooms::webhooks::{self, Kind};
use foghorn::sim::routing::{Delivery, publish_event};
use foghorn::sim::service::Service as Api;
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use foghorn::sim::world::{Role, World};
use foghorn::sim::{Server, Simulator, rooms, start};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::runtime::Runtime;

#[path = "allowed.rs"]
pub mod allowed;

use allowed::Watch;

/// The account that most scenarios play in.
pub const DEV: &str = "111111111111";
/// A second one.
pub const PROD: &str = "222222222222";
/// The Region that most scenarios play in.
pub const SEOUL: &str = "ap-northeast-2";
/// A second one.
pub const IRELAND: &str = "eu-west-1";
/// The Slack workspace.
pub const WORKSPACE: &str = "T0123ABCD";
/// The Slack channel.
pub const CHANNEL: &str = "C0123ABCD";

/// A fleet that asks for circuit breakers in one account and Region.
pub const BREAKERS: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev }
"#;

/// A fleet that carries failed deployments of one account and two Regions, none
/// of them us-east-1, to the channel.
pub const PIPELINE: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2, eu-west-1]
  accounts:
    - { id: "111111111111", name: dev }
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
"#;

/// The same fleet with one Region.
pub fn one_region(fleet: &str) -> String {
    fleet.replace("[ap-northeast-2, eu-west-1]", "[ap-northeast-2]")
}

/// The simulator, served on loopback, and a folder for fleet files. Every call of
/// the binary is held to the policies that `foghorn policy` prints for its fleet
/// and its mode.
pub struct Stage {
    pub simulator: Arc<Simulator>,
    watched: Mutex<Watched>,
    server: Server,
    folder: TempDir,
    // Dropped last: it runs the server.
    runtime: Runtime,
}

/// The runs whose calls are held to policies.
#[derive(Default)]
struct Watched {
    runs: Vec<Watch>,
    /// The last call that was looked at.
    checked: u64,
}

/// What a run of the binary came to.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Stage {
    /// An organisation that `seed` makes, served.
    pub fn new(seed: impl FnOnce(&mut World)) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let simulator = Simulator::new();
        simulator.with_world(seed);
        let server = runtime.block_on(start(Arc::clone(&simulator), 0)).expect("a free port");
        let folder = TempDir::new().expect("a folder");
        Self { simulator, watched: Mutex::default(), server, folder, runtime }
    }

    /// The endpoint.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// One account with a Slack workspace and the roles that the bootstrap
    /// stack makes, and nothing else.
    pub fn bootstrapped() -> Self {
        Self::new(|world| bootstrapped(world, DEV, "dev"))
    }

    /// The same with a service in Seoul whose circuit breaker is off.
    pub fn with_service() -> Self {
        let stage = Self::bootstrapped();
        stage.simulator.with_world(|world| services(world, DEV, SEOUL, [Service::named("web")]));
        stage
    }

    /// A bootstrapped account, with this fleet applied and the calls of that forgotten.
    pub fn applied(fleet: &str) -> Self {
        let stage = Self::bootstrapped();
        stage.apply(fleet).ended(0);
        stage.forget_calls();
        stage
    }

    /// What a person does in the account with a tool of their own; the record
    /// holds only the binary's calls. `action` is `service:Operation`.
    pub fn by_hand(&self, account: &str, region: &str, action: &str, input: Value) -> Value {
        self.simulator.with_world(|world| by_hand(world, account, region, action, &input))
    }

    /// The address of a room for webhooks, which is opened if it is not.
    pub fn webhook(&self, kind: Kind, room: &str) -> String {
        let path = self.simulator.with_world(|world| webhooks::open(world, kind, room));
        format!("{}{path}", self.url())
    }

    /// Puts a value into a secret of an account's Secrets Manager.
    pub fn store_secret(&self, account: &str, region: &str, name: &str, value: &str) {
        let input = json!({ "Name": name, "SecretString": value });
        self.by_hand(account, region, "secretsmanager:CreateSecret", input);
    }

    /// Opens a room for webhooks, and puts its address into a secret in Seoul.
    pub fn stored_webhook(&self, account: &str, kind: Kind, room: &str, secret: &str) {
        let webhook = self.webhook(kind, room);
        self.store_secret(account, SEOUL, secret, &webhook);
    }

    /// Waits until every function has done what it was called for.
    pub fn settle(&self) {
        self.runtime.block_on(self.simulator.settle());
    }

    /// An event on an account's default bus.
    pub fn event(&self, event: &Value) -> Vec<Delivery> {
        let text = |member: &str| event[member].as_str().unwrap_or_default().to_owned();
        let now = OffsetDateTime::now_utc();
        self.simulator.with_world(|world| publish_event(world, &text("account"), &text("region"), event, now))
    }

    /// What stands in the channel.
    pub fn messages(&self) -> Vec<rooms::Message> {
        self.simulator.with_world(|world| {
            world.rooms.get(WORKSPACE, CHANNEL).map(|room| room.messages.clone()).unwrap_or_default()
        })
    }

    /// Writes a fleet file.
    pub fn fleet(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("fleet.yaml");
        std::fs::write(&path, text).expect("a fleet file");
        path
    }

    /// The binary, pointed at the simulator, on this fleet.
    pub fn command(&self, fleet: &str, arguments: &[&str]) -> Command {
        self.hold_to_policies();
        self.watched().runs.extend(Watch::of(fleet, arguments));
        let path = self.fleet(fleet);
        let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
        command
            .args(arguments)
            .arg("--file")
            .arg(path)
            .current_dir(self.folder.path())
            .env_clear()
            .env("AWS_ENDPOINT_URL", self.url())
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, fleet: &str, arguments: &[&str]) -> Run {
        let others = self.watched().runs.len();
        let run = Run::of(self.command(fleet, arguments).output().expect("the binary runs"));
        self.hold_to_policies();
        self.watched().runs.truncate(others);
        run
    }

    /// Whether each call since the last look was allowed to one of the runs that
    /// may have made it.
    fn hold_to_policies(&self) {
        let mut watched = self.watched();
        let entries = self.simulator.record.entries();
        let new: Vec<_> = entries.into_iter().filter(|entry| entry.sequence > watched.checked).collect();
        watched.checked = new.last().map_or(watched.checked, |entry| entry.sequence);
        for entry in new.iter().filter(|_| !watched.runs.is_empty()) {
            let denied: Vec<Vec<String>> = watched.runs.iter().map(|run| run.denied(entry)).collect();
            assert!(denied.iter().any(Vec::is_empty), "not least privilege, too little: {denied:#?}");
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `foghorn plan -o json`.
    pub fn plan(&self, fleet: &str) -> Run {
        self.run(fleet, &["plan", "--output", "json"])
    }

    /// `foghorn apply --yes -o json`.
    pub fn apply(&self, fleet: &str) -> Run {
        self.run(fleet, &["apply", "--yes", "--output", "json"])
    }

    /// `foghorn destroy --yes -o json`.
    pub fn destroy(&self, fleet: &str) -> Run {
        self.run(fleet, &["destroy", "--yes", "--output", "json"])
    }

    /// Forgets the calls made so far.
    pub fn forget_calls(&self) {
        self.hold_to_policies();
        self.simulator.record.reset();
    }

    /// The write calls made since, as `service:Operation`.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.simulator.record.writes();
        writes.iter().map(|entry| format!("{}:{}", entry.service, entry.operation)).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.hold_to_policies();
        }
    }
}

impl Run {
    /// What the output and exit code of a process came to.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The report.
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no report: {error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// The same, if the run ended with this exit code.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The members of one kind of all passes.
    pub fn all(&self, member: &str) -> Vec<Value> {
        let report = self.report();
        let passes = report["passes"].as_array().cloned().unwrap_or_default();
        passes.iter().flat_map(|pass| pass[member].as_array().cloned().unwrap_or_default()).collect()
    }

    /// The changes, as `action kind name @ location: outcome`.
    pub fn changes(&self) -> Vec<String> {
        let text = |change: &Value, member: &str| change[member].as_str().unwrap_or_default().to_owned();
        let line = |change: &Value| {
            let [action, kind, name, location, outcome] =
                ["action", "kind", "name", "location", "outcome"].map(|member| text(change, member));
            format!("{action} {kind} {name} @ {location}: {outcome}")
        };
        self.all("changes").iter().map(line).collect()
    }

    /// Whether every path of the report is heard, and there is one.
    pub fn is_heard(&self) -> bool {
        let paths = self.all("paths");
        !paths.is_empty() && paths.iter().all(|path| path["state"] == "heard")
    }

    /// The findings of one check.
    pub fn findings(&self, check: &str) -> Vec<Value> {
        self.all("findings").into_iter().filter(|finding| finding["check"] == check).collect()
    }

    /// How one location was seen, by account.
    pub fn coverage(&self, account: &str, location: &str) -> Value {
        let report = self.report();
        let passes = report["passes"].as_array().cloned().unwrap_or_default();
        let pass = passes.into_iter().find(|pass| pass["account"]["id"] == account).unwrap_or_default();
        let coverage = pass["coverage"].as_array().cloned().unwrap_or_default();
        let found: Vec<Value> = coverage.into_iter().filter(|one| one["location"] == location).collect();
        assert_eq!(found.len(), 1, "{account} {location} stands once in the report");
        found[0].clone()
    }

    /// The status of one condition of one account.
    pub fn condition(&self, account: &str, kind: &str) -> String {
        let report = self.report();
        let passes = report["passes"].as_array().cloned().unwrap_or_default();
        let pass = passes.into_iter().find(|pass| pass["account"]["id"] == account).unwrap_or_default();
        let conditions = pass["conditions"].as_array().cloned().unwrap_or_default();
        let found = conditions.into_iter().find(|condition| condition["type"] == kind).unwrap_or_default();
        found["status"].as_str().unwrap_or_default().to_owned()
    }
}

/// Adds an account with the member role.
pub fn account(world: &mut World, id: &str, name: &str) {
    world.add_account(id, name, "foghorn", None);
}

/// Adds an account with the member role, the role that AWS Chatbot takes, and
/// the Slack workspace let in.
pub fn bootstrapped(world: &mut World, id: &str, name: &str) {
    account(world, id, name);
    let state = world.accounts.entry(id.to_owned()).or_default();
    for role in ["foghorn-chat", "foghorn-invoke", "foghorn-forward", "foghorn-notifier"] {
        state.roles.insert(role.to_owned(), Role::default());
    }
    authorise_workspace(world, id, WORKSPACE, "acme");
}

/// One call, past the wire, which has to succeed.
pub fn by_hand(world: &mut World, account: &str, region: &str, action: &str, input: &Value) -> Value {
    let answer = try_by_hand(world, account, region, action, input);
    answer.unwrap_or_else(|refusal| panic!("{action} {input}: {refusal:?}"))
}

/// One call, past the wire, which may be refused.
pub fn try_by_hand(world: &mut World, account: &str, region: &str, action: &str, input: &Value) -> Answer {
    let (prefix, operation) = action.split_once(':').expect("service:Operation");
    let api = Api::ALL.into_iter().find(|api| api.action_prefix() == prefix).expect("a service");
    let principal = format!("arn:aws:iam::{account}:user/somebody");
    let now = OffsetDateTime::now_utc();
    let call = Call { account, region, principal: &principal, operation, input, now };
    api.answer(world, &call)
}

/// Adds services to cluster `prod`.
pub fn services(world: &mut World, account: &str, region: &str, services: impl IntoIterator<Item = Service>) {
    for service in services {
        world.region(account, region).ecs.add_service("prod", service);
    }
}
