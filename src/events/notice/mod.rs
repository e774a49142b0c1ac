//! What a person is told about an event, whatever the room.
//!
//! Events come from outside and gain fields and kinds (ECS developer guide, ECS
//! events), so nothing here relies on a field being there or on its type.

mod alarm;
mod event;
mod link;
mod service;
mod task;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::canary;
use super::families::{DEPLOYMENT, SERVICE_ACTION, TASK};
use crate::model::notice::{Fact, Notice, NoticeLevel, Place};
use event::Event;

/// What is known of an account by its id: its name and its labels.
pub type Names<'a> = dyn Fn(&str) -> Option<(String, BTreeMap<String, String>)> + 'a;

/// The most characters of one fact.
const FACT_LIMIT: usize = 300;

/// The notice of an event of ECS, of a canary, of the message that CloudWatch
/// sends to a topic about an alarm, or of anything else.
pub fn notice(event: &Value, names: &Names<'_>) -> Notice {
    if event.get("AlarmName").is_some() {
        return alarm::notice(event, names);
    }
    let event = Event(event);
    match event.text("/detail-type") {
        DEPLOYMENT | SERVICE_ACTION => service::notice(event, names),
        TASK => task::notice(event, names),
        canary::DETAIL_TYPE if event.text("/source") == canary::SOURCE => of_canary(event, names),
        _ => of_anything(event, names),
    }
}

fn of_canary(event: Event<'_>, names: &Names<'_>) -> Notice {
    let pipeline = event.short("/detail/foghorn/pipeline");
    Notice {
        title: format!("Canary of the pipeline {pipeline}: nobody needs to act"),
        facts: facts(&[
            ("Pipeline", pipeline),
            ("Part", event.short("/detail/foghorn/part")),
            ("Run", event.short("/detail/foghorn/run")),
        ]),
        reason: event.optional_text("/detail/reason"),
        ..blank(event, names)
    }
}

fn of_anything(event: Event<'_>, names: &Names<'_>) -> Notice {
    let kind = event.short("/detail-type");
    let kind = if kind.is_empty() { "Event of an unknown kind".to_owned() } else { kind };
    let about = event.short("/resources/0");
    Notice {
        level: event.level(),
        title: if about.is_empty() { kind } else { format!("{kind}: {}", event::last_segment(&about)) },
        facts: facts(&[
            ("Source", event.short("/source")),
            ("Event", event.short("/detail/eventName")),
            ("Resource", about.clone()),
        ]),
        reason: event.optional_text("/detail/reason"),
        link: link::clusters(event.text("/region")),
        thread: (!about.is_empty()).then_some(about),
        ..blank(event, names)
    }
}

/// What every notice has, and nothing else.
fn blank(event: Event<'_>, names: &Names<'_>) -> Notice {
    Notice {
        id: event.optional_text("/id").unwrap_or_else(|| fingerprint(event.0)),
        level: NoticeLevel::Info,
        title: String::new(),
        place: place(event.text("/account"), event.short("/region"), event.short("/time"), names),
        facts: Vec::new(),
        reason: None,
        failed_containers: Vec::new(),
        link: None,
        thread: None,
    }
}

fn place(account: &str, region: String, time: String, names: &Names<'_>) -> Place {
    let (account_name, labels) = names(account).unwrap_or_else(|| (account.to_owned(), BTreeMap::new()));
    Place { account: short(account), account_name: short(&account_name), labels, region, time }
}

/// The same text for the same event, where it has no id.
fn fingerprint(event: &Value) -> String {
    Sha256::digest(event.to_string()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Those facts that the event tells.
fn facts(all: &[(&str, String)]) -> Vec<Fact> {
    let told = all.iter().filter(|(_, value)| !value.is_empty());
    told.map(|(label, value)| Fact { label: (*label).to_owned(), value: value.clone() }).collect()
}

/// A text on one line, of a length that one line holds.
fn short(text: &str) -> String {
    let line = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let line: String = line.take(FACT_LIMIT + 1).collect();
    let line = line.trim();
    match line.char_indices().nth(FACT_LIMIT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
