//! The kinds of rooms.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{google_chat, slack, teams};
use crate::model::notice::Notice;

/// A kind of room that has incoming webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RoomKind {
    /// A Slack channel, through an incoming webhook.
    Slack,
    /// A Google Chat space, through an incoming webhook.
    GoogleChat,
    /// A channel or chat of Microsoft Teams, through a Workflow.
    Teams,
}

impl RoomKind {
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

impl fmt::Display for RoomKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Slack => "Slack",
            Self::GoogleChat => "Google Chat",
            Self::Teams => "Microsoft Teams",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_written_as_in_the_fleet_file() {
        for (room, written) in
            [(RoomKind::Slack, "slack"), (RoomKind::GoogleChat, "googleChat"), (RoomKind::Teams, "teams")]
        {
            assert_eq!(serde_json::to_value(room).ok(), Some(written.into()));
            assert_eq!(serde_json::from_value::<RoomKind>(written.into()).ok(), Some(room));
        }
    }

    #[test]
    fn a_room_gets_no_more_messages_a_second_than_it_takes() {
        assert_eq!(RoomKind::Slack.interval(), Duration::from_secs(1));
        assert_eq!(RoomKind::GoogleChat.interval(), Duration::from_secs(1));
        assert_eq!(RoomKind::Teams.interval() * 4, Duration::from_secs(1));
    }
}
