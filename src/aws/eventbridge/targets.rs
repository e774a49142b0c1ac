//! Targets of rules.

use aws_sdk_eventbridge::error::BuildError;
use aws_sdk_eventbridge::operation::put_targets::PutTargetsOutput;
use aws_sdk_eventbridge::types::{self, DeadLetterConfig, InputTransformer};

use super::PAGE;
use super::destinations::{name_without_id, read_destination};
use crate::aws::answer::every_page;
use crate::aws::classify::class_of;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::request::unbuildable;
use crate::aws::text::one_line;
use crate::model::Region;
use crate::model::rule::bus_and_name;
use crate::model::target::{ObservedTarget, RetryPolicy, Target, TargetSettings, Transformer};

/// What EventBridge does where a retry policy leaves a member out (EventBridge
/// user guide, event retry policy).
const DEFAULT_RETRY: RetryPolicy =
    RetryPolicy { maximum_retry_attempts: 185, maximum_event_age_in_seconds: 86_400 };

/// All targets of a rule, sorted by id.
///
/// # Errors
/// The first page that can't be read.
pub(super) async fn read_targets(
    door: &Door,
    region: Region,
    place: &str,
) -> Result<Vec<ObservedTarget>, AwsError> {
    let client = door.eventbridge(region);
    let (bus, rule) = bus_and_name(place);
    let page = |token| {
        let request = client
            .list_targets_by_rule()
            .set_event_bus_name(bus.map(str::to_owned))
            .rule(rule)
            .limit(PAGE)
            .set_next_token(token);
        let tried = format!("list targets of rule {place}");
        async move {
            let answer = door.call(region, ApiGroup::Events, tried, request.send()).await?;
            Ok((answer.targets.unwrap_or_default(), answer.next_token))
        }
    };
    let mut targets: Vec<ObservedTarget> =
        every_page(page).await?.into_iter().map(ObservedTarget::from).collect();
    targets.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(targets)
}

/// Creates a target, or replaces the one of the same id; others stay.
///
/// # Errors
/// A call that AWS refuses, and an entry that it refuses in an answer that
/// otherwise says success.
pub(crate) async fn apply_target(door: &Door, target: &Target) -> Result<(), AwsError> {
    let tried = format!("put target {} of rule {}", target.id, target.rule);
    let arn = whole_arn(door, target).await?;
    let entry = sdk_target(target, &arn).map_err(unbuildable(&tried))?;
    let (bus, rule) = bus_and_name(&target.rule);
    let client = door.eventbridge(target.region);
    let request = client.put_targets().set_event_bus_name(bus.map(str::to_owned)).rule(rule).targets(entry);
    let answer = door.call(target.region, ApiGroup::Events, tried.clone(), request.send()).await?;
    refusal(&tried, &answer).map_or(Ok(()), Err)
}

/// The ARN that EventBridge takes: that of an API destination ends in an id
/// that the plan does not know.
async fn whole_arn(door: &Door, target: &Target) -> Result<String, AwsError> {
    let arn = &target.settings.arn;
    match name_without_id(arn) {
        Some(name) => Ok(read_destination(door, target.region, name).await?.arn),
        None => Ok(arn.clone()),
    }
}

/// Removes a target from a rule by the rule's place.
///
/// # Errors
/// A call that AWS refuses, and an entry that it refuses in an answer that
/// otherwise says success.
pub(crate) async fn delete_target(
    door: &Door,
    region: Region,
    place: &str,
    id: &str,
) -> Result<(), AwsError> {
    let tried = format!("remove target {id} of rule {place}");
    let (bus, rule) = bus_and_name(place);
    let client = door.eventbridge(region);
    let request = client.remove_targets().set_event_bus_name(bus.map(str::to_owned)).rule(rule).ids(id);
    let answer = door.call(region, ApiGroup::Events, tried.clone(), request.send()).await?;
    let entry = answer.failed_entries().first();
    refused(
        &tried,
        answer.failed_entry_count,
        entry.and_then(|entry| entry.error_code()),
        entry.and_then(|entry| entry.error_message()),
    )
    .map_or(Ok(()), Err)
}

fn refusal(tried: &str, answer: &PutTargetsOutput) -> Option<AwsError> {
    let entry = answer.failed_entries().first();
    let code = entry.and_then(|entry| entry.error_code());
    let message = entry.and_then(|entry| entry.error_message());
    refused(tried, answer.failed_entry_count, code, message)
}

/// EventBridge answers HTTP 200 with the entries that it did not take.
pub(super) fn refused(
    tried: &str,
    failed: i32,
    code: Option<&str>,
    message: Option<&str>,
) -> Option<AwsError> {
    if failed == 0 {
        return None;
    }
    let (code, message) = (code.unwrap_or("no error code"), message.unwrap_or("no error message"));
    let class = class_of(ApiGroup::Events, 200, code, message);
    Some(AwsError { tried: tried.to_owned(), class, detail: one_line(&format!("{code}: {message}")) })
}

impl From<types::Target> for ObservedTarget {
    fn from(target: types::Target) -> Self {
        let settings = TargetSettings {
            arn: target.arn,
            role_arn: target.role_arn,
            transformer: target.input_transformer.map(Transformer::from),
            input: target.input,
            input_path: target.input_path,
            retry_policy: target.retry_policy.map(RetryPolicy::from),
            dead_letter_arn: target.dead_letter_config.and_then(|dead_letters| dead_letters.arn),
        };
        Self { id: target.id, settings }
    }
}

impl From<InputTransformer> for Transformer {
    fn from(transformer: InputTransformer) -> Self {
        Self {
            paths: transformer.input_paths_map.unwrap_or_default().into_iter().collect(),
            template: transformer.input_template,
        }
    }
}

impl From<types::RetryPolicy> for RetryPolicy {
    fn from(policy: types::RetryPolicy) -> Self {
        Self {
            maximum_retry_attempts: policy
                .maximum_retry_attempts
                .unwrap_or(DEFAULT_RETRY.maximum_retry_attempts),
            maximum_event_age_in_seconds: policy
                .maximum_event_age_in_seconds
                .unwrap_or(DEFAULT_RETRY.maximum_event_age_in_seconds),
        }
    }
}

fn sdk_target(target: &Target, arn: &str) -> Result<types::Target, BuildError> {
    let settings = &target.settings;
    let dead_letters =
        settings.dead_letter_arn.as_ref().map(|arn| DeadLetterConfig::builder().arn(arn).build());
    types::Target::builder()
        .id(&target.id)
        .arn(arn)
        .set_role_arn(settings.role_arn.clone())
        .set_input_transformer(settings.transformer.as_ref().map(sdk_transformer).transpose()?)
        .set_input(settings.input.clone())
        .set_input_path(settings.input_path.clone())
        .set_retry_policy(settings.retry_policy.map(sdk_retry_policy))
        .set_dead_letter_config(dead_letters)
        .build()
}

fn sdk_transformer(transformer: &Transformer) -> Result<InputTransformer, BuildError> {
    let paths = transformer.paths.iter().map(|(name, path)| (name.clone(), path.clone())).collect();
    InputTransformer::builder().set_input_paths_map(Some(paths)).input_template(&transformer.template).build()
}

fn sdk_retry_policy(policy: RetryPolicy) -> types::RetryPolicy {
    types::RetryPolicy::builder()
        .maximum_retry_attempts(policy.maximum_retry_attempts)
        .maximum_event_age_in_seconds(policy.maximum_event_age_in_seconds)
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_sdk_eventbridge::types::PutTargetsResultEntry;

    use super::*;
    use crate::aws::error::Class;

    fn target(settings: TargetSettings) -> Target {
        Target { region: Region::US_EAST_1, rule: "r".to_owned(), id: "t".to_owned(), settings }
    }

    fn bare() -> TargetSettings {
        TargetSettings {
            arn: "arn:aws:sns:us-east-1:111111111111:t".to_owned(),
            role_arn: None,
            transformer: None,
            input: None,
            input_path: None,
            retry_policy: None,
            dead_letter_arn: None,
        }
    }

    fn full() -> TargetSettings {
        TargetSettings {
            role_arn: Some("role".to_owned()),
            transformer: Some(Transformer {
                paths: BTreeMap::from([("a".to_owned(), "$.detail.a".to_owned())]),
                template: r#"{"a":<a>}"#.to_owned(),
            }),
            input: Some("input".to_owned()),
            input_path: Some("$.detail".to_owned()),
            retry_policy: Some(RetryPolicy { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 60 }),
            dead_letter_arn: Some("queue".to_owned()),
            ..bare()
        }
    }

    #[test]
    fn every_setting_of_a_target_survives_the_way_to_aws_and_back() {
        for settings in [bare(), full()] {
            let target = target(settings);
            let observed = ObservedTarget::from(sdk_target(&target, &target.settings.arn).unwrap());
            assert_eq!(observed, ObservedTarget { id: target.id, settings: target.settings });
        }
    }

    #[test]
    fn half_a_retry_policy_reads_as_what_eventbridge_does() {
        let policy = types::RetryPolicy::builder().maximum_retry_attempts(3).build();
        let expected = RetryPolicy { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 86_400 };
        assert_eq!(RetryPolicy::from(policy), expected);
    }

    #[test]
    fn a_target_refused_in_an_answer_that_says_success_is_an_error() {
        let entry = PutTargetsResultEntry::builder()
            .target_id("t")
            .error_code("ConcurrentModificationException")
            .error_message("someone else")
            .build();
        let answer = PutTargetsOutput::builder().failed_entry_count(1).failed_entries(entry).build();
        let error = refusal("put target t", &answer).unwrap();
        assert_eq!(error.class, Class::Conflict);
        assert_eq!(
            error.to_string(),
            "could not put target t: ConcurrentModificationException: someone else"
        );
        assert_eq!(refusal("put target t", &PutTargetsOutput::builder().build()), None);
    }
}
