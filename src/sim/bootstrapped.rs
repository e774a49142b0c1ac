//! Accounts that are ready to be worked on.

use super::chatbot::authorise_workspace;
use super::ecs::Service;
use super::seed::Seed;
use super::world::{Role, World};

/// The roles that the bootstrap stack makes besides Foghorn's own.
const ROLES: [&str; 4] = ["foghorn-chat", "foghorn-invoke", "foghorn-forward", "foghorn-notifier"];

/// The Slack workspaces that are let in.
const WORKSPACES: [&str; 2] = ["T0123ABCD", "T0ACME001"];

/// A member account with the roles of the bootstrap stack, two Slack workspaces
/// let in, and in every Region of the seed three services with circuit breakers
/// and one without.
#[derive(Debug, Clone)]
pub struct Bootstrapped {
    /// The 12-digit id.
    pub id: String,
    /// The name in the organisation.
    pub name: String,
}

impl Bootstrapped {
    /// Puts the account into the world, with the role and the Regions of the seed.
    pub fn fill(&self, world: &mut World, seed: &Seed) {
        world.add_account(&self.id, &self.name, &seed.role, seed.external_id.as_deref());
        let account = world.accounts.entry(self.id.clone()).or_default();
        account.roles.extend(ROLES.map(|role| (role.to_owned(), Role::default())));
        for workspace in WORKSPACES {
            authorise_workspace(world, &self.id, workspace, "acme");
        }
        for region in &seed.regions {
            let state = &mut world.region(&self.id, region).ecs;
            for service in ["api", "web", "search"] {
                state.add_service("prod", Service::named(service).breaker(true, true));
            }
            state.add_service("batch", Service::named("nightly"));
        }
    }
}
