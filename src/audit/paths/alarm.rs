//! From an alarm through the topics that it tells. Chatbot shows an alarm as it
//! is, and so does the notifier, so that its message breaks no way.

use std::collections::BTreeSet;

use super::WalkInput;
use super::ground::Ground;
use super::sender::Sender;
use super::target::{Arn, Shot};
use super::topic;
use super::trail::{Trail, best};
use crate::model::alarm::Alarm;
use crate::model::chat::Channel;
use crate::model::desired::RouteEnd;
use crate::model::pass::{Hop, MadeBy, Path, PathState};
use crate::model::target::TargetSettings;
use crate::model::{Desired, Kind, Resource, arn};

/// A topic by which an alarm would not be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Deaf {
    /// The topic's name.
    pub(in crate::audit) topic: String,
    /// Whether the topic feeds a room of the fleet.
    pub(in crate::audit) feeds_room: bool,
    /// The hop at which the way stops.
    pub(in crate::audit) hop: String,
    /// Why, and what to do.
    pub(in crate::audit) why: String,
}

/// Those of the topics by which nobody would hear of an alarm. What stops the
/// fleet's paths as well is told of them, and not again of every alarm.
pub(in crate::audit) fn deaf(
    input: &WalkInput<'_>,
    alarm: &Alarm,
    topics: &BTreeSet<&String>,
    paths: &[Path],
) -> Vec<Deaf> {
    topics.iter().filter_map(|topic| one_deaf(input, alarm, topic, paths)).collect()
}

fn one_deaf(input: &WalkInput<'_>, alarm: &Alarm, topic_arn: &str, paths: &[Path]) -> Option<Deaf> {
    let end = channel_of(input.desired, topic_arn).map(|channel| RouteEnd::Channel(channel.clone()));
    let trail = way(input, alarm, topic_arn, end.as_ref())?;
    let hop = trail.hops().into_iter().find(|hop| hop.carries == Some(false))?;
    if trail.state() != PathState::Broken || stops(paths, &hop) {
        return None;
    }
    Some(Deaf {
        topic: arn::last_segment(topic_arn).to_owned(),
        feeds_room: end.is_some(),
        hop: hop.name.into_owned(),
        why: trail.why()?,
    })
}

/// Whether an alarm tells a room of which nobody knows whether it would hear.
/// Where topics of others lead is theirs to know.
pub(in crate::audit) fn is_in_doubt(
    input: &WalkInput<'_>,
    alarm: &Alarm,
    topics: &BTreeSet<&String>,
) -> bool {
    topics.iter().any(|topic| {
        let end = channel_of(input.desired, topic).map(|channel| RouteEnd::Channel(channel.clone()));
        let trail = end.and_then(|end| way(input, alarm, topic, Some(&end)));
        trail.is_some_and(|trail| trail.state() == PathState::Unknown)
    })
}

/// The best way on from a topic. One that the fleet does not make may be
/// anybody's.
fn way(input: &WalkInput<'_>, alarm: &Alarm, topic_arn: &str, end: Option<&RouteEnd>) -> Option<Trail> {
    let arn = Arn::parse(topic_arn).filter(|arn| arn.service == "sns")?;
    let ground = Ground::of(input, alarm.region);
    let is_ours = arn.is_on(&ground) && ground.wanted(Kind::Topic, arn.resource).is_some();
    let ground = if is_ours { ground } else { ground.of_others() };
    let settings = TargetSettings {
        arn: topic_arn.to_owned(),
        role_arn: None,
        transformer: None,
        input: None,
        input_path: None,
        retry_policy: None,
        dead_letter_arn: None,
    };
    let shot = Shot {
        ground: &ground,
        sender: Sender::Alarm,
        place: &alarm.name,
        settings: &settings,
        event: None,
        end,
    };
    best(topic::walk(&shot, arn, Trail::default()))
}

/// The room that a topic is to feed.
fn channel_of<'a>(desired: &'a Desired, topic: &str) -> Option<&'a Channel> {
    desired.resources.values().find_map(|wanted| match &wanted.resource {
        Resource::ChatConfiguration(configuration) if configuration.topics.contains(topic) => {
            Some(&configuration.channel)
        }
        _ => None,
    })
}

/// Whether a path of the fleet stops at the very same.
fn stops(paths: &[Path], hop: &Hop) -> bool {
    let own = paths.iter().filter(|path| path.made_by == MadeBy::Fleet);
    own.flat_map(|path| &path.hops).any(|other| other == hop)
}

#[cfg(test)]
mod tests;
