//! Digests as each room gets them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Form, Messages, messages};
use crate::model::Severity;
use crate::model::digest::{AccountDigest, Chapter, Detail, Digest, Item, Level, Part, Section, Subject};
use crate::model::pass::AccountSummary;
use crate::model::report::{Mode, Report};
use crate::report::digest::digest;
use crate::report::fixtures::{all_fine, compared_with, incident, mixed};

const FORMS: [(Form, &str); 5] = [
    (Form::SlackWebhook, "slack_webhook"),
    (Form::SlackBot, "slack_bot"),
    (Form::GoogleChat, "google_chat"),
    (Form::Teams, "teams"),
    (Form::Chatbot, "chatbot"),
];

fn told(form: Form, report: &Report) -> Messages {
    let part = Part { labels: BTreeMap::new(), severity: Severity::Warning };
    messages(form, &digest(report, &part))
}

fn all(messages: &Messages) -> impl Iterator<Item = &Value> {
    [&messages.main].into_iter().chain(&messages.details)
}

/// Every text under one of these names, in the order of the message.
fn texts(value: &Value, names: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if names.contains(&name.as_str()) => found.push(text.to_owned()),
                    _ => texts(value, names, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, names, found)),
        _ => {}
    }
}

fn texts_of(value: &Value, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    texts(value, names, &mut found);
    found
}

/// The limits as the services document them, counted without the code that keeps
/// them.
fn assert_within_limits(form: Form, messages: &Messages) {
    for message in all(messages) {
        match form {
            Form::SlackWebhook | Form::SlackBot => assert_slack(message),
            Form::GoogleChat => assert_google_chat(message),
            Form::Teams => assert_teams(message),
            Form::Chatbot => assert_chatbot(message),
        }
    }
}

fn assert_slack(message: &Value) {
    let blocks = message["blocks"].as_array().expect("blocks");
    assert!((1..=50).contains(&blocks.len()), "{} blocks", blocks.len());
    assert!(message["text"].as_str().is_some_and(|text| (1..=40_000).contains(&text.chars().count())));
    let all: usize =
        texts_of(&message["blocks"], &["text", "url"]).iter().map(|text| text.encode_utf16().count()).sum();
    assert!(all <= 13_200, "{all} characters");
    for block in blocks {
        let own: usize = texts_of(block, &["text"]).iter().map(|text| text.encode_utf16().count()).sum();
        assert!(own <= 4000, "{own} characters in a block");
        match block["type"].as_str().expect("a type") {
            "header" => assert!(
                block["text"]["text"]
                    .as_str()
                    .is_some_and(|text| (1..=150).contains(&text.encode_utf16().count()))
            ),
            "context" => assert!(
                block["elements"].as_array().is_some_and(|elements| (1..=10).contains(&elements.len()))
            ),
            "rich_text" => block["elements"].as_array().expect("elements").iter().for_each(assert_rich_text),
            other => panic!("a block of type {other}"),
        }
    }
    assert!(!message.to_string().contains("mrkdwn\",\"verbatim"), "nothing is marked up");
}

/// "Rich text block", Block Kit reference.
fn assert_rich_text(element: &Value) {
    let elements = element["elements"].as_array().expect("elements");
    assert!(!elements.is_empty(), "{element}");
    match element["type"].as_str().expect("a type") {
        "rich_text_list" => elements.iter().for_each(assert_rich_text),
        "rich_text_section" => {
            for span in elements {
                assert!(matches!(span["type"].as_str(), Some("text" | "link")), "{span}");
                assert!(span["text"].as_str().is_some_and(|text| !text.is_empty()), "{span}");
            }
        }
        other => panic!("an element of type {other}"),
    }
}

fn assert_google_chat(message: &Value) {
    let written = message.to_string();
    assert!(written.len() <= 32_000, "{} bytes", written.len());
    assert!(
        message["thread"]["threadKey"].as_str().is_some_and(|key| (1..=4000).contains(&key.chars().count()))
    );
    let sections = message["cardsV2"][0]["card"]["sections"].as_array().expect("sections");
    let widgets: usize =
        sections.iter().map(|section| section["widgets"].as_array().map_or(0, Vec::len)).sum();
    assert!((1..=100).contains(&widgets) && sections.len() <= 100, "{widgets} widgets");
}

/// The members are those of the Adaptive Cards schema, version 1.4, of the
/// elements that are used.
fn assert_teams(message: &Value) {
    let written = message.to_string();
    assert!(written.len() <= 28_000, "{} bytes", written.len());
    let card = &message["attachments"][0]["content"];
    assert_eq!((&card["type"], &card["version"]), (&json!("AdaptiveCard"), &json!("1.4")));
    card["body"].as_array().expect("a body").iter().for_each(assert_card_element);
    for action in card["actions"].as_array().into_iter().flatten() {
        assert_eq!(action["type"], "Action.ToggleVisibility");
        let target = action["targetElements"][0].as_str().expect("a target");
        assert!(written.contains(&format!("\"id\":\"{target}\"")), "{target} is there to be shown");
    }
}

fn assert_card_element(element: &Value) {
    let members: Vec<&str> = element.as_object().expect("an element").keys().map(String::as_str).collect();
    let known: &[&str] = match element["type"].as_str().expect("a type") {
        "TextBlock" => &["type", "text", "wrap", "spacing", "isSubtle", "size", "weight", "color"],
        "Container" => &["type", "id", "isVisible", "separator", "spacing", "items"],
        other => panic!("an element of type {other}"),
    };
    assert!(members.iter().all(|member| known.contains(member)), "{members:?}");
    if element["type"] == "Container" {
        let items = element["items"].as_array().expect("items");
        assert!(!items.is_empty());
        items.iter().for_each(assert_card_element);
    } else {
        assert!(element["text"].is_string(), "{element}");
    }
}

fn assert_chatbot(message: &Value) {
    assert_eq!((&message["version"], &message["source"]), (&json!("1.0"), &json!("custom")));
    let units = |text: &Value| text.as_str().map(|text| text.encode_utf16().count());
    assert!(units(&message["content"]["description"]).is_some_and(|length| (1..=8000).contains(&length)));
    assert!(
        message["content"]["title"].is_null()
            || units(&message["content"]["title"]).is_some_and(|length| length <= 250)
    );
    assert!(message["metadata"]["threadId"].is_string() && message["metadata"]["summary"].is_string());
    assert!(message.to_string().len() <= 262_144);
}

#[test]
fn a_digest_looks_as_it_is_meant_to_in_every_room() {
    let mixed = compared_with(mixed(), &["prod/web", "T0123ABC"]);
    for (form, form_name) in FORMS {
        for (name, report) in [("small", &mixed), ("all_clear", &all_fine())] {
            let messages = told(form, report);
            assert_within_limits(form, &messages);
            let all: Vec<&Value> = all(&messages).collect();
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
                insta::assert_json_snapshot!(format!("digest_{form_name}_{name}"), all);
            });
        }
    }
}

#[test]
fn an_incident_of_five_thousand_services_is_folded_in_every_room() {
    let incident = compared_with(incident(), &["service-0001"]);
    for (form, name) in FORMS {
        let messages = told(form, &incident);
        assert_within_limits(form, &messages);
        let texts = texts_of(&messages.main, &["text", "title", "description", "fallbackText"]).join("\n");
        for said in ["team-07", "2,550 service", "and 2,547 more", "Other accounts", "team-08"] {
            assert!(texts.contains(said), "{name}: no `{said}` in {texts}");
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
            insta::assert_snapshot!(format!("digest_{name}_incident"), texts);
        });
    }
}

#[test]
fn an_account_that_could_not_be_read_stands_in_the_message_itself() {
    for (form, name) in FORMS {
        let messages = told(form, &mixed());
        let texts = texts_of(&messages.main, &["text", "title", "description"]).join("\n").replace('\\', "");
        for said in ["logs", "nothing of it could be read", "data", "not read in full: us-east-1"] {
            assert!(texts.contains(said), "{name}: no `{said}` in {texts}");
        }
    }
}

#[test]
fn details_stand_in_the_thread_where_there_is_one_and_in_the_message_where_there_is_none() {
    for (form, name) in FORMS {
        let messages = told(form, &mixed());
        let has_thread = matches!(form, Form::SlackBot | Form::GoogleChat | Form::Chatbot);
        assert_eq!(!messages.details.is_empty(), has_thread, "{name}");
        let all: Vec<String> = all(&messages).map(Value::to_string).collect();
        assert!(all.concat().contains("Paths that are broken"), "{name}: the details are told");
    }
}

#[test]
fn the_messages_of_one_run_share_a_thread_and_those_of_another_do_not() {
    let mut other = mixed();
    other.metadata.run = "another".to_owned();
    for (form, pointer) in [(Form::GoogleChat, "/thread/threadKey"), (Form::Chatbot, "/metadata/threadId")] {
        let keys = |report: &Report| -> Vec<Value> {
            all(&told(form, report))
                .map(|message| message.pointer(pointer).cloned().unwrap_or_default())
                .collect()
        };
        let (own, others) = (keys(&mixed()), keys(&other));
        assert!(own.len() > 1 && own.iter().all(|key| *key == own[0]), "{own:?}");
        assert_ne!(own[0], others[0]);
    }
}

const HOSTILE: &str = "<!here> <@U123> @channel <users/all> <at>all</at> <b>b</b> **b** _i_ ~s~ `c` [l](https://evil.invalid) &lt; \" \\ \u{202E}\u{0}\u{1b}[31m";

#[test]
fn names_and_reasons_mention_nobody_and_are_no_markup() {
    let digest = generated(HOSTILE, 2, 2, 2);
    for (form, name) in FORMS {
        let messages = messages(form, &digest);
        assert_within_limits(form, &messages);
        for message in all(&messages) {
            let written = message.to_string();
            assert!(
                !written.contains("\\u0000") && !written.contains('\u{202E}') && !written.contains("\\u001b"),
                "{name}"
            );
            match form {
                Form::SlackWebhook | Form::SlackBot => {
                    // Within rich text nothing is markup; around it stands escaped text.
                    assert!(!message["text"].as_str().expect("a text").contains('<'), "{message}");
                    assert!(!message["text"].as_str().expect("a text").contains("@channel"), "{message}");
                    assert_eq!(
                        texts_of(message, &["type"]).iter().filter(|kind| *kind == "mrkdwn").count(),
                        0
                    );
                }
                Form::GoogleChat => {
                    for text in texts_of(message, &["text"]) {
                        let own = ["<b>", "</b>", "<br>", "</a>"]
                            .iter()
                            .fold(text, |text, tag| text.replace(tag, ""));
                        let own = own.replace("<a href=\"https://console.example/", "");
                        assert!(!own.contains('<'), "{own}");
                    }
                }
                Form::Teams => {
                    for text in texts_of(message, &["text"]) {
                        let escaped = text.replace("\\[", "").replace("\\]", "").replace("\\<", "");
                        assert!(!escaped.contains("](https://evil") && !escaped.contains('<'), "{text}");
                    }
                }
                Form::Chatbot => {
                    let text = message["content"]["description"].as_str().expect("a description");
                    assert!(!text.contains(['<', '>', '@', '*', '`', '[', ']', '~']), "{text}");
                }
            }
        }
    }
}

/// A digest that holds this text wherever text may come from outside.
fn generated(text: &str, accounts: usize, items: usize, lines: usize) -> Digest {
    let account = |number: usize| AccountSummary {
        id: format!("{number:012}").parse().expect("an id"),
        name: format!("{text}{number}"),
        labels: BTreeMap::from([(text.to_owned(), text.to_owned())]),
    };
    let subject = |number: usize| Subject {
        name: format!("{text} {number}"),
        link: Some(format!("https://console.example/{number}?a=1&b={}", text.len())),
    };
    let item = |number: usize| Item {
        level: Level::Error,
        text: text.to_owned(),
        subjects: (0..number % 4).map(subject).collect(),
        count: number,
        noun: "service",
        new: Some(number / 2),
    };
    let detail = || Detail { text: text.to_owned(), beneath: vec![text.to_owned()] };
    let section =
        |number| Section { account: account(number), details: (0..lines).map(|_| detail()).collect() };
    Digest {
        fleet: "acme".to_owned(),
        run: "run".to_owned(),
        mode: Mode::Apply,
        finished_at: OffsetDateTime::UNIX_EPOCH,
        labels: BTreeMap::from([(text.to_owned(), text.to_owned())]),
        level: Level::Error,
        headline: text.to_owned(),
        facts: (0..lines).map(|_| text.to_owned()).collect(),
        next: (0..lines).map(|_| text.to_owned()).collect(),
        accounts: (0..accounts)
            .map(|number| AccountDigest {
                account: account(number),
                level: Level::Error,
                items: (0..items).map(item).collect(),
                more: number,
                count: items,
                new: 0,
            })
            .collect(),
        chapters: vec![Chapter { title: "Findings", sections: (0..accounts).map(section).collect() }],
        is_drift: true,
        is_news: None,
        has_changed: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_there_is_to_tell_fits_into_every_room(
        letter in prop_oneof![Just("a"), Just("&"), Just("<"), Just("\""), Just("\\"), Just("*"), Just("😀"), Just("한"), Just("\u{0}"), Just("\n"), Just("👩\u{200D}"), Just("a b")],
        length in 0_usize..900,
        accounts in 0_usize..60,
        items in 0_usize..9,
        lines in 0_usize..25,
    ) {
        let digest = generated(&letter.repeat(length), accounts, items, lines);
        for (form, _) in FORMS {
            assert_within_limits(form, &messages(form, &digest));
        }
    }

    #[test]
    fn any_text_fits_into_every_room(text in ".{0,600}", accounts in 0_usize..5) {
        let digest = generated(&text, accounts, 4, 6);
        for (form, _) in FORMS {
            assert_within_limits(form, &messages(form, &digest));
        }
    }
}
