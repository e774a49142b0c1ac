//! What buckets of Amazon S3 are reached with: the caller's own keys and Region.
//! They hold what Foghorn remembers, not what it looks after.

use aws_config::SdkConfig;

use super::error::AwsError;
use super::{Aws, Options};
use crate::model::secret::Secret;
use crate::model::{AccessKeys, Region};

/// The variable that names the endpoint of Amazon S3 alone (AWS SDKs and tools
/// reference guide, service-specific endpoints).
const ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL_S3";

impl Aws {
    /// The caller's own keys, good ones whenever it is asked.
    ///
    /// # Errors
    ///
    /// If there are none.
    pub async fn caller_keys(&self) -> Result<AccessKeys, AwsError> {
        let keys = self.shared.caller().credentials(&self.shared).await?;
        Ok(AccessKeys {
            id: keys.access_key_id().to_owned(),
            secret: Secret::new(keys.secret_access_key()),
            token: keys.session_token().map(Secret::new),
        })
    }

    /// The Region of the environment or of the profile, where Foghorn knows it.
    pub fn caller_region(&self) -> Option<Region> {
        self.region
    }

    /// Where Amazon S3 answers, if not where it usually does.
    pub fn bucket_endpoint(&self) -> Option<&str> {
        self.bucket_endpoint.as_deref()
    }
}

/// The endpoint of Amazon S3 by the options or the environment.
pub(super) fn endpoint(options: &Options, config: &SdkConfig) -> Option<String> {
    first(options.endpoint_url.as_deref(), std::env::var(ENDPOINT_VARIABLE).ok(), config.endpoint_url())
}

/// What was asked for wins over the service's own endpoint, and that over the
/// one of all services.
fn first(asked: Option<&str>, own: Option<String>, all: Option<&str>) -> Option<String> {
    let own = own.filter(|url| !url.is_empty());
    asked.map(str::to_owned).or(own).or_else(|| all.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_that_was_asked_for_wins_over_the_bucket_s_own_and_that_over_the_one_of_all() {
        let own = |url: &str| Some(url.to_owned());
        for (asked, of_s3, all, expected) in [
            (Some("asked"), own("own"), Some("all"), Some("asked")),
            (None, own("own"), Some("all"), Some("own")),
            (None, own(""), Some("all"), Some("all")),
            (None, None, None, None),
        ] {
            assert_eq!(first(asked, of_s3, all).as_deref(), expected);
        }
    }
}
