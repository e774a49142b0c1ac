//! Rules: put, described, listed, switched and deleted.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::{
    DEFAULT_BUS, Rule, bus_name, check_longest, check_one_of, limit, limit_exceeded, name, rule, rule_arn,
    rules, start, validation,
};
use crate::events::pattern::Pattern;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::without_nulls;
use crate::sim::paging;
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

/// Rules on one bus, from the quota page of the EventBridge user guide.
const MAX_RULES: usize = 300;

/// The members of a rule that PutRule replaces, and drops where they are not
/// sent.
const SETTINGS: [&str; 5] = ["EventPattern", "ScheduleExpression", "State", "Description", "RoleArn"];

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let rules = rules(world, call)?;
    let bus = bus_name(call, "EventBusName")?;
    let name = name(call.string("Name"), "name")?;
    let settings = settings(call)?;
    let pattern = pattern(call)?;
    if bus != DEFAULT_BUS && !settings["ScheduleExpression"].is_null() {
        return Err(validation("ScheduleExpression is supported only on the default event bus."));
    }
    if !rules.contains_key(name) && rules.len() >= MAX_RULES {
        return Err(limit_exceeded());
    }
    let enabled = settings["State"] != "DISABLED";
    match rules.get_mut(name) {
        // Tags on a rule that exists are ignored: TagResource sets them.
        Some(rule) => (rule.pattern, rule.enabled, rule.settings) = (pattern, enabled, settings),
        None => {
            let tags = KEY_VALUE.read(call.input.get("Tags"));
            rules
                .insert(name.to_owned(), Rule { pattern, enabled, targets: BTreeMap::new(), settings, tags });
        }
    }
    Ok(json!({"RuleArn": rule_arn(call.account, call.region, bus, name)}))
}

fn settings(call: &Call<'_>) -> Result<Value, ApiError> {
    for (member, longest) in
        [("EventPattern", 4096), ("Description", 512), ("ScheduleExpression", 256), ("RoleArn", 1600)]
    {
        check_longest(call, member, longest)?;
    }
    let state = call.string("State").unwrap_or("ENABLED");
    check_one_of(state, "state", &["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"])?;
    let mut settings: Map<String, Value> = SETTINGS
        .iter()
        .filter_map(|member| Some(((*member).to_owned(), call.input.get(member)?.clone())))
        .filter(|(_, value)| !value.is_null())
        .collect();
    settings.insert("State".to_owned(), state.into());
    Ok(Value::Object(settings))
}

fn pattern(call: &Call<'_>) -> Result<Option<Pattern>, ApiError> {
    match call.string("EventPattern") {
        Some(text) => parse_pattern(text).map(Some),
        None if call.string("ScheduleExpression").is_some() => Ok(None),
        None => Err(validation("Parameter(s) EventPattern or ScheduleExpression must be specified.")),
    }
}

/// A pattern, or EventBridge's refusal of it.
pub(super) fn parse_pattern(text: &str) -> Result<Pattern, ApiError> {
    Pattern::parse_text(text).map_err(|error| {
        let message = format!("Event pattern is not valid. Reason: {}", error.reason());
        ApiError::new("InvalidEventPatternException", message)
    })
}

pub(super) fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let rule = rule(world, call, "Name")?;
    let mut description = entry(call, call.string("Name").unwrap_or_default(), rule);
    description["CreatedBy"] = call.account.into();
    Ok(description)
}

fn entry(call: &Call<'_>, name: &str, rule: &Rule) -> Value {
    let mut entry = rule.settings.clone();
    entry["Name"] = name.into();
    let bus = bus_name(call, "EventBusName").unwrap_or(DEFAULT_BUS);
    entry["Arn"] = rule_arn(call.account, call.region, bus, name).into();
    entry["EventBusName"] = bus.into();
    entry
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let prefix = call.string("NamePrefix").unwrap_or_default();
    let (limit, start) = (limit(call)?, start(call)?);
    let after = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let rest = rules(world, call)?
        .range::<str, _>((after, Bound::Unbounded))
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, rule)| (name.as_str(), entry(call, name, rule)));
    let page = paging::take(rest, limit);
    Ok(without_nulls(json!({"Rules": page.items, "NextToken": page.next})))
}

pub(super) fn set_state(world: &mut World, call: &Call<'_>, state: &str) -> Answer {
    let rule = rule(world, call, "Name")?;
    rule.enabled = state == "ENABLED";
    rule.settings["State"] = state.into();
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let rules = rules(world, call)?;
    let name = name(call.string("Name"), "name")?;
    if rules.get(name).is_some_and(|rule| !rule.targets.is_empty()) {
        return Err(validation("Rule can't be deleted since it has targets."));
    }
    rules.remove(name);
    Ok(json!({}))
}
