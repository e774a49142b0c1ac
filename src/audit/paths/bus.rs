//! From a target through an event bus, in the same account or a hub's.

use super::access::{Request, judge};
use super::ground::{Ground, Whose};
use super::rule;
use super::target::{Arn, Shot};
use super::trail::{Step, Trail};
use crate::events::pattern::Pattern;
use crate::model::rule::{bus_and_name, place};
use crate::model::{Kind, Region, Resource, Sight};

/// Every way on from an event bus.
pub(super) fn walk(shot: &Shot<'_, '_>, arn: Arn<'_>, trail: Trail) -> Vec<Trail> {
    let bus = arn.resource.trim_start_matches("event-bus/");
    let trail = trail.then("transformer", bus, whole(shot)).then("role", bus, has_role(shot));
    match landing(shot.ground, arn) {
        Some(ground) if ground.account != shot.ground.account => {
            let place = format!("in the hub, account {}", ground.account);
            let why = unread(&ground);
            let ways = through(shot, &ground, bus, Trail::default()).into_iter();
            ways.map(|way| trail.clone().and(way.unseen_as(&why).said_to_be(&place))).collect()
        }
        Some(ground) => through(shot, &ground, bus, trail),
        None => {
            let why = format!("what account {} does with the event was not read in this run", arn.account);
            vec![trail.then("bus", bus, Step::Doubtful(why))]
        }
    }
}

/// Why nothing is known of a hub: its coverage need not stand in the same
/// report.
fn unread(ground: &Ground<'_>) -> String {
    let gap = ground.snapshot.gaps(ground.region.into()).first().or_else(|| {
        let global = ground.snapshot.global.as_ref()?;
        global.gaps.first()
    });
    let why = gap.map_or_else(String::new, |gap| format!(": {}: {}", gap.tried, gap.detail));
    format!("it could not be read{why}")
}

/// A bus takes the event as it is or not at all (EventBridge service model,
/// PutTargets).
fn whole(shot: &Shot<'_, '_>) -> Step {
    let settings = shot.settings;
    let is_changed =
        settings.transformer.is_some() || settings.input.is_some() || settings.input_path.is_some();
    if is_changed {
        return Step::Doubtful(
            "the event is changed on its way to a bus, which EventBridge does not allow".to_owned(),
        );
    }
    Step::Carries
}

/// A bus that lets an account in by its id takes events without a role, one
/// that lets in an organisation does not (EventBridge service model, PutTargets).
fn has_role(shot: &Shot<'_, '_>) -> Step {
    shot.needed_role(Step::Carries)
}

/// Where the event is once it is on the bus.
fn landing<'a>(ground: &Ground<'a>, arn: Arn<'_>) -> Option<Ground<'a>> {
    let region: Region = arn.region.parse().ok()?;
    if arn.account == ground.account.as_str() {
        return ground.snapshot.regions.contains_key(&region).then_some(Ground { region, ..*ground });
    }
    let (account, hub) = ground.hubs.iter().find(|(account, _)| account.as_str() == arn.account)?;
    Some(Ground {
        account,
        region,
        desired: &hub.desired,
        snapshot: &hub.snapshot,
        plan: &hub.plan,
        ..*ground
    })
}

fn through(shot: &Shot<'_, '_>, ground: &Ground<'_>, bus: &str, trail: Trail) -> Vec<Trail> {
    let sight = ground.seen().and_then(|seen| seen.buses.get(bus));
    let trail = match ground.find((Kind::EventBus, bus), sight, |bus| ground.owns(&bus.tags)) {
        Ok(observed) => {
            let wanted = match ground.wanted(Kind::EventBus, bus) {
                Some(Resource::EventBus(bus)) => Some(&bus.policy),
                _ => None,
            };
            let step = if shot.ground.account == ground.account {
                Step::Carries
            } else {
                let request = Request::from_account(shot, "events:PutEvents", &shot.settings.arn);
                judge(observed.policy.as_ref(), wanted, &request, closed(shot))
            };
            trail.then("bus", bus, Step::Carries).then("busPolicy", bus, step)
        }
        Err(step) => trail.then("bus", bus, step),
    };
    if trail.is_stopped() {
        return vec![trail];
    }
    on_from(shot, ground, bus, &trail)
}

fn closed(shot: &Shot<'_, '_>) -> &'static str {
    match shot.settings.role_arn {
        Some(_) => "the bus's policy does not let this account in",
        None => "the bus's policy does not let this account in, or not without a role of the target",
    }
}

fn on_from(shot: &Shot<'_, '_>, ground: &Ground<'_>, bus: &str, trail: &Trail) -> Vec<Trail> {
    let places = match ground.whose {
        Whose::Ours => wanted_rules(shot, ground, bus),
        Whose::Anybodys => read_rules(ground, bus),
    };
    let ways = places.iter().flat_map(|place| rule::walk(ground, place, shot.event, shot.end));
    let ways: Vec<Trail> = ways.map(|way| trail.clone().and(way)).collect();
    if ways.is_empty() {
        let why = "no rule on the bus takes this event".to_owned();
        return vec![trail.clone().then("rule", bus, Step::Stops(why))];
    }
    ways
}

/// The rules on the bus that the fleet asks for and that are to take the event.
fn wanted_rules(shot: &Shot<'_, '_>, ground: &Ground<'_>, bus: &str) -> Vec<String> {
    let rules = ground.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Rule(rule) if rule.region == ground.region && rule.bus.as_deref() == Some(bus) => {
            Some(rule)
        }
        _ => None,
    });
    let takes = |pattern: &serde_json::Value| match shot.event {
        Some(event) => Pattern::parse(pattern).is_ok_and(|pattern| pattern.matches(event)),
        None => true,
    };
    rules.filter(|rule| takes(&rule.pattern)).map(|rule| place(Some(bus), &rule.name)).collect()
}

fn read_rules(ground: &Ground<'_>, bus: &str) -> Vec<String> {
    let rules = ground.seen().into_iter().flat_map(|seen| &seen.rules);
    let read = rules.filter(|(_, sight)| matches!(sight, Sight::Seen(_)));
    read.map(|(place, _)| place.clone()).filter(|place| bus_and_name(place).0 == Some(bus)).collect()
}
