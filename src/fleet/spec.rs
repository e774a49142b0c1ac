//! The fleet file's types. The JSON Schema is made from them, so their
//! comments are read by users of the file.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::written;
use crate::model::{AccountId, Region};

mod pipeline;
mod report;
mod store;
mod via;

pub use pipeline::{Alarms, Events, Hub, OwnPattern, Pipeline, Selector, Threshold, When};
pub use report::{ChatbotTopic, Recipient, ReportRoom, Reporting, SlackBot, SlackRoom, WhenToTell};
pub use store::Store;
pub use via::{
    ApiDestination, Chatbot, DestinationRoom, Lambda, NotifierRoom, SecretReference, Slack, StoredSecret,
    StoredWebhook, Teams, Via, Webhook,
};

/// The desired state of notification about failed ECS deployments in every
/// account of an organisation.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fleet {
    /// The version of this format.
    pub api_version: ApiVersion,
    /// Always `Fleet`.
    pub kind: FleetKind,
    /// What the fleet is called.
    pub metadata: Metadata,
    /// What is desired.
    pub spec: Spec,
}

/// The version of the fleet file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// The first version.
    #[serde(rename = "foghorn.dev/v1alpha1")]
    V1Alpha1,
}

/// The kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum FleetKind {
    /// A fleet.
    Fleet,
}

/// What the fleet is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The fleet's name. It is written as the tag `foghorn.dev/fleet` on
    /// everything that the fleet owns, so changing it gives all of that up.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,64}$"))]
    pub name: String,
}

/// What is desired.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    /// How Foghorn gets into the accounts. Absent: with the caller's own
    /// credentials, which must then be the account's.
    pub access: Option<Access>,
    /// The Regions of every account that names none of its own.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// The accounts. Entries here win over discovered ones.
    #[serde(default)]
    pub accounts: Vec<AccountEntry>,
    /// Accounts discovered in AWS Organizations.
    pub organization: Option<Organization>,
    /// What must never happen.
    #[serde(default)]
    pub guard: Guard,
    /// What is asked of deployment circuit breakers.
    #[serde(default)]
    pub breakers: Breakers,
    /// How failures reach people.
    #[serde(default)]
    pub pipelines: Vec<Pipeline>,
    /// Who is told of a report. Absent: nobody but the one who runs Foghorn.
    pub report: Option<Reporting>,
    /// Tags for everything that Foghorn makes, besides its own.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Where reports are kept, so that the next one can say what is new.
    /// Absent: in the folder `.foghorn`.
    #[serde(default)]
    pub store: Store,
    /// How much at a time, and how long.
    #[serde(default)]
    pub limits: Limits,
}

/// How Foghorn gets into the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The role to assume in every account, made by the bootstrap stack.
    pub role_name: String,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The Region of the STS endpoint. Absent: the Region of the
    /// environment, else the account's first Region.
    pub sts_region: Option<Region>,
    /// Which of AWS Chatbot's four Regions is called: us-east-2, us-west-2,
    /// eu-west-1 or ap-southeast-1. Absent: us-east-2. Configurations are
    /// global whichever is called.
    pub chatbot_region: Option<Region>,
}

/// One account of the static list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountEntry {
    /// The account's id, in quotes.
    pub id: AccountId,
    /// The name that people know it by. Absent: its id.
    pub name: Option<String>,
    /// What pipelines select accounts by.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The account's own Regions, in place of the fleet's.
    pub regions: Option<Vec<Region>>,
}

/// Accounts discovered in AWS Organizations, with the caller's own
/// credentials. Only accounts whose state is ACTIVE are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// Roots, organisational units and accounts to take, units with all that
    /// is below them. Empty: the whole organisation.
    #[serde(default)]
    pub include: Vec<String>,
    /// Organisational units and accounts to leave out.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Account tags that become labels. Each account is then asked for its
    /// tags, one call an account.
    #[serde(default)]
    pub labels_from_tags: Vec<String>,
}

/// What must never happen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Guard {
    /// Accounts that are read but never written to.
    pub deny: Vec<AccountId>,
    /// The most changes that one run may make. A plan with more is not
    /// applied at all.
    pub max_changes: usize,
    /// Stops all writing: every run is plan only.
    pub freeze: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self { deny: Vec::new(), max_changes: 500, freeze: false }
    }
}

/// What is asked of deployment circuit breakers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Breakers {
    /// What every service must have.
    pub require: BreakerRequirement,
    /// Whether Foghorn may switch breakers on with UpdateService, where that
    /// is safe.
    pub remediate: bool,
    /// Services of which less is asked.
    pub exempt: Vec<Exemption>,
}

/// What every service must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BreakerRequirement {
    /// A circuit breaker that detects failed deployments.
    pub enable: bool,
    /// One that rolls them back.
    pub rollback: bool,
}

impl Default for BreakerRequirement {
    fn default() -> Self {
        Self { enable: true, rollback: true }
    }
}

/// Services that need no circuit breaker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exemption {
    /// Cluster names; `*` stands for any text. Absent: every cluster.
    #[serde(default = "any")]
    pub cluster: String,
    /// Service names; `*` stands for any text. Absent: every service.
    #[serde(default = "any")]
    pub service: String,
    /// Why, for those who read the report.
    pub reason: String,
    /// The last day on which it holds (UTC), `2027-03-31` say. Absent: for ever.
    #[serde(default, deserialize_with = "written::day")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub until: Option<time::Date>,
}

fn any() -> String {
    "*".to_owned()
}

/// How much at a time, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// Accounts worked on at a time.
    #[schemars(range(min = 1))]
    pub accounts_in_flight: usize,
    /// Calls to AWS under way at a time.
    #[schemars(range(min = 1))]
    pub calls_in_flight: usize,
    /// How long one look at one account may take, `120s` say.
    #[serde(deserialize_with = "written::duration")]
    #[schemars(with = "String", extend("default" = "120s"))]
    pub account_timeout: Duration,
    /// How long one try of one call may take, `10s` say.
    #[serde(deserialize_with = "written::duration")]
    #[schemars(with = "String", extend("default" = "10s"))]
    pub call_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            accounts_in_flight: 64,
            calls_in_flight: 512,
            account_timeout: Duration::from_secs(120),
            call_timeout: Duration::from_secs(10),
        }
    }
}
