//! One statement of a policy, before it is known for which fleet.

use std::collections::BTreeMap;

use super::document::{Conditions, Effect, Statement};

/// A statement as a table has it; `N` is what decides about it.
pub(super) struct Permission<N: 'static> {
    /// The statement's id.
    pub sid: &'static str,
    /// What Foghorn does with it, for people.
    pub purpose: &'static str,
    /// When it is needed, for people; empty for always.
    pub needed: &'static str,
    /// When it is needed.
    pub when: fn(&N) -> bool,
    /// The actions.
    pub actions: &'static [&'static str],
    /// What they may be done to.
    pub resources: &'static [Place],
    /// What bounds it further.
    pub bound: Bound,
}

/// What the actions of a statement may be done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Everything: the actions take no resource.
    Any,
    /// Resources of a service in the account, of whatever Region.
    In(&'static str, &'static str),
    /// Resources of a service in the account that know no Region.
    Global(&'static str, &'static str),
    /// The secrets of the fleet's webhooks.
    Webhooks,
    /// Configurations of AWS Chatbot: the fleet's own, and those of others where
    /// the fleet adopts.
    Rooms,
    /// The member roles.
    MemberRoles,
    /// The secrets of the report's rooms.
    ReportSecrets,
    /// The topics of the report's rooms.
    ReportTopics,
    /// The bucket of the store.
    Bucket,
    /// The fleet's objects in it.
    Objects,
}

/// What bounds a statement beside its resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Nothing.
    None,
    /// The resource carries the fleet's mark.
    Owned,
    /// The call goes to the endpoint of AWS Chatbot that the fleet uses.
    ChatbotEndpoint,
    /// The role is handed to this service.
    PassedTo(&'static str),
    /// The role is made for this service.
    MadeFor(&'static str),
    /// The event says that it is a canary.
    Canary,
}

/// What places and bounds come to for one fleet.
pub(super) trait Ground {
    /// The ARNs of a place; none, if there is nothing of the kind.
    fn arns(&self, place: Place) -> Vec<String>;
    /// What bounds the statement.
    fn conditions(&self, bound: Bound) -> Conditions;
}

/// The statements that are needed, in the order of the table.
pub(super) fn statements<N: Ground>(table: &[Permission<N>], ground: &N) -> Vec<Statement> {
    table.iter().filter(|one| (one.when)(ground)).map(|one| one.statement(ground)).collect()
}

impl<N: Ground> Permission<N> {
    fn statement(&self, ground: &N) -> Statement {
        Statement {
            sid: self.sid.to_owned(),
            effect: Effect::Allow,
            action: self.actions.iter().map(|action| (*action).to_owned()).collect(),
            resource: self.resources.iter().flat_map(|place| ground.arns(*place)).collect(),
            condition: ground.conditions(self.bound),
        }
    }
}

/// A condition of one operator and one key.
pub(super) fn condition(operator: &'static str, key: impl Into<String>, values: Vec<String>) -> Conditions {
    BTreeMap::from([(operator, BTreeMap::from([(key.into(), values)]))])
}
