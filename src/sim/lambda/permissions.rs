//! Resource policies of functions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Function, checks, conflict, function, function_arn, function_name, invalid, missing};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::policy::{self, Access, Principal};
use crate::sim::world::World;

/// The longest policy, in bytes (Lambda developer guide, "Lambda quotas").
const POLICY_BYTES: usize = 20 * 1024;

pub(super) fn add(world: &mut World, call: &Call<'_>) -> Answer {
    let name = function_name(call)?;
    let arn = function_arn(call.account, call.region, name);
    let statement = statement(call, &arn)?;
    let revision = world.next_uuid();
    let function = function(world, call)?;
    checks::revision(&function.revision, call)?;
    let id = call.string("StatementId").unwrap_or_default();
    if function.statements.contains_key(id) {
        return Err(conflict(format!(
            "The statement id ({id}) provided already exists. Please provide a new statement id, or remove the existing statement."
        )));
    }
    let text = statement.to_string();
    if document(function).len() + text.len() > POLICY_BYTES {
        let message = "The final policy size is bigger than the limit (20480).";
        return Err(ApiError::new("PolicyLengthExceededException", message));
    }
    function.statements.insert(id.to_owned(), statement);
    function.revision = revision;
    Ok(json!({"Statement": text}))
}

fn statement(call: &Call<'_>, arn: &str) -> Result<Value, ApiError> {
    let text = |member: &str| call.string(member).unwrap_or_default();
    let (id, action, principal) = (text("StatementId"), text("Action"), text("Principal"));
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if id.is_empty() || id.len() > 100 || !id.chars().all(letters) {
        return Err(invalid(format!("Value '{id}' at 'statementId' must satisfy ([a-zA-Z0-9-_]+)")));
    }
    if action != "*" && !action.starts_with("lambda:") {
        return Err(invalid(format!(
            "Value '{action}' at 'action' must satisfy (lambda:[*]|lambda:[a-zA-Z]+|[*])"
        )));
    }
    let mut statement = json!({
        "Sid": id, "Effect": "Allow", "Principal": shown_principal(principal)?, "Action": action, "Resource": arn,
    });
    let condition = condition(call);
    if condition.as_object().is_some_and(|operators| !operators.is_empty()) {
        statement["Condition"] = condition;
    }
    Ok(statement)
}

/// A service stands as `Service`, an account as its root user.
fn shown_principal(principal: &str) -> Result<Value, ApiError> {
    if principal == "*" {
        return Ok("*".into());
    }
    if principal.ends_with(".amazonaws.com") {
        return Ok(json!({"Service": principal}));
    }
    if principal.len() == 12 && principal.chars().all(|digit| digit.is_ascii_digit()) {
        return Ok(json!({"AWS": format!("arn:aws:iam::{principal}:root")}));
    }
    if principal.starts_with("arn:aws:iam::") {
        return Ok(json!({"AWS": principal}));
    }
    Err(invalid("The provided principal was invalid. Please check the principal and try again."))
}

/// The condition as AddPermission writes it.
fn condition(call: &Call<'_>) -> Value {
    let mut condition = json!({});
    for (member, operator, key) in [
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ] {
        if let Some(text) = call.string(member) {
            condition[operator][key] = text.into();
        }
    }
    condition
}

pub(super) fn remove(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.string("StatementId").unwrap_or_default();
    let revision = world.next_uuid();
    let function = function(world, call)?;
    checks::revision(&function.revision, call)?;
    if function.statements.remove(id).is_none() {
        return Err(missing(format!("Statement {id} is not found in resource policy.")));
    }
    function.revision = revision;
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let function = function(world, call)?;
    if function.statements.is_empty() {
        return Err(missing("The resource you requested does not exist."));
    }
    Ok(json!({"Policy": document(function), "RevisionId": function.revision}))
}

fn document(function: &Function) -> String {
    let statements: Vec<&Value> = function.statements.values().collect();
    json!({"Version": "2012-10-17", "Id": "default", "Statement": statements}).to_string()
}

/// Whether a function's policy lets a service invoke it.
pub(super) fn lets_invoke(
    function: &Function,
    arn: &str,
    service: &str,
    context: BTreeMap<&'static str, String>,
) -> bool {
    let action = "lambda:InvokeFunction";
    let access = Access { principal: Principal::Service(service), action, resource: arn, context };
    policy::allows(&document(function), &access)
}
