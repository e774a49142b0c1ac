//! The part of a report that concerns a room, as a report of its own.

use std::borrow::Cow;

use crate::model::Report;
use crate::model::digest::Part;
use crate::model::news::{Comparison, News, Remembered};

/// The report of the part's accounts, with figures of their own. Calls to AWS
/// are not told apart by account, so that they stay as they are.
pub(super) fn of<'a>(report: &'a Report, part: &Part) -> Cow<'a, Report> {
    if part.labels.is_empty() {
        return Cow::Borrowed(report);
    }
    let passes = report.passes.iter().filter(|pass| part.holds(&pass.account)).cloned().collect();
    let calls = report.summary.calls.by_operation.clone();
    let mut own = Report::of(report.metadata.clone(), passes, calls);
    own.comparison = report.comparison.as_ref().map(|comparison| compared(&own, comparison, part));
    Cow::Owned(own)
}

fn compared(own: &Report, comparison: &Comparison, part: &Part) -> Comparison {
    let kept = |remembered: &[Remembered]| {
        remembered.iter().filter(|one| part.holds(&one.account)).cloned().collect::<Vec<_>>()
    };
    let ages =
        || own.passes.iter().flat_map(|pass| &pass.findings).filter_map(|finding| finding.age.as_ref());
    let count = |news| ages().filter(|age| age.news == news).count();
    Comparison {
        previous: comparison.previous.clone(),
        new: count(News::New),
        still: count(News::Still),
        resolved: kept(&comparison.resolved),
        unseen: kept(&comparison.unseen),
        left: kept(&comparison.left),
    }
}
