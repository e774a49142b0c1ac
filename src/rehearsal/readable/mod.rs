//! A message as a person reads it in the room, line by line: one file a form.
//! Colours, columns and pictures are left out; texts and their order are not.

mod chatbot;
mod google_chat;
mod slack;
mod teams;

use serde_json::Value;

pub(super) use chatbot::text as chatbot;
pub(super) use google_chat::text as google_chat;
pub(super) use slack::text as slack;
pub(super) use teams::text as teams;

/// Lines in the making.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    /// Adds a text with its own line breaks; nothing for one that is empty.
    fn add(&mut self, text: impl AsRef<str>) {
        let text = text.as_ref();
        if !text.is_empty() {
            self.0.push(text.to_owned());
        }
    }

    fn finish(self) -> String {
        self.0.join("\n")
    }
}

/// The text at a pointer; empty where there is none.
fn text_at<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a pointer; empty where there is none.
fn list_at<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `label: value`, or the one that there is.
fn labelled(label: &str, value: &str) -> String {
    if label.is_empty() || value.is_empty() { format!("{label}{value}") } else { format!("{label}: {value}") }
}

/// A text in which Slack and Google Chat want three characters escaped.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_custom_notification_reads_as_chatbot_shows_it() {
        let message = json!({
            "version": "1.0", "source": "custom",
            "content": { "title": ":warning: T", "description": "*A:* 1\n*Why:*", "nextSteps": ["said \"so\""] },
            "metadata": { "summary": "S" }
        });
        assert_eq!(chatbot(&message), ":warning: T\n*A:* 1\n*Why:*\n- said \"so\"");
        let alarm = json!({ "AlarmName": "a", "NewStateValue": "ALARM" });
        assert_eq!(chatbot(&alarm), "");
    }

    #[test]
    fn a_message_of_slack_reads_from_the_top_with_its_attachments_last() {
        let message = json!({
            "text": "T",
            "attachments": [
                { "blocks": [
                    { "type": "section", "fields": [{ "text": "*A*\n1" }, { "text": "*B*\n2" }] },
                    { "type": "context", "elements": [{ "text": "C" }] }
                ] },
                { "title": "Why", "text": "x < y" },
                { "blocks": [{ "type": "rich_text", "elements": [
                    { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": "a &lt; <b>" }] }
                ] }] }
            ]
        });
        assert_eq!(slack(&message), "T\n*A*: 1\n*B*: 2\nC\nWhy\nx < y\na &lt; <b>");
        let of_notifier = json!({
            "text": "stands in", "blocks": [
                { "type": "header", "text": { "text": "T" } },
                { "type": "section", "fields": [
                    { "type": "mrkdwn", "text": "*A*" }, { "type": "plain_text", "text": "1 &amp; 2" }
                ] },
                { "type": "section", "text": { "text": "<https://a.test/?x=1&amp;y=2|Open>" } }
            ]
        });
        assert_eq!(slack(&of_notifier), "T\n*A*: 1 & 2\nOpen: https://a.test/?x=1&y=2");
    }

    #[test]
    fn a_card_of_google_chat_reads_section_by_section() {
        let message = json!({ "cardsV2": [{ "card": {
            "header": { "title": "T", "subtitle": "S" },
            "sections": [
                { "header": "Why", "widgets": [{ "textParagraph": { "text": "a &lt;b&gt;" } }] },
                { "widgets": [
                    { "decoratedText": { "topLabel": "A", "text": "1" } },
                    { "decoratedText": { "text": "Why", "bottomLabel": "a &lt; <b>" } },
                    { "buttonList": { "buttons": [{ "text": "Open", "onClick": { "openLink": { "url": "https://a.test/" } } }] } }
                ] }
            ]
        } }] });
        assert_eq!(google_chat(&message), "T\nS\nWhy\na <b>\nA: 1\nWhy\na &lt; <b>\nOpen: https://a.test/");
    }

    #[test]
    fn an_adaptive_card_reads_without_the_backslashes_of_its_markdown() {
        let message = json!({ "attachments": [{ "content": {
            "body": [
                { "type": "TextBlock", "text": "T \\*x\\*" },
                { "type": "FactSet", "facts": [{ "title": "A", "value": "a\\_b" }] },
                { "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": "C:\\bin" }] }
            ],
            "actions": [{ "type": "Action.OpenUrl", "title": "Open", "url": "https://a.test/" }]
        } }] });
        assert_eq!(teams(&message), "T *x*\nA: a_b\nC:\\bin\nOpen: https://a.test/");
    }
}
