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

/// The bootstrap's role that EventBridge takes to post to a webhook.
pub const INVOKE_ROLE: &str = "foghorn-invoke";

/// The bootstrap's role that EventBridge takes to put events on a hub's bus.
pub const FORWARD_ROLE: &str = "foghorn-forward";

/// The bootstrap's role that the notifier runs with.
pub const NOTIFIER_ROLE: &str = "foghorn-notifier";

/// The target of a rule that leads to a topic.
pub const TOPIC_TARGET: &str = "topic";

/// The target of a rule that leads to an API destination.
pub const DESTINATION_TARGET: &str = "destination";

/// The target of a rule that leads to a function.
pub const FUNCTION_TARGET: &str = "function";

/// The target of a rule that leads to a hub's bus.
pub const BUS_TARGET: &str = "bus";

/// Every target that a rule of ours may have.
pub const TARGETS: [&str; 4] = [TOPIC_TARGET, DESTINATION_TARGET, FUNCTION_TARGET, BUS_TARGET];

/// A rule of a pipeline (64 characters at most). No pipeline's name holds the
/// dot before the suffix, so that no two pipelines' rules have the same name.
pub fn rule(pipeline: &str, suffix: Option<&str>) -> String {
    format!("{PREFIX}{pipeline}{}", dotted(suffix))
}

fn dotted(suffix: Option<&str>) -> String {
    suffix.map(|suffix| format!(".{suffix}")).unwrap_or_default()
}

/// The bus of a pipeline in its hub (256 at most).
pub fn bus(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}")
}

/// The API destination of a pipeline, and its connection (64 at most).
pub fn destination(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}")
}

/// The function of a pipeline (64 at most).
pub fn function(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}")
}

/// The alarm on a pipeline's function (255 at most).
pub fn function_errors(pipeline: &str) -> String {
    format!("{PREFIX}{pipeline}-function-errors")
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
pub fn failed_invocations(pipeline: &str, suffix: Option<&str>) -> String {
    format!("{PREFIX}{pipeline}{}-failed-invocations", dotted(suffix))
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
/// have 255 each, and those of Microsoft Teams hold characters that no name
/// does; what would not fit ends in its fingerprint instead.
fn room(channel: &Channel) -> String {
    let room = channel.to_string();
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if room.len() <= LONGEST_ROOM && room.chars().all(is_allowed) {
        return room;
    }
    let fingerprint = format!("-{:016x}", fingerprint(&room));
    let allowed = room.chars().map(|letter| if is_allowed(letter) { letter } else { '-' });
    let kept: String = allowed.take(LONGEST_ROOM - fingerprint.len()).collect();
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
    use crate::model::chat::{SlackChannel, TeamsChannel};

    use super::*;

    fn channel(workspace: &str, channel: &str) -> Channel {
        Channel::Slack(SlackChannel { workspace: workspace.to_owned(), channel: channel.to_owned() })
    }

    #[test]
    fn every_name_is_within_the_limit_of_its_service_for_the_longest_valid_input() {
        let pipeline = "p".repeat(32);
        let room = channel(&"T".repeat(255), &"c".repeat(255));
        let teams = Channel::Teams(TeamsChannel {
            tenant: "4f1a".to_owned(),
            team: "4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f".to_owned(),
            channel: format!("19%3A{}%40thread.tacv2", "a".repeat(200)),
        });
        for (name, limit) in [
            (destination(&pipeline), 64),
            (function(&pipeline), 64),
            (function_errors(&pipeline), 255),
            (bus(&pipeline), 256),
            (configuration(&teams), 128),
            (topic(&pipeline), 256),
            (dead_letters(&pipeline), 80),
            (dead_letters(&format!("{pipeline}_hub")), 80),
            (configuration(&room), 128),
            (alarm_topic(&room), 256),
            (unsupported_events(&room), 255),
            (TOPIC_TARGET.to_owned(), 64),
        ] {
            assert!(name.len() <= limit, "{name} has {} characters of {limit}", name.len());
            let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
            assert!(name.chars().all(allowed), "{name}");
        }
    }

    #[test]
    fn a_rule_with_a_suffix_has_a_name_that_no_other_pipeline_s_rule_can_have() {
        assert_eq!(rule("deploys", Some("tasks")), "foghorn-deploys.tasks");
        assert!(rule(&"p".repeat(32), Some("custom")).len() <= 64);
        assert!(failed_invocations(&"p".repeat(36), Some("custom")).len() <= 255);
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
