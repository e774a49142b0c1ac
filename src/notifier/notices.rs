//! What a person is told of a message.

use super::envelope::{Alarm, Content, Received, Text};
use crate::events::notice;
use crate::model::notice::{Fact, Notice, NoticeLevel, Place};
use crate::model::notifier::{AccountName, AccountNames};
use crate::model::{AccountId, arn};

/// The notice of a message, with what people call the account.
pub(super) fn of(received: &Received, accounts: &AccountNames) -> Notice {
    match &received.content {
        Content::Event(event) => of_event(event, accounts),
        Content::Alarm(alarm) => of_alarm(&received.id, alarm, accounts),
        Content::Text(text) => of_text(&received.id, text, accounts),
    }
}

fn of_event(event: &serde_json::Value, accounts: &AccountNames) -> Notice {
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    notice::notice(event, place(text("account"), Some(text("region")), text("time"), accounts))
}

fn of_alarm(id: &str, alarm: &Alarm, accounts: &AccountNames) -> Notice {
    let arn = alarm.alarm_arn.as_deref().unwrap_or_default();
    let description = alarm.alarm_description.as_deref().filter(|text| !text.is_empty());
    let mut facts = vec![fact("State", &alarm.new_state_value)];
    facts.extend(description.map(|text| fact("Description", text)));
    Notice {
        id: id.to_owned(),
        level: level(&alarm.new_state_value),
        title: format!("CloudWatch alarm {}: {}", alarm.alarm_name, alarm.new_state_value),
        place: place(&alarm.account, arn::region_of(arn), &alarm.state_change_time, accounts),
        facts,
        reason: Some(alarm.new_state_reason.clone()),
        failed_containers: Vec::new(),
        link: None,
        thread: alarm.alarm_arn.clone(),
    }
}

/// The states of an alarm (CloudWatch API reference, `SetAlarmState`).
fn level(state: &str) -> NoticeLevel {
    match state {
        "ALARM" => NoticeLevel::Error,
        "OK" => NoticeLevel::Info,
        _ => NoticeLevel::Warning,
    }
}

fn of_text(id: &str, text: &Text, accounts: &AccountNames) -> Notice {
    let account = text.topic.split(':').nth(4).unwrap_or_default();
    let topic = arn::last_segment(&text.topic);
    let subject = text.subject.as_deref().map(one_line).filter(|subject| !subject.is_empty());
    Notice {
        id: id.to_owned(),
        level: NoticeLevel::Warning,
        title: subject.unwrap_or_else(|| format!("Message from the topic {topic}")),
        place: place(account, arn::region_of(&text.topic), &text.time, accounts),
        facts: vec![fact("Topic", topic)],
        reason: Some(text.text.clone()),
        failed_containers: Vec::new(),
        link: None,
        thread: None,
    }
}

fn place(account: &str, region: Option<&str>, time: &str, accounts: &AccountNames) -> Place {
    let known = name_of(account, accounts);
    Place {
        account: account.to_owned(),
        account_name: known.map_or_else(|| account.to_owned(), |known| known.name.clone()),
        labels: known.map(|known| known.labels.clone()).unwrap_or_default(),
        region: region.unwrap_or_default().to_owned(),
        time: time.to_owned(),
    }
}

fn name_of<'a>(account: &str, accounts: &'a AccountNames) -> Option<&'a AccountName> {
    accounts.get(&account.parse::<AccountId>().ok()?)
}

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: one_line(value) }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn accounts() -> AccountNames {
        let dev = AccountName { name: "dev".into(), labels: BTreeMap::from([("env".into(), "dev".into())]) };
        BTreeMap::from([("111111111111".parse().unwrap(), dev)])
    }

    fn alarm(state: &str) -> Received {
        let alarm = Alarm {
            alarm_name: "foghorn-deploys-failed".into(),
            alarm_arn: Some("arn:aws:cloudwatch:eu-west-1:111111111111:alarm:foghorn-deploys-failed".into()),
            alarm_description: Some("Events that\nreached nobody".into()),
            account: "111111111111".into(),
            new_state_value: state.into(),
            new_state_reason: "Threshold Crossed: 1 datapoint".into(),
            state_change_time: "2026-11-20T10:00:00.000+0000".into(),
        };
        Received { id: "m-1".into(), content: Content::Alarm(alarm) }
    }

    #[test]
    fn an_alarm_is_told_with_its_state_its_account_and_why() {
        let notice = of(&alarm("ALARM"), &accounts());
        assert_eq!((notice.id.as_str(), notice.level), ("m-1", NoticeLevel::Error));
        assert_eq!(notice.title, "CloudWatch alarm foghorn-deploys-failed: ALARM");
        assert_eq!((notice.place.account_name.as_str(), notice.place.region.as_str()), ("dev", "eu-west-1"));
        assert_eq!(notice.place.labels["env"], "dev");
        assert_eq!(notice.facts[1].value, "Events that reached nobody");
        assert_eq!(notice.reason.as_deref(), Some("Threshold Crossed: 1 datapoint"));
    }

    #[test]
    fn an_alarm_that_is_over_is_no_failure() {
        let levels = ["OK", "INSUFFICIENT_DATA"].map(|state| of(&alarm(state), &accounts()).level);
        assert_eq!(levels, [NoticeLevel::Info, NoticeLevel::Warning]);
    }

    #[test]
    fn a_text_is_told_whole_with_the_topic_that_it_came_through() {
        let text = Text {
            subject: Some("Hello\nroom".into()),
            text: "line one\nline two".into(),
            topic: "arn:aws:sns:eu-west-1:222222222222:news".into(),
            time: "2026-11-20T10:00:00.000Z".into(),
        };
        let told = |text: &Text| {
            of(&Received { id: "m-1".into(), content: Content::Text(text.clone()) }, &accounts())
        };
        let notice = told(&text);
        assert_eq!(
            (notice.title.as_str(), notice.reason.as_deref()),
            ("Hello room", Some("line one\nline two"))
        );
        assert_eq!(notice.facts, [fact("Topic", "news")]);
        assert_eq!(
            (notice.place.account_name.as_str(), notice.place.region.as_str()),
            ("222222222222", "eu-west-1")
        );
        assert_eq!(told(&Text { subject: None, ..text }).title, "Message from the topic news");
    }

    #[test]
    fn a_text_of_a_topic_that_is_not_known_is_told_all_the_same() {
        let text = Text { subject: None, text: "hi".into(), topic: String::new(), time: String::new() };
        let notice = of(&Received { id: "m-1".into(), content: Content::Text(text) }, &accounts());
        assert_eq!((notice.reason.as_deref(), notice.place.region.as_str()), (Some("hi"), ""));
    }
}
