//! Who may invoke a function. Lambda writes its policy itself, a statement a
//! permission.

use serde_json::Value;

use crate::aws::answer::malformed;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::{AwsError, Class};
use crate::model::Region;
use crate::model::function::Function;
use crate::model::policy::Policy;

/// A statement in the words of AddPermission.
#[derive(Debug, PartialEq, Eq)]
struct Permission<'a> {
    sid: &'a str,
    action: &'a str,
    service: &'a str,
    source_arn: Option<&'a str>,
    source_account: Option<&'a str>,
}

/// The policy of a function; `None` where it has none.
///
/// # Errors
/// Whatever AWS refuses, and a policy that is none.
pub(super) async fn read_policy(
    door: &Door,
    region: Region,
    function: &str,
) -> Result<Option<Policy>, AwsError> {
    let tried = format!("get policy of function {function}");
    let call = door.lambda(region).get_policy().function_name(function).send();
    let answer = match door.call(region, ApiGroup::Lambda, tried.clone(), call).await {
        // Lambda says so of a function without a policy as well.
        Err(error) if error.is_not_found() => return Ok(None),
        answer => answer?,
    };
    let text = answer.policy.filter(|text| !text.is_empty());
    text.map(|text| Policy::parse(&text)).transpose().map_err(|error| malformed(tried, error.to_string()))
}

/// Brings the fleet's statements into force. Those of others stay.
///
/// # Errors
/// The first call that AWS refuses, and a statement that is no permission.
pub(super) async fn permit(door: &Door, function: &Function) -> Result<(), AwsError> {
    let current = read_policy(door, function.region, &function.name).await?;
    for statement in &function.policy.own().statements {
        let permission = permission(statement).ok_or_else(|| {
            malformed(format!("permit calls of function {}", function.name), "a statement is no permission")
        })?;
        let there = current.as_ref().filter(|policy| policy.statement(permission.sid).is_some());
        match there {
            Some(policy) if policy.contains(&Policy::of(vec![statement.clone()])) => {}
            Some(_) => replace(door, function, &permission).await?,
            None => match add(door, function, &permission).await {
                Err(error) if error.class == Class::Conflict => replace(door, function, &permission).await?,
                added => added?,
            },
        }
    }
    Ok(())
}

/// AddPermission refuses a Sid that is there (Lambda API reference).
async fn replace(door: &Door, function: &Function, permission: &Permission<'_>) -> Result<(), AwsError> {
    match remove(door, function, permission.sid).await {
        Err(error) if error.is_not_found() => {}
        removed => removed?,
    }
    add(door, function, permission).await
}

async fn add(door: &Door, function: &Function, permission: &Permission<'_>) -> Result<(), AwsError> {
    let client = door.lambda(function.region);
    let request = client
        .add_permission()
        .function_name(&function.name)
        .statement_id(permission.sid)
        .action(permission.action)
        .principal(permission.service)
        .set_source_arn(permission.source_arn.map(str::to_owned))
        .set_source_account(permission.source_account.map(str::to_owned));
    let tried = format!("add permission {} to function {}", permission.sid, function.name);
    door.call(function.region, ApiGroup::Lambda, tried, request.send()).await?;
    Ok(())
}

async fn remove(door: &Door, function: &Function, sid: &str) -> Result<(), AwsError> {
    let client = door.lambda(function.region);
    let request = client.remove_permission().function_name(&function.name).statement_id(sid);
    let tried = format!("remove permission {sid} from function {}", function.name);
    door.call(function.region, ApiGroup::Lambda, tried, request.send()).await?;
    Ok(())
}

fn permission(statement: &Value) -> Option<Permission<'_>> {
    Some(Permission {
        sid: statement.get("Sid")?.as_str()?,
        action: statement.get("Action")?.as_str()?,
        service: statement.get("Principal")?.get("Service")?.as_str()?,
        source_arn: condition(statement, "aws:SourceArn"),
        source_account: condition(statement, "aws:SourceAccount"),
    })
}

/// What a condition, of whatever operator, asks of a key; keys ignore case.
fn condition<'a>(statement: &'a Value, key: &str) -> Option<&'a str> {
    let operators = statement.get("Condition")?.as_object()?;
    let mut keys = operators.values().filter_map(Value::as_object).flatten();
    keys.find(|(name, _)| name.eq_ignore_ascii_case(key)).and_then(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_statement_in_lambdas_own_form_is_the_permission_that_makes_it() {
        let statement = json!({
            "Sid": "FoghornTopic",
            "Effect": "Allow",
            "Principal": { "Service": "sns.amazonaws.com" },
            "Action": "lambda:InvokeFunction",
            "Resource": "function",
            "Condition": {
                "ArnLike": { "AWS:SourceArn": "topic" },
                "StringEquals": { "AWS:SourceAccount": "111111111111" },
            },
        });
        let expected = Permission {
            sid: "FoghornTopic",
            action: "lambda:InvokeFunction",
            service: "sns.amazonaws.com",
            source_arn: Some("topic"),
            source_account: Some("111111111111"),
        };
        assert_eq!(permission(&statement), Some(expected));
        assert_eq!(permission(&json!({ "Sid": "A", "Action": "b", "Principal": "*" })), None);
    }
}
