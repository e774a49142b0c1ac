//! The deployment circuit breaker of a service, as it shall be.

use super::region::Region;
use super::resource::{Key, Kind};

/// A circuit breaker to switch on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// The Region.
    pub region: Region,
    /// The cluster's ARN.
    pub cluster_arn: String,
    /// The service's ARN.
    pub service_arn: String,
    /// Whether failed deployments are detected.
    pub enable: bool,
    /// Whether they are rolled back.
    pub rollback: bool,
}

impl Breaker {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Breaker, self.region, &self.service_arn)
    }
}
