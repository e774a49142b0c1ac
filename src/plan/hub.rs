//! The way through a hub: members' rules put events on a bus of the pipeline's
//! own in the hub's account, whose rule takes them on. One bus a pipeline, so
//! that no pipeline hears another's events.

use crate::fleet::spec::Hub;
use crate::model::bus::EventBus;
use crate::model::desired::Desired;
use crate::model::{AccountId, Resource, arn};

use super::expand::want;
use super::leg::{Endpoint, Leg};
use super::{names, policies};

/// Where a member's rules lead.
pub(super) fn forward(leg: &Leg<'_>, hub: &Hub) -> Endpoint {
    let account = leg.scope.account;
    Endpoint {
        id: names::BUS_TARGET,
        arn: arn::event_bus(hub.region, &hub.account, &names::bus(&leg.pipeline.name)),
        role_arn: Some(arn::role(account.partition(), &account.id, names::FORWARD_ROLE)),
        needs: Vec::new(),
    }
}

/// Builds the bus.
pub(super) fn bus(leg: &Leg<'_>, hub: &Hub, desired: &mut Desired) {
    let name = names::bus(&leg.pipeline.name);
    let bus = arn::event_bus(leg.region, leg.account_id(), &name);
    let policy = match &hub.organization_id {
        Some(organization) => policies::organization_bus(&bus, organization),
        None => policies::member_bus(&bus, leg.region.partition(), &members(leg)),
    };
    let bus = EventBus { region: leg.region, name, policy, tags: leg.scope.tags.clone() };
    want(desired, Resource::EventBus(bus), Vec::new());
}

/// The accounts that carry the pipeline.
fn members<'a>(leg: &Leg<'a>) -> Vec<&'a AccountId> {
    let accounts = leg.scope.inputs.accounts.iter();
    accounts.filter(|account| leg.pipeline.selector.selects(account)).map(|account| &account.id).collect()
}
