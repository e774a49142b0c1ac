//! Targets of rules.

use std::ops::Bound;

use serde_json::{Value, json};

use super::target_checks::check;
use super::{Rule, constraint, limit, limit_exceeded, name, rule, rules, start};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{list as elements, without_nulls};
use crate::sim::paging;
use crate::sim::world::World;

/// Targets of one rule, from the quota page of the EventBridge user guide.
const MAX_TARGETS: usize = 5;

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let failing = world.region(call.account, call.region).events.failing_targets.clone();
    let rule = rule(world, call, "Rule")?;
    let targets = elements(call.input.get("Targets"));
    check_count(targets.len(), "targets")?;
    for (index, target) in targets.iter().enumerate() {
        name(target["Id"].as_str(), &format!("targets.{}.member.id", index + 1))?;
        check(target, call.region)?;
    }
    let (refused, accepted): (Vec<&Value>, Vec<&Value>) =
        targets.iter().partition(|target| target["Id"].as_str().is_some_and(|id| failing.contains(id)));
    store(rule, &accepted)?;
    let failures: Vec<Value> = refused
        .iter()
        .map(|target| {
            json!({
                "TargetId": target["Id"],
                "ErrorCode": "InternalException",
                "ErrorMessage": "The target could not be stored.",
            })
        })
        .collect();
    Ok(json!({"FailedEntryCount": failures.len(), "FailedEntries": failures}))
}

/// Adds the targets, each in place of the one with its id; all or none.
fn store(rule: &mut Rule, targets: &[&Value]) -> Result<(), ApiError> {
    let mut together = rule.targets.clone();
    for target in targets {
        together.insert(target["Id"].as_str().unwrap_or_default().to_owned(), (*target).clone());
    }
    if together.len() > MAX_TARGETS {
        return Err(limit_exceeded());
    }
    rule.targets = together;
    Ok(())
}

fn check_count(count: usize, member: &str) -> Result<(), ApiError> {
    match count {
        0 => Err(constraint("[]", member, "Member must have length greater than or equal to 1")),
        1..=100 => Ok(()),
        _ => Err(constraint("[...]", member, "Member must have length less than or equal to 100")),
    }
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let (limit, start) = (limit(call)?, start(call)?);
    let after = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let rule = rule(world, call, "Rule")?;
    let rest =
        rule.targets.range::<str, _>((after, Bound::Unbounded)).map(|(id, target)| (id.as_str(), target));
    let page = paging::take(rest, limit);
    Ok(without_nulls(json!({"Targets": page.items, "NextToken": page.next})))
}

pub(super) fn remove(world: &mut World, call: &Call<'_>) -> Answer {
    let rule = rule(world, call, "Rule")?;
    let ids = call.strings("Ids");
    check_count(ids.len(), "ids")?;
    for id in ids {
        rule.targets.remove(id);
    }
    Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
}

pub(super) fn rule_names(world: &mut World, call: &Call<'_>) -> Answer {
    let (limit, start) = (limit(call)?, start(call)?);
    let after = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let arn = call.string("TargetArn").unwrap_or_default();
    let rest = rules(world, call)?
        .range::<str, _>((after, Bound::Unbounded))
        .filter(|(_, rule)| rule.targets.values().any(|target| target["Arn"] == arn))
        .map(|(name, _)| (name.as_str(), name));
    let page = paging::take(rest, limit);
    Ok(without_nulls(json!({"RuleNames": page.items, "NextToken": page.next})))
}
