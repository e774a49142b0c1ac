//! What is wrong, with its evidence.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::news::Age;
use super::region::Location;

/// How much it matters. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// A failure may go unheard.
    Error,
    /// Something is not as it should be; failures are still heard.
    Warning,
    /// Worth knowing.
    Info,
}

/// The checks. Public interface: the names appear in reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// A service whose circuit breaker is off.
    BreakerDisabled,
    /// A service whose circuit breaker does not roll back.
    RollbackDisabled,
    /// A service to which the circuit breaker does not apply.
    BreakerNotApplicable,
    /// A service of a kind for which AWS's documents disagree.
    BreakerNotJudged,
    /// An exemption that has run out.
    ExemptionExpired,
    /// A failure would not reach the room.
    PathBroken,
    /// Nobody has authorised the Slack workspace in this account.
    RoomNotAuthorised,
    /// An alarm on a pipeline is in state ALARM.
    AlarmFiring,
    /// An alarm on a pipeline would not be heard: it tells nobody, or the way of
    /// what it tells is broken.
    AlarmMuted,
    /// A failure metric of a pipeline counted something in the last 24 hours.
    MetricNonZero,
    /// Events wait in a dead-letter queue, or could not be kept there.
    DeadLetters,
    /// A name that the fleet needs is taken by something it does not own.
    NameTaken,
    /// A webhook that a pipeline posts to is missing or can't be one.
    WebhookUnusable,
    /// A rule's pattern can match no event of ECS.
    PatternNeverMatches,
    /// A rule splices free text into a quoted template, where a quotation mark
    /// breaks the message.
    MessageUnsafe,
    /// An alarm on a path tells nobody, or only those at the path's own end.
    AlarmHeardOnlyThroughItself,
    /// Something that the fleet owns and no longer asks for.
    Orphan,
    /// A cluster of which no pipeline takes events, in an account that has one.
    ClusterLeftOut,
}

impl Check {
    /// Every check.
    pub const ALL: [Self; 18] = [
        Self::BreakerDisabled,
        Self::RollbackDisabled,
        Self::BreakerNotApplicable,
        Self::BreakerNotJudged,
        Self::ExemptionExpired,
        Self::PathBroken,
        Self::RoomNotAuthorised,
        Self::AlarmFiring,
        Self::AlarmMuted,
        Self::MetricNonZero,
        Self::DeadLetters,
        Self::NameTaken,
        Self::WebhookUnusable,
        Self::PatternNeverMatches,
        Self::MessageUnsafe,
        Self::AlarmHeardOnlyThroughItself,
        Self::Orphan,
        Self::ClusterLeftOut,
    ];
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::BreakerDisabled => "breakerDisabled",
            Self::RollbackDisabled => "rollbackDisabled",
            Self::BreakerNotApplicable => "breakerNotApplicable",
            Self::BreakerNotJudged => "breakerNotJudged",
            Self::ExemptionExpired => "exemptionExpired",
            Self::PathBroken => "pathBroken",
            Self::RoomNotAuthorised => "roomNotAuthorised",
            Self::AlarmFiring => "alarmFiring",
            Self::AlarmMuted => "alarmMuted",
            Self::MetricNonZero => "metricNonZero",
            Self::DeadLetters => "deadLetters",
            Self::NameTaken => "nameTaken",
            Self::WebhookUnusable => "webhookUnusable",
            Self::PatternNeverMatches => "patternNeverMatches",
            Self::MessageUnsafe => "messageUnsafe",
            Self::AlarmHeardOnlyThroughItself => "alarmHeardOnlyThroughItself",
            Self::Orphan => "orphan",
            Self::ClusterLeftOut => "clusterLeftOut",
        })
    }
}

/// Something that is wrong. Public interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which check found it.
    pub check: Check,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub location: Location,
    /// What it is about: an ARN or a name.
    pub subject: String,
    /// One sentence for a person.
    pub message: String,
    /// What the judgement rests on.
    pub evidence: BTreeMap<String, Value>,
    /// How long it has been so; `None` where no earlier report is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Age>,
}

impl Finding {
    /// The events whose paths are broken, for [`Check::PathBroken`]: those of a
    /// pipeline that stop at one hop are one finding. Earlier versions named the
    /// first of them alone.
    pub fn broken_events(&self) -> Vec<&str> {
        let evidence = |name| self.evidence.get(name).filter(|_| self.check == Check::PathBroken);
        match evidence("events").and_then(Value::as_array) {
            Some(events) => events.iter().filter_map(Value::as_str).collect(),
            None => evidence("event").and_then(Value::as_str).into_iter().collect(),
        }
    }

    /// The order in which findings are shown: by place, worst first.
    pub fn order(&self) -> impl Ord + '_ {
        (self.location, self.severity, self.check, &self.subject, &self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What can be read as a check, in the words of the reader itself.
    fn readable() -> Vec<String> {
        let error = serde_json::from_str::<Check>("\"?\"").expect_err("no check has this name").to_string();
        let names = error.split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn the_list_of_checks_is_whole_and_names_them_as_reports_do() {
        assert_eq!(Check::ALL.map(|check| check.to_string()).to_vec(), readable());
    }
}
