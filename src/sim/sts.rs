//! AWS STS.

use serde_json::json;
use time::Duration;

use super::call::{Answer, ApiError, Call};
use super::clock::epoch_seconds;
use super::identity::partition;
use super::service::Service;
use super::world::World;

/// What a session lasts where the caller does not say, in seconds; also the
/// longest a chained session may last (STS, AssumeRole).
const HOUR: i64 = 3600;

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    if world.region_disabled(call.account, call.region) {
        return Err(region_disabled(call.account));
    }
    match call.operation {
        "AssumeRole" => assume_role(world, call),
        "GetCallerIdentity" => Ok(get_caller_identity(call)),
        _ => Err(call.unknown_operation()),
    }
}

fn get_caller_identity(call: &Call<'_>) -> serde_json::Value {
    let name = call.principal.rsplit('/').next().unwrap_or_default();
    let user_id = if is_session(call) {
        format!("AROA{:0>17}:{name}", call.account)
    } else {
        format!("AIDA{:0>17}", call.account)
    };
    json!({ "UserId": user_id, "Account": call.account, "Arn": call.principal })
}

fn is_session(call: &Call<'_>) -> bool {
    call.principal.contains(":assumed-role/")
}

/// A role as its ARN names it.
struct RoleName<'a> {
    partition: &'a str,
    account: &'a str,
    name: &'a str,
}

fn assume_role(world: &mut World, call: &Call<'_>) -> Answer {
    let arn = call.string("RoleArn").unwrap_or_default();
    let session_name = call.string("RoleSessionName").unwrap_or_default();
    check_text("roleSessionName", session_name, (2, 64), "+=,.@-_")?;
    if let Some(id) = call.string("ExternalId") {
        check_text("externalId", id, (2, 1224), "+=,.@:/-_")?;
    }
    let role = parse_role(arn)?;
    let external_id_matches = may_assume(world, call, &role);
    let Some(limit) = external_id_matches else {
        return Err(not_authorized(call, arn));
    };
    if world.region_disabled(role.account, call.region) {
        return Err(region_disabled(role.account));
    }
    let seconds = duration(call, limit)?;
    let expires = call.now + Duration::seconds(seconds);
    let credentials = world.identity.add_session(
        role.account,
        role.name,
        session_name,
        partition(call.region),
        (call.now, expires),
    );
    Ok(json!({
        "Credentials": {
            "AccessKeyId": credentials.access_key,
            "SecretAccessKey": credentials.secret_key,
            "SessionToken": credentials.token,
            "Expiration": { "$timestamp": epoch_seconds(expires).floor() },
        },
        "AssumedRoleUser": {
            "AssumedRoleId": format!("AROA{:0>17}:{session_name}", role.account),
            "Arn": format!(
                "arn:{}:sts::{}:assumed-role/{}/{session_name}",
                role.partition, role.account, role.name
            ),
        },
        "PackedPolicySize": 1,
    }))
}

/// The longest session the caller may have of the role, in seconds; `None` if
/// the caller may not assume it.
fn may_assume(world: &World, call: &Call<'_>, role: &RoleName<'_>) -> Option<i64> {
    if role.partition != partition(call.region) || world.organization.is_closed(role.account) {
        return None;
    }
    let settings = world.accounts.get(role.account)?.roles.get(role.name)?;
    let external_id_fits =
        settings.external_id.is_none() || settings.external_id.as_deref() == call.string("ExternalId");
    external_id_fits.then_some(settings.max_session_seconds.unwrap_or(HOUR))
}

fn duration(call: &Call<'_>, limit: i64) -> Result<i64, ApiError> {
    let seconds = call.integer("DurationSeconds").unwrap_or(HOUR);
    if seconds < 900 {
        return Err(invalid(format!(
            "1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy \
             constraint: Member must have value greater than or equal to 900"
        )));
    }
    if seconds > HOUR && is_session(call) {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining"
                .to_owned(),
        ));
    }
    if seconds > limit {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned(),
        ));
    }
    Ok(seconds)
}

fn parse_role(arn: &str) -> Result<RoleName<'_>, ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    if let ["arn", partition, "iam", "", account, resource] = parts[..]
        && let Some(path) = resource.strip_prefix("role/")
    {
        // The session's ARN names the role without its path.
        let name = path.rsplit('/').next().unwrap_or(path);
        return Ok(RoleName { partition, account, name });
    }
    Err(invalid(format!("{arn} is invalid")))
}

fn check_text(member: &str, text: &str, (least, most): (usize, usize), marks: &str) -> Result<(), ApiError> {
    let allowed = |character: char| character.is_alphanumeric() || marks.contains(character);
    let constraint = if text.len() < least {
        format!("Member must have length greater than or equal to {least}")
    } else if text.len() > most {
        format!("Member must have length less than or equal to {most}")
    } else if !text.chars().all(allowed) {
        format!("Member must satisfy regular expression pattern: [\\w{}]*", marks.replace('_', ""))
    } else {
        return Ok(());
    };
    Err(invalid(format!(
        "1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: \
         {constraint}"
    )))
}

fn invalid(message: String) -> ApiError {
    ApiError::new("ValidationError", message)
}

fn not_authorized(call: &Call<'_>, arn: &str) -> ApiError {
    Service::Sts.denied(format!(
        "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
        call.principal
    ))
}

fn region_disabled(account: &str) -> ApiError {
    let message = format!(
        "STS is not activated in this region for account:{account}. Your account administrator \
         can activate STS in this region using the IAM Console."
    );
    ApiError::new("RegionDisabledException", message).with_status(403)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use time::macros::datetime;

    use super::*;

    const MEMBER: &str = "111111111111";

    fn world() -> World {
        let mut world = World::default();
        world.add_account(MEMBER, "dev", "foghorn", Some("secret-id"));
        world
    }

    fn assume(world: &mut World, region: &str, principal: &str, change: Value) -> Answer {
        let mut input = json!({
            "RoleArn": format!("arn:aws:iam::{MEMBER}:role/foghorn"),
            "RoleSessionName": "foghorn",
            "ExternalId": "secret-id",
        });
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        let now = datetime!(2026-11-21 09:00 UTC);
        let call =
            Call { account: "999999999999", region, principal, operation: "AssumeRole", input: &input, now };
        super::call(world, &call)
    }

    const USER: &str = "arn:aws:iam::999999999999:user/tooling";

    #[test]
    fn an_assumed_role_is_a_new_caller_in_the_roles_account() {
        let mut world = world();
        let output = assume(&mut world, "eu-west-1", USER, json!({})).unwrap();
        let key = output["Credentials"]["AccessKeyId"].as_str().unwrap();
        let caller = world.identity.find(key).unwrap();
        assert_eq!(caller.account, MEMBER);
        assert_eq!(output["AssumedRoleUser"]["Arn"], caller.arn("eu-west-1"));
    }

    #[test]
    fn a_role_is_refused_when_account_name_external_id_or_partition_do_not_fit() {
        for change in [
            json!({ "ExternalId": "wrong" }),
            json!({ "RoleArn": "arn:aws:iam::111111111111:role/other" }),
            json!({ "RoleArn": "arn:aws:iam::222222222222:role/foghorn" }),
            json!({ "RoleArn": "arn:aws-cn:iam::111111111111:role/foghorn" }),
        ] {
            let refusal = assume(&mut world(), "eu-west-1", USER, change).unwrap_err();
            assert_eq!((refusal.code.as_str(), refusal.status), ("AccessDenied", 403));
            assert!(refusal.message.contains("sts:AssumeRole on resource: arn:"));
        }
    }

    #[test]
    fn a_session_is_neither_too_short_nor_too_long() {
        let code = |principal, seconds: &str| {
            let change = json!({ "DurationSeconds": seconds });
            let mut world = world();
            let roles = &mut world.accounts.get_mut(MEMBER).unwrap().roles;
            roles.get_mut("foghorn").unwrap().max_session_seconds = Some(7200);
            assume(&mut world, "eu-west-1", principal, change).map_err(|refusal| refusal.code).err()
        };
        let chained = "arn:aws:sts::999999999999:assumed-role/a/b";
        assert_eq!(code(USER, "899").as_deref(), Some("ValidationError"));
        assert_eq!(code(USER, "7200"), None);
        assert_eq!(code(USER, "7201").as_deref(), Some("ValidationError"));
        assert_eq!(code(chained, "3600"), None);
        assert_eq!(code(chained, "3601").as_deref(), Some("ValidationError"));
    }

    #[test]
    fn a_session_name_outside_the_pattern_is_refused() {
        let change = json!({ "RoleSessionName": "two words" });
        let refusal = assume(&mut world(), "eu-west-1", USER, change).unwrap_err();
        assert!(refusal.message.contains("regular expression pattern: [\\w+=,.@-]*"));
    }

    #[test]
    fn a_region_that_is_off_gives_no_session() {
        let mut world = world();
        let account = world.accounts.get_mut(MEMBER).unwrap();
        account.disabled_regions.insert("ap-east-1".to_owned());
        let refusal = assume(&mut world, "ap-east-1", USER, json!({})).unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.status), ("RegionDisabledException", 403));
    }
}
