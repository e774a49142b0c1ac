//! Whether an answer means that the message is in the room.

use std::time::Duration;

use serde_json::Value;

use super::error::PostError;
use super::sanitise::{is_html, piece};
use super::webhook::WebhookUrl;
use crate::model::notifier::RoomService;

/// What a room answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: String,
}

impl Answer {
    /// Whether the room took the message.
    ///
    /// # Errors
    ///
    /// If it did not, or if the answer is not the room's own.
    pub(super) fn judge(&self, room: RoomService, url: &WebhookUrl) -> Result<(), PostError> {
        if self.is_taken(room) {
            return Ok(());
        }
        let (status, answer) = (self.status, piece(&self.words(), url));
        match self.is_for_now() {
            true => Err(PostError::Unavailable { room, status, answer }),
            false => Err(PostError::Refused { room, status, answer }),
        }
    }

    /// Slack answers `ok`, Google Chat with the message as JSON, Teams with
    /// nothing: its `202` says that the Workflow has begun, not that it ended.
    fn is_taken(&self, room: RoomService) -> bool {
        let body = self.body.trim();
        match room {
            RoomService::Slack => self.status == 200 && body == "ok",
            RoomService::GoogleChat => self.status == 200 && is_fine_json(body),
            RoomService::Teams => matches!(self.status, 200 | 202) && is_fine_for_teams(body),
        }
    }

    /// Whether the room may take the message later: too many requests, a fault of
    /// its own, or a page of something before it that is out of order.
    pub(super) fn is_for_now(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..)
    }

    /// The words of an error: `error.code` and `error.message` of Google and of
    /// Azure, `error` of Slack, or all of it.
    fn words(&self) -> String {
        let error =
            serde_json::from_str::<Value>(&self.body).ok().and_then(|body| body.get("error").cloned());
        match error {
            Some(Value::String(word)) => word,
            Some(Value::Object(error)) => {
                let texts =
                    ["status", "code", "message"].iter().filter_map(|name| error.get(*name)?.as_str());
                texts.collect::<Vec<&str>>().join(": ")
            }
            _ if self.body.trim().is_empty() => "an empty answer".to_owned(),
            _ => self.body.clone(),
        }
    }
}

fn is_fine_json(body: &str) -> bool {
    let body = serde_json::from_str::<Value>(body);
    body.is_ok_and(|body| body.is_object() && body.get("error").is_none())
}

/// A Workflow may be made to answer anything; connectors answered `1`, or told
/// of a failure with status 200.
fn is_fine_for_teams(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    let tells_of_failure = lower.contains("error") || lower.contains("failed");
    !is_html(body) && (is_fine_json(body) || !tells_of_failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;

    fn judge(room: RoomService, status: u16, body: &str) -> Result<(), PostError> {
        let url = WebhookUrl::parse(&Secret::new("https://example.invalid/opensesame")).expect("a URL");
        Answer { status, retry_after: None, body: body.to_owned() }.judge(room, &url)
    }

    #[test]
    fn a_room_s_own_way_to_say_yes_is_understood() {
        for (room, status, body) in [
            (RoomService::Slack, 200, "ok"),
            (RoomService::Slack, 200, "ok\n"),
            (RoomService::GoogleChat, 200, r#"{"name": "spaces/A/messages/B"}"#),
            (RoomService::Teams, 202, ""),
            (RoomService::Teams, 200, "1"),
            (RoomService::Teams, 200, r#"{"run": "error handling"}"#),
        ] {
            assert!(judge(room, status, body).is_ok(), "{room} {status} {body}");
        }
    }

    #[test]
    fn a_yes_that_is_none_is_a_failure_for_good() {
        let page = "<!DOCTYPE html><html>Sign in</html>";
        for (room, status, body, said) in [
            (RoomService::Slack, 200, "invalid_payload", "HTTP 200, invalid_payload"),
            (RoomService::Slack, 200, r#"{"ok": false, "error": "no_service"}"#, "HTTP 200, no_service"),
            (RoomService::Slack, 200, "", "an empty answer"),
            (RoomService::Slack, 200, page, "a web page"),
            (RoomService::Slack, 302, "", "HTTP 302"),
            (RoomService::GoogleChat, 200, page, "a web page"),
            (RoomService::GoogleChat, 200, "ok", "ok"),
            (RoomService::GoogleChat, 200, r#"{"error": {"code": 400, "message": "bad"}}"#, "bad"),
            (RoomService::Teams, 200, page, "a web page"),
            (RoomService::Teams, 200, "Webhook message delivery failed with error: x", "delivery failed"),
            (RoomService::Teams, 202, r#"{"error": {"code": "No", "message": "bad"}}"#, "No: bad"),
        ] {
            let error = judge(room, status, body).expect_err(body);
            assert!(error.is_permanent() && error.to_string().contains(said), "{error}");
        }
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        for (status, is_permanent) in [
            (400, true),
            (403, true),
            (404, true),
            (410, true),
            (413, true),
            (408, false),
            (429, false),
            (503, false),
        ] {
            let error = judge(RoomService::Slack, status, "x").expect_err("a failure");
            assert_eq!(error.is_permanent(), is_permanent, "{status}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_next() {
        for (room, status, body, step) in [
            (
                RoomService::Slack,
                404,
                "no_service",
                "the webhook was revoked: make a new one and put it in the secret",
            ),
            (RoomService::Slack, 403, "invalid_token", "the webhook was revoked"),
            (RoomService::Slack, 410, "channel_is_archived", "unarchive the channel"),
            (RoomService::Slack, 403, "action_prohibited", "make one for another channel"),
            (RoomService::Slack, 400, "invalid_payload", "a fault of Foghorn"),
            (
                RoomService::GoogleChat,
                403,
                r#"{"error":{"status":"PERMISSION_DENIED"}}"#,
                "the webhook was revoked",
            ),
            (RoomService::Teams, 404, r#"{"error":{"code":"WorkflowNotFound"}}"#, "the Workflow is gone"),
            (
                RoomService::Teams,
                400,
                r#"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#,
                "turn the Workflow on",
            ),
            (RoomService::Teams, 413, "Request Entity Too Large", "a fault of Foghorn"),
            (RoomService::Slack, 302, "", "does not lead to a room"),
            (RoomService::Slack, 400, "odd", "compare the webhook"),
            (RoomService::Slack, 500, "odd", "wait"),
        ] {
            let error = judge(room, status, body).expect_err(body);
            assert!(error.next_step().contains(step), "{error}: {}", error.next_step());
        }
    }
}
