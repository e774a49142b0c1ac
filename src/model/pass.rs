//! All that one reconciliation of one account learned and did.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::account::{Account, AccountId};
use super::change::{Change, Outcome};
use super::coverage::{Coverage, CoverageState};
use super::finding::{Finding, Severity};
use super::region::Location;

/// The account as the report shows it. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// The id.
    pub id: AccountId,
    /// The name.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
}

impl From<&Account> for AccountSummary {
    fn from(account: &Account) -> Self {
        Self { id: account.id.clone(), name: account.name.clone(), labels: account.labels.clone() }
    }
}

/// What a condition speaks of. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ConditionType {
    /// The account and all its Regions could be read.
    Reachable,
    /// Every service that needs a circuit breaker has it.
    BreakersOn,
    /// Every pipeline is built as the fleet says.
    PipelineReady,
    /// Every path leads to its room.
    Heard,
    /// No alarm on a pipeline fires, and none is muted.
    AlarmsQuiet,
}

/// Whether it holds. A gap is never `True`. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Nobody can tell.
    Unknown,
}

/// How one thing stands in an account. Public interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// What it speaks of.
    #[serde(rename = "type")]
    pub kind: ConditionType,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// One word for machines.
    pub reason: Cow<'static, str>,
    /// One sentence for people.
    pub message: String,
    /// Since when, as far as is known: the time of this pass, or of the first of the
    /// passes before it that had the same status without a break.
    #[serde(with = "super::timestamp")]
    pub last_transition_time: OffsetDateTime,
}

impl Condition {
    /// The reason where the fleet gives the account no pipeline.
    pub const NO_PIPELINE: &str = "NoPipeline";
    /// The reason where the fleet asks nothing of circuit breakers.
    pub const NOT_REQUIRED: &str = "NotRequired";

    /// Whether the fleet file asks for it. What it does not ask for is unknown,
    /// and no gap.
    pub fn is_asked_for(&self) -> bool {
        ![Self::NO_PIPELINE, Self::NOT_REQUIRED].contains(&&*self.reason)
    }
}

/// Whether a failure arrives. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PathState {
    /// Every hop carries it on.
    Heard,
    /// One hop does not.
    Broken,
    /// A gap hides a hop.
    Unknown,
}

/// Who made a path. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MadeBy {
    /// The fleet.
    Fleet,
    /// Somebody else. Such a path is reported, but it is nothing that the
    /// fleet answers for.
    Others,
}

/// One way from an ECS event to a room. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// The pipeline; of a path that others made, the rule's name.
    pub pipeline: String,
    /// Who made it.
    pub made_by: MadeBy,
    /// The event family.
    pub event: String,
    /// Where the event arises.
    pub location: Location,
    /// Whether it arrives.
    pub state: PathState,
    /// The first hop that does not carry it on, or that could not be seen.
    pub broken_at: Option<Cow<'static, str>>,
    /// Why, and what would mend it.
    pub why: Option<String>,
    /// The hops in order, each by name.
    pub hops: Vec<Hop>,
}

/// One step of a path. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// Its name, `topicPolicy` say.
    pub name: Cow<'static, str>,
    /// What stands there: an ARN or a name.
    pub subject: String,
    /// Whether it carries the event on; `None` where that could not be seen.
    pub carries: Option<bool>,
}

/// All that one reconciliation of one account learned and did. Public interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// The account.
    pub account: AccountSummary,
    /// How many clusters were read.
    pub clusters: usize,
    /// How many active services were read.
    pub services: usize,
    /// How things stand.
    pub conditions: Vec<Condition>,
    /// How well each location was seen.
    pub coverage: Vec<Coverage>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What was, or would be, changed.
    pub changes: Vec<Change>,
    /// The ways from event to room.
    pub paths: Vec<Path>,
}

impl Pass {
    /// The paths that the fleet answers for.
    pub fn own_paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().filter(|path| path.made_by == MadeBy::Fleet)
    }

    /// Whether part of the account could not be read, so that nobody can say
    /// how it stands.
    pub fn is_incomplete(&self) -> bool {
        self.coverage.iter().any(|coverage| coverage.state != CoverageState::Seen)
            || self.own_paths().any(|path| path.state == PathState::Unknown)
    }

    /// Whether nothing of the account could be read.
    pub fn is_unread(&self) -> bool {
        let is_read = |state| matches!(state, CoverageState::Seen | CoverageState::Partial);
        !self.coverage.iter().any(|coverage| is_read(coverage.state))
    }

    /// Whether a failure would be heard everywhere that the fleet answers for.
    pub fn is_all_heard(&self) -> bool {
        self.own_paths().all(|path| path.state == PathState::Heard)
    }

    /// Whether something is wrong, or differs from the fleet file, and stays so.
    pub fn has_drift(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity != Severity::Info)
            || self.own_paths().any(|path| path.state == PathState::Broken)
            || self.changes.iter().any(|change| change.outcome != Outcome::Applied)
    }
}
