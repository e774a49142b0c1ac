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
    /// The fleet's name: lower-case letters, digits and hyphens, at most 64. It
    /// is written as the tag `foghorn.dev/fleet` on everything that the fleet
    /// owns, so changing it gives all of that up.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,64}$"), example = &"acme")]
    pub name: String,
}

/// What is desired.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = example())]
pub struct Spec {
    /// How Foghorn gets into the accounts. Absent: with the caller's own
    /// credentials, which open the one account that they are of.
    pub access: Option<Access>,
    /// The Regions that are looked at in every account that names none of its
    /// own. Absent: every account must name its own.
    #[serde(default)]
    #[schemars(example = ["ap-northeast-2", "us-east-1"])]
    pub regions: Vec<Region>,
    /// The accounts, by their ids. What an entry says wins, field by field, over
    /// what is discovered of the same account. Absent: those of `organization`
    /// alone.
    #[serde(default)]
    pub accounts: Vec<AccountEntry>,
    /// Accounts discovered in AWS Organizations; `{}` takes all of them. Absent:
    /// those of `accounts` alone.
    pub organization: Option<Organization>,
    /// What must never happen: where nothing is written, and how much at most.
    #[serde(default)]
    pub guard: Guard,
    /// What is asked of deployment circuit breakers.
    #[serde(default)]
    pub breakers: Breakers,
    /// How failures reach people: an entry for each way that some events take
    /// to some room. Absent: nothing is built; circuit breakers are judged.
    #[serde(default)]
    pub pipelines: Vec<Pipeline>,
    /// The rooms that are told what a run found. Absent: nobody but the one who
    /// runs Foghorn.
    pub report: Option<Reporting>,
    /// Tags for everything that Foghorn makes, besides its own: at most 40, and
    /// none whose key begins with `aws:` or `foghorn.dev/`.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "owner": "sre" }))]
    pub tags: BTreeMap<String, String>,
    /// Where reports are kept, so that the next one can say what is new.
    /// Absent: in the folder `.foghorn`.
    #[serde(default)]
    pub store: Store,
    /// How much at a time, and how long.
    #[serde(default)]
    pub limits: Limits,
}

/// What a short fleet file desires.
fn example() -> serde_json::Value {
    serde_json::json!({
        "access": { "roleName": "foghorn", "externalId": "choose-one-and-keep-it" },
        "regions": ["ap-northeast-2"],
        "accounts": [{ "id": "111111111111", "name": "dev", "labels": { "env": "dev" } }],
        "pipelines": [{
            "name": "deploys",
            "events": ["deploymentFailed", "serviceImpaired"],
            "via": { "chatbot": { "slack": { "workspaceId": "T0123ABCD", "channelId": "C0123ABCD" } } }
        }]
    })
}

/// How Foghorn gets into the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The name of the role to assume in every account, without a path. The
    /// bootstrap stack makes it.
    #[schemars(example = &"foghorn")]
    pub role_name: String,
    /// The external id that the role's trust policy asks for. Absent: none is
    /// sent.
    #[schemars(example = &"choose-one-and-keep-it")]
    pub external_id: Option<String>,
    /// The Region in which STS is asked for the role. Absent: the Region of the
    /// environment, else the account's first Region.
    pub sts_region: Option<Region>,
    /// Which of AWS Chatbot's four Regions is called: us-east-2, us-west-2,
    /// eu-west-1 or ap-southeast-1. Absent: us-east-2. Configurations are
    /// global whichever is called.
    #[schemars(example = &"eu-west-1")]
    pub chatbot_region: Option<Region>,
}

/// One account of the static list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountEntry {
    /// The account's id, in quotes: YAML would take it for a number.
    pub id: AccountId,
    /// The name that people know it by. Absent: its name in AWS Organizations
    /// if it was discovered, else its id.
    #[schemars(example = &"dev")]
    pub name: Option<String>,
    /// Names and values of your own, by which pipelines and rooms select
    /// accounts. They are joined with those that come from tags.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "env": "dev", "team": "shop" }))]
    pub labels: BTreeMap<String, String>,
    /// The account's own Regions, in place of the fleet's. Absent: those of
    /// `spec.regions`.
    pub regions: Option<Vec<Region>>,
}

/// Accounts discovered in AWS Organizations, with the caller's own
/// credentials. Only accounts whose state is ACTIVE are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// The ids of roots, organisational units and accounts to take, units with
    /// all that is below them. Absent: the whole organisation.
    #[serde(default)]
    #[schemars(example = ["ou-ab12-11111111"])]
    pub include: Vec<String>,
    /// The ids of organisational units and accounts to leave out.
    #[serde(default)]
    #[schemars(example = ["ou-ab12-22222222", "333333333333"])]
    pub exclude: Vec<String>,
    /// Keys of account tags that become labels of the same name. Each account
    /// is then asked for its tags, one call an account.
    #[serde(default)]
    #[schemars(example = ["env", "team"])]
    pub labels_from_tags: Vec<String>,
}

/// What must never happen, whatever else this file asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Guard {
    /// Accounts that are read but never written to.
    #[schemars(example = ["444444444444"])]
    pub deny: Vec<AccountId>,
    /// The most changes that one run may make. A plan with more is not
    /// applied at all.
    pub max_changes: usize,
    /// Stops all writing: `apply` and `run` then look and report, as `plan`
    /// does.
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
    /// Whether `apply` may switch breakers on with ECS's UpdateService. It waits
    /// for deployments that are under way, and keeps everything else as it is.
    pub remediate: bool,
    /// Services that need no circuit breaker. Absent: none is exempt.
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
    #[schemars(example = &"batch-*")]
    pub cluster: String,
    /// Service names; `*` stands for any text. Absent: every service.
    #[serde(default = "any")]
    #[schemars(example = &"nightly-*")]
    pub service: String,
    /// Why, for those who read the report.
    #[schemars(example = &"nightly jobs are run again, not rolled back")]
    pub reason: String,
    /// The last day on which it holds, in UTC. From the next day on the services
    /// are judged again, with the finding `exemptionExpired`. Absent: for ever.
    #[serde(default, deserialize_with = "written::day")]
    #[schemars(with = "Option<String>", extend("format" = "date"), example = &"2027-03-31")]
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
    /// How long one look at one account may take, 1s to 1h. What was not read
    /// by then is a gap in the report.
    #[serde(deserialize_with = "written::duration")]
    #[schemars(with = "written::Written", extend("default" = "120s"))]
    pub account_timeout: Duration,
    /// How long one try of one call may take, 1s to 1h, and no longer than
    /// `accountTimeout`.
    #[serde(deserialize_with = "written::duration")]
    #[schemars(with = "written::Written", extend("default" = "10s"))]
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
