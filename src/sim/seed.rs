//! Fills an organisation with accounts, clusters and services.

use std::sync::Arc;

use super::ecs::{Cluster, Service};
use super::world::World;

/// What to fill in; every account and Region gets the same.
#[derive(Debug, Clone)]
pub struct Seed {
    /// How many member accounts.
    pub accounts: usize,
    /// The Regions that hold clusters.
    pub regions: Vec<String>,
    /// How many clusters an account and Region.
    pub clusters: usize,
    /// How many services a cluster. Their circuit breakers are on, on without
    /// rollback, and off, in turn.
    pub services: usize,
    /// The role that can be assumed in each account.
    pub role: String,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
}

impl Seed {
    /// The id of the n-th account, counted from 0.
    pub fn account_id(index: usize) -> String {
        format!("{:012}", 100_000_000_001 + index)
    }

    /// Puts everything into the world.
    pub fn fill(&self, world: &mut World) {
        let clusters: Vec<(Arc<str>, Arc<Cluster>)> = (1..=self.clusters)
            .map(|number| (Arc::from(format!("cluster-{number:02}")), Arc::new(self.cluster())))
            .collect();
        for index in 0..self.accounts {
            let id = Self::account_id(index);
            let name = format!("account-{:05}", index + 1);
            world.add_account(&id, &name, &self.role, self.external_id.as_deref());
            for region in &self.regions {
                let state = &mut world.region(&id, region).ecs;
                for (name, cluster) in &clusters {
                    state.share_cluster(name, cluster);
                }
            }
        }
    }

    fn cluster(&self) -> Cluster {
        let mut cluster = Cluster::default();
        for number in 0..self.services {
            let service = Service::named(&format!("service-{:03}", number + 1));
            cluster.add(match number % 3 {
                0 => service.breaker(true, true),
                1 => service.breaker(true, false),
                _ => service,
            });
        }
        cluster
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_accounts_share_the_memory_of_their_equal_clusters() {
        let seed = Seed {
            accounts: 10_000,
            regions: vec!["eu-west-1".to_owned()],
            clusters: 2,
            services: 50,
            role: "foghorn".to_owned(),
            external_id: None,
        };
        let mut world = World::default();
        seed.fill(&mut world);
        let mut address = |index| {
            let state = &world.region(&Seed::account_id(index), "eu-west-1").ecs;
            std::ptr::from_ref(state.service("cluster-01", "service-001").unwrap())
        };
        assert_eq!(address(0), address(9_999));
    }
}
