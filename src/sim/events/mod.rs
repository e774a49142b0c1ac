//! Amazon EventBridge: event buses, their rules and targets, and the
//! connections and API destinations that targets can be.
//!
//! Texts of refusals are EventBridge's own where they are known.

mod api_destinations;
mod arns;
mod bus_policy;
mod buses;
mod connection_parameters;
mod connections;
mod put_events;
mod rules;
mod tags;
mod target_checks;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::call::{Answer, ApiError, Call};
use super::tag_list::Tags;
use super::world::World;
use crate::events::pattern::Pattern;

pub(crate) use api_destinations::ApiDestination;
pub(crate) use arns::{bus_in, bus_of_arn, rule_arn};
pub(crate) use bus_policy::lets_in;
pub(crate) use connection_parameters::Parameters;
pub(crate) use connections::Connection;
pub(crate) use target_checks::parse_transformer;

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// The default bus's rules by name.
    pub(crate) rules: Rules,
    /// What is set on the default bus.
    default_bus: buses::Properties,
    /// The custom buses by name.
    buses: BTreeMap<String, buses::Bus>,
    /// Connections by name.
    pub(crate) connections: BTreeMap<String, Connection>,
    /// API destinations by name.
    pub(crate) api_destinations: BTreeMap<String, ApiDestination>,
    /// Ids of targets that PutTargets refuses one by one, with HTTP status 200,
    /// as EventBridge does when it cannot store one.
    pub failing_targets: BTreeSet<String>,
}

/// The rules of one bus by name.
pub(crate) type Rules = BTreeMap<String, Rule>;

/// The name of the bus that every account has in every Region.
pub(crate) const DEFAULT_BUS: &str = "default";

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) pattern: Option<Pattern>,
    pub(crate) enabled: bool,
    pub(crate) targets: BTreeMap<String, Value>,
    /// The members that DescribeRule gives back as they were put.
    settings: Value,
    tags: Tags,
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "PutRule" => rules::put(world, call),
        "DescribeRule" => rules::describe(world, call),
        "ListRules" => rules::list(world, call),
        "EnableRule" => rules::set_state(world, call, "ENABLED"),
        "DisableRule" => rules::set_state(world, call, "DISABLED"),
        "DeleteRule" => rules::delete(world, call),
        "PutTargets" => targets::put(world, call),
        "ListTargetsByRule" => targets::list(world, call),
        "RemoveTargets" => targets::remove(world, call),
        "ListRuleNamesByTarget" => targets::rule_names(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        "ListTagsForResource" => tags::list(world, call),
        "TestEventPattern" => put_events::test_pattern(call),
        "PutEvents" => put_events::put(world, call),
        name if name.ends_with("Connection") || name == "ListConnections" => connections::call(world, call),
        name if name.contains("ApiDestination") => api_destinations::call(world, call),
        name if name.contains("EventBus") => buses::call(world, call),
        "PutPermission" => bus_policy::put(world, call),
        "RemovePermission" => bus_policy::remove(world, call),
        _ => Err(call.unknown_operation()),
    }
}

/// The tags of every rule and custom bus, by ARN.
pub(crate) fn tagged(state: &State, account: &str, region: &str) -> Vec<(String, Tags)> {
    let of_bus = |bus: &str, rules: &Rules| {
        let arn = |name: &String| rule_arn(account, region, bus, name);
        rules.iter().map(|(name, rule)| (arn(name), rule.tags.clone())).collect::<Vec<_>>()
    };
    let mut tagged = of_bus(DEFAULT_BUS, &state.rules);
    for (name, bus) in &state.buses {
        tagged.push((arns::bus_arn(account, region, name), bus.properties.tags.clone()));
        tagged.extend(of_bus(name, &bus.rules));
    }
    tagged
}

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", message)
}

/// The refusal of a value that breaks a constraint of the service model.
fn constraint(value: &str, member: &str, rule: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}"
    ))
}

fn not_found(message: impl Into<String>) -> ApiError {
    ApiError::new("ResourceNotFoundException", message)
}

fn already_exists(message: impl Into<String>) -> ApiError {
    ApiError::new("ResourceAlreadyExistsException", message)
}

fn limit_exceeded() -> ApiError {
    ApiError::new("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
}

/// Refuses a text member that is longer than the service model lets it be.
fn check_longest(call: &Call<'_>, member: &str, longest: usize) -> Result<(), ApiError> {
    match call.string(member).filter(|text| text.chars().count() > longest) {
        None => Ok(()),
        Some(text) => Err(constraint(
            text,
            &member.to_ascii_lowercase(),
            &format!("Member must have length less than or equal to {longest}"),
        )),
    }
}

/// Refuses a text that is none of the values that the service model lists.
fn check_one_of(value: &str, member: &str, values: &[&str]) -> Result<(), ApiError> {
    if values.contains(&value) {
        return Ok(());
    }
    Err(constraint(value, member, &format!("Member must satisfy enum value set: [{}]", values.join(", "))))
}

/// A required string member that has to look like the name of a rule or target.
fn name<'a>(value: Option<&'a str>, member: &str) -> Result<&'a str, ApiError> {
    let Some(name) = value.filter(|name| !name.is_empty()) else {
        return Err(constraint("", member, "Member must have length greater than or equal to 1"));
    };
    if name.len() > 64 {
        return Err(constraint(name, member, "Member must have length less than or equal to 64"));
    }
    if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(letter)) {
        return Err(constraint(
            name,
            member,
            r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+",
        ));
    }
    Ok(name)
}

/// The name of the bus of the caller's account and Region that a member of the
/// call gives by name or ARN; the default one if it was not sent.
fn bus_name<'c>(call: &'c Call<'_>, member: &str) -> Result<&'c str, ApiError> {
    let bus = call.string(member).unwrap_or(DEFAULT_BUS);
    bus_in(bus, call.account, call.region).ok_or_else(|| no_bus(bus))
}

fn no_bus(bus: &str) -> ApiError {
    not_found(format!("Event bus {bus} does not exist."))
}

/// The rules of the bus that the call's `EventBusName` gives.
fn rules<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Rules, ApiError> {
    let bus = bus_name(call, "EventBusName")?;
    world.region(call.account, call.region).events.rules_mut(bus).ok_or_else(|| no_bus(bus))
}

/// The rule that a member of the call names.
fn rule<'w>(world: &'w mut World, call: &Call<'_>, member: &str) -> Result<&'w mut Rule, ApiError> {
    let rules = rules(world, call)?;
    let name = name(call.string(member), &member.to_ascii_lowercase())?;
    rules.get_mut(name).ok_or_else(|| no_rule(name, bus_name(call, "EventBusName").unwrap_or_default()))
}

fn no_rule(name: &str, bus: &str) -> ApiError {
    not_found(format!("Rule {name} does not exist on EventBus {bus}."))
}

impl State {
    /// The rules of a bus; `None` if there is no such bus.
    pub(crate) fn rules_of(&self, bus: &str) -> Option<&Rules> {
        if bus == DEFAULT_BUS { Some(&self.rules) } else { self.buses.get(bus).map(|bus| &bus.rules) }
    }

    fn rules_mut(&mut self, bus: &str) -> Option<&mut Rules> {
        if bus == DEFAULT_BUS {
            return Some(&mut self.rules);
        }
        self.buses.get_mut(bus).map(|bus| &mut bus.rules)
    }

    fn properties(&self, bus: &str) -> Option<&buses::Properties> {
        if bus == DEFAULT_BUS {
            return Some(&self.default_bus);
        }
        self.buses.get(bus).map(|bus| &bus.properties)
    }

    fn properties_mut(&mut self, bus: &str) -> Option<&mut buses::Properties> {
        if bus == DEFAULT_BUS {
            return Some(&mut self.default_bus);
        }
        self.buses.get_mut(bus).map(|bus| &mut bus.properties)
    }
}

/// The page size that a list call asks for.
fn limit(call: &Call<'_>) -> Result<usize, ApiError> {
    match call.integer("Limit") {
        None => Ok(100),
        Some(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(100)),
        Some(other) => {
            let rule = if other < 1 { "greater than or equal to 1" } else { "less than or equal to 100" };
            Err(constraint(&other.to_string(), "limit", &format!("Member must have value {rule}")))
        }
    }
}

/// The key after which a list call goes on.
fn start(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    call.string("NextToken")
        .map(|token| {
            super::paging::key_of(token).ok_or_else(|| validation("Provided nextToken is not valid."))
        })
        .transpose()
}
