//! What a run brings along from outside AWS: the notifier's code, and webhooks
//! that are given by environment or file.

use std::collections::BTreeMap;

use super::function::Code;
use super::secret::Secret;

/// What a run brings along.
#[derive(Debug, Clone, Default)]
pub struct Materials {
    /// The notifier. Why there is none, where there is none; pipelines that
    /// need it then say so.
    pub notifier: Option<Result<Notifier, String>>,
    /// Webhook URLs by pipeline, of pipelines whose webhook is not in Secrets
    /// Manager; where one can't be had, why.
    pub webhooks: BTreeMap<String, Result<Secret, String>>,
}

/// The notifier, packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Notifier {
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// The code of a function that serves one account.
    pub code: Code,
    /// The code of a function in a hub, which knows every account's name.
    pub hub_code: Code,
}
