//! From a topic through AWS Chatbot to a channel.

use super::target::Shot;
use super::trail::{Ear, Step, Trail, carries, not_built};
use crate::events::accept::chatbot_accepts;
use crate::model::chat::{Channel, ObservedChatConfiguration, SlackChannel, TeamsChannel};
use crate::model::desired::RouteEnd;
use crate::model::topic::ObservedTopic;
use crate::model::{Sight, arn};

/// Every way from a topic to a channel that AWS Chatbot posts to. `topic` is
/// what was read of it, if anything; `into` is the way into the topic, given
/// whether the message is one that Chatbot takes.
pub(super) fn walk(
    shot: &Shot<'_, '_>,
    topic_name: &str,
    topic: Option<&ObservedTopic>,
    into: &dyn Fn(Step) -> Trail,
) -> Vec<Trail> {
    let message =
        shot.transformer(|text| chatbot_accepts(text).map_err(|refusal| format!("the message {refusal}")));
    let topic_arn = arn::topic(shot.ground.region, shot.ground.account, topic_name);
    let hears = || chatbot_listens(topic);
    match shot.end {
        Some(RouteEnd::Channel(channel)) => {
            let trail = into(message).then(
                "chatConfiguration",
                channel.to_string(),
                configuration_of(shot, channel, &topic_arn),
            );
            let trail = trail.then(super::SUBSCRIPTION, topic_name, hears());
            vec![
                trail
                    .then("room", channel.to_string(), is_authorised(shot, channel))
                    .heard_by(Ear::Channel(channel.clone())),
            ]
        }
        Some(_) => Vec::new(),
        None if topic.is_none_or(listens) && !knows_who_is_fed(shot, &topic_arn) => {
            let why = "AWS Chatbot may be subscribed to the topic, and which channels it feeds was not read";
            vec![into(message).then("chatConfiguration", topic_name, Step::Doubtful(why.to_owned()))]
        }
        None => fed_by(shot, &topic_arn)
            .map(|observed| {
                let channel = &observed.channel;
                into(message.clone())
                    .then("chatConfiguration", &observed.name, is_enabled(observed))
                    .then(super::SUBSCRIPTION, topic_name, hears())
                    .then("room", channel.to_string(), is_authorised(shot, channel))
                    .heard_by(Ear::Channel(channel.clone()))
            })
            .collect(),
    }
}

/// Whether it was read which channels a topic feeds. Microsoft Teams is not
/// always asked.
fn knows_who_is_fed(shot: &Shot<'_, '_>, topic: &str) -> bool {
    let Some(global) = &shot.ground.snapshot.global else { return false };
    let knows_all = global.configurations.seen().is_some() && !matches!(global.teams, Sight::Unknown);
    knows_all || fed_by(shot, topic).next().is_some()
}

/// Whether AWS Chatbot may be subscribed to a topic.
fn listens(topic: &ObservedTopic) -> bool {
    topic.feeds_chatbot() != Some(false)
}

/// The configurations that list a topic.
fn fed_by<'a>(shot: &Shot<'a, '_>, topic: &str) -> impl Iterator<Item = &'a ObservedChatConfiguration> {
    let global = shot.ground.snapshot.global.as_ref();
    let configurations = global.and_then(|global| global.configurations.seen()).into_iter().flatten();
    configurations.filter(move |observed| observed.topics.contains(topic))
}

fn configuration_of(shot: &Shot<'_, '_>, channel: &Channel, topic: &str) -> Step {
    let configurations = match shot.ground.snapshot.global.as_ref().map(|global| &global.configurations) {
        None | Some(Sight::Unknown) => return Step::Unseen,
        Some(Sight::Absent) => return no_configuration(shot, channel),
        Some(Sight::Seen(configurations)) => configurations,
    };
    match configurations.iter().find(|observed| observed.channel == *channel) {
        None => no_configuration(shot, channel),
        Some(observed) if !observed.topics.contains(topic) => {
            Step::Stops(format!("the configuration {} is not fed by the topic", observed.name))
        }
        Some(observed) => is_enabled(observed),
    }
}

fn is_enabled(observed: &ObservedChatConfiguration) -> Step {
    let enabled = observed.state.as_deref().is_none_or(|state| state == "ENABLED");
    carries(enabled, || {
        let reason = observed.state_reason.clone().unwrap_or_default();
        format!("the configuration {} is disabled: {reason}", observed.name)
    })
}

/// Why a channel has no configuration: none can be made before a person has
/// let AWS Chatbot in.
fn no_configuration(shot: &Shot<'_, '_>, channel: &Channel) -> Step {
    match is_authorised(shot, channel) {
        Step::Stops(why) => Step::Stops(format!("the channel has no AWS Chatbot configuration: {why}")),
        Step::Carries | Step::Unseen | Step::Doubtful(_) => {
            not_built("the channel has no AWS Chatbot configuration")
        }
    }
}

fn chatbot_listens(topic: Option<&ObservedTopic>) -> Step {
    match topic.map(|topic| (topic.feeds_chatbot(), topic)) {
        Some((Some(true), topic)) => comes_whole(topic),
        Some((Some(false), _)) => Step::Stops(
            "AWS Chatbot has no confirmed subscription on the topic: remove the topic from the channel's \
             configuration in the AWS Chatbot console, save, and add it again"
                .to_owned(),
        ),
        Some((None, _)) | None => Step::Unseen,
    }
}

/// AWS Chatbot needs SNS's envelope, and every message (AWS Chatbot
/// administrator guide, troubleshooting).
fn comes_whole(topic: &ObservedTopic) -> Step {
    let chatbots = topic.subscriptions.iter().flatten().filter(|one| one.is_chatbots() && one.confirmed);
    let spoilt: Vec<&str> = chatbots
        .filter_map(|one| match (one.raw_delivery, &one.filter_policy) {
            (Some(true), _) => Some("delivers raw messages, which AWS Chatbot drops"),
            (_, Some(_)) => Some("has a filter, which leaves out what has none of its attributes"),
            _ => None,
        })
        .collect();
    spoilt.first().map_or(Step::Carries, |why| Step::Stops(format!("AWS Chatbot's subscription {why}")))
}

fn is_authorised(shot: &Shot<'_, '_>, channel: &Channel) -> Step {
    let Some(global) = &shot.ground.snapshot.global else { return Step::Unseen };
    match channel {
        Channel::Slack(SlackChannel { workspace, .. }) => {
            let known = listed(&global.workspaces, |one| one.id == *workspace);
            let state = known.map(|found| found.map(crate::model::chat::Workspace::is_authorised));
            authorised(state, &format!("Slack workspace {workspace}"))
        }
        Channel::Teams(TeamsChannel { team, .. }) => {
            let known = listed(&global.teams, |one| one.team == *team);
            let state = known.map(|found| found.map(crate::model::chat::Team::is_authorised));
            authorised(state, &format!("Microsoft Teams team {team}"))
        }
    }
}

/// The one of a list that was read; `None` where the list was not.
fn listed<T>(sight: &Sight<Vec<T>>, is: impl Fn(&T) -> bool) -> Option<Option<&T>> {
    match sight {
        Sight::Unknown => None,
        Sight::Absent => Some(None),
        Sight::Seen(all) => Some(all.iter().find(|one| is(one))),
    }
}

fn authorised(state: Option<Option<bool>>, room: &str) -> Step {
    match state {
        None => Step::Unseen,
        Some(None) => Step::Stops(format!("nobody has authorised {room} in this account")),
        Some(Some(authorised)) => carries(authorised, || format!("{room} is disabled in this account")),
    }
}
