//! Configurations of AWS Chatbot that are fed by topics which are to go.

use std::collections::{BTreeMap, BTreeSet};

use super::owned::Owned;
use super::users::key_of;
use crate::model::chat::{ChatConfiguration, ObservedChatConfiguration};
use crate::model::{
    AccountId, Action, Change, Desired, FieldChange, Key, Kind, Location, Resource, Snapshot,
};

/// The changes with our topics that are to go, or that another room has got,
/// taken out of every configuration that stays. Topics of others stay, and so
/// does all else of a configuration.
pub(super) fn taken_out(
    account: &AccountId,
    desired: &Desired,
    forgotten: &BTreeMap<Key, Owned>,
    snapshot: &Snapshot,
    mut changes: Vec<Change>,
) -> Vec<Change> {
    for observed in configurations(snapshot) {
        let key = Key::new(Kind::ChatConfiguration, Location::Global, &observed.name);
        let goes = |topic: &&String| {
            let Some(topic_key) = key_of(account, topic) else { return false };
            let is_forgotten = matches!(forgotten.get(&topic_key), Some(Owned::Ours(_)));
            is_forgotten || has_moved(desired, &key, &topic_key, topic)
        };
        let going: BTreeSet<String> = observed.topics.iter().filter(goes).cloned().collect();
        let is_removed = forgotten.contains_key(&key) && foreign_topic(snapshot, &observed.name).is_none();
        if going.is_empty() || is_removed {
            continue;
        }
        match changes.iter_mut().find(|change| change.key == key) {
            Some(change) => take_out(change, observed, &going),
            None => changes.push(fed_without(observed, &going)),
        }
    }
    changes
}

/// Whether a topic of ours feeds a room of ours that it is no longer meant for:
/// its messages would come twice.
fn has_moved(desired: &Desired, room: &Key, topic_key: &Key, topic: &str) -> bool {
    let wanted = desired.resources.get(room).map(|wanted| &wanted.resource);
    let Some(Resource::ChatConfiguration(configuration)) = wanted else { return false };
    desired.resources.contains_key(topic_key) && !configuration.topics.contains(topic)
}

/// A topic that feeds a configuration and is not the fleet's, if there is one.
/// One that was looked for and is gone feeds nothing.
pub(super) fn foreign_topic(snapshot: &Snapshot, name: &str) -> Option<String> {
    let observed = configurations(snapshot).find(|observed| observed.name == name)?;
    let owner = observed.tags.owner();
    observed.topics.iter().find(|topic| !is_of(snapshot, owner, topic)).cloned()
}

fn is_of(snapshot: &Snapshot, owner: Option<&str>, topic: &str) -> bool {
    use crate::model::Sight;
    let region = crate::model::arn::region_of(topic).and_then(|region| region.parse().ok());
    let seen = region.and_then(|region| snapshot.regions.get(&region));
    match seen.and_then(|seen| seen.topics.get(crate::model::arn::last_segment(topic))) {
        Some(Sight::Seen(topic)) => topic.tags.owner() == owner,
        Some(Sight::Absent) => true,
        Some(Sight::Unknown) | None => false,
    }
}

fn configurations(snapshot: &Snapshot) -> impl Iterator<Item = &ObservedChatConfiguration> {
    snapshot.global.iter().filter_map(|global| global.configurations.seen()).flatten()
}

fn take_out(change: &mut Change, observed: &ObservedChatConfiguration, going: &BTreeSet<String>) {
    let Some(Resource::ChatConfiguration(configuration)) = &mut change.resource else { return };
    configuration.topics.retain(|topic| !going.contains(topic));
    configuration.removed_topics.extend(going.iter().cloned());
    change.fields.retain(|field| field.path != "/topics");
    change.fields.push(FieldChange::new("/topics", &observed.topics, &configuration.topics));
}

fn fed_without(observed: &ObservedChatConfiguration, going: &BTreeSet<String>) -> Change {
    let topics: BTreeSet<String> = observed.topics.difference(going).cloned().collect();
    let fields = vec![FieldChange::new("/topics", &observed.topics, &topics)];
    let configuration = ChatConfiguration {
        name: observed.name.clone(),
        arn: Some(observed.arn.clone()),
        channel: observed.channel.clone(),
        settings: observed.settings.clone(),
        topics,
        removed_topics: going.clone(),
        tags: None,
    };
    Change::write(Action::Update, Resource::ChatConfiguration(configuration), fields, Vec::new())
}
