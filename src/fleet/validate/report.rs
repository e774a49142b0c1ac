//! The rooms that are told of a report.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Verdict;
use super::names::{self, is_topic};
use super::rooms::slack_channel;
use super::secrets::reference;
use crate::fleet::spec::{Fleet, Recipient, ReportRoom, Reporting, SlackRoom};

/// The longest name of a room.
const LONGEST_NAME: usize = 64;

/// For how long a room may be tried: long enough for one answer, and not so
/// long that runs by the clock would meet.
const PATIENCE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(600);

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    let Some(reporting) = &fleet.spec.report else { return };
    if reporting.to.is_empty() {
        verdict.error("spec.report.to", "nobody is told: name at least one room");
    }
    if !PATIENCE.contains(&reporting.timeout) {
        verdict.error("spec.report.timeout", "a room may be tried for 1s to 10m");
    }
    unique(reporting, verdict);
    for (index, (name, recipient)) in reporting.recipients().enumerate() {
        let path = format!("spec.report.to[{index}]");
        if recipient.name.is_some() {
            verdict.text(format!("{path}.name"), names::name(&name, LONGEST_NAME));
        }
        room(&path, &recipient.room, verdict);
        selected(&path, fleet, (&name, recipient), verdict);
    }
}

/// People tell rooms apart by their names.
fn unique(reporting: &Reporting, verdict: &mut Verdict) {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (index, (name, _)) in reporting.recipients().enumerate() {
        match first.get(&name) {
            Some(first) => verdict.error(
                format!("spec.report.to[{index}].name"),
                format!("room `{name}` is there already, as spec.report.to[{first}]"),
            ),
            None => {
                first.insert(name, index);
            }
        }
    }
}

fn room(path: &str, room: &ReportRoom, verdict: &mut Verdict) {
    match room {
        ReportRoom::Slack(SlackRoom::Webhook(room)) => {
            reference(&format!("{path}.slack.webhook"), &room.webhook, verdict);
        }
        ReportRoom::Slack(SlackRoom::Bot(bot)) => {
            reference(&format!("{path}.slack.token"), &bot.token, verdict);
            verdict.text(format!("{path}.slack.channelId"), slack_channel(&bot.channel_id));
        }
        ReportRoom::GoogleChat(room) => {
            reference(&format!("{path}.googleChat.webhook"), &room.webhook, verdict);
        }
        ReportRoom::Teams(room) => reference(&format!("{path}.teams.webhook"), &room.webhook, verdict),
        ReportRoom::Sns(topic) => {
            verdict.text(format!("{path}.sns.topicArn"), chatbot_topic(&topic.topic_arn))
        }
    }
}

/// AWS Chatbot exists in the partition `aws` alone: every ARN pattern of its API
/// reference is `arn:aws:`. It takes no FIFO topics (AWS Chatbot administrator
/// guide, setting up).
fn chatbot_topic(arn: &str) -> Result<(), String> {
    if arn.ends_with(".fifo") {
        return Err(format!("`{arn}` is a FIFO topic, which AWS Chatbot does not listen to"));
    }
    if !is_topic(arn) {
        return Err(format!(
            "`{arn}` is not the ARN of an SNS topic: arn:aws:sns:us-east-1:111111111111:drift say"
        ));
    }
    if !arn.starts_with("arn:aws:") {
        return Err(format!("`{arn}`: AWS Chatbot does not exist in this partition"));
    }
    Ok(())
}

/// Warns of a room that no account is told to, where the file shows it.
fn selected(path: &str, fleet: &Fleet, (name, recipient): (&str, &Recipient), verdict: &mut Verdict) {
    if fleet.spec.organization.is_some() || fleet.spec.accounts.is_empty() {
        return;
    }
    if !fleet.entries().any(|account| recipient.selector.selects(&account)) {
        verdict.warning(
            format!("{path}.match"),
            format!("room `{name}` matches no account, so it is told of none"),
        );
    }
}
