//! The parameters of the bootstrap template that make its member role the one of
//! a fleet.

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
        ("ForwardToHub", yes(shape.forwards)),
        ("DeadLetters", yes(shape.dead_letters)),
        ("Canaries", yes(shape.canaries)),
        ("AsksWhoHears", yes(shape.asks_who_hears)),
        ("WebhookSecrets", webhooks(&shape)),
    ]
}

/// One pattern for the names of all secrets: of several, what they begin with.
fn webhooks(shape: &Shape) -> String {
    let names: Vec<&str> = shape.webhooks.iter().map(|given| name(given)).collect();
    match names[..] {
        [] => String::new(),
        [one] if one.len() == shape.webhooks.first().map_or(0, String::len) => format!("{one}-??????"),
        // An ARN may hold the characters behind the name already.
        [one] => format!("{one}*"),
        [first, .., last] => {
            let shared = first.chars().zip(last.chars()).take_while(|(one, other)| one == other);
            format!("{}*", shared.map(|(one, _)| one).collect::<String>())
        }
    }
}

/// The name of a secret that is given by its name or ARN.
fn name(given: &str) -> &str {
    given.split_once(":secret:").map_or(given, |(_, name)| name)
}
