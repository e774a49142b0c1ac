//! What a person is told of a message.

use std::collections::BTreeMap;

use super::envelope::{Content, Received, Text};
use crate::events::notice;
use crate::model::notice::{Fact, Notice, NoticeLevel, Place};
use crate::model::notifier::AccountNames;
use crate::model::{AccountId, arn};

/// The notice of a message, with what people call the account.
pub(super) fn of(received: &Received, accounts: &AccountNames) -> Notice {
    let names = |account: &str| name_of(account, accounts);
    let notice = match &received.content {
        Content::Event(told) | Content::Alarm(told) => notice::notice(told, &names),
        Content::Text(text) => of_text(text, accounts),
    };
    Notice { id: received.id.clone(), ..notice }
}

fn of_text(text: &Text, accounts: &AccountNames) -> Notice {
    let topic = match arn::last_segment(&text.topic) {
        "" => "SNS",
        name => name,
    };
    let subject = text.subject.as_deref().map(one_line).filter(|subject| !subject.is_empty());
    Notice {
        id: String::new(),
        level: NoticeLevel::Warning,
        title: subject.unwrap_or_else(|| format!("Message from {topic}")),
        place: place(text, accounts),
        facts: vec![Fact { label: "Topic".to_owned(), value: topic.to_owned() }],
        reason: Some(text.text.clone()),
        failed_containers: Vec::new(),
        link: None,
        thread: None,
    }
}

/// Where the topic is: of its sender a text tells nothing.
fn place(text: &Text, accounts: &AccountNames) -> Place {
    let account = text.topic.split(':').nth(4).unwrap_or_default();
    let (account_name, labels) =
        name_of(account, accounts).unwrap_or_else(|| (account.to_owned(), BTreeMap::new()));
    Place {
        account: account.to_owned(),
        account_name,
        labels,
        region: arn::region_of(&text.topic).unwrap_or_default().to_owned(),
        time: text.time.clone(),
    }
}

fn name_of(account: &str, accounts: &AccountNames) -> Option<(String, BTreeMap<String, String>)> {
    let known = accounts.get(&account.parse::<AccountId>().ok()?)?;
    Some((known.name.clone(), known.labels.clone()))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::notifier::AccountName;

    fn told(content: Content) -> Notice {
        let dev = AccountName { name: "dev".into(), labels: BTreeMap::from([("env".into(), "dev".into())]) };
        let accounts = BTreeMap::from([("111111111111".parse().unwrap(), dev)]);
        of(&Received { id: "m-1".into(), content }, &accounts)
    }

    fn text(account: &str) -> Text {
        Text {
            subject: Some("Hello\nroom".into()),
            text: "line one\nline two".into(),
            topic: format!("arn:aws:sns:eu-west-1:{account}:news"),
            time: "2026-11-20T10:00:00.000Z".into(),
        }
    }

    #[test]
    fn events_and_alarms_are_told_with_what_people_call_the_account() {
        let event = json!({ "source": "a", "detail-type": "b", "detail": {}, "account": "111111111111" });
        let alarm =
            json!({ "AlarmName": "failed", "NewStateValue": "ALARM", "AWSAccountId": "111111111111" });
        for notice in [told(Content::Event(event)), told(Content::Alarm(alarm))] {
            assert_eq!((notice.id.as_str(), notice.place.account_name.as_str()), ("m-1", "dev"));
            assert_eq!(notice.place.labels["env"], "dev");
        }
    }

    #[test]
    fn a_text_is_told_whole_with_the_topic_that_it_came_through() {
        let notice = told(Content::Text(text("111111111111")));
        assert_eq!(notice.title, "Hello room");
        assert_eq!(notice.reason.as_deref(), Some("line one\nline two"));
        assert_eq!(notice.facts[0].value, "news");
        assert_eq!((notice.place.account_name.as_str(), notice.place.region.as_str()), ("dev", "eu-west-1"));
        assert_eq!(told(Content::Text(text("222222222222"))).place.account_name, "222222222222");
    }

    #[test]
    fn a_text_without_a_subject_or_a_topic_is_told_all_the_same() {
        let text = Text { subject: None, topic: String::new(), ..text("") };
        let notice = told(Content::Text(text));
        assert_eq!((notice.title.as_str(), notice.place.region.as_str()), ("Message from SNS", ""));
    }
}
