//! What can be typed.

mod init;
mod policy;
mod service;
mod shard;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

pub use self::init::{InitArguments, InitVia};
pub use self::policy::{PolicyArguments, PolicyFor, PolicyMode};
pub use self::service::RunArguments;
pub use self::shard::ShardArguments;
use crate::plan::Intent;
use crate::report::exit::ExitCode;
use crate::telemetry;

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

impl Arguments {
    /// How the process tells about itself.
    pub fn telemetry(&self) -> telemetry::Settings {
        let form = match self.global.log_format {
            LogFormat::Auto => telemetry::Form::Auto,
            LogFormat::Text => telemetry::Form::Text,
            LogFormat::Json => telemetry::Form::Json,
        };
        let is_service = matches!(self.command, Command::Run(_));
        telemetry::Settings { form, verbose: self.global.verbose, is_service }
    }
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
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Auto, value_name = "FORM")]
    pub log_format: LogFormat,
    /// At the end also print the figures on standard output, for whoever collects it
    #[arg(long, global = true, value_enum, value_name = "FORM")]
    pub metrics: Option<MetricsForm>,
    /// End with 0 in spite of this, so that a scheduler counts a failure of Foghorn alone as one
    #[arg(
        long,
        global = true,
        value_name = "drift,incomplete",
        value_parser = tolerance,
        env = "FOGHORN_TOLERATE"
    )]
    pub tolerate: Vec<Tolerance>,
    /// Show more: everything that is folded, and what Foghorn does; twice for every call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Forms of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    Text,
    /// For people with many accounts: a row each
    Table,
    /// For programs
    Json,
    /// The same as JSON, in YAML
    Yaml,
    /// For pull requests and job summaries; -v makes it longer than a comment may be
    Markdown,
    /// For browsers: one file that works without a network
    Html,
    /// For code scanning
    Sarif,
    /// For test runners
    Junit,
}

impl Output {
    /// Whether every command can give it; the others are forms of a report of
    /// accounts alone.
    pub fn is_general(self) -> bool {
        match self {
            Self::Text | Self::Json | Self::Yaml => true,
            Self::Table | Self::Markdown | Self::Html | Self::Sarif | Self::Junit => false,
        }
    }
}

/// Forms of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MetricsForm {
    /// One line of CloudWatch's embedded metric format, after the report
    Emf,
}

/// What is left out of the exit code; nothing where that is what a variable or
/// a template holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerance(pub Vec<Tolerated>);

fn tolerance(text: &str) -> Result<Tolerance, String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let known = |word: &str| Tolerated::from_str(word, false).map_err(|_| unknown(word));
    words.map(known).collect::<Result<_, _>>().map(Tolerance)
}

fn unknown(word: &str) -> String {
    format!("`{word}` is neither drift nor incomplete")
}

/// What may be left out of the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tolerated {
    /// Drift and findings, which end with 2
    Drift,
    /// A part of the fleet that could not be read, which ends with 3
    Incomplete,
}

impl Tolerated {
    /// How a run ends with it that does not tolerate it.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Drift => ExitCode::Drift,
            Self::Incomplete => ExitCode::Incomplete,
        }
    }
}

/// Forms of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON anywhere else
    Auto,
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
    /// Plan and apply at an interval as a long-lived service, with a status page and metrics
    Run(PrunableArguments<RunArguments>),
    /// Show everything that the fleet owns, ask, and remove it; nothing else is touched
    Destroy(ApplyArguments),
    /// Send one canary down every pipeline and say how far each got; the rooms get a message each
    Sound(SoundArguments),
    /// Show a report of an earlier run again, or list those that are kept; no account is looked at
    Report(ReportArguments),
    /// Check a fleet file without calling AWS
    Validate(FleetArguments),
    /// Say what would become of an event, pipeline by pipeline, without calling AWS
    TestEvent(TestEventArguments),
    /// Print the JSON Schema of the fleet file, or with -o markdown its reference for people
    Schema,
    /// Print the CloudFormation template of the roles that every account needs once
    Bootstrap(BootstrapArguments),
    /// Print the least IAM policy for a fleet, in JSON
    Policy(PolicyArguments),
    /// Write a first fleet file, from flags or from the answers to a few questions
    Init(InitArguments),
    /// Say what a check means, how AWS behaves there, and how to mend it
    Explain(ExplainArguments),
    /// Print completions for a shell
    Completions(CompletionsArguments),
    /// Print the manual's page, or write the pages of all commands
    Man(ManArguments),
    /// Start a simulated organisation, plan, apply, fail a deployment and see the message arrive
    #[cfg(feature = "demo")]
    Demo(DemoArguments),
}

/// Which fleet.
#[derive(Debug, Clone, Args)]
pub struct FleetArguments {
    /// The fleet file; absent, FOGHORN_FLEET holds its text
    #[arg(short, long, value_name = "FILE", default_value = "env:FOGHORN_FLEET", hide_default_value = true)]
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
    /// Tell no room of the report, whatever spec.report says, and compare no later one with it
    #[arg(long)]
    pub no_post: bool,
    /// Which part of a run that several processes share.
    #[command(flatten)]
    pub shard: ShardArguments,
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

/// Options of `report`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Exit codes: that of the run whose report is shown; a list is 0.")]
pub struct ReportArguments {
    /// Which fleet.
    #[command(flatten)]
    pub fleet: FleetArguments,
    /// The run's id, or `latest` [default: latest]
    #[arg(long, value_name = "ID|latest")]
    pub run: Option<String>,
    /// List the runs whose reports are kept, newest first
    #[arg(long, conflicts_with = "run")]
    pub list: bool,
    /// Show this file instead, a report that was written with `-o json`; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "list", "post"])]
    pub from: Option<PathBuf>,
    /// Tell the rooms of spec.report once more, whatever its `when` says
    #[arg(long, conflicts_with = "list")]
    pub post: bool,
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

/// Options of `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArguments {
    /// The check's name, `pathBroken` say; none lists all of them
    #[arg(value_name = "CHECK")]
    pub check: Option<String>,
}

/// Options of `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Options of `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArguments {
    /// Write the pages of all commands into this folder
    #[arg(value_name = "FOLDER")]
    pub directory: Option<PathBuf>,
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
