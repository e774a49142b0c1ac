//! The parameters of the bootstrap template that make its member role the one of
//! a fleet.

use super::permission::{Ground, Place};
use super::shape::Shape;
use super::{Accounts, Mode};
use crate::fleet::spec::Fleet;

/// The parameters, by name, in the order of the template. Those that only the
/// user knows are not among them.
pub fn parameters(fleet: &Fleet, accounts: Accounts<'_>) -> Vec<(&'static str, String)> {
    let shape = Shape::of(fleet, accounts, Mode::Apply);
    let regions: Vec<&str> = shape.regions.iter().map(|region| region.as_str()).collect();
    let role = fleet.spec.access.as_ref().map_or("foghorn", |access| access.role_name.as_str());
    let yes = |is: bool| is.to_string();
    let listed = |arns: Vec<String>| arns.join(",");
    vec![
        ("RoleName", role.to_owned()),
        ("Fleets", shape.fleet.clone()),
        ("Regions", regions.join(",")),
        ("ChatbotRegion", shape.chatbot_region.as_str().to_owned()),
        ("Services", yes(shape.services)),
        ("RemediateBreakers", yes(shape.remediates)),
        ("Slack", yes(shape.slack)),
        ("Teams", yes(shape.teams)),
        ("Adopt", yes(shape.adopts)),
        ("ApiDestinations", yes(shape.destinations)),
        ("Functions", yes(shape.functions)),
        ("TopicsBeforeFunctions", yes(shape.topics)),
        ("Hub", yes(shape.gathers)),
        ("HubBuses", listed(shape.hub_buses().collect())),
        ("DeadLetters", yes(shape.dead_letters)),
        ("Canaries", yes(shape.canaries)),
        ("AsksWhoHears", yes(shape.asks_who_hears)),
        ("WebhookSecrets", listed(shape.arns(Place::Webhooks))),
    ]
}
