//! Where the webhooks of pipelines are found. What may be a webhook itself is
//! not repeated in any message.

use super::Verdict;
use crate::fleet::spec::{DestinationRoom, Fleet, SecretReference, Via};

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        let path = format!("spec.pipelines[{index}].via");
        match &pipeline.via {
            Via::Chatbot(_) => {}
            Via::ApiDestination(destination) => {
                let path = format!("{path}.apiDestination");
                if !(1..=300).contains(&destination.rate_per_second) {
                    verdict.error(
                        format!("{path}.ratePerSecond"),
                        format!("{} posts a second: EventBridge takes 1 to 300", destination.rate_per_second),
                    );
                }
                let room = match destination.room {
                    DestinationRoom::Slack(_) => "slack",
                    DestinationRoom::GoogleChat(_) => "googleChat",
                };
                reference(&format!("{path}.{room}.webhook"), destination.room.webhook(), verdict);
            }
            Via::Lambda(function) => {
                let (room, name) = function.room.parts();
                verdict.text(format!("{path}.lambda.{}.webhook.secretsManager", room.as_str()), secret(name));
            }
        }
    }
}

fn reference(path: &str, reference: &SecretReference, verdict: &mut Verdict) {
    let (field, checked) = match reference {
        SecretReference::Env(name) => ("env", variable(name)),
        SecretReference::File(file) => ("file", file_name(file)),
        SecretReference::SecretsManager(name) => ("secretsManager", secret(name)),
    };
    verdict.text(format!("{path}.{field}"), checked);
}

fn file_name(name: &str) -> Result<(), String> {
    no_url(name)?;
    if name.trim().is_empty() { Err("the webhook's file has no name".to_owned()) } else { Ok(()) }
}

fn no_url(text: &str) -> Result<(), String> {
    if !text.contains("://") {
        return Ok(());
    }
    Err("a webhook's URL is a secret and has no place in this file: say where it is found".to_owned())
}

fn variable(name: &str) -> Result<(), String> {
    no_url(name)?;
    let is_name = !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { Ok(()) } else { Err("env takes the name of an environment variable".to_owned()) }
}

/// The letters and the length are those of the AWS Secrets Manager API
/// reference, CreateSecret; an ARN has colons besides.
fn secret(name: &str) -> Result<(), String> {
    no_url(name)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
    let is_name = (1..=512).contains(&name.len()) && name.bytes().all(allowed);
    let is_arn = name.starts_with("arn:")
        && name.split(':').nth(2) == Some("secretsmanager")
        && name.len() <= 2048
        && name.bytes().all(|byte| allowed(byte) || byte == b':');
    if is_name || is_arn {
        Ok(())
    } else {
        Err("secretsManager takes the name or the ARN of a secret: letters, digits and any of /_+=.@-"
            .to_owned())
    }
}
