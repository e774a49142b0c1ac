//! The names of all that Foghorn makes: deterministic, and within the limits
//! that AWS sets, given a pipeline's name of at most 32 characters and a
//! channel of whatever length.

use crate::model::chat::Channel;

/// Every name begins with this.
pub const PREFIX: &str = "foghorn-";

/// The bootstrap's role that AWS Chatbot takes for people in the channel.
pub const CHAT_ROLE: &str = "foghorn-chat";

/// The longest room in a name: with the prefix around it, what AWS Chatbot takes
/// for a configuration, which is the least of all that rooms are part of.
const LONGEST_ROOM: usize = 120;

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
pub fn configuration(channel: &Channel) -> String {
    format!("{PREFIX}{}", room(channel))
}

/// The topic that carries a room's alarms, apart from the topics whose rules
/// those alarms watch (256 at most).
pub fn alarm_topic(channel: &Channel) -> String {
    format!("{PREFIX}{}-alarms", room(channel))
}

/// The alarm on a room's configuration (255 at most).
pub fn unsupported_events(channel: &Channel) -> String {
    format!("{PREFIX}{}-unsupported-events", room(channel))
}

/// The channel in a name. Slack's ids have about eleven characters, but may
/// have 255 each; what would not fit ends in its fingerprint instead.
fn room(channel: &Channel) -> String {
    let room = channel.to_string();
    if room.len() <= LONGEST_ROOM {
        return room;
    }
    let fingerprint = format!("-{:016x}", fingerprint(&room));
    let kept: String = room.chars().take(LONGEST_ROOM - fingerprint.len()).collect();
    format!("{kept}{fingerprint}")
}

/// FNV-1a: the names must stay what they are with every compiler, which the
/// standard library's hashes do not promise.
fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use crate::model::chat::SlackChannel;

    use super::*;

    fn channel(workspace: &str, channel: &str) -> Channel {
        Channel::Slack(SlackChannel { workspace: workspace.to_owned(), channel: channel.to_owned() })
    }

    #[test]
    fn every_name_is_within_the_limit_of_its_service_for_the_longest_valid_input() {
        let pipeline = "p".repeat(32);
        let room = channel(&"T".repeat(255), &"c".repeat(255));
        for (name, limit) in [
            (rule(&pipeline), 64),
            (topic(&pipeline), 256),
            (dead_letters(&pipeline), 80),
            (failed_invocations(&pipeline), 255),
            (configuration(&room), 128),
            (alarm_topic(&room), 256),
            (unsupported_events(&room), 255),
            (TARGET.to_owned(), 64),
        ] {
            assert!(name.len() <= limit, "{name} has {} characters of {limit}", name.len());
            let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
            assert!(name.chars().all(allowed), "{name}");
        }
    }

    #[test]
    fn channels_too_long_for_a_name_are_still_told_apart() {
        let workspace = "T".repeat(255);
        let (one, other) = (channel(&workspace, "C1"), channel(&workspace, "C2"));
        assert_ne!(configuration(&one), configuration(&other));
        assert_eq!(configuration(&one).len(), 128);
    }

    #[test]
    fn a_room_is_named_after_its_channel() {
        assert_eq!(configuration(&channel("T0123ABC", "C0123ABC")), "foghorn-T0123ABC-C0123ABC");
    }

    #[test]
    fn a_name_never_changes_from_one_build_to_the_next() {
        let room = channel(&"T".repeat(200), "C1");
        let expected = format!("foghorn-{}-0ed01660b31a38f0", "T".repeat(103));
        assert_eq!(configuration(&room), expected);
    }
}
