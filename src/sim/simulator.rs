//! The simulator as tests and demos hold it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::clock::Clock;
use super::faults::Faults;
use super::identity::Caller;
use super::lambda;
use super::record::Record;
use super::throttle::Throttle;
use super::world::World;

/// The tooling account, which also manages the organisation.
pub const MANAGEMENT_ACCOUNT: &str = "999999999999";

/// The access key id of the tooling account's user: the one that AWS's own
/// documentation uses.
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// That user's secret key; the simulator accepts any.
pub const SECRET_KEY: &str = "simulated";

/// One simulated organisation and everything that is scripted about it.
#[derive(Debug, Default)]
pub struct Simulator {
    world: Mutex<World>,
    /// Scripted trouble.
    pub faults: Faults,
    /// Token buckets, off unless switched on.
    pub throttle: Throttle,
    /// What was called.
    pub record: Record,
    /// The simulated time.
    pub clock: Clock,
    requests: AtomicU64,
}

impl Simulator {
    /// An organisation with nothing but its management account, whose user
    /// signs with [`ACCESS_KEY`].
    pub fn new() -> Arc<Simulator> {
        let simulator = Simulator::default();
        simulator.with_world(|world| {
            world.organization.management_account = MANAGEMENT_ACCOUNT.to_owned();
            world.organization.add_account(MANAGEMENT_ACCOUNT, "tooling");
            world.accounts.entry(MANAGEMENT_ACCOUNT.to_owned()).or_default();
            world.identity.add_user(ACCESS_KEY, MANAGEMENT_ACCOUNT, "foghorn");
        });
        Arc::new(simulator)
    }

    /// Reads or changes the world. Calls wait meanwhile.
    pub fn with_world<T>(&self, action: impl FnOnce(&mut World) -> T) -> T {
        action(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The caller of an access key id.
    pub fn caller(&self, access_key: &str) -> Option<Arc<Caller>> {
        self.with_world(|world| world.identity.find(access_key))
    }

    /// Returns when every invocation of every function has ended for good, its
    /// further tries and its dead letter included. A server has to run, for it
    /// runs the functions.
    pub async fn settle(&self) {
        lambda::settle(self).await;
    }

    /// A request id that no other request has.
    pub fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        format!("f0900000-0000-4000-8000-{number:012x}")
    }
}
