//! Making one change.

use super::delete::delete;
use super::door::Door;
use super::error::AwsError;
use super::request::Write;
use super::{advice, chatbot, cloudwatch, ecs, eventbridge, lambda, sns, sqs};
use crate::model::{Action, Cause, Change, Resource};

/// Makes a change.
///
/// # Errors
///
/// Whatever AWS refuses, and a change that is no write.
pub(super) async fn apply(door: &Door, change: &Change) -> Result<(), AwsError> {
    match (change.action, &change.resource) {
        (Action::Create, Some(resource)) => Box::pin(write(door, Write::Create, resource)).await,
        (Action::Update, Some(resource)) => {
            Box::pin(write(door, Write::Update(&change.fields), resource)).await
        }
        (Action::Delete, _) => Box::pin(delete(door, change)).await,
        (Action::Create | Action::Update, None) | (Action::Conflict | Action::Withheld, _) => {
            Err(AwsError::failed(format!("write {}", change.key), Cause::Other, "the change is no write"))
        }
    }
}

async fn write(door: &Door, write: Write<'_>, resource: &Resource) -> Result<(), AwsError> {
    match resource {
        Resource::Queue(queue) => sqs::apply_queue(door, write, queue).await,
        Resource::Topic(topic) => sns::apply_topic(door, write, topic).await,
        Resource::EventBus(bus) => eventbridge::apply_bus(door, write, bus).await,
        Resource::Connection(connection) => eventbridge::apply_connection(door, write, connection).await,
        Resource::ApiDestination(destination) => {
            eventbridge::apply_destination(door, write, destination).await
        }
        Resource::Function(function) => {
            let made = lambda::apply_function(door, write, function).await;
            made.map_err(|error| advice::for_passed_role(error, &function.settings.role_arn))
        }
        Resource::Subscription(subscription) => sns::apply_subscription(door, write, subscription).await,
        Resource::ChatConfiguration(configuration) => {
            let made = chatbot::apply(door, write, configuration).await;
            made.map_err(|error| advice::for_passed_role(error, &configuration.settings.iam_role_arn))
        }
        Resource::Rule(rule) => eventbridge::apply_rule(door, write, rule).await,
        Resource::Target(target) => eventbridge::apply_target(door, target).await,
        Resource::Alarm(alarm) => cloudwatch::apply_alarm(door, write, alarm).await,
        Resource::Breaker(breaker) => ecs::apply_breaker(door, breaker).await,
    }
}
