//! From a topic through AWS Chatbot to a channel.

use super::ground::Whose;
use super::target::Shot;
use super::trail::{Ear, Step, Trail, carries};
use crate::events::accept::chatbot_accepts;
use crate::model::chat::{Channel, ObservedChatConfiguration, SlackChannel, TeamsChannel};
use crate::model::desired::RouteEnd;
use crate::model::topic::ObservedTopic;
use crate::model::{Change, Key, Kind, Sight, arn};

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
    let hears = |observed| chatbot_listens(shot, topic, observed);
    match shot.end {
        Some(RouteEnd::Channel(channel)) => {
            let trail = into(message).then(
                "chatConfiguration",
                channel.to_string(),
                configuration_of(shot, channel, &topic_arn, topic.is_some()),
            );
            let observed = observed_in(shot, channel);
            let trail = trail.then(super::SUBSCRIPTION, topic_name, hears(observed));
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
                    .then(super::SUBSCRIPTION, topic_name, hears(Some(observed)))
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

/// The configuration of a channel, where one was read.
fn observed_in<'a>(shot: &Shot<'a, '_>, channel: &Channel) -> Option<&'a ObservedChatConfiguration> {
    let configurations = shot.ground.snapshot.global.as_ref()?.configurations.seen()?;
    configurations.iter().find(|observed| observed.channel == *channel)
}

/// Whether the channel's configuration is fed by a topic. One that is not there
/// to be fed, for all that is known, breaks nothing.
fn configuration_of(shot: &Shot<'_, '_>, channel: &Channel, topic: &str, is_topic_read: bool) -> Step {
    match shot.ground.snapshot.global.as_ref().map(|global| &global.configurations) {
        None | Some(Sight::Unknown) => return Step::Unseen,
        Some(Sight::Absent) => return no_configuration(shot, channel),
        Some(Sight::Seen(_)) => {}
    }
    match observed_in(shot, channel) {
        None => no_configuration(shot, channel),
        Some(observed) if observed.topics.contains(topic) => is_enabled(observed),
        Some(observed) if is_topic_read => {
            Step::Stops(format!("the configuration {} is not fed by the topic", observed.name))
        }
        Some(observed) => Step::Doubtful(format!(
            "the configuration {} is not fed by the topic, which could not be read",
            observed.name
        )),
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
            let key = shot.ground.configuration_key(channel);
            shot.ground.not_built("the channel has no AWS Chatbot configuration", key.as_ref())
        }
    }
}

/// What is left to do where a topic is gone and is to be made anew: AWS Chatbot
/// subscribes itself when a configuration takes a topic in, not when one comes
/// back that it lists. `None` where the channel's configuration does not.
pub(super) fn will_not_subscribe(shot: &Shot<'_, '_>, topic_name: &str) -> Option<String> {
    let Some(RouteEnd::Channel(channel)) = shot.end else { return None };
    let topic = arn::topic(shot.ground.region, shot.ground.account, topic_name);
    let observed = observed_in(shot, channel).filter(|observed| observed.topics.contains(&topic))?;
    let key = Key::new(Kind::Topic, shot.ground.region, topic_name);
    let is_made = shot.ground.planned(&key).is_some_and(Change::is_write);
    is_made.then(|| format!(
        ", but AWS Chatbot does not subscribe itself to a topic that its configuration already lists: before that, {}",
        taken_out_and_in(shot, observed)
    ))
}

/// How a person brings AWS Chatbot to subscribe itself. What the fleet may
/// write is put back by the next run.
fn taken_out_and_in(shot: &Shot<'_, '_>, observed: &ObservedChatConfiguration) -> String {
    let key = shot.ground.configuration_key(&observed.channel);
    let is_written = key.is_some_and(|key| shot.ground.planned(&key).is_none_or(Change::is_write));
    let rest = match shot.ground.whose {
        Whose::Ours if is_written => " and save; the next foghorn apply adds it again",
        Whose::Ours | Whose::Anybodys => ", save, and add it again",
    };
    format!("remove the topic from the configuration {} in the AWS Chatbot console{rest}", observed.name)
}

fn chatbot_listens(
    shot: &Shot<'_, '_>,
    topic: Option<&ObservedTopic>,
    observed: Option<&ObservedChatConfiguration>,
) -> Step {
    match topic.map(|topic| (topic.feeds_chatbot(), topic)) {
        Some((Some(true), topic)) => comes_whole(topic),
        Some((Some(false), _)) => {
            let mend = observed.map(|observed| format!(": {}", taken_out_and_in(shot, observed)));
            let mend = mend.unwrap_or_default();
            Step::Stops(format!("AWS Chatbot has no confirmed subscription on the topic{mend}"))
        }
        Some((None, _)) | None => Step::Unseen,
    }
}

/// AWS Chatbot needs SNS's envelope, and every message (AWS Chatbot
/// administrator guide, troubleshooting).
fn comes_whole(topic: &ObservedTopic) -> Step {
    let chatbots = topic.subscriptions.iter().flatten().filter(|one| one.is_chatbots() && one.confirmed);
    let spoilt: Vec<&str> = chatbots
        .filter_map(|one| match (one.raw_delivery, &one.filter_policy) {
            (Some(true), _) => Some(
                "delivers raw messages, which AWS Chatbot drops: switch raw message delivery off in the Amazon SNS \
                 console",
            ),
            (_, Some(_)) => Some(
                "has a filter, which leaves out what does not match it: switch the subscription's filter policy off \
                 in the Amazon SNS console",
            ),
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
