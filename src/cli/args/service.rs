//! What can be typed after `run`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{AwsArguments, shard};

/// Options of `run`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Running it is the consent: changes are made without asking, within spec.guard. SIGTERM ends it: the \
                  passes in hand are finished, and the exit code is 0.",
    // A service is never shared: these are known only to be refused.
    mut_args(|argument| if argument.get_help_heading() == Some(shard::HEADING) { argument.hide(true) } else { argument })
)]
pub struct RunArguments {
    /// What to look at.
    #[command(flatten)]
    pub fleet: AwsArguments,
    /// Look, and never write
    #[arg(long)]
    pub plan_only: bool,
    /// How often every account is looked at, give or take a tenth
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = parse_interval)]
    pub interval: Duration,
    /// Where /healthz, /readyz, /metrics, /report.json and the status page are served
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// How long the end may take after SIGTERM
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    pub grace: Duration,
    /// A file with the token that POST /reconcile asks for (or FOGHORN_TOKEN); without one only this machine may ask
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Shorter intervals would only keep AWS throttling.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

fn parse_interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if interval < SHORTEST_INTERVAL { Err("the shortest is 1s".to_owned()) } else { Ok(interval) }
}
