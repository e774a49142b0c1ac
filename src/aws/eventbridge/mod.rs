//! Amazon EventBridge: rules on the default bus, where AWS services send their
//! events, and on custom buses; the targets of those rules; and the API
//! destinations and connections by which they reach a webhook.

mod buses;
mod connections;
mod destinations;
mod events;
mod others;
mod rules;
mod tags;
mod targets;

pub(crate) use buses::{apply_bus, delete_bus, observe_buses};
pub(crate) use connections::{
    apply_connection, delete_connection, list_connections, observe_connections, read_connection,
};
pub(crate) use destinations::{
    apply_destination, delete_destination, list_destinations, observe_destinations, read_destination,
    strip_ids,
};
pub(crate) use events::{Canary, put_event, test_pattern};
pub(crate) use others::{observe_other_rules, observe_rules_of_bus};
pub(crate) use rules::{apply_rule, delete_rule, observe_rules, rule_tags};
pub(crate) use tags::read as read_tags;
pub(crate) use targets::{apply_target, delete_target};

/// The largest page of EventBridge's lists (service model).
const PAGE: i32 = 100;
