//! The closed set of resource kinds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::alarm::Alarm;
use super::breaker::Breaker;
use super::bus::EventBus;
use super::chat::ChatConfiguration;
use super::destination::{ApiDestination, Connection};
use super::function::Function;
use super::queue::Queue;
use super::region::Location;
use super::rule::Rule;
use super::subscription::FunctionSubscription;
use super::target::Target;
use super::topic::Topic;

/// The kinds, in the order in which they are created: each needs only kinds
/// that stand before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// An SQS queue for events that could not be delivered.
    Queue,
    /// An SNS topic with its policy.
    Topic,
    /// A custom EventBridge event bus with its policy.
    EventBus,
    /// An EventBridge connection.
    Connection,
    /// An EventBridge API destination.
    ApiDestination,
    /// A Lambda function with its policy.
    Function,
    /// A function's subscription to a topic.
    Subscription,
    /// An AWS Chatbot configuration of one chat channel.
    ChatConfiguration,
    /// An EventBridge rule.
    Rule,
    /// A target of a rule.
    Target,
    /// A CloudWatch alarm.
    Alarm,
    /// The deployment circuit breaker of an ECS service.
    Breaker,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Queue => "Queue",
            Self::Topic => "Topic",
            Self::EventBus => "EventBus",
            Self::Connection => "Connection",
            Self::ApiDestination => "ApiDestination",
            Self::Function => "Function",
            Self::Subscription => "Subscription",
            Self::ChatConfiguration => "ChatConfiguration",
            Self::Rule => "Rule",
            Self::Target => "Target",
            Self::Alarm => "Alarm",
            Self::Breaker => "Breaker",
        })
    }
}

/// What names a resource within an account. Keys sort in creation order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: Kind,
    /// Where it lives.
    pub location: Location,
    /// Its name; for a rule its place, for a target `rule/target`, for a
    /// subscription `topic/function`, for a breaker the service's ARN.
    pub name: String,
}

impl Key {
    /// A key.
    pub fn new(kind: Kind, location: impl Into<Location>, name: impl Into<String>) -> Self {
        Self { kind, location: location.into(), name: name.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} in {}", self.kind, self.name, self.location)
    }
}

/// A resource as it shall be.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// See [`Kind::Queue`].
    Queue(Queue),
    /// See [`Kind::Topic`].
    Topic(Topic),
    /// See [`Kind::EventBus`].
    EventBus(EventBus),
    /// See [`Kind::Connection`].
    Connection(Connection),
    /// See [`Kind::ApiDestination`].
    ApiDestination(ApiDestination),
    /// See [`Kind::Function`].
    Function(Function),
    /// See [`Kind::Subscription`].
    Subscription(FunctionSubscription),
    /// See [`Kind::ChatConfiguration`].
    ChatConfiguration(ChatConfiguration),
    /// See [`Kind::Rule`].
    Rule(Rule),
    /// See [`Kind::Target`].
    Target(Target),
    /// See [`Kind::Alarm`].
    Alarm(Alarm),
    /// See [`Kind::Breaker`].
    Breaker(Breaker),
}

impl Resource {
    /// What names it.
    pub fn key(&self) -> Key {
        match self {
            Self::Queue(queue) => queue.key(),
            Self::Topic(topic) => topic.key(),
            Self::EventBus(bus) => bus.key(),
            Self::Connection(connection) => connection.key(),
            Self::ApiDestination(destination) => destination.key(),
            Self::Function(function) => function.key(),
            Self::Subscription(subscription) => subscription.key(),
            Self::ChatConfiguration(configuration) => configuration.key(),
            Self::Rule(rule) => rule.key(),
            Self::Target(target) => target.key(),
            Self::Alarm(alarm) => alarm.key(),
            Self::Breaker(breaker) => breaker.key(),
        }
    }
}
