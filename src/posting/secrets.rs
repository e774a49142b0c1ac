//! Secrets from wherever the fleet file says that they are.

use crate::aws::{Aws, Holding};
use crate::fleet::spec::SecretReference;
use crate::model::secret::Secret;

use super::error::TellError;

/// Reads a secret.
pub(super) async fn read(
    reference: &SecretReference,
    holding: Holding,
    aws: &Aws,
) -> Result<Secret, TellError> {
    match reference {
        SecretReference::Env(name) => from_environment(name, std::env::var(name).ok()),
        SecretReference::File(file) => from_file(file),
        SecretReference::SecretsManager(name) => {
            let held = aws.secret(name, holding).await.map_err(TellError::Secret)?;
            held.map_err(|why| TellError::NoSecret { why })
        }
    }
}

fn from_environment(name: &str, value: Option<String>) -> Result<Secret, TellError> {
    let value = value.ok_or_else(|| missing(format!("the environment variable {name} is not set")))?;
    filled(&value, || format!("the environment variable {name} is empty"))
}

fn from_file(file: &str) -> Result<Secret, TellError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| missing(format!("could not read the file {file}: {error}")))?;
    filled(&text, || format!("the file {file} is empty"))
}

/// What editors and `echo` put around a secret is not part of it.
fn filled(text: &str, why: impl Fn() -> String) -> Result<Secret, TellError> {
    match text.trim() {
        "" => Err(missing(why())),
        text => Ok(Secret::new(text)),
    }
}

fn missing(why: String) -> TellError {
    TellError::NoSecret { why }
}
