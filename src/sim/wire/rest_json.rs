//! restJson1, which AWS Chatbot speaks: every operation is a POST on its path.

use serde_json::Value;

use super::{Reply, json};
use crate::sim::call::{Answer, ApiError};

/// Reads the operation from the path and the input from the body.
pub fn decode(path: &str, body: &[u8]) -> Result<(String, Value), ApiError> {
    Ok((operation(path), json::input(body)?))
}

/// The operation of a path: `/create-ms-teams-channel-configuration` is
/// CreateMicrosoftTeamsChannelConfiguration.
fn operation(path: &str) -> String {
    // The one path that does not follow from its operation's name.
    if path == "/delete-ms-teams-configured-teams" {
        return "DeleteMicrosoftTeamsConfiguredTeam".to_owned();
    }
    path.trim_start_matches('/').split('-').map(word).collect()
}

fn word(lower: &str) -> String {
    if lower == "ms" {
        return "Microsoft".to_owned();
    }
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Writes an answer as restJson1.
pub fn render(operation: &str, request_id: &str, answer: &Answer) -> Reply {
    let mut headers =
        vec![("content-type", "application/json".to_owned()), ("x-amzn-requestid", request_id.to_owned())];
    match answer {
        Ok(output) => {
            let status = success_status(operation);
            let body = if status == 204 { Vec::new() } else { json::body(output) };
            Reply { status, headers, body }
        }
        Err(refusal) => {
            headers.push(("x-amzn-errortype", refusal.code.clone()));
            let body = serde_json::json!({ "message": refusal.message }).to_string().into_bytes();
            Reply { status: refusal.status, headers, body }
        }
    }
}

/// The statuses in the Chatbot service model of 2017-10-11.
fn success_status(operation: &str) -> u16 {
    if operation.starts_with("Create") || operation.starts_with("Associate") {
        201
    } else if operation.starts_with("Delete") || operation.starts_with("Disassociate") {
        204
    } else {
        200
    }
}
