//! Making one change.

use super::door::Door;
use super::error::AwsError;
use super::{chatbot, cloudwatch, ecs, eventbridge, sns, sqs};
use crate::model::{Cause, Change, Resource};

/// Makes a change.
///
/// # Errors
///
/// Whatever AWS refuses, and a change that is no write.
pub(super) async fn apply(door: &Door, change: &Change) -> Result<(), AwsError> {
    let Some(resource) = change.resource.as_ref().filter(|_| change.is_write()) else {
        return Err(AwsError::failed(
            format!("write {}", change.key),
            Cause::Other,
            "the change is no write",
        ));
    };
    let (action, fields) = (change.action, change.fields.as_slice());
    match resource {
        Resource::Queue(queue) => sqs::apply_queue(door, action, queue, fields).await,
        Resource::Topic(topic) => sns::apply_topic(door, action, topic, fields).await,
        Resource::ChatConfiguration(configuration) => {
            chatbot::apply(door, action, configuration, fields).await
        }
        Resource::EventBus(_)
        | Resource::Connection(_)
        | Resource::ApiDestination(_)
        | Resource::Function(_)
        | Resource::Subscription(_) => {
            Err(AwsError::failed(format!("write {}", change.key), Cause::Other, "this kind can't be written"))
        }
        Resource::Rule(rule) => eventbridge::apply_rule(door, action, rule, fields).await,
        Resource::Target(target) => eventbridge::apply_target(door, target).await,
        Resource::Alarm(alarm) => cloudwatch::apply_alarm(door, action, alarm, fields).await,
        Resource::Breaker(breaker) => ecs::apply_breaker(door, breaker).await,
    }
}
