//! All passes of one run. Public interface; changes are additive only.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::change::{Action, Outcome};
use super::coverage::CoverageState;
use super::extent::{Narrowing, Stop};
use super::finding::Severity;
use super::news::Comparison;
use super::pass::{Pass, PathState};

/// The API version of the fleet file and of the report.
pub const API_VERSION: &str = "foghorn.dev/v1alpha1";

/// What a run was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Look, and write nothing.
    Plan,
    /// Look, and bring AWS into line.
    Apply,
    /// Remove what the fleet owns.
    Destroy,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Always [`API_VERSION`].
    pub api_version: Cow<'static, str>,
    /// Always `Report`.
    pub kind: Cow<'static, str>,
    /// Which run this was.
    pub metadata: Metadata,
    /// The figures.
    pub summary: Summary,
    /// What is new, and what is resolved; `None` where no earlier report is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// One pass an account, sorted by account id.
    pub passes: Vec<Pass>,
}

/// Which run a report is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The fleet's name.
    pub fleet: String,
    /// The run's id, a ULID.
    pub run: String,
    /// What was asked.
    pub mode: Mode,
    /// When it began.
    #[serde(with = "super::timestamp")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "super::timestamp")]
    pub finished_at: OffsetDateTime,
    /// Foghorn's version.
    pub version: Cow<'static, str>,
    /// The part of the fleet that the run was about; `None` for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed_to: Option<Narrowing>,
    /// Why the run ended before it was done; `None` where it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stop>,
    /// How many changes one run may make; `None` where nobody wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_changes: Option<usize>,
}

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many accounts.
    pub accounts: usize,
    /// How many account-Regions, AWS Chatbot counting as one.
    pub locations: usize,
    /// How many clusters were read.
    pub clusters: usize,
    /// How many active services were read.
    pub services: usize,
    /// Locations by how well they were seen.
    pub coverage: CoverageCount,
    /// Findings by severity.
    pub findings: FindingCount,
    /// Changes by action and outcome.
    pub changes: ChangeCount,
    /// Paths by state.
    pub paths: PathCount,
    /// Requests sent to AWS, retries included.
    pub calls: CallCount,
}

/// Locations by how well they were seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageCount {
    /// See [`CoverageState::Seen`].
    pub seen: usize,
    /// See [`CoverageState::Partial`].
    pub partial: usize,
    /// See [`CoverageState::Denied`].
    pub denied: usize,
    /// See [`CoverageState::Throttled`].
    pub throttled: usize,
    /// See [`CoverageState::Unreachable`].
    pub unreachable: usize,
    /// See [`CoverageState::Skipped`].
    pub skipped: usize,
}

/// Findings by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingCount {
    /// See [`Severity::Error`].
    pub error: usize,
    /// See [`Severity::Warning`].
    pub warning: usize,
    /// See [`Severity::Info`].
    pub info: usize,
}

/// Changes by action and outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCount {
    /// See [`Action::Create`].
    pub create: usize,
    /// See [`Action::Update`].
    pub update: usize,
    /// See [`Action::Delete`].
    pub delete: usize,
    /// See [`Action::Conflict`].
    pub conflict: usize,
    /// See [`Action::Withheld`].
    pub withheld: usize,
    /// See [`Outcome::Applied`].
    pub applied: usize,
    /// See [`Outcome::Failed`].
    pub failed: usize,
    /// See [`Outcome::Skipped`].
    pub skipped: usize,
}

/// The fleet's paths by state; those that others made are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathCount {
    /// See [`PathState::Heard`].
    pub heard: usize,
    /// See [`PathState::Broken`].
    pub broken: usize,
    /// See [`PathState::Unknown`].
    pub unknown: usize,
}

/// Requests sent to AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallCount {
    /// All of them.
    pub total: u64,
    /// By `service:Operation`.
    pub by_operation: BTreeMap<String, u64>,
}

impl Report {
    /// A report of these passes, sorted and counted.
    pub fn of(metadata: Metadata, mut passes: Vec<Pass>, calls: BTreeMap<String, u64>) -> Self {
        passes.sort_by(|one, other| one.account.id.cmp(&other.account.id));
        let mut summary = Summary {
            accounts: passes.len(),
            calls: CallCount { total: calls.values().sum(), by_operation: calls },
            ..Summary::default()
        };
        passes.iter().for_each(|pass| summary.count(pass));
        Self {
            api_version: API_VERSION.into(),
            kind: "Report".into(),
            metadata,
            summary,
            comparison: None,
            passes,
        }
    }

    /// Whether part of the fleet could not be read.
    pub fn is_incomplete(&self) -> bool {
        self.passes.iter().any(Pass::is_incomplete)
    }

    /// Whether something is wrong, or differs from the fleet file, and stays so.
    pub fn has_drift(&self) -> bool {
        self.passes.iter().any(Pass::has_drift)
    }
}

impl Summary {
    fn count(&mut self, pass: &Pass) {
        self.clusters += pass.clusters;
        self.services += pass.services;
        self.locations += pass.coverage.len();
        pass.coverage.iter().for_each(|coverage| self.coverage.count(coverage.state));
        pass.findings.iter().for_each(|finding| self.findings.count(finding.severity));
        pass.own_paths().for_each(|path| self.paths.count(path.state));
        for change in &pass.changes {
            self.changes.count(change.action, change.outcome);
        }
    }
}

impl CoverageCount {
    fn count(&mut self, state: CoverageState) {
        *match state {
            CoverageState::Seen => &mut self.seen,
            CoverageState::Partial => &mut self.partial,
            CoverageState::Denied => &mut self.denied,
            CoverageState::Throttled => &mut self.throttled,
            CoverageState::Unreachable => &mut self.unreachable,
            CoverageState::Skipped => &mut self.skipped,
        } += 1;
    }
}

impl FindingCount {
    fn count(&mut self, severity: Severity) {
        *match severity {
            Severity::Error => &mut self.error,
            Severity::Warning => &mut self.warning,
            Severity::Info => &mut self.info,
        } += 1;
    }
}

impl ChangeCount {
    fn count(&mut self, action: Action, outcome: Outcome) {
        *match action {
            Action::Create => &mut self.create,
            Action::Update => &mut self.update,
            Action::Delete => &mut self.delete,
            Action::Conflict => &mut self.conflict,
            Action::Withheld => &mut self.withheld,
        } += 1;
        match outcome {
            Outcome::Applied => self.applied += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::Planned => {}
        }
    }
}

impl PathCount {
    fn count(&mut self, state: PathState) {
        *match state {
            PathState::Heard => &mut self.heard,
            PathState::Broken => &mut self.broken,
            PathState::Unknown => &mut self.unknown,
        } += 1;
    }
}
