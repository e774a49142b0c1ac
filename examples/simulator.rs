//! Serves a simulated AWS organisation on loopback, for other programs:
//! `cargo run --example simulator -- --accounts 100 --regions eu-west-1`.
//!
//! It prints the endpoint and the caller's credentials as shell variables, and
//! runs until it is interrupted.

use std::time::Duration;

use clap::Parser;
use foghorn::sim::bootstrapped::Bootstrapped;
use foghorn::sim::seed::Seed;
use foghorn::sim::serve::{Options, serve};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use tokio::signal::unix::{SignalKind, signal};

/// A simulated AWS organisation on loopback.
#[derive(Debug, Parser)]
struct Arguments {
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many member accounts there are.
    #[arg(long, default_value_t = 8)]
    accounts: usize,
    /// The Regions that hold clusters.
    #[arg(long, value_delimiter = ',', default_value = "us-east-1,eu-west-1")]
    regions: Vec<String>,
    /// Regions that are switched off in every member account.
    #[arg(long, value_delimiter = ',')]
    disabled_regions: Vec<String>,
    /// How many clusters an account and Region.
    #[arg(long, default_value_t = 2)]
    clusters: usize,
    /// How many services a cluster.
    #[arg(long, default_value_t = 25)]
    services: usize,
    /// How long every answer takes at least.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// How many events DescribeServices gives of each service.
    #[arg(long, default_value_t = 0)]
    events_per_service: usize,
    /// The role in every member account.
    #[arg(long, default_value = "foghorn")]
    role: String,
    /// The external id that the role asks for.
    #[arg(long)]
    external_id: Option<String>,
    /// Let Organizations put an empty page before every full one.
    #[arg(long)]
    empty_organization_pages: bool,
    /// Count calls, but keep no record of each.
    #[arg(long)]
    counts_only: bool,
    /// Refuse calls beyond the request rates that AWS publishes.
    #[arg(long)]
    throttle: bool,
    /// A further account that is ready to be worked on: with the roles of the
    /// bootstrap stack, the Slack workspaces T0123ABCD and T0ACME001 let in, and
    /// in every Region three services with circuit breakers and one without; may
    /// be repeated.
    #[arg(long = "member", value_name = "ID=NAME", value_parser = member)]
    members: Vec<Bootstrapped>,
}

fn member(text: &str) -> Result<Bootstrapped, String> {
    let (id, name) = text.split_once('=').ok_or("write it as 111111111111=dev")?;
    Ok(Bootstrapped { id: id.to_owned(), name: name.to_owned() })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let (_, server) = serve(&Options::from(&arguments)).await?;
    println!("AWS_ENDPOINT_URL={}", server.url());
    println!("AWS_ACCESS_KEY_ID={ACCESS_KEY}");
    println!("AWS_SECRET_ACCESS_KEY={SECRET_KEY}");
    stopped().await?;
    server.stop().await;
    Ok(())
}

/// Returns when the process is interrupted or told to end; no function's
/// process may outlive it.
async fn stopped() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

impl From<&Arguments> for Options {
    fn from(arguments: &Arguments) -> Options {
        Options {
            port: arguments.port,
            seed: Seed {
                accounts: arguments.accounts,
                regions: arguments.regions.clone(),
                clusters: arguments.clusters,
                services: arguments.services,
                role: arguments.role.clone(),
                external_id: arguments.external_id.clone(),
            },
            bootstrapped: arguments.members.clone(),
            latency: Duration::from_millis(arguments.latency_ms),
            events_per_service: arguments.events_per_service,
            disabled_regions: arguments.disabled_regions.clone(),
            empty_organization_pages: arguments.empty_organization_pages,
            counts_only: arguments.counts_only,
            throttled: arguments.throttle,
        }
    }
}
