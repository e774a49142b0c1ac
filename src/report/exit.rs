//! What a run comes to, for scripts.

use std::borrow::Cow;

use super::text::standing::are_heard;
use crate::model::sounding::SoundReport;
use crate::model::{Mode, Pass, Report};

/// The exit codes. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Everything is heard and in sync.
    Clean = 0,
    /// The run failed: usage, fleet file, crash. No report comes to this.
    Failed = 1,
    /// Something is wrong or differs from the fleet file.
    Drift = 2,
    /// Part of the fleet could not be read, so nothing can be said of it.
    Incomplete = 3,
}

impl ExitCode {
    /// What the code means in general, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Clean => "all heard and in sync",
            Self::Failed => "failed",
            Self::Drift => "drift or findings",
            Self::Incomplete => "part of the fleet could not be read",
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

/// What the exit code of a report means: being in sync is not being heard.
pub fn meaning(report: &Report) -> Cow<'static, str> {
    let (mode, code) = (report.metadata.mode, exit_code(report));
    let passes: Vec<&Pass> = report.passes.iter().collect();
    match (mode, code) {
        (Mode::Plan | Mode::Apply, ExitCode::Clean) if !are_heard(&passes) => {
            "in sync; not every account is known to be heard".into()
        }
        (Mode::Destroy, ExitCode::Clean) => left(report, "nothing that the fleet owns is left"),
        (Mode::Destroy, ExitCode::Drift) => left(report, "something that the fleet owns is left"),
        _ => code.meaning().into(),
    }
}

/// What a removal left, and where, if it was not of the whole fleet.
fn left(report: &Report, what: &'static str) -> Cow<'static, str> {
    match &report.metadata.narrowed_to {
        None => what.into(),
        Some(part) => format!("{what} in the part that was asked for ({})", part.flags()).into(),
    }
}

/// What a report comes to. An incomplete answer is never clean, and hides how
/// much drift there is, so it wins over drift.
pub fn exit_code(report: &Report) -> ExitCode {
    if report.is_incomplete() {
        ExitCode::Incomplete
    } else if report.has_drift() {
        ExitCode::Drift
    } else {
        ExitCode::Clean
    }
}

/// What a sounding comes to. A canary that was not sent proves nothing, so that
/// it counts as one that did not arrive.
pub fn sound_exit_code(report: &SoundReport) -> ExitCode {
    if report.is_incomplete() {
        ExitCode::Incomplete
    } else if report.is_broken() {
        ExitCode::Drift
    } else {
        ExitCode::Clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pass::PathState;
    use crate::model::sounding::{MissedSample, SoundState};
    use crate::model::{Action, Check, CoverageState, Kind, Outcome, Severity};
    use crate::report::fixtures::{fine, narrowed, report, sounded, sounding};

    fn code(change: impl FnOnce(Pass) -> Pass) -> ExitCode {
        exit_code(&report(
            Mode::Plan,
            vec![fine("111111111111", "dev"), change(fine("222222222222", "prod"))],
        ))
    }

    fn finding(pass: Pass, severity: Severity) -> Pass {
        pass.finding(severity, Check::AlarmMuted, "us-east-1", "alarm", "muted")
    }

    fn change(pass: Pass, action: Action, outcome: Outcome) -> Pass {
        pass.change(action, Kind::Rule, "us-east-1", "foghorn-deploys").came_to(outcome)
    }

    #[test]
    fn a_fleet_that_is_heard_and_in_sync_is_clean() {
        assert_eq!(code(|pass| pass), ExitCode::Clean);
        assert_eq!(code(|pass| finding(pass, Severity::Info)), ExitCode::Clean);
        assert_eq!(code(|pass| change(pass, Action::Update, Outcome::Applied)), ExitCode::Clean);
    }

    #[test]
    fn whatever_is_wrong_and_stays_so_is_drift() {
        for severity in [Severity::Error, Severity::Warning] {
            assert_eq!(code(|pass| finding(pass, severity)), ExitCode::Drift, "{severity:?}");
        }
        for (action, outcome) in [
            (Action::Create, Outcome::Planned),
            (Action::Update, Outcome::Failed),
            (Action::Update, Outcome::Skipped),
            (Action::Conflict, Outcome::Planned),
            (Action::Withheld, Outcome::Planned),
        ] {
            assert_eq!(code(|pass| change(pass, action, outcome)), ExitCode::Drift, "{action:?} {outcome:?}");
        }
        assert_eq!(
            code(|pass| pass.broken("deploys", "deploymentFailed", "us-east-1", "rule", "gone")),
            ExitCode::Drift
        );
    }

    #[test]
    fn what_could_not_be_read_wins_over_drift() {
        for state in [
            CoverageState::Partial,
            CoverageState::Denied,
            CoverageState::Throttled,
            CoverageState::Unreachable,
            CoverageState::Skipped,
        ] {
            let pass = |pass: Pass| finding(pass, Severity::Error).unseen("us-east-1", state, "no");
            assert_eq!(code(pass), ExitCode::Incomplete, "{state:?}");
        }
        let hidden = ("hub", "the hub could not be read");
        assert_eq!(
            code(|pass| pass.not_heard(PathState::Unknown, "deploys", "taskFailed", "us-east-1", hidden)),
            ExitCode::Incomplete
        );
    }

    #[test]
    fn a_sounding_is_clean_only_where_every_canary_that_was_due_arrived() {
        for (state, code) in [
            (SoundState::Arrived, ExitCode::Clean),
            (SoundState::Off, ExitCode::Clean),
            (SoundState::Failed, ExitCode::Drift),
            (SoundState::NotSeen, ExitCode::Drift),
            (SoundState::NotSent, ExitCode::Drift),
            (SoundState::Unread, ExitCode::Incomplete),
        ] {
            let all = vec![sounding(SoundState::Arrived), sounding(state)];
            assert_eq!(sound_exit_code(&sounded(all)), code, "{state:?}");
        }
        assert_eq!(sound_exit_code(&sounded(Vec::new())), ExitCode::Clean);
    }

    #[test]
    fn a_pattern_that_misses_what_ecs_sends_is_wrong_wherever_the_canary_got() {
        let mut one = sounding(SoundState::Arrived);
        one.patterns.missed =
            vec![MissedSample { sample: "task-exited".into(), family: "taskFailed", rules: Vec::new() }];
        assert_eq!(sound_exit_code(&sounded(vec![one.clone()])), ExitCode::Drift);
        one.patterns.unread = Some("denied".into());
        assert_eq!(sound_exit_code(&sounded(vec![one])), ExitCode::Incomplete);
    }

    #[test]
    fn a_removal_of_a_part_says_nothing_of_the_rest() {
        let mut report = narrowed();
        report.metadata.mode = Mode::Destroy;
        let part = "in the part that was asked for (--account dev)";
        assert_eq!(meaning(&report), format!("nothing that the fleet owns is left {part}"));
        report.passes[0] = change(report.passes[0].clone(), Action::Delete, Outcome::Failed);
        assert_eq!(meaning(&report), format!("something that the fleet owns is left {part}"));
        report.metadata.narrowed_to = None;
        assert_eq!(meaning(&report), "something that the fleet owns is left");
    }

    #[test]
    fn the_codes_are_those_that_scripts_rely_on() {
        let codes = [ExitCode::Clean, ExitCode::Failed, ExitCode::Drift, ExitCode::Incomplete];
        assert_eq!(codes.map(|code| code as u8), [0, 1, 2, 3]);
    }
}
