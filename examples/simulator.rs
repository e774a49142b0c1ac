//! Serves a simulated AWS organisation on loopback, for other programs:
//! `cargo run --example simulator -- --accounts 100 --regions eu-west-1`.
//!
//! It prints the endpoint and the caller's credentials as shell variables, and
//! runs until it is interrupted.

use std::time::Duration;

use clap::Parser;
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
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (_simulator, server) = serve(&Arguments::parse().into()).await?;
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

impl From<Arguments> for Options {
    fn from(arguments: Arguments) -> Options {
        Options {
            port: arguments.port,
            seed: Seed {
                accounts: arguments.accounts,
                regions: arguments.regions,
                clusters: arguments.clusters,
                services: arguments.services,
                role: arguments.role,
                external_id: arguments.external_id,
            },
            latency: Duration::from_millis(arguments.latency_ms),
            events_per_service: arguments.events_per_service,
            disabled_regions: arguments.disabled_regions,
            empty_organization_pages: arguments.empty_organization_pages,
            counts_only: arguments.counts_only,
            throttled: arguments.throttle,
        }
    }
}
