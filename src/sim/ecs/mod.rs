//! Amazon ECS: clusters, services, and what a failed deployment does to them.

mod cluster;
mod configuration;
mod describe;
mod failure;
mod list;
mod name;
mod service;
mod tags;
mod update;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::call::{Answer, ApiError, Call};
use super::world::World;
use name::{Place, cluster_name, service_name};

pub use cluster::Cluster;
pub use failure::fail_deployment;
pub use service::{Controller, Service};

pub(crate) use tags::tagged;

/// The service's state. A cluster may be shared between accounts and Regions
/// until one of them changes it, so that ten thousand accounts fit memory.
#[derive(Debug, Default)]
pub struct State {
    clusters: BTreeMap<Arc<str>, Arc<Cluster>>,
}

impl State {
    /// Makes a cluster, unless it is there.
    pub fn add_cluster(&mut self, name: &str) {
        self.clusters.entry(name.into()).or_default();
    }

    /// Puts a service into a cluster, which is made if it is not there.
    pub fn add_service(&mut self, cluster: &str, service: Service) {
        let cluster = self.clusters.entry(cluster.into()).or_default();
        Arc::make_mut(cluster).add(service);
    }

    /// Puts a cluster that other accounts and Regions also have.
    pub fn share_cluster(&mut self, name: &Arc<str>, cluster: &Arc<Cluster>) {
        self.clusters.insert(Arc::clone(name), Arc::clone(cluster));
    }

    /// A service as it stands.
    pub fn service(&self, cluster: &str, name: &str) -> Option<&Service> {
        self.clusters.get(cluster)?.service(name)
    }

    /// A service, to be changed.
    pub fn service_mut(&mut self, cluster: &str, name: &str) -> Option<&mut Service> {
        Arc::make_mut(self.clusters.get_mut(cluster)?).service_mut(name)
    }

    fn cluster(&self, name: &str) -> Result<&Cluster, ApiError> {
        self.clusters.get(name).map(AsRef::as_ref).ok_or_else(cluster_not_found)
    }
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateCluster" => cluster::create(world, call),
        "DescribeClusters" => cluster::describe(world, call),
        "ListClusters" => list::clusters(world, call),
        "CreateService" => update::create(world, call),
        "UpdateService" => update::update(world, call),
        "DeleteService" => update::delete(world, call),
        "ListServices" => list::services(world, call),
        "DescribeServices" => describe::services(world, call),
        "ListTagsForResource" => tags::list(world, call),
        "TagResource" => tags::add(world, call),
        "UntagResource" => tags::remove(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// The call's place and state.
fn here<'a, 'w>(world: &'w mut World, call: &Call<'a>) -> (Place<'a>, &'w mut State) {
    let place = Place { account: call.account, region: call.region };
    (place, &mut world.region(call.account, call.region).ecs)
}

/// The name of the cluster that a call is about; `default` if it names none.
fn named_cluster<'a>(call: &'a Call<'_>, place: Place<'_>) -> Result<&'a str, ApiError> {
    let reference = call.string("cluster").unwrap_or("default");
    cluster_name(reference, place).ok_or_else(cluster_not_found)
}

/// The name of the service that a call is about.
fn named_service<'a>(call: &'a Call<'_>, place: Place<'_>) -> Result<&'a str, ApiError> {
    let reference = call.string("service").unwrap_or_default();
    service_name(reference, place).ok_or_else(service_not_found)
}

fn cluster_not_found() -> ApiError {
    ApiError::new("ClusterNotFoundException", "Cluster not found.")
}

fn service_not_found() -> ApiError {
    ApiError::new("ServiceNotFoundException", "Service not found.")
}

fn invalid_parameter(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", message)
}

#[cfg(test)]
mod tests;
