//! How things stand in an account, in five conditions. A gap is never `True`.

use time::OffsetDateTime;

use crate::model::pass::{MadeBy, Path, PathState};
use crate::model::{
    Change, Check, Condition, ConditionStatus, ConditionType, Coverage, CoverageState, EventFamily, Finding,
    Kind, Location, Outcome, Severity,
};

/// What the conditions are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// How well each location was seen.
    pub coverage: &'a [Coverage],
    /// What is wrong.
    pub findings: &'a [Finding],
    /// What is due.
    pub changes: &'a [Change],
    /// The ways from event to room.
    pub paths: &'a [Path],
    /// How many alarms tell a room of which nobody can tell whether it would hear.
    pub alarms_in_doubt: usize,
    /// Whether the fleet asks for circuit breakers at all.
    pub breakers_required: bool,
}

/// The five conditions, in a fixed order, as of `now`.
pub fn conditions(evidence: &Evidence<'_>, now: OffsetDateTime) -> Vec<Condition> {
    let judgements = [
        (ConditionType::Reachable, reachable(evidence)),
        (ConditionType::BreakersOn, breakers_on(evidence)),
        (ConditionType::PipelineReady, pipeline_ready(evidence)),
        (ConditionType::Heard, heard(evidence)),
        (ConditionType::AlarmsQuiet, alarms_quiet(evidence)),
    ];
    let condition = |(kind, judgement): (ConditionType, Judgement)| Condition {
        kind,
        status: judgement.status,
        reason: judgement.reason.into(),
        message: judgement.message,
        last_transition_time: now,
    };
    judgements.into_iter().map(condition).collect()
}

struct Judgement {
    status: ConditionStatus,
    reason: &'static str,
    message: String,
}

fn holds(reason: &'static str, message: impl Into<String>) -> Judgement {
    Judgement { status: ConditionStatus::True, reason, message: message.into() }
}

fn fails(reason: &'static str, message: impl Into<String>) -> Judgement {
    Judgement { status: ConditionStatus::False, reason, message: message.into() }
}

fn unknown(reason: &'static str, message: impl Into<String>) -> Judgement {
    Judgement { status: ConditionStatus::Unknown, reason, message: message.into() }
}

fn reachable(evidence: &Evidence<'_>) -> Judgement {
    let unseen: Vec<String> = evidence
        .coverage
        .iter()
        .filter(|coverage| coverage.state != CoverageState::Seen)
        .map(|coverage| coverage.location.to_string())
        .collect();
    if unseen.is_empty() {
        holds("AllRead", "every location was read in full")
    } else if !evidence.coverage.iter().any(is_read) {
        fails("NothingRead", format!("not read in full: {}", unseen.join(", ")))
    } else {
        fails("PartlyRead", format!("not read in full: {}", unseen.join(", ")))
    }
}

fn is_read(coverage: &Coverage) -> bool {
    matches!(coverage.state, CoverageState::Seen | CoverageState::Partial)
}

fn breakers_on(evidence: &Evidence<'_>) -> Judgement {
    let off = count(evidence, &[Check::BreakerDisabled, Check::RollbackDisabled]);
    if !evidence.breakers_required {
        unknown(Condition::NOT_REQUIRED, "the fleet asks nothing of circuit breakers")
    } else if off > 0 {
        fails("BreakersOff", format!("{off} services lack what the fleet requires"))
    } else if has_gap(evidence, |location| matches!(location, Location::Region(_))) {
        unknown("NotAllRead", "some services could not be read")
    } else if unjudged(evidence) > 0 {
        unknown("NotAllJudged", format!("nobody can tell of {} services", unjudged(evidence)))
    } else {
        holds("AllOn", "every service has what the fleet requires")
    }
}

fn pipeline_ready(evidence: &Evidence<'_>) -> Judgement {
    if has_no_pipeline(evidence) {
        return unknown(Condition::NO_PIPELINE, "the fleet gives this account no pipeline");
    }
    let is_due = |change: &&Change| change.outcome != Outcome::Applied && change.key.kind != Kind::Breaker;
    let due = evidence.changes.iter().filter(is_due).count();
    if due > 0 {
        fails("ChangesDue", format!("{due} changes are due or blocked"))
    } else if count(evidence, &[Check::RoomNotAuthorised]) > 0 {
        fails("RoomNotAuthorised", "the chat workspace is not authorised")
    } else if has_gap(evidence, |_| true) {
        unknown("NotAllRead", "part of the pipeline could not be read")
    } else {
        holds("InSync", "every pipeline is built as the fleet says")
    }
}

/// What others built counts where the fleet builds nothing.
fn heard_by_others(evidence: &Evidence<'_>) -> Judgement {
    let of_deployments = || {
        let failed = EventFamily::DeploymentFailed.name();
        evidence.paths.iter().filter(move |path| path.event == failed)
    };
    let regions =
        evidence.coverage.iter().filter(|coverage| matches!(coverage.location, Location::Region(_)));
    let is_heard = |location: Location| {
        let mut paths = of_deployments().filter(|path| path.location == location);
        paths.any(|path| path.state == PathState::Heard)
    };
    let deaf: Vec<String> = regions
        .filter(|coverage| !is_heard(coverage.location))
        .map(|coverage| coverage.location.to_string())
        .collect();
    if of_deployments().next().is_none() {
        unknown(Condition::NO_PIPELINE, "the fleet gives this account no pipeline")
    } else if has_gap(evidence, |_| true) {
        unknown("NotAllRead", "part of the way could not be read")
    } else if deaf.is_empty() {
        holds("HeardByOthers", "rules that others made bring failed deployments to somebody")
    } else {
        fails(
            "NotHeardByOthers",
            format!("no rule brings failed deployments to anybody in {}", deaf.join(", ")),
        )
    }
}

fn heard(evidence: &Evidence<'_>) -> Judgement {
    let own = || evidence.paths.iter().filter(|path| path.made_by == MadeBy::Fleet);
    if own().next().is_none() {
        return heard_by_others(evidence);
    }
    let with = |state| own().filter(|path| path.state == state).count();
    let (broken, unseen) = (with(PathState::Broken), with(PathState::Unknown));
    let silent = count(evidence, &[Check::BreakerDisabled]);
    if broken > 0 {
        fails("PathBroken", format!("{broken} of {} paths are broken", own().count()))
    } else if silent > 0 {
        fails("BreakersOff", format!("{silent} services do not announce a failed deployment"))
    } else if unseen > 0 || has_gap(evidence, |_| true) {
        unknown("NotAllRead", "part of the way could not be read")
    } else if unjudged(evidence) > 0 {
        let message = format!("nobody can tell whether {} services announce a failure", unjudged(evidence));
        unknown("NotAllJudged", message)
    } else if left_out(evidence) > 0 {
        let message = format!("no pipeline takes events of {} clusters", left_out(evidence));
        unknown("ClustersLeftOut", message)
    } else {
        holds("AllPathsLead", "every path leads to its room")
    }
}

fn alarms_quiet(evidence: &Evidence<'_>) -> Judgement {
    let checks = [Check::AlarmFiring, Check::AlarmMuted, Check::MetricNonZero, Check::DeadLetters];
    let loud = count(evidence, &checks);
    if has_no_pipeline(evidence) {
        unknown(Condition::NO_PIPELINE, "the fleet gives this account no pipeline")
    } else if loud > 0 {
        fails("NotQuiet", format!("{loud} findings on the carriers"))
    } else if has_gap(evidence, |_| true) {
        unknown("NotAllRead", "some alarms or counters could not be read")
    } else if evidence.alarms_in_doubt > 0 {
        let doubt = evidence.alarms_in_doubt;
        unknown("NotAllJudged", format!("nobody can tell whether {doubt} alarms would be heard"))
    } else {
        holds("Quiet", "no alarm fires or is muted, and nothing was lost in the last 24 hours")
    }
}

fn has_no_pipeline(evidence: &Evidence<'_>) -> bool {
    evidence.paths.iter().all(|path| path.made_by == MadeBy::Others)
}

fn count(evidence: &Evidence<'_>, checks: &[Check]) -> usize {
    let counts = |finding: &&Finding| finding.severity != Severity::Info && checks.contains(&finding.check);
    evidence.findings.iter().filter(counts).count()
}

/// Services of a kind for which AWS's own pages disagree.
fn unjudged(evidence: &Evidence<'_>) -> usize {
    evidence.findings.iter().filter(|finding| finding.check == Check::BreakerNotJudged).count()
}

/// Clusters whose failed deployments nobody hears of.
fn left_out(evidence: &Evidence<'_>) -> usize {
    evidence.findings.iter().filter(|finding| finding.check == Check::ClusterLeftOut).count()
}

fn has_gap(evidence: &Evidence<'_>, concerns: impl Fn(Location) -> bool) -> bool {
    let is_gap = |coverage: &Coverage| coverage.state != CoverageState::Seen && concerns(coverage.location);
    evidence.coverage.iter().any(is_gap)
}
