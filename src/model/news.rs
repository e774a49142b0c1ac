//! What is new to somebody who read the last report.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::finding::Finding;
use super::pass::AccountSummary;

/// Whether a finding was there before. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum News {
    /// The last report did not have it.
    New,
    /// The last report had it too.
    Still,
}

/// What was found of one finding in earlier reports. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Age {
    /// Whether the last report had it.
    pub news: News,
    /// The run that found it first, without a break since: when that run ended.
    #[serde(with = "super::timestamp")]
    pub since: OffsetDateTime,
}

/// A finding of an earlier report, and the account that it is about. Public
/// interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    /// The account.
    pub account: AccountSummary,
    /// What was wrong there, with its age as of the last report that had it.
    pub finding: Finding,
    /// Whether the last report had it, and this run looked for it and could not
    /// see it: nobody was told yet that it is out of sight.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub newly_unseen: bool,
}

/// The report that a report is compared with. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Previous {
    /// Its run's id.
    pub run: String,
    /// When that run ended.
    #[serde(with = "super::timestamp")]
    pub finished_at: OffsetDateTime,
}

/// What a report says in comparison with the one before it. Public interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The report before it.
    pub previous: Previous,
    /// How many findings the last report did not have.
    pub new: usize,
    /// How many it had.
    pub still: usize,
    /// What the last report had and was looked at again, and is not wrong any
    /// more.
    pub resolved: Vec<Remembered>,
    /// What the last report had and could not be looked at again: nobody can
    /// tell how it stands. The next report is compared with these too.
    pub unseen: Vec<Remembered>,
    /// Findings of accounts and Regions that are no longer part of the fleet;
    /// neither resolved nor seen. The next report does not have them.
    #[serde(default)]
    pub left: Vec<Remembered>,
}
