//! The rooms that pipelines lead to.

use std::collections::BTreeMap;

use super::Verdict;
use crate::fleet::spec::{Fleet, Pipeline, Slack};
use crate::model::{Account, Partition};

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    let accounts: Vec<Account> = fleet.entries().collect();
    let mut adopting: BTreeMap<(&str, &str), (usize, bool)> = BTreeMap::new();
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        let path = format!("spec.pipelines[{index}].via.chatbot");
        let slack = &pipeline.via.chatbot.slack;
        ids(&path, slack, verdict);
        partitions(&path, pipeline, &accounts, verdict);
        let channel = (slack.workspace_id.as_str(), slack.channel_id.as_str());
        let (first, adopt) = *adopting.entry(channel).or_insert((index, slack.adopt));
        if adopt != slack.adopt {
            verdict.error(
                format!("{path}.slack.adopt"),
                format!(
                    "spec.pipelines[{first}] leads to the same channel with adopt: {adopt}: they share \
                     one configuration, so they must agree"
                ),
            );
        }
    }
}

/// The patterns are those of the AWS Chatbot API reference,
/// CreateSlackChannelConfiguration.
fn ids(path: &str, slack: &Slack, verdict: &mut Verdict) {
    let Slack { workspace_id, channel_id, .. } = slack;
    let of = |text: &str, allowed: fn(&u8) -> bool| {
        (1..=255).contains(&text.len()) && text.as_bytes().iter().all(allowed)
    };
    if !of(workspace_id, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        verdict.error(
            format!("{path}.slack.workspaceId"),
            format!("`{workspace_id}` is not a workspace id: capital letters and digits, T0123ABC say"),
        );
    }
    if channel_id.starts_with('#') {
        verdict.error(
            format!("{path}.slack.channelId"),
            format!(
                "`{channel_id}` is the channel's name: give its id, C0123ABC say, which Slack shows at \
                 the end of the channel's details"
            ),
        );
    } else if !of(channel_id, u8::is_ascii_alphanumeric) {
        verdict.error(
            format!("{path}.slack.channelId"),
            format!("`{channel_id}` is not a channel id: letters and digits, C0123ABC say"),
        );
    }
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
