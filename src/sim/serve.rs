//! A simulator in a process of its own, for other programs.

use std::sync::Arc;
use std::time::Duration;

use super::seed::Seed;
use super::server::{Server, StartError, start};
use super::simulator::Simulator;

/// How a simulator of its own behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on loopback; 0 takes any that is free.
    pub port: u16,
    /// What the organisation holds.
    pub seed: Seed,
    /// How long every answer takes at least.
    pub latency: Duration,
    /// How many events DescribeServices gives of each service, 100 at most.
    pub events_per_service: usize,
    /// Regions that are switched off in every member account.
    pub disabled_regions: Vec<String>,
    /// Whether Organizations puts an empty page before every full one.
    pub empty_organization_pages: bool,
    /// Whether calls are counted only, and not kept one by one.
    pub counts_only: bool,
    /// Whether calls beyond the published request rates are refused.
    pub throttled: bool,
}

/// Makes a simulator and serves it.
///
/// # Errors
///
/// If the port cannot be bound.
pub async fn serve(options: &Options) -> Result<(Arc<Simulator>, Server), StartError> {
    let simulator = Simulator::new();
    simulator.with_world(|world| {
        world.knobs.events_per_service = options.events_per_service;
        world.knobs.empty_organization_pages = options.empty_organization_pages;
        options.seed.fill(world);
        for index in 0..options.seed.accounts {
            if let Some(account) = world.accounts.get_mut(&Seed::account_id(index)) {
                account.disabled_regions.extend(options.disabled_regions.iter().cloned());
            }
        }
    });
    simulator.faults.set_latency(options.latency);
    simulator.record.set_counts_only(options.counts_only);
    simulator.throttle.set(options.throttled);
    let server = start(Arc::clone(&simulator), options.port).await?;
    Ok((simulator, server))
}
