use serde_json::json;

use super::*;

#[test]
fn a_raw_ecs_event_is_what_chatbot_drops_in_silence() {
    let event = json!({ "version": "0", "detail-type": "ECS Service Action", "source": "aws.ecs" });
    let refusal = chatbot_accepts(&event.to_string()).expect_err("dropped");
    assert!(refusal.to_string().contains("as it is"), "{refusal}");
}

#[test]
fn chatbot_shows_the_smallest_notification_and_the_message_of_an_alarm() {
    for message in [
        json!({ "version": "1.0", "source": "custom", "content": { "description": "d" } }),
        json!({ "AlarmName": "a", "NewStateValue": "ALARM" }),
    ] {
        assert_eq!(chatbot_accepts(&message.to_string()), Ok(()));
    }
}

#[test]
fn chatbot_refuses_what_its_schema_does_not_allow() {
    for (content, metadata) in [
        (json!({}), json!({})),
        (json!({ "description": "" }), json!({})),
        (json!({ "description": "x".repeat(8_001) }), json!({})),
        (json!({ "description": "d", "title": "x".repeat(251) }), json!({})),
        (json!({ "description": "d", "nextSteps": [1] }), json!({})),
        (json!({ "description": "d", "textType": "html" }), json!({})),
        (json!({ "description": "d" }), json!({ "threadId": 1 })),
        (json!({ "description": "d" }), json!({ "relatedResources": "x" })),
        (json!({ "description": "d" }), json!([])),
    ] {
        let message =
            json!({ "version": "1.0", "source": "custom", "content": content, "metadata": metadata });
        assert!(chatbot_accepts(&message.to_string()).is_err(), "{message}");
    }
    assert!(chatbot_accepts("{\"version\":\"1.0\"").is_err());
    assert!(chatbot_accepts("\"text\"").is_err());
}

#[test]
fn slack_refuses_blocks_beyond_its_limits_and_nothing_at_all() {
    let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    for (body, accepted) in [
        (json!({}), false),
        (json!({ "text": "" }), false),
        (json!({ "text": 1 }), false),
        (json!({ "text": "x".repeat(50_000) }), true),
        (json!({ "blocks": [section("x".repeat(3_000))] }), true),
        (json!({ "blocks": [section("x".repeat(3_001))] }), false),
        (json!({ "blocks": [section(String::new())] }), false),
        (json!({ "blocks": vec![section("x".repeat(2_900)); 5] }), false),
        (json!({ "blocks": vec![section("x".to_owned()); 51] }), false),
        (json!({ "blocks": [{ "type": "section" }] }), false),
        (json!({ "blocks": [{ "type": "section", "fields": vec![json!({ "text": "x" }); 11] }] }), false),
        (json!({ "blocks": [{ "type": "unheard" }] }), false),
        (json!({ "attachments": [{ "text": "x" }] }), true),
        (json!({ "attachments": [{ "color": "red" }] }), false),
        (json!({ "attachments": [{ "text": 1 }] }), false),
    ] {
        assert_eq!(slack_webhook_accepts(&body.to_string()).is_ok(), accepted, "{body}");
    }
}

#[test]
fn google_chat_refuses_cards_that_show_nothing_and_messages_that_are_too_long() {
    let card = |widget: Value| json!({ "cardsV2": [{ "card": { "sections": [{ "widgets": [widget] }] } }] });
    for (body, accepted) in [
        (json!({}), false),
        (json!({ "text": "x" }), true),
        (json!({ "text": "x".repeat(32_000) }), false),
        (json!({ "cardsV2": [{}] }), false),
        (json!({ "cardsV2": [{ "card": {} }] }), false),
        (card(json!({ "textParagraph": { "text": "x" } })), true),
        (card(json!({ "textParagraph": {} })), false),
        (card(json!({ "decoratedText": { "text": "" } })), false),
        (card(json!({ "unheard": {} })), false),
        (card(json!({ "buttonList": { "buttons": [{ "text": "x" }] } })), false),
    ] {
        assert_eq!(google_chat_accepts(&body.to_string()).is_ok(), accepted, "{body}");
    }
}
