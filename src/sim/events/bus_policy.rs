//! The policy of an event bus: who may put events on it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::arns::bus_arn;
use super::buses::Properties;
use super::{bus_name, constraint, no_bus, not_found, validation};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::identity::partition;
use crate::sim::members::boolean;
use crate::sim::policy::{self, Access, Principal, one_or_many};
use crate::sim::world::World;

/// The largest policy of a bus, in bytes (PutPermission in the service model).
const MAX_BYTES: usize = 10_240;

/// The one action that PutPermission grants by its members.
const PUT_EVENTS: &str = "events:PutEvents";

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let bus = bus_name(call, "EventBusName")?;
    let arn = bus_arn(call.account, call.region, bus);
    let properties = properties(world, call, bus)?;
    let statements = match call.string("Policy") {
        Some(text) => whole_policy(text, &arn)?,
        None => with_statement(&properties.policy, statement(call, &arn)?),
    };
    if document(&statements).len() > MAX_BYTES {
        let message = "The permission policy on the event bus exceeds the maximum length.";
        return Err(ApiError::new("PolicyLengthExceededException", message));
    }
    properties.policy = statements;
    properties.touch(call.now);
    Ok(json!({}))
}

fn properties<'w>(world: &'w mut World, call: &Call<'_>, bus: &str) -> Result<&'w mut Properties, ApiError> {
    world.region(call.account, call.region).events.properties_mut(bus).ok_or_else(|| no_bus(bus))
}

/// The statements of a policy that is sent as a whole.
fn whole_policy(text: &str, bus_arn: &str) -> Result<Vec<Value>, ApiError> {
    let malformed = |reason: &str| validation(format!("Parameter policy is not valid. Reason: {reason}"));
    let policy: Value =
        serde_json::from_str(text).map_err(|_| malformed("The policy is not a valid JSON text."))?;
    let statements: Vec<Value> = one_or_many(&policy["Statement"]).into_iter().cloned().collect();
    if statements.is_empty() {
        return Err(malformed("The policy has no statement."));
    }
    for statement in &statements {
        let missing = ["Effect", "Principal", "Action", "Resource"].into_iter().find(|member| {
            statement.get(member).is_none() && statement.get(format!("Not{member}")).is_none()
        });
        if let Some(member) = missing {
            return Err(malformed(&format!("A statement lacks {member}.")));
        }
        let own = one_or_many(&statement["Resource"])
            .into_iter()
            .filter_map(Value::as_str)
            .all(|resource| policy::glob(resource, bus_arn) || !resource.contains(":event-bus/"));
        if !own {
            return Err(malformed("The resource of a statement is not this event bus."));
        }
    }
    Ok(statements)
}

/// The statements with another in place of the one with its id.
fn with_statement(statements: &[Value], new: Value) -> Vec<Value> {
    let others = statements.iter().filter(|statement| statement["Sid"] != new["Sid"]).cloned();
    others.chain([new.clone()]).collect()
}

fn statement(call: &Call<'_>, bus_arn: &str) -> Result<Value, ApiError> {
    let required = |member: &str| {
        call.string(member)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| validation(format!("Parameter {member} must be specified.")))
    };
    let (id, action, principal) = (required("StatementId")?, required("Action")?, required("Principal")?);
    check_statement_id(id)?;
    if action != PUT_EVENTS {
        return Err(validation("Provided value in parameter 'action' is not supported."));
    }
    let principal = match principal {
        "*" => json!("*"),
        account if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            json!({"AWS": format!("arn:{}:iam::{account}:root", partition(call.region))})
        }
        other => {
            let rule = r"Member must satisfy regular expression pattern: (\d{12}|\*)";
            return Err(constraint(other, "principal", rule));
        }
    };
    let mut statement = json!({
        "Sid": id, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": bus_arn,
    });
    if let Some(condition) = condition(call)? {
        statement["Condition"] = condition;
    }
    Ok(statement)
}

fn check_statement_id(id: &str) -> Result<(), ApiError> {
    if id.len() <= 64 && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)) {
        return Ok(());
    }
    Err(constraint(id, "statementId", "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+"))
}

/// The condition block. The one condition that PutPermission takes is the
/// organisation's id.
fn condition(call: &Call<'_>) -> Result<Option<Value>, ApiError> {
    let Some(condition) = call.input.get("Condition").filter(|condition| !condition.is_null()) else {
        return Ok(None);
    };
    match (condition["Type"].as_str(), condition["Key"].as_str(), condition["Value"].as_str()) {
        (Some("StringEquals"), Some("aws:PrincipalOrgID"), Some(organisation)) => {
            Ok(Some(json!({"StringEquals": {"aws:PrincipalOrgID": organisation}})))
        }
        _ => Err(validation("Provided value in parameter 'condition' is not supported.")),
    }
}

pub(super) fn remove(world: &mut World, call: &Call<'_>) -> Answer {
    let bus = bus_name(call, "EventBusName")?;
    let properties = properties(world, call, bus)?;
    if boolean(call.input.get("RemoveAllPermissions")) == Some(true) {
        properties.policy.clear();
        properties.touch(call.now);
        return Ok(json!({}));
    }
    let id =
        call.string("StatementId").ok_or_else(|| validation("Parameter StatementId must be specified."))?;
    if properties.policy.is_empty() {
        return Err(not_found("EventBus does not have a policy."));
    }
    let place = properties.policy.iter().position(|statement| statement["Sid"] == id);
    let place = place.ok_or_else(|| not_found("Statement with the provided id does not exist."))?;
    properties.policy.remove(place);
    properties.touch(call.now);
    Ok(json!({}))
}

fn document(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

impl Properties {
    /// The policy as a text, if the bus has one.
    pub(super) fn policy_text(&self) -> Option<String> {
        (!self.policy.is_empty()).then(|| document(&self.policy))
    }
}

/// Whether an account may put events on a bus: on its own always, on another's
/// if that bus's policy says so. `context` is the request's, by condition key
/// in lower case.
pub(crate) fn lets_in(
    world: &World,
    sender: &str,
    (account, region, bus): (&str, &str, &str),
    context: BTreeMap<&'static str, String>,
) -> bool {
    if sender == account {
        return true;
    }
    let region_state = world.accounts.get(account).and_then(|account| account.regions.get(region));
    let Some(policy) =
        region_state.and_then(|state| state.events.properties(bus)).and_then(Properties::policy_text)
    else {
        return false;
    };
    let resource = bus_arn(account, region, bus);
    let access =
        Access { principal: Principal::Account(sender), action: PUT_EVENTS, resource: &resource, context };
    policy::allows(&policy, &access)
}
