//! What each kind of room takes.

use std::time::Duration;

use serde_json::Value;

use super::{google_chat, slack, teams};
use crate::model::notice::Notice;
use crate::model::notifier::RoomService;

impl RoomService {
    /// The message that tells of a notice, within the room's limits.
    pub fn message(self, notice: &Notice) -> Value {
        match self {
            Self::Slack => slack::message(notice),
            Self::GoogleChat => google_chat::message(notice),
            Self::Teams => teams::message(notice),
        }
    }

    /// The shortest time between two messages.
    ///
    /// Slack: one a second a channel ("Rate limits"). Google Chat: one a second
    /// a space, for all webhooks together ("Usage limits"). Teams: four requests
    /// a second ("Create an Incoming Webhook").
    pub fn interval(self) -> Duration {
        match self {
            Self::Slack | Self::GoogleChat => Duration::from_secs(1),
            Self::Teams => Duration::from_millis(250),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_gets_no_more_messages_a_second_than_it_takes() {
        assert_eq!(RoomService::Slack.interval(), Duration::from_secs(1));
        assert_eq!(RoomService::GoogleChat.interval(), Duration::from_secs(1));
        assert_eq!(RoomService::Teams.interval() * 4, Duration::from_secs(1));
    }
}
