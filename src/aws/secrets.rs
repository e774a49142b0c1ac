//! AWS Secrets Manager: the webhook URLs and tokens that people keep there.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use serde_json::Value;

use super::answer::observe_each;
use super::door::{ApiGroup, Door};
use super::error::AwsError;
use super::quiet::quietly;
use super::shared::Shared;
use crate::model::coverage::Cause;
use crate::model::secret::Secret;
use crate::model::{Gap, Region, Sight, arn};

/// What a secret holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// The URL of a webhook.
    Webhook,
    /// The token of a bot.
    Token,
}

impl Holding {
    /// The members of a JSON secret that may hold it.
    fn members(self) -> &'static [&'static str] {
        match self {
            Self::Webhook => &["url", "webhook", "webhookUrl"],
            Self::Token => &["token", "botToken"],
        }
    }
}

/// What Secrets Manager says of a secret that will be deleted soon: it refuses
/// to give the value (Secrets Manager API reference, DeleteSecret).
const SCHEDULED: &str = "marked for deletion";

/// Reads secrets by name or ARN: the URL that each holds, or why there is none.
/// What may not be read is unknown.
pub(crate) async fn observe_secrets(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<Result<Secret, String>>> {
    observe_each(names, gaps, |name| async move { Ok((read(door, region, &name).await?, Vec::new())) }).await
}

async fn read(door: &Door, region: Region, name: &str) -> Result<Result<Secret, String>, AwsError> {
    let region = region_of(name).unwrap_or(region);
    let call = door.secretsmanager(region).get_secret_value().secret_id(name).send();
    let tried = format!("get secret {name}");
    let answer = quietly(door.call(region, ApiGroup::SecretsManager, tried, call)).await;
    held(answer, Holding::Webhook, name, region)
}

/// Reads a secret with the caller's own credentials, by ARN, or by name in the
/// caller's Region.
///
/// # Errors
///
/// Whatever AWS refuses, and a name without a Region to look for it in.
pub(super) async fn read_as_caller(
    shared: &Shared,
    callers_region: Option<Region>,
    name: &str,
    holding: Holding,
) -> Result<Result<Secret, String>, AwsError> {
    let tried = format!("get secret {name}");
    let Some(region) = region_of(name).or(callers_region) else {
        let why = "it is named without a Region: give its ARN, or set AWS_REGION";
        return Err(AwsError::failed(tried, Cause::Other, why));
    };
    let call = shared.clients().secretsmanager(region).get_secret_value().secret_id(name).send();
    let answer = quietly(shared.call_as_caller(region, ApiGroup::SecretsManager, tried, call)).await;
    held(answer, holding, name, region)
}

fn held(
    answer: Result<GetSecretValueOutput, AwsError>,
    holding: Holding,
    name: &str,
    region: Region,
) -> Result<Result<Secret, String>, AwsError> {
    match answer {
        Ok(answer) => Ok(text_in(&answer, holding).map_err(|why| format!("the secret {name} {why}"))),
        Err(error) if error.is_not_found() => Ok(Err(format!("the secret {name} is missing in {region}"))),
        Err(error) if error.detail.contains(SCHEDULED) => {
            Ok(Err(format!("the secret {name} in {region} is scheduled for deletion")))
        }
        Err(error) => Err(error),
    }
}

/// The Region of a secret that is named by its ARN.
fn region_of(name: &str) -> Option<Region> {
    arn::region_of(name.strip_prefix("arn:").map(|_| name)?)?.parse().ok()
}

/// What a secret holds, as it is or as a member of a JSON object.
fn text_in(answer: &GetSecretValueOutput, holding: Holding) -> Result<Secret, String> {
    let text = answer.secret_string().ok_or("holds bytes and no text")?.trim();
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return Ok(Secret::new(text)) };
    let value = holding.members().iter().find_map(|name| members.get(*name)?.as_str());
    match value.map(str::trim) {
        Some("") => Err("holds an empty text".to_owned()),
        Some(value) => Ok(Secret::new(value)),
        None => Err(format!("is a JSON object without any of the members {}", holding.members().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> Result<String, String> {
        let answer = GetSecretValueOutput::builder().secret_string(text).build();
        text_in(&answer, Holding::Webhook).map(|secret| secret.reveal().to_owned())
    }

    #[test]
    fn a_secret_is_the_url_itself_or_a_json_object_that_names_it() {
        let url = "https://hooks.example.invalid/a";
        for text in [
            url.to_owned(),
            format!(" {url}\n"),
            format!(r#"{{"url":"{url}"}}"#),
            format!(r#"{{"webhook":"{url}"}}"#),
            format!(r#"{{"webhookUrl":"{url}","other":1}}"#),
        ] {
            assert_eq!(held(&text).as_deref(), Ok(url), "{text}");
        }
    }

    #[test]
    fn a_secret_without_a_url_says_in_plain_words_what_is_wrong() {
        assert_eq!(held(" "), Err("is empty".to_owned()));
        assert_eq!(held(r#"{"url":""}"#), Err("holds an empty text".to_owned()));
        assert!(held(r#"{"password":"x"}"#).is_err_and(|why| why.ends_with("url, webhook, webhookUrl")));
        assert!(text_in(&GetSecretValueOutput::builder().build(), Holding::Token).is_err());
    }

    #[test]
    fn a_secret_named_by_its_arn_is_read_in_its_own_region() {
        let arn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:hook-AbCdEf";
        assert_eq!(region_of(arn), Some(Region::US_EAST_1));
        assert_eq!(region_of("hook"), None);
    }
}
