//! `foghorn demo`: the main job on a simulated organisation, by running the
//! very commands that a person would type.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::process::Command;

use super::args::{DemoArguments, Global};
use super::error::CliError;
use super::run::write_out;
use crate::report::exit::ExitCode;
use crate::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use crate::sim::{Server, Simulator, demonstration, start};

/// The demo's fleet file, as the repository holds it.
const FLEET: &str = include_str!("../../manifests/fleets/demo.yaml");

const REASON: &str = "ECS deployment circuit breaker: task failed to start.";

/// Plays the demo. With `--keep` it goes on serving until it is interrupted.
pub async fn run(global: &Global, arguments: &DemoArguments) -> Result<ExitCode, CliError> {
    let folder = tempfile::tempdir().map_err(|error| failed("make a folder for the fleet file", &error))?;
    let fleet = folder.path().join("fleet.yaml");
    std::fs::write(&fleet, with_store(folder.path()))
        .map_err(|error| failed("write the fleet file", &error))?;
    let stage = Stage::open(arguments.port).await?;
    let arrived = stage.play(global, &fleet).await?;
    if arguments.keep {
        stage.keep(&fleet).await?;
    }
    stage.server.stop().await;
    if arrived {
        Ok(ExitCode::Clean)
    } else {
        Err(CliError::Demo("no message arrived in the room".to_owned()))
    }
}

/// The fleet file, with what it remembers kept in the demo's own folder.
fn with_store(folder: &Path) -> String {
    format!("{FLEET}  store: {:?}\n", format!("file:{}", folder.join("reports").display()))
}

/// The simulated organisation while it is served.
struct Stage {
    simulator: Arc<Simulator>,
    server: Server,
}

impl Stage {
    async fn open(port: u16) -> Result<Self, CliError> {
        let simulator = Simulator::new();
        let now = simulator.clock.now();
        simulator
            .with_world(|world| demonstration::fill(world, now))
            .map_err(|error| CliError::Demo(error.message))?;
        let server = start(Arc::clone(&simulator), port).await.map_err(|error| failed("start", &error))?;
        Ok(Self { simulator, server })
    }

    /// Tells the story, and says whether the message arrived at its end.
    async fn play(&self, global: &Global, fleet: &Path) -> Result<bool, CliError> {
        let begun = Instant::now();
        say(&format!(
            "A simulated AWS organisation answers on {}: four accounts, two Regions.\nNothing leaves this machine. \
             The fleet file asks for circuit breakers everywhere, and that failed\ndeployments of the accounts \
             labelled env=prod are announced in Slack through AWS Chatbot.",
            self.server.url()
        ))?;
        heading("1. A deployment of service api fails in account prod. Who hears of it?")?;
        self.fail_deployment()?;
        self.show_room()?;
        heading("2. What is wrong? A plan writes nothing.")?;
        self.foghorn(global, fleet, &["plan"]).await?;
        heading("3. Put it right, as far as it is ours.")?;
        self.foghorn(global, fleet, &["apply", "--yes"]).await?;
        heading("4. Plan again: what remains needs a person.")?;
        self.foghorn(global, fleet, &["plan"]).await?;
        heading("5. The deployment fails again.")?;
        let before = self.messages();
        self.fail_deployment()?;
        self.show_room()?;
        let arrived = self.messages() > before;
        let calls = self.simulator.record.total();
        say(&format!("The demo made {calls} AWS calls and took {:.1} s.", begun.elapsed().as_secs_f32()))?;
        Ok(arrived)
    }

    /// Runs this very program, as a person would from a shell.
    async fn foghorn(&self, global: &Global, fleet: &Path, arguments: &[&str]) -> Result<(), CliError> {
        say(&format!("$ foghorn {} -f fleet.yaml", arguments.join(" ")))?;
        let program = std::env::current_exe().map_err(|error| failed("find this program", &error))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg("--file")
            .arg(fleet)
            .args(std::iter::repeat_n("-v", global.verbose.into()));
        self.environment().iter().for_each(|(name, value)| _ = command.env(name, value));
        command.env_remove("AWS_PROFILE").env_remove("AWS_SESSION_TOKEN");
        let status = command.status().await.map_err(|error| failed("run this program", &error))?;
        match status.code() {
            Some(0 | 2 | 3) => Ok(()),
            _ => Err(CliError::Demo(format!("foghorn {} ended with {status}", arguments.join(" ")))),
        }
    }

    fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("AWS_ENDPOINT_URL", self.server.url()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
            ("AWS_REGION", demonstration::REGION.to_owned()),
            // The AWS CLI of version 1 knows the Region by this name alone.
            ("AWS_DEFAULT_REGION", demonstration::REGION.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    fn fail_deployment(&self) -> Result<(), CliError> {
        let now = self.simulator.clock.now();
        let place = (demonstration::PROD, demonstration::REGION);
        let event = self
            .simulator
            .with_world(|world| demonstration::fail_deployment(world, place, ("prod", "api"), REASON, now))
            .map_err(|error| CliError::Demo(error.message))?;
        say(&format!(
            "ECS puts on the event bus: {} {}\n  {}",
            event["detail-type"].as_str().unwrap_or_default(),
            event["detail"]["eventName"].as_str().unwrap_or_default(),
            event["resources"][0].as_str().unwrap_or_default(),
        ))
    }

    fn show_room(&self) -> Result<(), CliError> {
        let room = self.simulator.with_world(|world| demonstration::room(world));
        say(&format!("In Slack:\n{}", indented(&room)))
    }

    fn messages(&self) -> usize {
        let count = |room: &crate::sim::rooms::Room| room.messages.len();
        self.simulator.with_world(|world| world.rooms.iter().map(count).sum())
    }

    /// Serves until it is interrupted.
    async fn keep(&self, fleet: &Path) -> Result<(), CliError> {
        heading("The organisation stays until you press Ctrl-C.")?;
        let exports: Vec<String> =
            self.environment().iter().map(|(name, value)| format!("export {name}={value}")).collect();
        let url = self.server.url();
        say(&format!(
            "In another terminal:\n\n{}\nfoghorn plan -f {}\naws ecs list-clusters   # as the management account\ncurl \
             -X POST '{url}/_foghorn/fail-deployment?account={}&region={}&cluster=prod&service=web'\n\nIn a browser: \
             {url}/rooms",
            exports.join("\n"),
            fleet.display(),
            demonstration::PROD,
            demonstration::REGION,
        ))?;
        tokio::signal::ctrl_c().await.map_err(|error| failed("wait for Ctrl-C", &error))?;
        // Connections that are kept open must not hold up the end.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok(())
    }
}

fn say(text: &str) -> Result<(), CliError> {
    write_out(&format!("{text}\n"))
}

fn heading(text: &str) -> Result<(), CliError> {
    write_out(&format!("\n{text}\n{}\n", "─".repeat(text.chars().count())))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn failed(tried: &str, error: &dyn std::error::Error) -> CliError {
    CliError::Demo(format!("could not {tried}: {error}"))
}
