//! What of a fleet decides which permissions Foghorn itself needs.

use std::collections::{BTreeMap, BTreeSet};

use super::arns::Arns;
use super::document::Conditions;
use super::permission::{Bound, Ground, Place};
use super::shape::Shape;
use super::{Accounts, Mode};
use crate::fleet::spec::{Fleet, Organization, ReportRoom, SecretReference, SlackRoom};
use crate::model::{AccountId, Partition, Region, StoreAddress, arn};

/// How many member roles are named one by one; of more, the role's name in any
/// account stands for all, so that the policy stays within IAM's limit.
const MOST_ROLES: usize = 20;

/// What Foghorn does beside its work in the accounts.
#[derive(Debug, Clone)]
pub(super) struct Errands {
    /// The member roles, as patterns of ARNs.
    pub roles: Vec<String>,
    /// How accounts are discovered, if they are.
    pub organization: Option<Organization>,
    /// The secrets of the report's rooms.
    pub secrets: BTreeSet<String>,
    /// The topics of the report's rooms.
    pub topics: BTreeSet<String>,
    /// The bucket of the store, and what the keys of the fleet's objects begin
    /// with.
    pub bucket: Option<(String, String)>,
    partitions: BTreeSet<Partition>,
}

impl Errands {
    pub fn of(fleet: &Fleet, accounts: Accounts<'_>, shape: &Shape, mode: Mode) -> Self {
        let reports = mode != Mode::Sound;
        Self {
            roles: roles(fleet, accounts, shape),
            organization: fleet.spec.organization.clone(),
            secrets: rooms(fleet).filter(|_| reports).filter_map(secret).cloned().collect(),
            topics: rooms(fleet).filter(|_| reports).filter_map(topic).cloned().collect(),
            bucket: bucket(fleet).filter(|_| reports),
            partitions: shape.arns.partitions.clone(),
        }
    }

    /// The Regions of those topics.
    pub fn topic_regions(&self) -> impl Iterator<Item = Region> {
        self.topics.iter().filter_map(|topic| arn::region_of(topic)?.parse().ok())
    }

    /// Whether anything that is named in `include`, or a root or unit that is
    /// named in `exclude`, is of this kind.
    fn names(&self, is_account: bool, excludes: bool) -> bool {
        let Some(organization) = &self.organization else { return false };
        let excluded = organization.exclude.iter().filter(|_| excludes);
        let mut names = organization.include.iter().chain(excluded);
        names.any(|name| name.parse::<AccountId>().is_ok() == is_account)
    }

    /// Whether all accounts of the organisation are listed.
    pub fn lists_all(&self) -> bool {
        self.organization.as_ref().is_some_and(|organization| organization.include.is_empty())
    }

    /// Whether what is below a root or a unit is listed.
    pub fn lists_units(&self) -> bool {
        self.names(false, true)
    }

    /// Whether single accounts are looked up.
    pub fn looks_up(&self) -> bool {
        self.names(true, false)
    }

    /// Whether accounts are asked for their tags.
    pub fn reads_labels(&self) -> bool {
        self.organization.as_ref().is_some_and(|organization| !organization.labels_from_tags.is_empty())
    }
}

impl Ground for Errands {
    fn arns(&self, place: Place) -> Vec<String> {
        let arns = Arns { partitions: self.partitions.clone(), account: None };
        let bucket = |key: &str| {
            let (bucket, prefix) = self.bucket.iter().next()?;
            Some(
                self.partitions
                    .iter()
                    .map(|partition| match key {
                        "" => format!("arn:{partition}:s3:::{bucket}"),
                        key => format!("arn:{partition}:s3:::{bucket}/{prefix}{key}"),
                    })
                    .collect(),
            )
        };
        match place {
            Place::Any => vec!["*".to_owned()],
            Place::In(service, resource) => arns.regional(service, resource),
            Place::Global(service, resource) => arns.global(service, resource),
            Place::MemberRoles => self.roles.clone(),
            Place::ReportSecrets => self.secrets.iter().flat_map(|given| arns.secret(given)).collect(),
            Place::ReportTopics => self.topics.iter().cloned().collect(),
            Place::Bucket => bucket("").unwrap_or_default(),
            Place::Objects => bucket("/*").unwrap_or_default(),
            Place::Webhooks | Place::Rooms => Vec::new(),
        }
    }

    fn conditions(&self, _: Bound) -> Conditions {
        BTreeMap::new()
    }
}

/// The roles that are assumed; none, where the caller's own credentials do.
fn roles(fleet: &Fleet, accounts: Accounts<'_>, shape: &Shape) -> Vec<String> {
    let Some(access) = &fleet.spec.access else { return Vec::new() };
    if accounts.and_more || accounts.known.len() > MOST_ROLES {
        let any = Arns { account: None, ..shape.arns.clone() };
        return any.global("iam", &format!("role/{}", access.role_name));
    }
    let role =
        |account: &crate::model::Account| arn::role(account.partition(), &account.id, &access.role_name);
    accounts.known.iter().map(role).collect()
}

fn rooms(fleet: &Fleet) -> impl Iterator<Item = &ReportRoom> {
    fleet.spec.report.iter().flat_map(|report| &report.to).map(|recipient| &recipient.room)
}

/// The secret of Secrets Manager that a room of the report needs.
fn secret(room: &ReportRoom) -> Option<&String> {
    let reference = match room {
        ReportRoom::Slack(SlackRoom::Bot(bot)) => &bot.token,
        ReportRoom::Slack(SlackRoom::Webhook(room))
        | ReportRoom::GoogleChat(room)
        | ReportRoom::Teams(room) => &room.webhook,
        ReportRoom::Sns(_) => return None,
    };
    match reference {
        SecretReference::SecretsManager(given) => Some(given),
        SecretReference::Env(_) | SecretReference::File(_) => None,
    }
}

fn topic(room: &ReportRoom) -> Option<&String> {
    match room {
        ReportRoom::Sns(topic) => Some(&topic.topic_arn),
        ReportRoom::Slack(_) | ReportRoom::GoogleChat(_) | ReportRoom::Teams(_) => None,
    }
}

/// The bucket of the store and the fleet's folder in it.
fn bucket(fleet: &Fleet) -> Option<(String, String)> {
    let Ok(StoreAddress::S3 { bucket, prefix }) = fleet.spec.store.url.parse() else { return None };
    let folder = match prefix.as_str() {
        "" => fleet.metadata.name.clone(),
        prefix => format!("{prefix}/{}", fleet.metadata.name),
    };
    Some((bucket, folder))
}
