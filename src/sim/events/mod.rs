//! Amazon EventBridge: the default event bus, its rules and their targets.
//!
//! Texts of refusals are EventBridge's own where they are known.

mod put_events;
mod rules;
mod tags;
mod target_checks;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::arn::Arn;
use super::call::{Answer, ApiError, Call};
use super::tag_list::Tags;
use super::world::World;
use crate::events::pattern::Pattern;

pub(crate) use target_checks::parse_transformer;

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// The default bus's rules by name.
    pub(crate) rules: BTreeMap<String, Rule>,
    /// Ids of targets that PutTargets refuses one by one, with HTTP status 200,
    /// as EventBridge does when it cannot store one.
    pub failing_targets: BTreeSet<String>,
}

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
        _ => Err(call.unknown_operation()),
    }
}

/// The ARN of a rule on the default bus.
pub(crate) fn rule_arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:events:{region}:{account}:rule/{name}")
}

/// The tags of every rule, by ARN.
pub(crate) fn tagged(state: &State, account: &str, region: &str) -> Vec<(String, Tags)> {
    let arn = |name: &str| rule_arn(account, region, name);
    state.rules.iter().map(|(name, rule)| (arn(name), rule.tags.clone())).collect()
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

fn limit_exceeded() -> ApiError {
    ApiError::new("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
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

/// Refuses every bus but the default one of the caller's account and Region.
fn check_bus(call: &Call<'_>) -> Result<(), ApiError> {
    match call.string("EventBusName") {
        Some(bus) if !is_default_bus(bus, call.account, call.region) => {
            Err(not_found(format!("Event bus {bus} does not exist.")))
        }
        _ => Ok(()),
    }
}

fn is_default_bus(bus: &str, account: &str, region: &str) -> bool {
    bus == "default" || Arn::resource_of(bus, "events", account, region) == Some("event-bus/default")
}

/// The rule that a member of the call names.
fn rule<'w>(world: &'w mut World, call: &Call<'_>, member: &str) -> Result<&'w mut Rule, ApiError> {
    check_bus(call)?;
    let name = name(call.string(member), &member.to_ascii_lowercase())?;
    let rules = &mut world.region(call.account, call.region).events.rules;
    rules.get_mut(name).ok_or_else(|| not_found(format!("Rule {name} does not exist on EventBus default.")))
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
