//! What one room is told of a run: the part of a report that concerns it, folded
//! to what a person reads.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::finding::Severity;
use super::news::News;
use super::pass::AccountSummary;
use super::report::Mode;

/// The part of a report that a room is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Accounts that carry all of these labels.
    pub labels: BTreeMap<String, String>,
    /// The least that is told.
    pub severity: Severity,
}

impl Part {
    /// Whether the part is about this account.
    pub fn holds(&self, account: &AccountSummary) -> bool {
        self.labels.iter().all(|(name, value)| account.labels.get(name) == Some(value))
    }

    /// Whether what matters so much is told.
    pub fn tells(&self, severity: Severity) -> bool {
        severity <= self.severity
    }
}

/// How bad it is. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A failure may go unheard.
    Error,
    /// It could not be read, so that nobody can tell.
    Unknown,
    /// Something is not as it should be.
    Warning,
    /// Something is worth knowing.
    Info,
    /// There is nothing to tell.
    Clear,
}

/// What one room is told of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// The fleet's name.
    pub fleet: String,
    /// The run's id.
    pub run: String,
    /// What the run was asked to do.
    pub mode: Mode,
    /// When the run ended.
    pub finished_at: OffsetDateTime,
    /// The labels of the accounts that it is about; empty for all accounts.
    pub labels: BTreeMap<String, String>,
    /// The worst of what is told.
    pub level: Level,
    /// What a person wants to know first, in one sentence.
    pub headline: String,
    /// The figures, what is new and what is unknown: a line each.
    pub facts: Vec<String>,
    /// What to do next, the most useful first.
    pub next: Vec<String>,
    /// The accounts of which there is something to tell, worst first.
    pub accounts: Vec<AccountDigest>,
    /// What a person wants to know last.
    pub chapters: Vec<Chapter>,
    /// Whether the accounts alone would end a run with exit code 2 or 3.
    pub is_drift: bool,
    /// Whether something that is told is new or resolved since the last report,
    /// went out of sight or left the fleet; `None` where no earlier report is known.
    pub is_news: Option<bool>,
    /// Whether the run changed something that is told, be it to mend what was
    /// broken until then.
    pub has_changed: bool,
}

impl Digest {
    /// Whether there is nothing to tell but that all is well.
    pub fn is_all_clear(&self) -> bool {
        self.level == Level::Clear
    }
}

/// What is told of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountDigest {
    /// The account.
    pub account: AccountSummary,
    /// The worst of it.
    pub level: Level,
    /// The most important things, worst first.
    pub items: Vec<Item>,
    /// How many further findings there are.
    pub more: usize,
    /// How many findings there are in all, and how many of them are new.
    pub count: usize,
    /// How many of the findings are new.
    pub new: usize,
}

/// Things of one account of which the same is to be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// How bad it is.
    pub level: Level,
    /// What it is, in one sentence.
    pub text: String,
    /// What it is about, the first of all.
    pub subjects: Vec<Subject>,
    /// How many things it is about.
    pub count: usize,
    /// What kind of thing they are, `service` say.
    pub noun: &'static str,
    /// How many of them are new; `None` where no earlier report is known.
    pub new: Option<usize>,
}

impl Item {
    /// Whether all of it, or nothing of it, is new.
    pub fn news(&self) -> Option<News> {
        match self.new? {
            0 => Some(News::Still),
            new if new == self.count => Some(News::New),
            _ => None,
        }
    }
}

/// What something is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its short name.
    pub name: String,
    /// Its page in the AWS console.
    pub link: Option<String>,
}

/// Details of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Chapter {
    /// What they are.
    pub title: &'static str,
    /// The accounts that they are about, in the digest's order.
    pub sections: Vec<Section>,
}

/// Details of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The account.
    pub account: AccountSummary,
    /// The details; the last one tells how many were left out.
    pub details: Vec<Detail>,
}

/// One detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// What it is, in one line.
    pub text: String,
    /// What stands beneath it, a line each.
    pub beneath: Vec<String>,
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self { text, beneath: Vec::new() }
    }
}
