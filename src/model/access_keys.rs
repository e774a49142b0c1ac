//! Keys that requests to AWS are signed with.

use super::secret::Secret;

/// Keys that requests to AWS are signed with, for as long as they are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeys {
    /// The access key id, which is no secret.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The session token of keys that expire.
    pub token: Option<Secret>,
}
