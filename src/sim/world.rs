//! The state of the simulated organisation.

use std::collections::{BTreeMap, BTreeSet};

use super::{chatbot, cloudwatch, ecs, events, identity, ids, organizations, rooms, sns, sqs, tagging};

/// Everything that exists: the organisation, its accounts and the rooms.
#[derive(Debug, Default)]
pub struct World {
    /// The organisation's tree; the accounts' own state is in `accounts`.
    pub organization: organizations::State,
    /// Accounts by their 12-digit id.
    pub accounts: BTreeMap<String, Account>,
    /// The chat rooms and what stands in them.
    pub rooms: rooms::Rooms,
    /// Where the simulator listens, `http://127.0.0.1:4566` say: the first part
    /// of every queue's URL.
    pub endpoint: String,
    /// Who can sign calls.
    pub identity: identity::State,
    /// The services' less common manners, which a test switches on.
    pub knobs: Knobs,
    serial: u64,
}

/// Manners that the real services have at times.
#[derive(Debug, Clone, Default)]
pub struct Knobs {
    /// Organizations puts an empty page with a token before every full one.
    pub empty_organization_pages: bool,
    /// Organizations also sends the account member `Status`, retired in 2026.
    pub retired_account_status: bool,
    /// ECS lists give half of the page that was asked for, and a token.
    pub short_ecs_pages: bool,
    /// How many service events DescribeServices gives at least, 100 at most.
    pub events_per_service: usize,
    /// How long EventBridge takes to authorise a connection, in seconds.
    pub connection_authorization_seconds: i64,
    /// The tagging API still lists a deleted resource, once.
    pub stale_tag_index: bool,
    /// SQS refuses the name of a queue for 60 seconds after its deletion.
    pub queue_name_cooldown: bool,
}

/// One account.
#[derive(Debug, Default)]
pub struct Account {
    /// Names of the roles that exist, and who may assume each.
    pub roles: BTreeMap<String, Role>,
    /// Regions that are switched off in this account.
    pub disabled_regions: BTreeSet<String>,
    /// State by Region, made when first touched.
    pub regions: BTreeMap<String, RegionState>,
    /// AWS Chatbot, which is global.
    pub chatbot: chatbot::State,
}

/// A role, as far as the simulator needs one.
#[derive(Debug, Default, Clone)]
pub struct Role {
    /// The external id that AssumeRole must carry, if any.
    pub external_id: Option<String>,
    /// The longest session in seconds; 3,600 where none is set.
    pub max_session_seconds: Option<i64>,
}

/// What one account holds in one Region.
#[derive(Debug, Default)]
pub struct RegionState {
    /// Clusters and services.
    pub ecs: ecs::State,
    /// Rules and targets.
    pub events: events::State,
    /// Topics and subscriptions.
    pub sns: sns::State,
    /// Queues and messages.
    pub sqs: sqs::State,
    /// Alarms and metric data.
    pub cloudwatch: cloudwatch::State,
    /// The index of tagged resources.
    pub tagging: tagging::State,
}

impl World {
    /// The state of an account in a Region, made if it is not there yet.
    pub fn region(&mut self, account: &str, region: &str) -> &mut RegionState {
        self.accounts.entry(account.to_owned()).or_default().regions.entry(region.to_owned()).or_default()
    }

    /// A number that no earlier call of this gave, for ids of new things.
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// An id for a new thing, in the form of a UUID.
    pub(crate) fn next_uuid(&mut self) -> String {
        ids::uuid(self.next_serial())
    }

    /// Makes a member account of the organisation, under its root, with a role
    /// that the simulator's callers may assume.
    pub fn add_account(&mut self, id: &str, name: &str, role: &str, external_id: Option<&str>) {
        self.organization.add_account(id, name);
        let role_settings = Role { external_id: external_id.map(str::to_owned), max_session_seconds: None };
        self.accounts.entry(id.to_owned()).or_default().roles.insert(role.to_owned(), role_settings);
    }

    /// Whether a Region is switched off in an account.
    pub fn region_disabled(&self, account: &str, region: &str) -> bool {
        self.accounts.get(account).is_some_and(|state| state.disabled_regions.contains(region))
    }
}
