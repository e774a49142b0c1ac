//! What can go wrong when a message is posted, and what to do about it.

use std::time::Duration;

use super::bot;
use crate::model::notifier::RoomService;

/// A message that did not reach a room. Nothing of it shows the room's URL.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// HTTPS can't be had in this process: no root certificates, say.
    #[error("could not set up HTTPS for posting to chat rooms")]
    Setup(#[source] reqwest::Error),
    /// The room's rate leaves no turn within the budget.
    #[error("{room} at {host} has no turn free within {} s: too many messages wait for it", seconds(*budget))]
    NoTurn {
        /// The kind of room.
        room: RoomService,
        /// Its host.
        host: String,
        /// How long the message might take.
        budget: Duration,
    },
    /// Nothing was heard from the room.
    #[error("could not reach {room} at {host}")]
    Unreachable {
        /// The kind of room.
        room: RoomService,
        /// Its host.
        host: String,
        /// Why, without the URL.
        #[source]
        source: reqwest::Error,
    },
    /// The room did not answer in time. The message may have been posted all the
    /// same.
    #[error("{room} at {host} did not answer within {} s", seconds(*waited))]
    NoAnswer {
        /// The kind of room.
        room: RoomService,
        /// Its host.
        host: String,
        /// How long it had.
        waited: Duration,
    },
    /// The room takes no message now, but may later.
    #[error("{room} could not take the message: HTTP {status}, {answer}")]
    Unavailable {
        /// The kind of room.
        room: RoomService,
        /// The HTTP status.
        status: u16,
        /// A piece of its answer.
        answer: String,
    },
    /// The room does not take the message.
    #[error("{room} refused the message: HTTP {status}, {answer}")]
    Refused {
        /// The kind of room.
        room: RoomService,
        /// The HTTP status: `200` where the refusal is in the answer.
        status: u16,
        /// A piece of its answer.
        answer: String,
    },
    /// Slack does not take the bot's message.
    #[error("Slack refused the bot's message: {answer}")]
    BotRefused {
        /// Slack's word for it, or a piece of what came in its place.
        answer: String,
    },
}

impl PostError {
    /// Whether the same message to the same room would fail again.
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::BotRefused { .. } | Self::Setup(_))
    }

    /// What a person does about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Setup(_) => "install the root certificates of the system (ca-certificates)",
            Self::NoTurn { .. } => "wait: the room takes only so many messages a second",
            Self::Unreachable { .. } => "check that the network lets this host be reached",
            Self::NoAnswer { .. } | Self::Unavailable { .. } => "wait: the message can be posted again later",
            Self::Refused { room, status, answer } => refused(*room, *status, answer),
            Self::BotRefused { answer } => bot::next_step(answer),
        }
    }
}

/// Seconds to a tenth.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

/// Slack's words are those of "Sending messages using incoming webhooks",
/// handling errors.
fn refused(room: RoomService, status: u16, answer: &str) -> &'static str {
    let says = |words: &[&str]| words.iter().any(|word| answer.contains(word));
    if says(&["channel_is_archived"]) {
        return "unarchive the channel, or make a webhook for another one and put it in the secret";
    }
    if says(&["channel_not_found", "posting_to_general_channel_denied", "action_prohibited"]) {
        return "the webhook may not post to its channel: make one for another channel, or ask an admin";
    }
    if says(&["team_disabled"]) {
        return "the Slack workspace is disabled: make a webhook in another one and put it in the secret";
    }
    if says(&["invalid_payload", "invalid_blocks", "msg_blocks_too_long", "no_text"]) || status == 413 {
        return "the room does not take this message: report it as a fault of Foghorn, with the event";
    }
    if says(&["WorkflowTriggerIsNotEnabled"]) {
        return "turn the Workflow on again in Power Automate";
    }
    if matches!(status, 401 | 403 | 404 | 410)
        || says(&["no_service", "no_active_hooks", "invalid_token", "no_team"])
    {
        return revoked(room);
    }
    if matches!(status, 200..400) {
        return "the URL does not lead to a room: copy the webhook's URL again and put it in the secret";
    }
    "compare the webhook in the secret with the room's settings"
}

fn revoked(room: RoomService) -> &'static str {
    match room {
        RoomService::Slack | RoomService::GoogleChat => {
            "the webhook was revoked: make a new one and put it in the secret"
        }
        RoomService::Teams => {
            "the Workflow is gone, or its owner is: make a new one and put its URL in the secret"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_room_had_is_told_to_a_tenth_of_a_second() {
        let error = |waited| PostError::NoAnswer { room: RoomService::Slack, host: "h".to_owned(), waited };
        for (nanoseconds, told) in [(9_992_450_390, "within 10 s"), (1_250_000_000, "within 1.3 s")] {
            let text = error(Duration::from_nanos(nanoseconds)).to_string();
            assert!(text.ends_with(told), "{text}");
        }
    }
}
