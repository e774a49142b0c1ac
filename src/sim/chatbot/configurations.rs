//! What the channel configurations of every chat service have in common.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::input::{check, required};
use super::platform::Platform;
use super::{Configuration, SNS_ENDPOINT, invalid_parameter, invalid_request, not_found, state};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::boolean;
use crate::sim::tag_list::TAG_KEY_TAG_VALUE;
use crate::sim::world::World;
use crate::sim::{paging, sns};

/// The guardrail of a configuration that names none, from the service model.
const DEFAULT_GUARDRAIL: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Members that an update replaces where it sends them, beside the channel's.
const REPLACED: [&str; 5] =
    ["SnsTopicArns", "IamRoleArn", "LoggingLevel", "GuardrailPolicyArns", "UserAuthorizationRequired"];

/// A configuration as answers show it.
pub(super) fn shown(configuration: &Configuration) -> Value {
    let mut shown = configuration.settings.clone();
    shown["Tags"] = TAG_KEY_TAG_VALUE.write(&configuration.tags);
    shown
}

/// A page of a platform's configurations that are wanted, after a key.
pub(super) fn page(
    world: &mut World,
    call: &Call<'_>,
    platform: Platform,
    wanted: impl Fn(&str, &Configuration) -> bool,
) -> Result<paging::Page<Value>, ApiError> {
    let (size, start) = super::input::page(call)?;
    let configurations = &state(world, call.account).configurations;
    let rest = configurations
        .iter()
        .filter(|(_, configuration)| configuration.platform == platform)
        .filter(|(arn, _)| start.as_ref().is_none_or(|start| *arn > start))
        .filter(|(arn, configuration)| wanted(arn.as_str(), configuration))
        .map(|(arn, configuration)| (arn.as_str(), shown(configuration)));
    Ok(paging::take(rest, size))
}

/// Stores a new configuration of which `own` are the members that only its
/// platform has. The answer shows it.
pub(super) fn create(world: &mut World, call: &Call<'_>, platform: Platform, own: Value) -> Answer {
    let name = required(call, "ConfigurationName")?;
    let arn = platform.arn(call.account, name);
    check_free(world, call, platform, &arn, &own)?;
    check(world, call)?;
    let settings = settings(call, own, &arn);
    let tags = TAG_KEY_TAG_VALUE.read(call.input.get("Tags"));
    let configuration = Configuration { platform, settings, tags, arrivals: (0, 0) };
    let answer = json!({"ChannelConfiguration": shown(&configuration)});
    let before = topics(world, call.account);
    state(world, call.account).configurations.insert(arn, configuration);
    subscribe(world, call.account, &before);
    Ok(answer)
}

/// Refuses an ARN or a channel that is taken in this account.
fn check_free(
    world: &mut World,
    call: &Call<'_>,
    platform: Platform,
    arn: &str,
    own: &Value,
) -> Result<(), ApiError> {
    let configurations = &state(world, call.account).configurations;
    if configurations.contains_key(arn) {
        let message = format!("Resource with arn {arn} already exists");
        return Err(ApiError::new("ConflictException", message).with_status(409));
    }
    let taken =
        |other: &Configuration| other.platform == platform && platform.same_channel(&other.settings, own);
    if configurations.values().any(taken) {
        return Err(channel_taken(call, platform, &own[platform.channel()]));
    }
    Ok(())
}

fn channel_taken(call: &Call<'_>, platform: Platform, channel: &Value) -> ApiError {
    let (name, channel) = (platform.name(), channel.as_str().unwrap_or_default());
    let account = call.account;
    invalid_request(format!(
        "{name} channel with ID {channel} has already been configured for AWS account {account}"
    ))
}

/// All members of a new configuration: its platform's own, and the common ones
/// with their defaults.
fn settings(call: &Call<'_>, own: Value, arn: &str) -> Value {
    let sent = |member: &str, default: Value| match call.input.get(member) {
        None | Some(Value::Null) => default,
        Some(value) => value.clone(),
    };
    let common = [
        ("ChatConfigurationArn", arn.into()),
        ("IamRoleArn", sent("IamRoleArn", Value::Null)),
        ("SnsTopicArns", sent("SnsTopicArns", json!([]))),
        ("ConfigurationName", sent("ConfigurationName", Value::Null)),
        ("LoggingLevel", sent("LoggingLevel", "NONE".into())),
        ("GuardrailPolicyArns", sent("GuardrailPolicyArns", json!([DEFAULT_GUARDRAIL]))),
        (
            "UserAuthorizationRequired",
            boolean(call.input.get("UserAuthorizationRequired")).unwrap_or(false).into(),
        ),
        ("State", "ENABLED".into()),
    ];
    let mut settings = own;
    for (member, value) in common {
        settings[member] = value;
    }
    settings
}

/// Replaces the members that the call sends. The channel's id is among those
/// that it must send.
pub(super) fn update(world: &mut World, call: &Call<'_>, platform: Platform) -> Answer {
    let arn = required(call, "ChatConfigurationArn")?;
    required(call, platform.channel())?;
    let configurations = &state(world, call.account).configurations;
    let present = configurations.get(arn).filter(|present| present.platform == platform);
    let settings = replaced(&present.ok_or_else(|| not_found(arn))?.settings, call, platform);
    let taken = |(other, configuration): (&String, &Configuration)| {
        other != arn
            && configuration.platform == platform
            && platform.same_channel(&configuration.settings, &settings)
    };
    if configurations.iter().any(taken) {
        return Err(channel_taken(call, platform, &settings[platform.channel()]));
    }
    check(world, call)?;
    let before = topics(world, call.account);
    let configuration =
        state(world, call.account).configurations.get_mut(arn).ok_or_else(|| not_found(arn))?;
    configuration.settings = settings;
    let answer = json!({"ChannelConfiguration": shown(configuration)});
    subscribe(world, call.account, &before);
    Ok(answer)
}

fn replaced(settings: &Value, call: &Call<'_>, platform: Platform) -> Value {
    let mut settings = settings.clone();
    for member in REPLACED.into_iter().chain([platform.channel(), platform.channel_name()]) {
        if let Some(value) = call.input.get(member).filter(|value| !value.is_null()) {
            settings[member] = value.clone();
        }
    }
    settings
}

/// Deletes a configuration, and takes back the subscriptions that no other
/// configuration of the account needs.
pub(super) fn delete(world: &mut World, call: &Call<'_>, platform: Platform) -> Answer {
    let arn = required(call, "ChatConfigurationArn")?;
    if !arn.starts_with(&platform.arn(call.account, "")) {
        return Err(invalid_parameter(format!("ChatConfigurationArn {arn} is not valid")));
    }
    let before = topics(world, call.account);
    state(world, call.account).configurations.remove(arn).ok_or_else(|| not_found(arn))?;
    subscribe(world, call.account, &before);
    Ok(json!({}))
}

/// The topics of all configurations of an account.
fn topics(world: &mut World, account: &str) -> BTreeSet<String> {
    let configurations = &state(world, account).configurations;
    configurations.values().flat_map(Configuration::topics).map(str::to_owned).collect()
}

/// Subscribes Chatbot to the topics that are new, and unsubscribes it from
/// those that no configuration of the account names any more. A subscription
/// that somebody removed by hand stays away, as it does in AWS.
fn subscribe(world: &mut World, account: &str, before: &BTreeSet<String>) {
    let after = topics(world, account);
    for topic in before.difference(&after) {
        sns::unsubscribe_service(world, topic, account, SNS_ENDPOINT);
    }
    for topic in after.difference(before) {
        // The topic was there a moment ago, when the input was checked.
        let _ = sns::subscribe_service(world, topic, account, SNS_ENDPOINT);
    }
}
