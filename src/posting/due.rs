//! Whether a room is told at all.

use crate::fleet::spec::WhenToTell;
use crate::model::digest::Digest;

/// Why rooms are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A run over the fleet has ended.
    Run,
    /// A few accounts were looked at again between two runs: what was told of
    /// the last run is not told again, but what came or went is told at once.
    Recheck,
    /// A person asked for it, so that every room is told.
    Asked,
}

/// Whether a digest is due. Where no earlier report is known, nobody can say
/// what changed, so that all that is wrong counts as a change.
pub(super) fn is_due(when: WhenToTell, occasion: Occasion, digest: &Digest) -> bool {
    match occasion {
        Occasion::Run => is_due_after_run(when, digest),
        Occasion::Recheck => {
            when == WhenToTell::Change && (digest.has_changed || digest.is_news == Some(true))
        }
        Occasion::Asked => true,
    }
}

fn is_due_after_run(when: WhenToTell, digest: &Digest) -> bool {
    match (when, digest.is_news) {
        (WhenToTell::Always, _) => true,
        (WhenToTell::Drift, _) => digest.is_drift,
        // What a run mended was unheard until then.
        (WhenToTell::Change, _) if digest.has_changed => true,
        (WhenToTell::Change, None) => digest.is_drift,
        (WhenToTell::Change, Some(is_news)) => is_news,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use time::OffsetDateTime;

    use super::*;
    use crate::model::digest::Level;
    use crate::model::report::Mode;

    fn due_after(
        occasion: Occasion,
        when: WhenToTell,
        is_drift: bool,
        is_news: Option<bool>,
        has_changed: bool,
    ) -> bool {
        let digest = Digest {
            fleet: "acme".to_owned(),
            run: "run".to_owned(),
            mode: Mode::Plan,
            finished_at: OffsetDateTime::UNIX_EPOCH,
            labels: BTreeMap::new(),
            level: Level::Clear,
            headline: String::new(),
            facts: Vec::new(),
            next: Vec::new(),
            accounts: Vec::new(),
            chapters: Vec::new(),
            is_drift,
            is_news,
            has_changed,
        };
        is_due(when, occasion, &digest)
    }

    fn due_on(occasion: Occasion, when: WhenToTell, is_drift: bool, is_news: Option<bool>) -> bool {
        due_after(occasion, when, is_drift, is_news, false)
    }

    fn due(when: WhenToTell, is_drift: bool, is_news: Option<bool>) -> bool {
        due_on(Occasion::Run, when, is_drift, is_news)
    }

    #[test]
    fn a_room_that_is_always_told_gets_the_all_clear_too() {
        assert!(due(WhenToTell::Always, false, Some(false)));
    }

    #[test]
    fn a_room_that_is_told_of_drift_is_told_of_it_as_long_as_it_lasts() {
        assert!(due(WhenToTell::Drift, true, Some(false)));
        assert!(!due(WhenToTell::Drift, false, Some(true)));
    }

    #[test]
    fn a_room_that_is_told_of_changes_is_told_of_those_that_a_run_made() {
        for occasion in [Occasion::Run, Occasion::Recheck] {
            for is_news in [None, Some(false), Some(true)] {
                assert!(due_after(occasion, WhenToTell::Change, false, is_news, true));
                assert!(!due_after(occasion, WhenToTell::Drift, false, is_news, true));
            }
        }
    }

    #[test]
    fn a_room_that_is_told_of_changes_is_told_when_something_came_or_went() {
        assert!(due(WhenToTell::Change, true, Some(true)));
        assert!(due(WhenToTell::Change, false, Some(true)), "all that was wrong is resolved");
        assert!(!due(WhenToTell::Change, true, Some(false)));
    }

    #[test]
    fn between_runs_only_what_came_or_went_is_told() {
        let on = |when, is_news| due_on(Occasion::Recheck, when, true, is_news);
        assert!(on(WhenToTell::Change, Some(true)));
        assert!(!on(WhenToTell::Change, Some(false)) && !on(WhenToTell::Change, None));
        assert!(!on(WhenToTell::Always, Some(true)) && !on(WhenToTell::Drift, Some(true)));
    }

    #[test]
    fn a_person_who_asks_for_it_gets_it() {
        for when in [WhenToTell::Always, WhenToTell::Drift, WhenToTell::Change] {
            assert!(due_on(Occasion::Asked, when, false, Some(false)));
        }
    }

    #[test]
    fn without_an_earlier_report_whatever_is_wrong_counts_as_a_change() {
        assert!(due(WhenToTell::Change, true, None));
        assert!(!due(WhenToTell::Change, false, None));
    }
}
