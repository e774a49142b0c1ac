//! Events of our own: canaries, and what a pattern makes of an event.

use aws_sdk_eventbridge::config::Config;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use super::targets::refused;
use crate::aws::answer::malformed;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::Region;

/// An event to put on the default bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canary<'a> {
    /// Its source, which must not begin with `aws.`.
    pub source: &'a str,
    /// Its detail type.
    pub detail_type: &'a str,
    /// The ARNs that it is about.
    pub resources: &'a [String],
    /// Its detail, a JSON object.
    pub detail: &'a str,
}

/// Puts an event on the default bus, and gives its id. It is sent once: where
/// no answer comes, the event may be on the bus, and another try would put it
/// there a second time.
///
/// # Errors
/// A call that AWS refuses, and an event that it refuses in an answer that
/// otherwise says success.
pub(crate) async fn put_event(door: &Door, region: Region, canary: Canary<'_>) -> Result<String, AwsError> {
    let tried = format!("put an event of {} on the default bus", canary.source);
    let entry = PutEventsRequestEntry::builder()
        .source(canary.source)
        .detail_type(canary.detail_type)
        .set_resources(Some(canary.resources.to_vec()))
        .detail(canary.detail)
        .build();
    let once = Config::builder().retry_config(RetryConfig::disabled());
    let call = door.eventbridge(region).put_events().entries(entry).customize().config_override(once);
    let answer = door.call(region, ApiGroup::Events, tried.clone(), call.send()).await?;
    let entry = answer.entries().first();
    let code = entry.and_then(|entry| entry.error_code());
    let message = entry.and_then(|entry| entry.error_message());
    if let Some(error) = refused(&tried, answer.failed_entry_count, code, message) {
        return Err(error);
    }
    let id = entry.and_then(|entry| entry.event_id());
    id.map(str::to_owned).ok_or_else(|| malformed(tried, "the answer holds no id"))
}

/// Whether a pattern takes an event, by EventBridge's own judgement. Both are
/// JSON; an event needs all members of the envelope.
///
/// # Errors
/// Whatever AWS refuses: a pattern or an event that is none.
pub(crate) async fn test_pattern(
    door: &Door,
    region: Region,
    pattern: &str,
    event: &str,
) -> Result<bool, AwsError> {
    let call = door.eventbridge(region).test_event_pattern().event_pattern(pattern).event(event).send();
    let answer = door.call(region, ApiGroup::Events, "test an event pattern", call).await?;
    Ok(answer.result)
}
