//! Publishing to a topic.

use crate::aws::door::ApiGroup;
use crate::aws::error::AwsError;
use crate::aws::shared::Shared;
use crate::model::coverage::Cause;
use crate::model::{Region, arn};

/// Publishes a message with the caller's own credentials, in the topic's Region.
///
/// # Errors
/// Whatever AWS refuses, and an ARN that names no Region.
pub(in crate::aws) async fn publish(shared: &Shared, topic_arn: &str, message: &str) -> Result<(), AwsError> {
    let tried = format!("publish to topic {topic_arn}");
    let region = arn::region_of(topic_arn).and_then(|region| region.parse::<Region>().ok());
    let Some(region) = region else {
        return Err(AwsError::failed(tried, Cause::Other, "the ARN names no Region"));
    };
    let call = shared.clients().sns(region).publish().topic_arn(topic_arn).message(message).send();
    shared.call_as_caller(region, ApiGroup::Sns, tried, call).await?;
    Ok(())
}
