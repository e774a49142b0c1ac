//! What can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use crate::plan::Intent;

/// If an ECS deployment fails, will a person hear about it? Foghorn asks that
/// of every AWS account and Region of an organisation, repairs what it owns,
/// and reports the rest.
#[derive(Debug, Parser)]
#[command(
    name = "foghorn",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 all heard and in sync; 1 failed; 2 drift or findings; 3 part of the fleet could not \
                  be read."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to do it.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The form of the report
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Text, value_name = "FORM")]
    pub output: Output,
    /// Only accounts of this id or name (`*` stands for any text); may be repeated
    #[arg(long = "account", global = true, value_name = "ID|NAME")]
    pub accounts: Vec<String>,
    /// Only this Region; what a pipeline needs in us-east-1 and in AWS Chatbot comes along; may be repeated
    #[arg(long = "region", global = true, value_name = "REGION")]
    pub regions: Vec<String>,
    /// Only this pipeline, and no circuit breakers; may be repeated
    #[arg(long = "pipeline", global = true, value_name = "NAME")]
    pub pipelines: Vec<String>,
    /// Send every call to this address instead of AWS (also AWS_ENDPOINT_URL)
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The form of the log on standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORM")]
    pub log_format: LogFormat,
    /// Show more: everything that is folded, and what Foghorn does; twice for every call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Forms of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Forms of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at every account and say what is wrong and what would be changed; write nothing
    Plan(PrunableArguments<AwsArguments>),
    /// Show the plan, ask, make the changes, and look again
    Apply(PrunableArguments<ApplyArguments>),
    /// Show everything that the fleet owns, ask, and remove it; nothing else is touched
    Destroy(ApplyArguments),
    /// Send one canary down every pipeline and say how far each got; the rooms get a message each
    Sound(SoundArguments),
    /// Check a fleet file without calling AWS
    Validate(FleetArguments),
    /// Say what would become of an event, pipeline by pipeline, without calling AWS
    TestEvent(TestEventArguments),
    /// Print the JSON Schema of the fleet file
    Schema,
    /// Print the CloudFormation template of the roles that every account needs once
    Bootstrap(BootstrapArguments),
    /// Start a simulated organisation, plan, apply, fail a deployment and see the message arrive
    #[cfg(feature = "demo")]
    Demo(DemoArguments),
}

/// Which fleet.
#[derive(Debug, Clone, Args)]
pub struct FleetArguments {
    /// The fleet file
    #[arg(short, long, value_name = "FILE")]
    pub file: PathBuf,
}

/// Options of commands that look at AWS.
#[derive(Debug, Clone, Args)]
pub struct AwsArguments {
    /// Which fleet.
    #[command(flatten)]
    pub fleet: FleetArguments,
    /// The notifier's program, for pipelines via lambda [default: foghorn-notifier beside foghorn]
    #[arg(long, value_name = "PATH")]
    pub notifier: Option<PathBuf>,
    /// Tell no room of the report, whatever spec.report says
    #[arg(long)]
    pub no_post: bool,
}

/// Options of commands that also remove.
#[derive(Debug, Clone, Args)]
pub struct PrunableArguments<C: Args> {
    /// The command's own.
    #[command(flatten)]
    pub command: C,
    /// Also remove what the fleet owns and the file no longer asks for
    #[arg(long)]
    pub prune: bool,
}

impl<C: Args> PrunableArguments<C> {
    /// What the run is to bring about.
    pub fn intent(&self) -> Intent {
        if self.prune { Intent::Prune } else { Intent::Converge }
    }
}

/// Options of commands that change AWS.
#[derive(Debug, Clone, Args)]
pub struct ApplyArguments {
    /// What to look at.
    #[command(flatten)]
    pub fleet: AwsArguments,
    /// Make the changes without asking; required where there is no terminal
    #[arg(short, long)]
    pub yes: bool,
}

/// Options of `sound`.
#[derive(Debug, Clone, Args)]
pub struct SoundArguments {
    /// Which fleet.
    #[command(flatten)]
    pub fleet: FleetArguments,
    /// How long to wait for the canaries: AWS counts some minutes late
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = humantime::parse_duration)]
    pub timeout: Duration,
}

/// Options of `test-event`.
#[derive(Debug, Clone, Args)]
#[command(
    group = ArgGroup::new("what").required(true),
    after_help = "Exit codes: 0 a room would show a message; 1 failed; 2 no room would. --account and --region \
                  choose where a sample happens, --pipeline the pipelines that are tried."
)]
pub struct TestEventArguments {
    /// Which fleet.
    #[command(flatten)]
    pub fleet: FleetArguments,
    /// A file with the event as EventBridge hands it to rules, in JSON; `-` for standard input
    #[arg(value_name = "EVENT", group = "what")]
    pub event: Option<PathBuf>,
    /// A sample event of this name, `task-exited` say; `all` tries each of them in short
    #[arg(long, value_name = "NAME", group = "what")]
    pub sample: Option<String>,
}

/// Options of `bootstrap`.
#[derive(Debug, Clone, Args)]
pub struct BootstrapArguments {
    /// A fleet file, to show the command line that fits it
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Options of `demo`.
#[cfg(feature = "demo")]
#[derive(Debug, Clone, Args)]
pub struct DemoArguments {
    /// Go on serving afterwards, so that the command line or the AWS CLI can be pointed at it
    #[arg(long)]
    pub keep: bool,
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
}
