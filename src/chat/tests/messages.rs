//! Messages of every room: their limits, and what they look like.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::chat::{RoomService, fixtures, limits};
use crate::model::notice::{Fact, FailedContainer, Link, Notice, NoticeLevel, Place};

const ROOMS: [RoomService; 3] = [RoomService::Slack, RoomService::GoogleChat, RoomService::Teams];

fn text(at: &Value) -> &str {
    at.as_str().expect("a text")
}

fn array(at: &Value) -> &[Value] {
    at.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Every text object of Slack has its own limit.
fn assert_text(at: &Value, most: usize) {
    let length = text(&at["text"]).encode_utf16().count();
    assert!((1..=most).contains(&length), "{length} of {most}: {:.200}", at.to_string());
}

fn assert_slack(message: &Value) {
    let blocks = array(&message["blocks"]);
    assert!(blocks.len() <= limits::SLACK_BLOCKS, "{} blocks", blocks.len());
    for block in blocks {
        match text(&block["type"]) {
            "header" => assert_text(&block["text"], limits::SLACK_HEADER),
            "context" => {
                assert!((1..=limits::SLACK_CONTEXT).contains(&array(&block["elements"]).len()));
                array(&block["elements"])
                    .iter()
                    .for_each(|element| assert_text(element, limits::SLACK_FIELD));
            }
            "section" => {
                assert!(array(&block["fields"]).len() <= limits::SLACK_FIELDS);
                array(&block["fields"]).iter().for_each(|field| assert_text(field, limits::SLACK_FIELD));
                if block["text"].is_object() {
                    assert_text(&block["text"], limits::SLACK_SECTION);
                }
            }
            other => panic!("a block of type {other}"),
        }
    }
    let all = message["blocks"].to_string().encode_utf16().count();
    assert!(all <= limits::SLACK_ALL_BLOCKS, "{all} characters of blocks");
    assert_text(message, limits::SLACK_TEXT);
}

fn assert_google_chat(message: &Value) {
    let length = message.to_string().len();
    assert!(length <= limits::GOOGLE_CHAT_BYTES, "{length} bytes");
    for section in array(&message["cardsV2"][0]["card"]["sections"]) {
        let widgets = array(&section["widgets"]).len();
        assert!((1..=limits::GOOGLE_CHAT_WIDGETS).contains(&widgets), "{widgets} widgets");
    }
    let key = message["thread"]["threadKey"].as_str().unwrap_or_default();
    assert!(key.chars().count() <= limits::GOOGLE_CHAT_THREAD_KEY);
}

fn assert_within_limits(notice: &Notice) {
    for room in ROOMS {
        let message = room.message(notice);
        let read: Value = serde_json::from_str(&message.to_string()).expect("JSON");
        assert_eq!(read, message);
        match room {
            RoomService::Slack => assert_slack(&message),
            RoomService::GoogleChat => assert_google_chat(&message),
            RoomService::Teams => assert!(message.to_string().len() <= limits::TEAMS_BYTES),
        }
    }
}

/// Texts that are short or long, of letters that are harmless or not.
fn any_text(longest: usize) -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "a",
        "word ",
        "\"",
        "\\",
        "\n",
        "\u{0}",
        "\u{1b}",
        "\u{202E}",
        "<",
        ">",
        "&",
        "*",
        "_",
        "`",
        "[",
        "{",
        "|",
        "😀",
        "👩\u{200D}👧",
        "é",
        "שלום",
        "한국어",
        "<!here>",
        "<@U1>",
        "@channel",
        "<users/all>",
        "e\u{301}",
    ]);
    (pieces, 0..=longest, "(?s).{0,40}").prop_map(move |(piece, length, tail)| {
        let repeated = piece.repeat(length / piece.chars().count());
        format!("{repeated}{tail}")
    })
}

fn any_place() -> impl Strategy<Value = Place> {
    let labels = prop::collection::btree_map(any_text(200), any_text(400), 0..50);
    (any_text(300), any_text(300), labels, any_text(100), any_text(100)).prop_map(
        |(account, account_name, labels, region, time)| Place { account, account_name, labels, region, time },
    )
}

fn any_facts() -> impl Strategy<Value = Vec<Fact>> {
    let fact = (any_text(200), any_text(3000)).prop_map(|(label, value)| Fact { label, value });
    prop::collection::vec(fact, 0..200)
}

fn any_containers() -> impl Strategy<Value = Vec<FailedContainer>> {
    let container = (any_text(300), prop::option::of(any::<i64>()), prop::option::of(any_text(2000)))
        .prop_map(|(name, exit_code, reason)| FailedContainer { name, exit_code, reason });
    prop::collection::vec(container, 0..100)
}

fn any_notice() -> impl Strategy<Value = Notice> {
    let link = (any_text(200), any_text(4000))
        .prop_map(|(text, path)| Link { text, url: format!("https://console.invalid/{path}") });
    let free = (prop::option::of(any_text(10_000)), prop::option::of(link), prop::option::of(any_text(5000)));
    let level = select(vec![NoticeLevel::Error, NoticeLevel::Warning, NoticeLevel::Info]);
    (level, any_text(1000), any_place(), any_facts(), any_containers(), free).prop_map(
        |(level, title, place, facts, failed_containers, (reason, link, thread))| Notice {
            id: "e1".to_owned(),
            level,
            title,
            place,
            facts,
            reason,
            failed_containers,
            link,
            thread,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_notice_makes_messages_within_the_limits_of_every_room(notice in any_notice()) {
        assert_within_limits(&notice);
    }
}

/// The largest notice of one character everywhere.
fn largest(letter: &str) -> Notice {
    let long = letter.repeat(10_000);
    let fact = Fact { label: long.clone(), value: long.clone() };
    let container = FailedContainer { name: long.clone(), exit_code: None, reason: Some(long.clone()) };
    Notice {
        title: long.clone(),
        place: Place {
            account: long.clone(),
            account_name: format!("{long}2"),
            labels: BTreeMap::from([(long.clone(), long.clone())]),
            region: long.clone(),
            time: long.clone(),
        },
        facts: vec![fact; 200],
        reason: Some(long.clone()),
        failed_containers: vec![container; 100],
        link: Some(Link {
            text: long.clone(),
            url: format!("https://console.invalid/?{}", "&".repeat(1800)),
        }),
        thread: Some(long),
        ..fixtures::deployment()
    }
}

#[test]
fn the_largest_notice_is_cut_to_the_limits_of_every_room() {
    for letter in ["a", "&", "<", "\"", "\\", "*", "😀", "한", "\u{0}", "\n", "👩\u{200D}"] {
        assert_within_limits(&largest(letter));
    }
}

#[test]
fn what_is_left_out_of_a_message_is_said() {
    for room in ROOMS {
        let written = room.message(&largest("a")).to_string();
        for what in ["of 10,000 characters)", "of 200 facts)", "of 100 containers)"] {
            assert!(written.contains(what), "{room}: no {what} in {written}");
        }
    }
}

#[test]
fn every_message_names_the_account_its_labels_and_the_console() {
    for room in ROOMS {
        for notice in [fixtures::deployment(), fixtures::task()] {
            let written = room.message(&notice).to_string().replace("&amp;", "&");
            for said in ["shop-production (111111111111)", "env=production, team=payments", "ap-northeast-2"]
            {
                assert!(written.contains(said), "{room}: no {said} in {written}");
            }
            assert!(written.contains(&notice.link.expect("a link").url), "{room}: {written}");
        }
    }
}

#[test]
fn a_message_looks_as_it_is_meant_to_in_every_room() {
    for (room, room_name) in ROOMS.into_iter().zip(["slack", "google_chat", "teams"]) {
        for (name, notice) in [
            ("deployment", fixtures::deployment()),
            ("task", fixtures::task()),
            ("canary", fixtures::canary()),
        ] {
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
                insta::assert_json_snapshot!(format!("{room_name}_{name}"), room.message(&notice));
            });
        }
    }
}
