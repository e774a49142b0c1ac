//! Where secrets are found. What may be a secret itself is not repeated in any
//! message.

use super::Verdict;
use crate::fleet::spec::SecretReference;

/// Notes what is wrong with where a secret is said to be.
pub(super) fn reference(path: &str, reference: &SecretReference, verdict: &mut Verdict) {
    let (field, checked) = match reference {
        SecretReference::Env(name) => ("env", variable(name)),
        SecretReference::File(file) => ("file", file_name(file)),
        SecretReference::SecretsManager(name) => ("secretsManager", secret(name)),
    };
    verdict.text(format!("{path}.{field}"), checked);
}

fn file_name(name: &str) -> Result<(), String> {
    no_secret(name, "{ file: PATH }, with the path of a file that holds it")?;
    if name.trim().is_empty() { Err("the secret's file has no name".to_owned()) } else { Ok(()) }
}

/// Refuses what is the secret itself; `form` is what is written instead. Slack's
/// tokens begin with `xox` or `xapp-` ("Tokens", Slack API).
fn no_secret(text: &str, form: &str) -> Result<(), String> {
    let is_token = ["xox", "xapp-"].iter().any(|start| text.trim_start().starts_with(start));
    if !text.contains("://") && !is_token {
        return Ok(());
    }
    Err(format!(
        "a webhook's URL or a token is a secret and has no place in this file: write {form}, and make a new one if \
         this file was shared"
    ))
}

fn variable(name: &str) -> Result<(), String> {
    no_secret(name, "{ env: NAME }, with the name of a variable that holds it")?;
    let is_name = !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { Ok(()) } else { Err("env takes the name of an environment variable".to_owned()) }
}

/// The letters and the length are those of the AWS Secrets Manager API
/// reference, CreateSecret; an ARN has colons besides.
pub(super) fn secret(name: &str) -> Result<(), String> {
    no_secret(name, "{ secretsManager: NAME }, with the name or ARN of a secret that holds it")?;
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
