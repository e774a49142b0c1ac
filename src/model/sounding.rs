//! What the canaries of one run came to. Public interface; changes are additive
//! only.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;

use super::coverage::{Coverage, CoverageState};
use super::pass::AccountSummary;
use super::region::Region;
use super::report::{API_VERSION, CallCount};

/// The report of `foghorn sound`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SoundReport {
    /// Always [`API_VERSION`].
    pub api_version: &'static str,
    /// Always `Sound`.
    pub kind: &'static str,
    /// Which run this was.
    pub metadata: SoundMetadata,
    /// The figures.
    pub summary: SoundSummary,
    /// Accounts of which something could not be read, by account id.
    pub unread: Vec<UnreadAccount>,
    /// One a pipeline, account and Region, by account id, Region and pipeline.
    pub soundings: Vec<Sounding>,
}

/// Which run a report is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SoundMetadata {
    /// The fleet's name.
    pub fleet: String,
    /// The run's id, a ULID, which stands in the message of every canary.
    pub run: String,
    /// When it began.
    #[serde(serialize_with = "super::timestamp::serialize")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(serialize_with = "super::timestamp::serialize")]
    pub finished_at: OffsetDateTime,
    /// For how many seconds canaries were followed at most.
    pub timeout_seconds: u64,
    /// Foghorn's version.
    pub version: &'static str,
}

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SoundSummary {
    /// Canaries that were sent, or may have been.
    pub sent: usize,
    /// See [`SoundState::Arrived`].
    pub arrived: usize,
    /// See [`SoundState::Failed`].
    pub failed: usize,
    /// See [`SoundState::NotSeen`].
    pub not_seen: usize,
    /// See [`SoundState::NotSent`].
    pub not_sent: usize,
    /// See [`SoundState::Unread`].
    pub unread: usize,
    /// See [`SoundState::Off`].
    pub off: usize,
    /// Sample events that no rule of their pipeline takes.
    pub missed_samples: usize,
    /// Requests sent to AWS, retries included.
    pub calls: CallCount,
}

/// An account of which something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadAccount {
    /// The account.
    pub account: AccountSummary,
    /// Its locations that were not seen in full.
    pub coverage: Vec<Coverage>,
}

/// How one pipeline of one account and Region was sounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sounding {
    /// The account.
    pub account: AccountSummary,
    /// The Region.
    pub location: Region,
    /// The pipeline.
    pub pipeline: String,
    /// What it came to.
    pub state: SoundState,
    /// The first hop that the canary was not seen to pass.
    pub stopped_at: Option<HopKind>,
    /// Why, and what would mend it.
    pub why: Option<String>,
    /// What stands in the way by the account's settings, as they were read
    /// before the canary was sent; `None` where nothing was found.
    pub settings_say: Option<String>,
    /// The event; `None` where there was none to send.
    pub canary: Option<SentCanary>,
    /// The hops in order.
    pub hops: Vec<SoundHop>,
    /// Whether the rules take what ECS sends.
    pub patterns: PatternCheck,
}

/// What a sounding came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SoundState {
    /// A hop refused the canary.
    Failed,
    /// It was not seen to arrive in the time allowed.
    NotSeen,
    /// There is no rule that would take it, or it must not be sent, or AWS did
    /// not take it.
    NotSent,
    /// The metrics or the rule could not be read.
    Unread,
    /// It passed the last hop that can be seen from outside.
    Arrived,
    /// The fleet file says that the pipeline takes no canaries.
    Off,
}

/// The event that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentCanary {
    /// The rule that is to take it.
    pub rule: String,
    /// The event's source.
    pub source: &'static str,
    /// The event's detail-type.
    pub detail_type: &'static str,
    /// The id that EventBridge gave it; `None` where no answer came, so that
    /// nobody knows whether it was sent. It is not sent again.
    pub event: Option<String>,
    /// When it was sent.
    #[serde(serialize_with = "super::timestamp::serialize")]
    pub sent_at: OffsetDateTime,
}

/// The hops whose passing AWS counts, in the order in which an event meets
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum HopKind {
    /// A rule took it.
    Rule,
    /// The rule's target took it: a topic, a function, a hub's bus or a webhook.
    Target,
    /// The hub's rule took it.
    HubRule,
    /// The target of the hub's rule took it.
    HubTarget,
    /// The topic handed it to its subscriber.
    Topic,
    /// AWS Chatbot took it for its channel.
    Chatbot,
    /// The notifier posted it.
    Function,
}

/// How one hop was passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SoundHop {
    /// What kind of hop it is.
    pub name: HopKind,
    /// What stands there: a name.
    pub subject: String,
    /// Whether the canary passed.
    pub state: HopState,
    /// What AWS counted since the canary was sent, by metric.
    pub counts: BTreeMap<&'static str, f64>,
}

/// Whether a canary passed a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum HopState {
    /// It did.
    Reached,
    /// It was refused here.
    Failed,
    /// Nothing was counted here in the time allowed.
    NotSeen,
    /// The metrics could not be read.
    Unread,
}

/// What EventBridge itself says of a pipeline's rules and of what ECS sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatternCheck {
    /// How many sample events were held against the rules.
    pub samples: usize,
    /// Those that no rule takes.
    pub missed: Vec<MissedSample>,
    /// Why part of it could not be checked.
    pub unread: Option<String>,
}

/// A sample event that no rule takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MissedSample {
    /// The sample, `task-exited` say.
    pub sample: String,
    /// The family of events that it stands for.
    pub family: &'static str,
    /// Whose rules do not take it.
    pub rules: Vec<String>,
}

impl SoundReport {
    /// A report of these soundings, sorted and counted.
    pub fn of(
        metadata: SoundMetadata,
        mut soundings: Vec<Sounding>,
        mut unread: Vec<UnreadAccount>,
        calls: BTreeMap<String, u64>,
    ) -> Self {
        soundings.sort_by(|one, other| one.place().cmp(&other.place()));
        unread.sort_by(|one, other| one.account.id.cmp(&other.account.id));
        let count = |state| soundings.iter().filter(|one| one.state == state).count();
        let summary = SoundSummary {
            sent: soundings.iter().filter(|one| one.canary.is_some()).count(),
            arrived: count(SoundState::Arrived),
            failed: count(SoundState::Failed),
            not_seen: count(SoundState::NotSeen),
            not_sent: count(SoundState::NotSent),
            unread: count(SoundState::Unread),
            off: count(SoundState::Off),
            missed_samples: soundings.iter().map(|one| one.patterns.missed.len()).sum(),
            calls: CallCount { total: calls.values().sum(), by_operation: calls },
        };
        Self { api_version: API_VERSION, kind: "Sound", metadata, summary, unread, soundings }
    }

    /// Whether part of it could not be read, so that nobody can say.
    pub fn is_incomplete(&self) -> bool {
        let hidden = |one: &Sounding| one.state == SoundState::Unread || one.patterns.unread.is_some();
        !self.unread.is_empty() || self.soundings.iter().any(hidden)
    }

    /// Whether a canary did not arrive, or a rule does not take what it should.
    pub fn is_broken(&self) -> bool {
        let broken = |one: &Sounding| {
            matches!(one.state, SoundState::Failed | SoundState::NotSeen | SoundState::NotSent)
                || !one.patterns.missed.is_empty()
        };
        self.soundings.iter().any(broken)
    }
}

impl Sounding {
    fn place(&self) -> (&super::AccountId, Region, &str) {
        (&self.account.id, self.location, &self.pipeline)
    }
}

impl UnreadAccount {
    /// The account, if part of it was not seen.
    pub fn of(account: &AccountSummary, coverage: &[Coverage]) -> Option<Self> {
        let hidden = |one: &&Coverage| one.state != CoverageState::Seen;
        let coverage: Vec<Coverage> = coverage.iter().filter(hidden).cloned().collect();
        (!coverage.is_empty()).then(|| Self { account: account.clone(), coverage })
    }
}
