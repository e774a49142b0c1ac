//! A simulator in a process of its own, for other programs.

use std::sync::Arc;
use std::time::Duration;

use super::bootstrapped::Bootstrapped;
use super::seed::Seed;
use super::server::{Server, StartError, start};
use super::simulator::{MANAGEMENT_ACCOUNT, Simulator};

/// How a simulator of its own behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on loopback; 0 takes any that is free.
    pub port: u16,
    /// What the organisation holds.
    pub seed: Seed,
    /// Further member accounts, ready to be worked on.
    pub bootstrapped: Vec<Bootstrapped>,
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
        options.bootstrapped.iter().for_each(|account| account.fill(world, &options.seed));
        for (_, member) in world.accounts.iter_mut().filter(|(id, _)| *id != MANAGEMENT_ACCOUNT) {
            member.disabled_regions.extend(options.disabled_regions.iter().cloned());
        }
    });
    simulator.faults.set_latency(options.latency);
    simulator.record.set_counts_only(options.counts_only);
    simulator.throttle.set(options.throttled);
    let server = start(Arc::clone(&simulator), options.port).await?;
    Ok((simulator, server))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_region_that_is_switched_off_is_off_in_every_member_account_and_in_no_other() {
        let dev = Bootstrapped { id: "111111111111".to_owned(), name: "dev".to_owned() };
        let options = Options {
            port: 0,
            seed: Seed {
                accounts: 1,
                regions: vec!["eu-west-1".to_owned()],
                clusters: 1,
                services: 1,
                role: "foghorn".to_owned(),
                external_id: None,
            },
            bootstrapped: vec![dev],
            latency: Duration::ZERO,
            events_per_service: 0,
            disabled_regions: vec!["ap-east-1".to_owned()],
            empty_organization_pages: false,
            counts_only: false,
            throttled: false,
        };
        let (simulator, server) = serve(&options).await.unwrap();
        simulator.with_world(|world| {
            for member in [&Seed::account_id(0), "111111111111"] {
                assert!(world.region_disabled(member, "ap-east-1"), "{member}");
                assert!(!world.region_disabled(member, "eu-west-1"), "{member}");
            }
            assert!(!world.region_disabled(MANAGEMENT_ACCOUNT, "ap-east-1"));
        });
        server.stop().await;
    }
}
