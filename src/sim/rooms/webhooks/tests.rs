use serde_json::{Value, json};

use super::{Fault, Kind, Reply, Request, Response, close, misbehave, open, receive};
use crate::sim::rooms::{Link, Message, RoomKind, page, render_room};
use crate::sim::testing::{NOW, world};
use crate::sim::world::World;

fn post(world: &mut World, address: &str, body: &str) -> Reply {
    let content_type = Some("application/json");
    let request = Request { method: "POST", address, content_type, body: body.as_bytes() };
    receive(world, &request, NOW)
}

fn answer(world: &mut World, address: &str, body: &Value) -> Response {
    match post(world, address, &body.to_string()) {
        Reply::Answer(response) => response,
        Reply::Silence => panic!("{body} was not answered"),
    }
}

/// What a service of a kind says to a body: status and text.
fn verdict(kind: Kind, body: &Value) -> (u16, String) {
    let mut world = world();
    let address = open(&mut world, kind, "deploys");
    let response = answer(&mut world, &address, body);
    let taken = world.rooms.get(kind.workspace(), "deploys").is_some_and(|room| !room.messages.is_empty());
    assert_eq!(taken, response.status < 300, "{body}");
    (response.status, response.body)
}

fn only(world: &World, kind: Kind) -> Message {
    let room = world.rooms.get(kind.workspace(), "deploys").expect("a room");
    assert_eq!(room.messages.len(), 1);
    room.messages[0].clone()
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

#[test]
fn a_slack_message_is_read_by_its_blocks() {
    let mut world = world();
    let address = open(&mut world, Kind::Slack, "deploys");
    let body = json!({"text": "for the notification", "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Deployment failed"}},
        section("see <https://example.com/a|the service>"),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Cluster*\nprod"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [{"type": "button", "url": "https://example.com/b",
            "text": {"type": "plain_text", "text": "Console"}}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "eu-west-1"}]},
    ]});
    assert_eq!(answer(&mut world, &address, &body), Response::text(200, "ok"));
    let message = only(&world, Kind::Slack);
    assert_eq!(message.title.as_deref(), Some("Deployment failed"));
    assert_eq!(message.description, "see the service");
    assert_eq!(message.fields, [("Cluster".to_owned(), "prod".to_owned())]);
    assert_eq!(message.keywords, ["eu-west-1"]);
    let link = |label: &str, url: &str| Link { label: label.to_owned(), url: url.to_owned() };
    let links = [link("the service", "https://example.com/a"), link("Console", "https://example.com/b")];
    assert_eq!(message.links, links);
    assert_eq!(message.raw, body.to_string());
}

#[test]
fn slack_refuses_in_one_word_what_block_kit_does_not_allow() {
    let long = |length: usize| "x".repeat(length);
    let header = |text: &str| json!({"type": "header", "text": {"type": "plain_text", "text": text}});
    let field = |length: usize| json!({"type": "mrkdwn", "text": long(length)});
    let fields =
        |count: usize, length: usize| json!({"type": "section", "fields": vec![field(length); count]});
    for (blocks, word) in [
        (json!(vec![section("a"); 50]), "ok"),
        (json!(vec![section("a"); 51]), "invalid_blocks"),
        (json!([section(&long(3000))]), "ok"),
        (json!([section(&long(3001))]), "invalid_blocks"),
        (json!([section("")]), "invalid_blocks"),
        (json!([header(&long(150))]), "ok"),
        (json!([header(&long(151))]), "invalid_blocks"),
        (json!([{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]), "invalid_blocks"),
        (json!([fields(5, 2000)]), "ok"),
        (json!([fields(1, 2001)]), "invalid_blocks"),
        (json!([fields(11, 1)]), "invalid_blocks"),
        (json!([{"type": "context", "elements": vec![field(1); 11]}]), "invalid_blocks"),
        (json!([{"type": "poem"}]), "invalid_blocks"),
        (json!("blocks"), "invalid_blocks"),
        (json!(vec![section(&long(2640)); 5]), "ok"),
        (
            json!([
                section(&long(3000)),
                section(&long(3000)),
                section(&long(3000)),
                section(&long(3000)),
                section(&long(1201))
            ]),
            "msg_blocks_too_long",
        ),
    ] {
        let status = if word == "ok" { 200 } else { 400 };
        assert_eq!(verdict(Kind::Slack, &json!({"blocks": blocks})), (status, word.to_owned()), "{blocks}");
    }
    assert_eq!(verdict(Kind::Slack, &json!({})), (400, "no_text".to_owned()));
    assert_eq!(verdict(Kind::Slack, &json!({"text": " "})), (400, "no_text".to_owned()));
    assert_eq!(verdict(Kind::Slack, &json!([])), (400, "invalid_payload".to_owned()));
}

#[test]
fn a_body_that_is_not_sent_as_json_is_refused() {
    let mut world = world();
    let address = open(&mut world, Kind::Slack, "deploys");
    let content_type = Some("text/plain");
    let request = Request { method: "POST", address: &address, content_type, body: b"{\"text\":\"a\"}" };
    let refused = Reply::Answer(Response::text(400, "invalid_payload"));
    assert_eq!(receive(&mut world, &request, NOW), refused);
    let request = Request { method: "GET", ..request };
    assert!(matches!(receive(&mut world, &request, NOW), Reply::Answer(Response { status: 405, .. })));
}

#[test]
fn a_google_chat_message_is_read_by_its_cards_and_answered_by_its_name() {
    let mut world = world();
    let address = open(&mut world, Kind::GoogleChat, "deploys");
    let body = json!({"cardsV2": [{"cardId": "a", "card": {
        "header": {"title": "Deployment failed", "subtitle": "prod"},
        "sections": [{"widgets": [
            {"textParagraph": {"text": "<b>web</b> failed"}},
            {"decoratedText": {"topLabel": "Region", "text": "eu-west-1"}},
            {"buttonList": {"buttons": [
                {"text": "Console", "onClick": {"openLink": {"url": "https://example.com"}}},
            ]}},
        ]}],
    }}]});
    let response = answer(&mut world, &address, &body);
    assert_eq!(response.status, 200);
    let answered: Value = serde_json::from_str(&response.body).expect("JSON");
    assert!(answered["name"].as_str().is_some_and(|name| name.starts_with("spaces/")), "{answered}");
    assert_eq!(answered["cardsV2"], body["cardsV2"]);
    let message = only(&world, Kind::GoogleChat);
    assert_eq!(message.title.as_deref(), Some("Deployment failed"));
    assert_eq!(message.description, "prod\nweb failed");
    assert_eq!(message.fields, [("Region".to_owned(), "eu-west-1".to_owned())]);
    assert_eq!(message.links[0].label, "Console");
}

#[test]
fn google_chat_refuses_what_its_api_refuses() {
    let padding = |length: usize| json!({"text": "x".repeat(length - json!({"text": ""}).to_string().len())});
    let widget = |widget: Value| json!({"cardsV2": [{"card": {"sections": [{"widgets": [widget]}]}}]});
    for (body, text) in [
        (json!({"text": "a", "blocks": []}), "Unknown name \\\"blocks\\\""),
        (json!({}), "cannot be empty"),
        (json!([]), "Invalid JSON payload"),
        (padding(32_001), "too long"),
        (json!({"cardsV2": [{}]}), "has no card"),
        (widget(json!({"poem": {}})), "Unknown name \\\"poem\\\""),
        (widget(json!({"divider": {}, "image": {}})), "exactly one"),
    ] {
        let (status, answer) = verdict(Kind::GoogleChat, &body);
        assert_eq!(status, 400);
        assert!(answer.contains(text) && answer.contains("INVALID_ARGUMENT"), "{answer}");
    }
    assert_eq!(verdict(Kind::GoogleChat, &padding(32_000)).0, 200);
}

#[test]
fn a_thread_key_groups_messages_where_the_reply_option_says_so() {
    let mut world = world();
    let address = open(&mut world, Kind::GoogleChat, "deploys");
    let body = json!({"text": "a", "thread": {"threadKey": "web"}});
    let with = |option: &str| format!("{address}&messageReplyOption={option}");
    for (address, status) in [
        (with("REPLY_MESSAGE_OR_FAIL"), 404),
        (with("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"), 200),
        (with("REPLY_MESSAGE_OR_FAIL"), 200),
        (address.clone(), 200),
        (with("SOMETIMES"), 400),
    ] {
        assert_eq!(answer(&mut world, &address, &body).status, status);
    }
    let room = world.rooms.get("google-chat", "deploys").expect("a room");
    let sizes: Vec<usize> = room.threads().iter().map(|thread| thread.messages.len()).collect();
    assert_eq!(sizes, [2, 1], "without the option every message begins a thread");
}

fn card(body: Value) -> Value {
    json!({"type": "message", "attachments": [{
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": {"type": "AdaptiveCard", "version": "1.5", "body": body,
            "actions": [{"type": "Action.OpenUrl", "title": "Console", "url": "https://example.com"}]},
    }]})
}

#[test]
fn a_teams_card_is_read_and_queued() {
    let mut world = world();
    let address = open(&mut world, Kind::Teams, "deploys");
    let body = card(json!([
        {"type": "TextBlock", "text": "Deployment failed", "weight": "Bolder"},
        {"type": "Container", "items": [{"type": "TextBlock", "text": "web failed", "wrap": true}]},
        {"type": "FactSet", "facts": [{"title": "Cluster", "value": "prod"}]},
    ]));
    let address = format!("{address}&api-version=2016-06-01");
    assert_eq!(answer(&mut world, &address, &body), Response::text(202, ""));
    let message = only(&world, Kind::Teams);
    assert_eq!(message.title.as_deref(), Some("Deployment failed"));
    assert_eq!(message.description, "web failed");
    assert_eq!(message.fields, [("Cluster".to_owned(), "prod".to_owned())]);
    assert_eq!(message.links[0].url, "https://example.com");
}

#[test]
fn a_workflow_refuses_what_is_no_adaptive_card_and_what_is_too_large() {
    let mut versionless = card(json!([]));
    versionless["attachments"][0]["content"]["version"] = Value::Null;
    let mut other = card(json!([]));
    other["attachments"][0]["contentType"] = "application/vnd.microsoft.teams.card.o365connector".into();
    for (body, status) in [
        (json!({"text": "a"}), 400),
        (json!({"type": "message"}), 400),
        (versionless, 400),
        (other, 400),
        (card(json!("text")), 400),
        (card(json!([{"type": "Poem"}])), 400),
        (card(json!([{"type": "TextBlock"}])), 400),
        (card(json!([{"type": "FactSet", "facts": [{"title": "a"}]}])), 400),
        (card(json!([{"type": "TextBlock", "text": "x".repeat(28 * 1024)}])), 413),
        (card(json!([{"type": "TextBlock", "text": "x".repeat(27 * 1024)}])), 202),
    ] {
        assert_eq!(verdict(Kind::Teams, &body).0, status);
    }
}

#[test]
fn an_address_that_nobody_opened_or_that_was_closed_takes_nothing() {
    let mut world = world();
    for kind in [Kind::Slack, Kind::GoogleChat, Kind::Teams] {
        let address = open(&mut world, kind, "deploys");
        assert_eq!(open(&mut world, kind, "deploys"), address, "an open room keeps its address");
        let body = json!({"text": "a"});
        let guess = format!("{}0", &address[..address.len() - 1]);
        let guess = if guess == address { format!("{}1", &address[..address.len() - 1]) } else { guess };
        assert_eq!(answer(&mut world, &guess, &body).status, 404, "{kind:?}");
        close(&mut world, kind, "deploys");
        assert_eq!(answer(&mut world, &address, &body).status, 404, "{kind:?}");
        assert_ne!(open(&mut world, kind, "deploys"), address);
    }
    let slack = answer(&mut world, "/webhooks/slack/services/T/B/x", &json!({"text": "a"}));
    assert_eq!(slack, Response::text(404, "no_service"));
}

#[test]
fn a_rooms_service_misbehaves_as_often_as_it_was_told() {
    let mut world = world();
    let address = open(&mut world, Kind::Slack, "deploys");
    let limited = Fault::Status { code: 429, retry_after: Some(30) };
    assert!(misbehave(&mut world, Kind::Slack, "deploys", limited, 2));
    assert!(misbehave(&mut world, Kind::Slack, "deploys", Fault::Html, 1));
    assert!(misbehave(&mut world, Kind::Slack, "deploys", Fault::Hang, 1));
    assert!(!misbehave(&mut world, Kind::Teams, "deploys", Fault::Hang, 1), "no such room");
    let body = json!({"text": "a"});
    for _ in 0..2 {
        let response = answer(&mut world, &address, &body);
        assert_eq!((response.status, response.retry_after), (429, Some(30)));
    }
    let page = answer(&mut world, &address, &body);
    assert_eq!((page.status, page.content_type), (200, "text/html; charset=utf-8"));
    assert_eq!(post(&mut world, &address, &body.to_string()), Reply::Silence);
    assert_eq!(answer(&mut world, &address, &body), Response::text(200, "ok"));
    assert_eq!(only(&world, Kind::Slack).description, "a");
}

#[test]
fn addresses_are_in_no_debug_output_and_no_list_of_rooms() {
    let mut world = world();
    for kind in [Kind::Slack, Kind::GoogleChat, Kind::Teams] {
        let address = open(&mut world, kind, "deploys");
        let secret = address.rsplit(['/', '=']).next().expect("a last part").to_owned();
        for shown in [format!("{world:?}"), world.rooms.to_json().to_string(), page(&world.rooms)] {
            assert!(!shown.contains(&secret), "{kind:?}");
        }
    }
}

#[test]
fn the_page_and_the_terminal_show_each_kind_of_room() {
    let mut world = world();
    let slack = open(&mut world, Kind::Slack, "deploys");
    open(&mut world, Kind::Teams, "quiet");
    let body = json!({"blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<script>"},
            "fields": [{"type": "mrkdwn", "text": "*Cluster*\nprod"}]},
        {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://example.com/?a=\"b"},
            {"type": "button", "text": {"type": "plain_text", "text": "Bad"}, "url": "javascript:alert(1)"},
        ]},
    ]});
    answer(&mut world, &slack, &body);
    assert_eq!(world.rooms.get("slack", "deploys").map(|room| room.kind), Some(RoomKind::Slack));
    let page = page(&world.rooms);
    for shown in [
        "<section class=\"slack\">",
        "<dt>Cluster</dt><dd>prod</dd>",
        "href=\"https://example.com/?a=&quot;b\">Open</a>",
        "Bad: javascript:alert(1)",
        "&lt;script&gt;",
        "No message yet.",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("href=\"javascript") && !page.contains("<script"));
    let text = render_room(world.rooms.get("slack", "deploys").expect("a room"));
    let expected = "\
#deploys (Slack webhook)

  webhook  2026-11-20T10:00:00Z
  <script>
  Cluster: prod
  <Open> https://example.com/?a=\"b
  <Bad> javascript:alert(1)
";
    assert_eq!(text, expected);
}
