//! The rooms that AWS Chatbot posts to.

use std::collections::BTreeMap;

use super::Verdict;
use crate::fleet::spec::{Chatbot, Fleet, Pipeline, Slack, Teams, Via};
use crate::model::{Account, Partition};

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    let accounts: Vec<Account> = fleet.entries().collect();
    let mut adopting: BTreeMap<[&str; 3], (usize, bool)> = BTreeMap::new();
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        let Via::Chatbot(chatbot) = &pipeline.via else { continue };
        let path = format!("spec.pipelines[{index}].via.chatbot");
        let (room, channel, adopting_one) = match chatbot {
            Chatbot::Slack(slack) => {
                slack_ids(&path, slack, verdict);
                ("slack", [slack.workspace_id.as_str(), "", slack.channel_id.as_str()], slack.adopt)
            }
            Chatbot::Teams(teams) => {
                teams_ids(&path, teams, verdict);
                (
                    "teams",
                    [&teams.tenant_id, &teams.team_id, &teams.channel_id].map(String::as_str),
                    teams.adopt,
                )
            }
        };
        partitions(&path, pipeline, &accounts, verdict);
        let (first, adopt) = *adopting.entry(channel).or_insert((index, adopting_one));
        if adopt != adopting_one {
            verdict.error(
                format!("{path}.{room}.adopt"),
                format!(
                    "spec.pipelines[{first}] leads to the same channel with adopt: {adopt}: they share \
                     one configuration, so they must agree"
                ),
            );
        }
    }
}

fn of(text: &str, allowed: fn(&u8) -> bool) -> bool {
    (1..=255).contains(&text.len()) && text.as_bytes().iter().all(allowed)
}

/// The patterns are those of the AWS Chatbot API reference,
/// CreateSlackChannelConfiguration.
fn slack_ids(path: &str, slack: &Slack, verdict: &mut Verdict) {
    let Slack { workspace_id, channel_id, .. } = slack;
    if !of(workspace_id, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        verdict.error(
            format!("{path}.slack.workspaceId"),
            format!("`{workspace_id}` is not a workspace id: capital letters and digits, T0123ABC say"),
        );
    }
    verdict.text(format!("{path}.slack.channelId"), slack_channel(channel_id));
}

/// Why a text is no id of a Slack channel.
pub(super) fn slack_channel(id: &str) -> Result<(), String> {
    if id.starts_with('#') {
        return Err(format!(
            "`{id}` is the channel's name: give its id, C0123ABC say, which Slack shows at the end of the \
             channel's details"
        ));
    }
    if of(id, u8::is_ascii_alphanumeric) {
        return Ok(());
    }
    Err(format!("`{id}` is not a channel id: letters and digits, C0123ABC say"))
}

/// The patterns are those of the AWS Chatbot API reference,
/// CreateMicrosoftTeamsChannelConfiguration.
fn teams_ids(path: &str, teams: &Teams, verdict: &mut Verdict) {
    for (field, id) in [("tenantId", &teams.tenant_id), ("teamId", &teams.team_id)] {
        if !is_uuid(id) {
            verdict.error(
                format!("{path}.teams.{field}"),
                format!("`{id}` is not a UUID: take {field} from the link to the channel"),
            );
        }
    }
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_=+/,.%".contains(byte);
    if !of(&teams.channel_id, is_allowed) {
        verdict.error(
            format!("{path}.teams.channelId"),
            "this is not a channel's id as it stands in the link to the channel: 19%3Aab12%40thread.tacv2 say",
        );
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// AWS Chatbot exists in the partition `aws` alone: every ARN pattern of its
/// API reference is `arn:aws:`.
fn partitions(path: &str, pipeline: &Pipeline, accounts: &[Account], verdict: &mut Verdict) {
    let outside: Vec<String> = accounts
        .iter()
        .filter(|account| account.partition() != Partition::Aws && pipeline.selector.selects(account))
        .map(|account| format!("{} ({})", account.id, account.partition()))
        .collect();
    if !outside.is_empty() {
        verdict.error(
            path,
            format!("AWS Chatbot does not exist where this pipeline reaches: account {}", outside.join(", ")),
        );
    }
}
