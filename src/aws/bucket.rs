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
    let own = std::env::var(ENDPOINT_VARIABLE).ok().filter(|url| !url.is_empty());
    options.endpoint_url.clone().or(own).or_else(|| config.endpoint_url().map(str::to_owned))
}
