//! The names of all that Foghorn makes: deterministic, and within the limits
//! that AWS sets, given a pipeline's name of at most 32 characters.

use crate::model::chat::SlackChannel;

/// Every name begins with this.
pub const PREFIX: &str = "foghorn-";

/// The bootstrap's role that AWS Chatbot takes for people in the channel.
pub const CHAT_ROLE: &str = "foghorn-chat";

/// The one target of a rule.
pub const TARGET: &str = "topic";

/// The rule of a pipeline (64 characters at most).
pub fn rule(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}")
}

/// The topic that a pipeline's events pass through (256 at most).
pub fn topic(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}")
}

/// The queue for a pipeline's events that could not be delivered (80 at most).
pub fn dead_letters(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}-dead-letters")
}

/// The alarm on a pipeline's rule (255 at most).
pub fn failed_invocations(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}-failed-invocations")
}

/// The configuration of a room (128 at most).
pub fn configuration(channel: &SlackChannel) -> String {
    format!("{PREFIX}{channel}")
}

/// The topic that carries a room's alarms, apart from the topics whose rules
/// those alarms watch.
pub fn alarm_topic(channel: &SlackChannel) -> String {
    format!("{PREFIX}{channel}-alarms")
}

/// The alarm on a room's configuration.
pub fn unsupported_events(channel: &SlackChannel) -> String {
    format!("{PREFIX}{channel}-unsupported-events")
}
