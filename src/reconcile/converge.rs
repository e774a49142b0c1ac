//! Making the changes of one account: kind by kind in the order of the plan, a
//! few changes of a kind at once. A failed change stops what needs it, and
//! nothing else.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::aws::AccountDoor;
use crate::model::{Action, Change, Key, Kind, Location, Outcome, Plan, Resource};

/// Changes under way at a time in one account. A stopped run finishes these and
/// begins no other, so they bound how long it goes on: ECS takes five a second.
const AT_ONCE: usize = 16;

/// Makes the changes and gives them back in the same order, each with what
/// became of it.
pub(super) async fn converge(door: &AccountDoor, plan: Plan, stop: &CancellationToken) -> Vec<Change> {
    let mut done: Vec<Change> = Vec::with_capacity(plan.changes.len());
    let mut missing: BTreeSet<Key> = BTreeSet::new();
    for wave in waves(plan.changes) {
        let unmade = unmade(&done);
        let ready = wave.into_iter().map(|change| without_unmade(change, &unmade));
        let made = ready.map(|change| make(door, change, &missing, stop));
        let made: Vec<Change> = stream::iter(made).buffered(AT_ONCE).collect().await;
        let lost = made.iter().filter(|change| change.is_write() && change.outcome != Outcome::Applied);
        missing.extend(lost.map(|change| change.key.clone()));
        done.extend(made);
    }
    done
}

/// What does not exist because it could not be made. What exists and could not
/// be brought into form is not among it.
fn unmade(done: &[Change]) -> BTreeSet<Key> {
    let unmade =
        done.iter().filter(|change| change.action == Action::Create && change.outcome != Outcome::Applied);
    unmade.map(|change| change.key.clone()).collect()
}

/// The changes grouped by kind, what is made apart from what is removed. What is
/// made needs only kinds before its own, and what is removed only kinds after.
fn waves(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut waves: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        match waves.last_mut() {
            Some(wave) if step_of(wave.first()) == step_of(Some(&change)) => wave.push(change),
            _ => waves.push(vec![change]),
        }
    }
    waves
}

fn step_of(change: Option<&Change>) -> Option<(bool, Kind)> {
    change.map(|change| (change.action == Action::Delete, change.key.kind))
}

async fn make(
    door: &AccountDoor,
    change: Change,
    missing: &BTreeSet<Key>,
    stop: &CancellationToken,
) -> Change {
    if !change.is_write() {
        return change;
    }
    if stop.is_cancelled() {
        return not_tried(change);
    }
    if let Some(need) = change.needs.iter().find(|need| missing.contains(need)) {
        let why = match change.action {
            Action::Delete => format!("{need} still uses it, and could not be removed or changed"),
            _ => format!("it needs {need}, which was not made"),
        };
        return settled(change, Outcome::Skipped, Some(why));
    }
    match door.apply(&change).await {
        Ok(()) => Change { outcome: Outcome::Applied, ..change },
        Err(error) => settled(change, Outcome::Failed, Some(error.to_string())),
    }
}

/// A write that a stopped run leaves to the next one.
pub(super) fn not_tried(change: Change) -> Change {
    if change.is_write() {
        settled(change, Outcome::Skipped, Some("the run was stopped before this was tried".to_owned()))
    } else {
        change
    }
}

fn settled(change: Change, outcome: Outcome, why: Option<String>) -> Change {
    Change { outcome, why, ..change }
}

/// A configuration is fed by the topics that there are: one that could not be
/// made must not keep the others from the room. One that exists stays, for no
/// configuration ever loses a topic.
fn without_unmade(mut change: Change, unmade: &BTreeSet<Key>) -> Change {
    if let Some(Resource::ChatConfiguration(configuration)) = &mut change.resource {
        configuration.topics.retain(|topic| !unmade.iter().any(|key| names(key, topic)));
        change.needs.clear();
    }
    change
}

fn names(key: &Key, topic: &str) -> bool {
    let mut parts = topic.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let name = parts.nth(1).unwrap_or_default();
    match key.location {
        Location::Region(of) => key.kind == Kind::Topic && of.as_str() == region && key.name == name,
        Location::Global => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::chat::{Channel, ChatConfiguration, ChatSettings, SlackChannel};
    use crate::model::policy::Policy;
    use crate::model::topic::Topic;
    use crate::model::{Region, Tags};

    fn topic(name: &str, action: Action, outcome: Outcome) -> Change {
        let policy = Policy::of(Vec::new());
        let topic = Topic { region: Region::US_EAST_1, name: name.to_owned(), policy, tags: Tags::default() };
        Change { outcome, ..Change::write(action, Resource::Topic(topic), Vec::new(), Vec::new()) }
    }

    fn configuration(topics: &[&str]) -> Change {
        let resource = ChatConfiguration {
            name: "room".to_owned(),
            arn: None,
            channel: Channel::Slack(SlackChannel { workspace: "T1".to_owned(), channel: "C1".to_owned() }),
            settings: ChatSettings {
                iam_role_arn: String::new(),
                guardrail_policy_arns: BTreeSet::new(),
                logging_level: "ERROR".to_owned(),
                user_authorization_required: false,
            },
            topics: topics.iter().map(|name| format!("arn:aws:sns:us-east-1:111111111111:{name}")).collect(),
            removed_topics: BTreeSet::new(),
            tags: None,
        };
        Change::write(Action::Update, Resource::ChatConfiguration(resource), Vec::new(), Vec::new())
    }

    #[test]
    fn what_is_removed_is_no_wave_with_what_is_made_and_keeps_the_plan_s_order() {
        let made = topic("made", Action::Create, Outcome::Planned);
        let queue = Change::delete(Key::new(Kind::Queue, Region::US_EAST_1, "q"), None, "fleet", Vec::new());
        let gone =
            Change::delete(Key::new(Kind::Topic, Region::US_EAST_1, "gone"), None, "fleet", Vec::new());
        let also =
            Change::delete(Key::new(Kind::Topic, Region::US_EAST_1, "also"), None, "fleet", Vec::new());
        let waves = waves(vec![made.clone(), gone.clone(), also.clone(), queue.clone()]);
        assert_eq!(waves, [vec![made], vec![gone, also], vec![queue]]);
    }

    #[test]
    fn a_configuration_goes_without_the_topics_that_could_not_be_made_and_loses_no_other() {
        let done = [
            topic("made", Action::Create, Outcome::Applied),
            topic("refused", Action::Create, Outcome::Failed),
            topic("untried", Action::Create, Outcome::Skipped),
            topic("drifted", Action::Update, Outcome::Failed),
        ];
        let change = configuration(&["made", "refused", "untried", "drifted", "theirs"]);
        let expected = configuration(&["made", "drifted", "theirs"]);
        assert_eq!(without_unmade(change, &unmade(&done)), expected);
    }
}
