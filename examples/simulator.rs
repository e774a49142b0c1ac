//! Serves a simulated AWS organisation on loopback, for other programs:
//! `cargo run --example simulator -- --accounts 100 --regions eu-west-1`.

use std::time::Duration;

use clap::Parser;
use foghorn::sim::seed::Seed;
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};
use foghorn::sim::{Simulator, start};

/// A simulated AWS organisation on loopback.
#[derive(Debug, Parser)]
struct Options {
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many member accounts there are.
    #[arg(long, default_value_t = 8)]
    accounts: usize,
    /// The Regions that hold clusters.
    #[arg(long, value_delimiter = ',', default_value = "us-east-1,eu-west-1")]
    regions: Vec<String>,
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
    /// Count calls, but keep no record of each.
    #[arg(long)]
    counts_only: bool,
    /// Refuse calls beyond the request rates that AWS publishes.
    #[arg(long)]
    throttle: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let simulator = Simulator::new();
    simulator.with_world(|world| {
        world.knobs.events_per_service = options.events_per_service;
        options.seed().fill(world);
    });
    simulator
        .faults
        .set_latency(Duration::from_millis(options.latency_ms));
    simulator.record.set_counts_only(options.counts_only);
    simulator.throttle.set(options.throttle);
    let server = start(simulator, options.port).await?;
    println!("AWS_ENDPOINT_URL={}", server.url());
    println!("AWS_ACCESS_KEY_ID={ACCESS_KEY}");
    println!("AWS_SECRET_ACCESS_KEY={SECRET_KEY}");
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}

impl Options {
    fn seed(&self) -> Seed {
        Seed {
            accounts: self.accounts,
            regions: self.regions.clone(),
            clusters: self.clusters,
            services: self.services,
            role: self.role.clone(),
            external_id: self.external_id.clone(),
        }
    }
}
