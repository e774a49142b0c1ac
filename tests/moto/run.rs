//! A run of the real binary.

use std::collections::BTreeSet;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::{Entrance, IRELAND};

/// What a run came to.
pub struct Run {
    code: Option<i32>,
    report: Value,
    said: String,
}

impl Entrance {
    /// `foghorn plan -o json`, called from this account.
    pub async fn plan(&self, fleet: &str) -> Run {
        self.run(fleet, &["plan", "--output", "json"]).await
    }

    /// `foghorn apply --yes -o json`, called from this account.
    pub async fn apply(&self, fleet: &str) -> Run {
        self.run(fleet, &["apply", "--yes", "--output", "json"]).await
    }

    async fn run(&self, fleet: &str, arguments: &[&str]) -> Run {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("fleet.yaml");
        std::fs::write(&path, fleet).expect("a fleet file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_foghorn"));
        command
            .args(arguments)
            .arg("--file")
            .arg(&path)
            .current_dir(folder.path())
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", self.credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", self.credentials.secret_access_key())
            .env("AWS_SESSION_TOKEN", self.credentials.session_token().unwrap_or_default())
            .env("AWS_REGION", IRELAND)
            .env("AWS_EC2_METADATA_DISABLED", "true");
        Run::of(&command.output().await.expect("the binary runs"))
    }
}

impl Run {
    fn of(output: &Output) -> Self {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("no report: {error}\n{said}"));
        Self { code: output.status.code(), report, said }
    }

    /// The same, if the run ended with this exit code.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{:#}\n{}", self.report, self.said);
        self
    }

    /// The figures.
    pub fn summary(&self) -> &Value {
        &self.report["summary"]
    }

    /// The passes, one an account.
    pub fn passes(&self) -> &[Value] {
        self.report["passes"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// How often an operation was called, `ecs:UpdateService` say.
    pub fn calls(&self, operation: &str) -> u64 {
        self.summary()["calls"]["byOperation"][operation].as_u64().unwrap_or_default()
    }

    /// The members of one kind of all passes.
    pub fn all(&self, member: &str) -> Vec<&Value> {
        self.passes().iter().filter_map(|pass| pass[member].as_array()).flatten().collect()
    }

    /// What the findings of one check are about; each once.
    pub fn subjects(&self, check: &str) -> BTreeSet<String> {
        let found: Vec<&Value> =
            self.all("findings").into_iter().filter(|finding| finding["check"] == check).collect();
        let subjects: BTreeSet<String> =
            found.iter().filter_map(|finding| finding["subject"].as_str()).map(str::to_owned).collect();
        assert_eq!(subjects.len(), found.len(), "{check} is said of something twice: {found:#?}");
        subjects
    }

    /// The changes, as `action outcome`.
    pub fn changes(&self) -> Vec<String> {
        let word = |change: &Value, member: &str| change[member].as_str().unwrap_or_default().to_owned();
        let changes = self.all("changes").into_iter();
        changes.map(|change| format!("{} {}", word(change, "action"), word(change, "outcome"))).collect()
    }
}
