//! The notice of a CloudWatch alarm, from the message that CloudWatch sends to
//! a topic (CloudWatch user guide, alarm notifications).

use serde_json::Value;

use super::event::Event;
use super::{Names, facts, fingerprint, link, place, short};
use crate::model::arn;
use crate::model::notice::{Notice, NoticeLevel};

pub(super) fn notice(message: &Value, names: &Names<'_>) -> Notice {
    let message = Event(message);
    let (name, state) = (message.short("/AlarmName"), message.short("/NewStateValue"));
    let region = arn::region_of(message.text("/AlarmArn")).unwrap_or_default();
    let time = message.short("/StateChangeTime");
    Notice {
        id: fingerprint(message.0),
        level: level(&state),
        title: format!("Alarm {name} is {state}"),
        place: place(message.text("/AWSAccountId"), short(region), time, names),
        facts: facts(&[
            ("Alarm", name.clone()),
            ("State", state),
            ("Before", message.short("/OldStateValue")),
            ("Description", message.short("/AlarmDescription")),
        ]),
        reason: message.optional_text("/NewStateReason"),
        failed_containers: Vec::new(),
        link: link::alarm(region, &name),
        thread: message.optional_text("/AlarmArn"),
    }
}

fn level(state: &str) -> NoticeLevel {
    match state {
        "ALARM" => NoticeLevel::Error,
        "INSUFFICIENT_DATA" => NoticeLevel::Warning,
        _ => NoticeLevel::Info,
    }
}
