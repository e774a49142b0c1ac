//! Buckets of Amazon S3, reached with the caller's own credentials.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AwsCredential, resolve_bucket_region};
use object_store::{ClientOptions, CredentialProvider, Error, ObjectStore, RetryConfig};

use super::error::StoreError;
use crate::model::{AccessKeys, Region};

/// Where an emulator's buckets are said to be that says nothing itself.
const ANY_REGION: &str = "us-east-1";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The report of ten thousand accounts takes some megabytes.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How often and for how long a request is tried again: a run must not wait
/// long for a store that is not there.
const RETRIES: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Gives the keys that requests are signed with, good ones whenever it is asked,
/// or says why there are none.
pub type KeySource = Arc<dyn Fn() -> Boxed<Result<AccessKeys, String>> + Send + Sync>;

/// How buckets are reached.
#[derive(Clone)]
pub struct BucketAccess {
    /// The caller's keys.
    pub keys: KeySource,
    /// The bucket's Region; `None` where the bucket is to be asked.
    pub region: Option<Region>,
    /// The address of an emulator, in place of Amazon's.
    pub endpoint: Option<String>,
}

/// Opens a bucket. Amazon S3 is called only to be asked for its Region.
pub(super) async fn open(name: &str, access: &BucketAccess) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let failed = |error: Error| StoreError::failed(format!("use the bucket {name}"), &error);
    let options = ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(REQUEST_TIMEOUT);
    let region = match (access.region, &access.endpoint) {
        (Some(region), _) => region.to_string(),
        (None, Some(_)) => ANY_REGION.to_owned(),
        (None, None) => resolve_bucket_region(name, &options).await.map_err(failed)?,
    };
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_region(&region)
        .with_client_options(options)
        .with_retry(retry)
        .with_credentials(Arc::new(Signer(access.keys.clone())));
    if let Some(endpoint) = access.endpoint.clone().or_else(|| elsewhere(&region)) {
        builder = builder.with_allow_http(endpoint.starts_with("http:")).with_endpoint(endpoint);
    }
    Ok(Arc::new(builder.build().map_err(failed)?))
}

/// The endpoint of a Region whose domain is another than that of most (AWS China
/// documentation, endpoints and ARNs).
fn elsewhere(region: &str) -> Option<String> {
    region.starts_with("cn-").then(|| format!("https://s3.{region}.amazonaws.com.cn"))
}

/// Hands the caller's keys to the object library.
struct Signer(KeySource);

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signer(…)")
    }
}

impl CredentialProvider for Signer {
    type Credential = AwsCredential;

    fn get_credential<'provider, 'future>(
        &'provider self,
    ) -> Pin<Box<dyn Future<Output = object_store::Result<Arc<AwsCredential>>> + Send + 'future>>
    where
        'provider: 'future,
        Self: 'future,
    {
        let keys = (self.0)();
        Box::pin(async move {
            let keys = keys.await.map_err(|why| Error::Generic { store: "S3", source: why.into() })?;
            Ok(Arc::new(AwsCredential {
                key_id: keys.id,
                secret_key: keys.secret.reveal().to_owned(),
                token: keys.token.map(|token| token.reveal().to_owned()),
            }))
        })
    }
}
