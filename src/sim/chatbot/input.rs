//! What Chatbot refuses in the members of a call.

use serde_json::Value;

use super::{invalid_parameter, invalid_request};
use crate::sim::arn::Arn;
use crate::sim::call::{ApiError, Call};
use crate::sim::members::list;
use crate::sim::world::World;
use crate::sim::{paging, sns};

/// A required member.
pub(super) fn required<'c>(call: &'c Call<'_>, member: &str) -> Result<&'c str, ApiError> {
    call.string(member)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| invalid_parameter(format!("{member} is required")))
}

/// Checks the members that both create and update take, as far as they are
/// sent: the role, the topics, the logging level.
pub(super) fn check(world: &mut World, call: &Call<'_>) -> Result<(), ApiError> {
    if let Some(arn) = call.string("IamRoleArn") {
        check_role(world, call, arn)?;
    }
    if let Some(level) =
        call.string("LoggingLevel").filter(|level| !["ERROR", "INFO", "NONE"].contains(level))
    {
        return Err(invalid_parameter(format!("LoggingLevel {level} is not one of ERROR, INFO and NONE")));
    }
    for topic in list(call.input.get("SnsTopicArns")).iter().filter_map(Value::as_str) {
        check_topic(world, topic)?;
    }
    Ok(())
}

fn check_role(world: &World, call: &Call<'_>, arn: &str) -> Result<(), ApiError> {
    let name = Arn::resource_of(arn, "iam", call.account, "")
        .and_then(|resource| resource.strip_prefix("role/"))
        .and_then(|path| path.rsplit('/').next());
    let known = world
        .accounts
        .get(call.account)
        .zip(name)
        .is_some_and(|(account, name)| account.roles.contains_key(name));
    if known {
        return Ok(());
    }
    Err(invalid_parameter(format!("IAM role {arn} does not exist or AWS Chatbot cannot assume it")))
}

fn check_topic(world: &mut World, arn: &str) -> Result<(), ApiError> {
    if Arn::parse(arn).is_none_or(|parsed| parsed.service != "sns") {
        return Err(invalid_parameter(format!("{arn} is not the ARN of an SNS topic")));
    }
    match sns::topic_mut(world, arn) {
        Some(_) => Ok(()),
        None => Err(invalid_request(format!("SNS topic {arn} does not exist"))),
    }
}

/// A configuration's name.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if name.len() > 128 || !letters {
        return Err(invalid_parameter(format!("ConfigurationName {name} must match [A-Za-z0-9-_]{{1,128}}")));
    }
    Ok(())
}

/// Ids of Slack workspaces and channels.
pub(super) fn check_slack_id(member: &str, id: &str, upper_case: bool) -> Result<(), ApiError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() && !(upper_case && letter.is_ascii_lowercase());
    if id.len() > 255 || !id.chars().all(fits) {
        return Err(invalid_parameter(format!("{member} {id} is not valid")));
    }
    Ok(())
}

/// Ids of tenants and teams: UUIDs in either case.
pub(super) fn check_uuid(member: &str, id: &str) -> Result<(), ApiError> {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = id.split('-').collect();
    let hexadecimal = |part: &str| part.chars().all(|digit| digit.is_ascii_hexdigit());
    if parts.iter().map(|part| part.len()).eq(lengths) && parts.iter().all(|part| hexadecimal(part)) {
        return Ok(());
    }
    Err(invalid_parameter(format!("{member} {id} is not a UUID")))
}

/// A Teams channel's id as it stands in the channel's link: the service model
/// wants its colon and its at sign URL-encoded, in this order.
pub(super) fn check_teams_channel(id: &str) -> Result<(), ApiError> {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_=+/.,".contains(letter);
    let plain = |part: &str| part.chars().all(letters);
    let encoded = id.replace("%3a", "%3A");
    let parts = encoded
        .split_once("%3A")
        .and_then(|(before, rest)| rest.split_once("%40").map(|(middle, after)| [before, middle, after]));
    if id.len() <= 255 && parts.is_some_and(|parts| parts.into_iter().all(plain)) {
        return Ok(());
    }
    Err(invalid_parameter(format!("ChannelId {id} is not the URL-encoded id of a Teams channel")))
}

/// The page size of a describe call, and the key after which it goes on.
pub(super) fn page(call: &Call<'_>) -> Result<(usize, Option<String>), ApiError> {
    let size = call.integer("MaxResults").unwrap_or(100);
    if !(1..=100).contains(&size) {
        return Err(invalid_parameter("MaxResults must be between 1 and 100"));
    }
    let start = call
        .string("NextToken")
        .map(|token| paging::key_of(token).ok_or_else(|| invalid_parameter("NextToken is not valid")))
        .transpose()?;
    Ok((usize::try_from(size).unwrap_or(100), start))
}
