//! Clusters.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::name::{Place, cluster_name};
use super::{Service, here, invalid_parameter, tags};
use crate::sim::call::{Answer, Call};
use crate::sim::world::World;

/// The most clusters that one DescribeClusters may name.
const BATCH: usize = 100;

/// A cluster.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    pub(super) services: BTreeMap<Arc<str>, Service>,
    pub(super) tags: BTreeMap<String, String>,
}

impl Cluster {
    /// Puts a service into the cluster.
    pub fn add(&mut self, service: Service) {
        self.services.insert(Arc::clone(&service.name), service);
    }

    /// A service as it stands.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(name)
    }

    /// A service, to be changed.
    pub fn service_mut(&mut self, name: &str) -> Option<&mut Service> {
        self.services.get_mut(name)
    }

    fn describe(&self, name: &str, place: Place<'_>, with_tags: bool) -> Value {
        let active: Vec<&Service> = self.services.values().filter(|service| service.is_active()).collect();
        let sum = |count: fn(&Service) -> u32| active.iter().map(|service| count(service)).sum::<u32>();
        json!({
            "clusterArn": place.cluster(name),
            "clusterName": name,
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": sum(|service| service.running_count),
            "pendingTasksCount": sum(|service| service.pending_count),
            "activeServicesCount": active.len(),
            "statistics": [],
            "tags": if with_tags { tags::wire(&self.tags) } else { json!([]) },
            "settings": [],
            "capacityProviders": [],
            "defaultCapacityProviderStrategy": [],
        })
    }
}

/// CreateCluster, which answers with the old cluster if there is one.
pub fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = call.string("clusterName").unwrap_or("default");
    let (place, state) = here(world, call);
    state.add_cluster(name);
    if let Some(cluster) = state.clusters.get_mut(name) {
        let sent = tags::sent(call)?;
        if !sent.is_empty() {
            Arc::make_mut(cluster).tags.extend(sent);
        }
    }
    Ok(json!({ "cluster": state.cluster(name)?.describe(name, place, true) }))
}

/// DescribeClusters; without names it describes the cluster `default` alone.
pub fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let mut references = call.strings("clusters");
    if references.is_empty() {
        references.push("default");
    }
    if references.len() > BATCH {
        return Err(invalid_parameter(format!("Clusters cannot have more than {BATCH} elements.")));
    }
    let with_tags = call.strings("include").contains(&"TAGS");
    let (place, state) = here(world, call);
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for reference in references {
        let name = cluster_name(reference, place);
        match name.and_then(|name| Some((name, state.clusters.get(name)?))) {
            Some((name, cluster)) => clusters.push(cluster.describe(name, place, with_tags)),
            None => {
                let arn = name.map_or_else(|| reference.to_owned(), |name| place.cluster(name));
                failures.push(json!({ "arn": arn, "reason": "MISSING" }));
            }
        }
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}
