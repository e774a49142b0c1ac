//! AWS Chatbot: Slack workspaces, Microsoft Teams teams and the configurations
//! of their channels.
//!
//! The service has endpoints in few Regions, and each of them knows the
//! configurations of the whole account.

mod found;
mod slack;
mod teams;
mod write;

use std::collections::BTreeSet;

use futures::future::{OptionFuture, join_all};
use time::OffsetDateTime;

use self::found::{Found, tags_of};
pub(crate) use self::write::{apply, configuration_tags, delete_configuration};
use super::answer::noted;
use super::cloudwatch::unsupported_events;
use super::door::Door;
use super::error::AwsError;
use crate::model::chat::{Channel, ObservedChatConfiguration};
use crate::model::snapshot::{GlobalInterest, GlobalSnapshot};
use crate::model::{Gap, Sight, Tags};

/// The largest page (service model).
const PAGE: i32 = 100;

/// With what the names of the fleet's own configurations begin.
const OWN: &str = "foghorn-";

/// Reads the workspaces, the teams and the channel configurations of the
/// account, and what was dropped on the way to the channels of interest.
/// Microsoft Teams is asked only where it is of interest.
pub(crate) async fn observe(door: &Door, interest: &GlobalInterest, now: OffsetDateTime) -> GlobalSnapshot {
    let (workspaces, configurations, teams) = tokio::join!(
        slack::read_workspaces(door),
        read_all(door, interest),
        OptionFuture::from(asks_teams(interest).then(|| Box::pin(teams::read_teams(door)))),
    );
    let mut gaps = Vec::new();
    let workspaces = noted(workspaces, &mut gaps).map_or(Sight::Unknown, Sight::Seen);
    let configurations = noted(configurations, &mut gaps).map_or(Sight::Unknown, Sight::Seen);
    mark_whole(&mut gaps);
    let teams = teams.and_then(|teams| noted(teams, &mut gaps)).map_or(Sight::Unknown, Sight::Seen);
    let names = names_of_interest(interest, configurations.seen());
    let unsupported_events = unsupported_events(door, &names, now, &mut gaps).await;
    GlobalSnapshot { workspaces, teams, configurations, unsupported_events, gaps }
}

/// Whether Microsoft Teams is to be asked.
fn asks_teams(interest: &GlobalInterest) -> bool {
    interest.teams || interest.channels.iter().any(|channel| matches!(channel, Channel::Teams(_)))
}

/// When both lists fail for one cause, nothing at all can be read here.
fn mark_whole(gaps: &mut [Gap]) {
    if let [one, other] = gaps
        && one.cause == other.cause
    {
        one.whole = true;
        other.whole = true;
    }
}

fn names_of_interest(
    interest: &GlobalInterest,
    configurations: Option<&Vec<ObservedChatConfiguration>>,
) -> BTreeSet<String> {
    let configurations = configurations.into_iter().flatten();
    let relevant = configurations.filter(|configuration| interest.channels.contains(&configuration.channel));
    relevant.map(|configuration| configuration.name.clone()).collect()
}

/// All configurations, those of the channels of interest and those that may be
/// ours by their names with their tags. If these can't be read the list is
/// unknown: without them, one of ours would pass for somebody else's.
async fn read_all(
    door: &Door,
    interest: &GlobalInterest,
) -> Result<Vec<ObservedChatConfiguration>, AwsError> {
    let reads = list_all(door, interest).await?.into_iter().map(|found| async {
        if !interest.channels.contains(&found.channel) && !found.name().starts_with(OWN) {
            return Ok(Some(found.observed(Tags::default())));
        }
        match tags_of(door, &found).await {
            Ok(tags) => Ok(Some(found.observed(tags))),
            // Deleted since it was listed.
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    });
    let read: Vec<Option<_>> = join_all(reads).await.into_iter().collect::<Result<_, _>>()?;
    let mut configurations: Vec<ObservedChatConfiguration> = read.into_iter().flatten().collect();
    configurations.sort_by(|one, other| one.arn.cmp(&other.arn));
    Ok(configurations)
}

async fn list_all(door: &Door, interest: &GlobalInterest) -> Result<Vec<Found>, AwsError> {
    let mut found = slack::list(door, None).await?;
    if asks_teams(interest) {
        found.extend(teams::list(door).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cause;

    fn gap(cause: Cause) -> Gap {
        Gap { tried: "list".to_owned(), cause, detail: String::new(), whole: false }
    }

    #[test]
    fn two_lists_that_fail_alike_leave_nothing_seen() {
        for (causes, whole) in [
            (vec![Cause::Denied, Cause::Denied], true),
            (vec![Cause::Denied, Cause::Throttled], false),
            (vec![Cause::Denied], false),
        ] {
            let mut gaps: Vec<Gap> = causes.into_iter().map(gap).collect();
            mark_whole(&mut gaps);
            assert!(gaps.iter().all(|gap| gap.whole == whole), "{gaps:?}");
        }
    }
}
