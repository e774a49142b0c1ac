//! The way to Secrets Manager: one call of one service, with what Lambda puts
//! into the environment. Reading profiles and asking for credentials would make
//! every start of the function longer.

use std::sync::OnceLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Config, Region};
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};

use super::error::chain;
use crate::model::arn;
use crate::model::secret::Secret;

/// How long one try may take.
const ATTEMPT: Duration = Duration::from_secs(5);

/// How long the connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);

/// How many tries a call gets.
const ATTEMPTS: u32 = 3;

/// Why a secret could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SecretsError {
    /// Lambda sets these variables; something took one away.
    #[error("the environment variable {0} is not set: AWS Lambda sets it")]
    NotSet(&'static str),
    /// The service refused.
    #[error("{code}: {message}")]
    Refused {
        /// The service's code.
        code: String,
        /// The service's words.
        message: String,
    },
    /// The service could not be reached, or its answer not be understood.
    #[error("AWS Secrets Manager gave no answer: {0}")]
    Unreachable(String),
}

/// Secrets Manager, as the function's environment says.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    client: OnceLock<Client>,
}

impl Secrets {
    /// The text of a secret, which is `None` where it holds bytes instead.
    ///
    /// # Errors
    ///
    /// If the secret can't be had.
    pub async fn text_of(&self, secret: &str) -> Result<Option<Secret>, SecretsError> {
        let client = self.client(secret)?;
        let answer = Box::pin(client.get_secret_value().secret_id(secret).send()).await;
        let value = answer.map_err(|error| match (error.code(), error.message()) {
            (Some(code), message) => SecretsError::Refused {
                code: code.to_owned(),
                message: message.unwrap_or("no reason given").to_owned(),
            },
            // The SDK's own detailed form would show an answer that it could not
            // read, secret and all.
            _ => SecretsError::Unreachable(chain(&error)),
        })?;
        Ok(value.secret_string.map(Secret::new))
    }

    /// The client, made when it is first needed.
    fn client(&self, secret: &str) -> Result<&Client, SecretsError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let config = config(secret, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
        Ok(self.client.get_or_init(|| Client::from_conf(config)))
    }
}

/// The client's settings out of an environment.
fn config(secret: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Config, SecretsError> {
    let needed = |name: &'static str| variable(name).ok_or(SecretsError::NotSet(name));
    let region = match region_of(secret) {
        Some(region) => region.to_owned(),
        None => needed("AWS_REGION")?,
    };
    let credentials = Credentials::new(
        needed("AWS_ACCESS_KEY_ID")?,
        needed("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let endpoint = variable("AWS_ENDPOINT_URL_SECRETS_MANAGER").or_else(|| variable("AWS_ENDPOINT_URL"));
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build(),
        )
        .http_client(http_client());
    config.set_endpoint_url(endpoint);
    Ok(config.build())
}

/// The Region of a secret that is named by its ARN.
fn region_of(secret: &str) -> Option<&str> {
    arn::region_of(secret).filter(|_| secret.starts_with("arn:"))
}

/// A client that sets TLS up when it first calls, once.
fn http_client() -> SharedHttpClient {
    let shared: OnceLock<SharedHttpConnector> = OnceLock::new();
    http_client_fn(move |settings, components| {
        let connector = || {
            let mut builder = Connector::builder().connector_settings(settings.clone());
            builder.set_sleep_impl(components.sleep_impl());
            let connector = builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build();
            SharedHttpConnector::new(connector)
        };
        shared.get_or_init(connector).clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lambda(name: &str) -> Option<String> {
        match name {
            "AWS_REGION" => Some("us-east-1".into()),
            "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE".into()),
            "AWS_SECRET_ACCESS_KEY" => Some("simulated".into()),
            _ => None,
        }
    }

    #[test]
    fn a_secret_that_is_named_by_its_arn_is_read_in_its_own_region() {
        let region = |secret| config(secret, lambda).unwrap().region().map(ToString::to_string);
        assert_eq!(region("foghorn/google-chat").as_deref(), Some("us-east-1"));
        let arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:foghorn/google-chat-AbCdEf";
        assert_eq!(region(arn).as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn what_lambda_should_have_set_is_named_when_it_is_missing() {
        for missing in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            let error = config("s", |name| lambda(name).filter(|_| name != missing)).unwrap_err();
            assert_eq!(error, SecretsError::NotSet(missing));
        }
    }
}
