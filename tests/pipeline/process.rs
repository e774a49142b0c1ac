//! A process of its own for each scenario: the SDK finds its credentials in
//! the environment, which a process cannot safely change for itself.

use std::env;
use std::future::Future;
use std::process::Command;

use tokio::runtime::Runtime;

/// Set in the process that plays the scenario.
const INSIDE: &str = "FOGHORN_SCENARIO_PROCESS";

/// Variables that would lead the SDK to other credentials or endpoints.
const UNWANTED: [&str; 4] = ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"];

/// Plays a scenario, the test of that name, with these keys.
///
/// # Panics
///
/// If the scenario does.
pub fn play(test: &str, access_key: &str, secret_key: &str, scenario: impl Future<Output = ()>) {
    if env::var_os(INSIDE).is_some() {
        return Runtime::new().expect("a runtime").block_on(scenario);
    }
    let mut command = Command::new(env::current_exe().expect("the test's own binary"));
    command.args([test, "--exact", "--nocapture"]);
    for name in UNWANTED {
        command.env_remove(name);
    }
    command
        .env(INSIDE, "1")
        .env("AWS_ACCESS_KEY_ID", access_key)
        .env("AWS_SECRET_ACCESS_KEY", secret_key)
        .env("AWS_REGION", super::REGION)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().expect("the test's own binary runs");
    let said = String::from_utf8_lossy(&output.stdout);
    // A name that fits no test would pass without playing anything.
    let played = output.status.success() && said.contains("1 passed");
    assert!(played, "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}
