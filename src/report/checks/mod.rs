//! What each check means, in full: for `foghorn explain`, and for the rules of
//! code scanning.

mod breakers;
mod carriers;
mod pipelines;
mod rules;

use crate::model::{Check, Severity};

/// A check, explained to somebody who has never met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The check in a few words, without a full stop.
    pub title: &'static str,
    /// How much it usually matters; what others made is judged more mildly.
    pub severity: Severity,
    /// What is wrong, and what comes of it.
    pub meaning: &'static str,
    /// How AWS behaves, so that it comes to this.
    pub behaviour: &'static str,
    /// The page of AWS's documents on that.
    pub source: &'static str,
    /// What a person does about it.
    pub remedy: &'static str,
}

/// The check, explained.
pub fn explanation(check: Check) -> Explanation {
    match check {
        Check::BreakerDisabled => breakers::DISABLED,
        Check::RollbackDisabled => breakers::ROLLBACK_DISABLED,
        Check::BreakerNotApplicable => breakers::NOT_APPLICABLE,
        Check::BreakerNotJudged => breakers::NOT_JUDGED,
        Check::ExemptionExpired => breakers::EXEMPTION_EXPIRED,
        Check::PathBroken => pipelines::PATH_BROKEN,
        Check::RoomNotAuthorised => pipelines::ROOM_NOT_AUTHORISED,
        Check::AlarmFiring => carriers::ALARM_FIRING,
        Check::AlarmMuted => carriers::ALARM_MUTED,
        Check::MetricNonZero => carriers::METRIC_NON_ZERO,
        Check::DeadLetters => carriers::DEAD_LETTERS,
        Check::NameTaken => pipelines::NAME_TAKEN,
        Check::WebhookUnusable => pipelines::WEBHOOK_UNUSABLE,
        Check::PatternNeverMatches => rules::PATTERN_NEVER_MATCHES,
        Check::MessageUnsafe => rules::MESSAGE_UNSAFE,
        Check::AlarmHeardOnlyThroughItself => carriers::ALARM_HEARD_ONLY_THROUGH_ITSELF,
        Check::Orphan => pipelines::ORPHAN,
        Check::ClusterLeftOut => pipelines::CLUSTER_LEFT_OUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_explained_in_whole_sentences_with_its_source() {
        for check in Check::ALL {
            let Explanation { title, meaning, behaviour, source, remedy, .. } = explanation(check);
            assert!(!title.ends_with('.') && title.len() < 80, "{check}: {title}");
            for text in [meaning, behaviour, remedy] {
                assert!(text.ends_with('.') && text.len() > 100, "{check}: {text}");
                assert!(!text.contains("  ") && !text.contains('\n'), "{check}: {text}");
            }
            assert!(source.starts_with("https://docs.aws.amazon.com/"), "{check}: {source}");
        }
    }

    #[test]
    fn no_two_checks_are_explained_alike() {
        let mut titles: Vec<&str> = Check::ALL.iter().map(|check| explanation(*check).title).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), Check::ALL.len());
    }
}
