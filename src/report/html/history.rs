//! Where the fleet is going: a bar a run.

use serde::Serialize;

use super::answer::grouped;
use crate::model::Report;
use crate::model::moment::Moment;
use crate::report::when::utc;

/// How many runs are drawn.
const MOST: usize = 40;
/// The drawing's height and a bar's width, in units of the drawing.
const HEIGHT: usize = 48;
const STEP: usize = 8;

/// The drawing, and what it says in words.
#[derive(Serialize)]
pub(super) struct Line {
    width: usize,
    height: usize,
    bars: Vec<Bar>,
    label: String,
    from: String,
    to: String,
    /// Whether some run could not read all.
    has_gaps: bool,
}

/// One run: the height of its errors and, on top of them, of its warnings.
#[derive(Serialize)]
struct Bar {
    x: usize,
    error_y: usize,
    error: usize,
    warning_y: usize,
    warning: usize,
    unread: bool,
    title: String,
}

/// Nothing where no earlier run is known.
pub(super) fn of(report: &Report, history: &[Moment]) -> Option<Line> {
    let own = &report.metadata;
    let is_earlier = |moment: &&Moment| moment.run != own.run && moment.finished_at <= own.finished_at;
    let earlier = history.iter().filter(is_earlier);
    let mut moments: Vec<Moment> = earlier.cloned().collect();
    moments.sort_by_key(|moment| moment.finished_at);
    moments.push(Moment::of(report));
    let moments = &moments[moments.len().saturating_sub(MOST)..];
    let (first, last) = (moments.first()?, moments.last()?);
    if moments.len() < 2 {
        return None;
    }
    let most = moments.iter().map(|moment| moment.error + moment.warning).max().unwrap_or_default().max(1);
    Some(Line {
        width: moments.len() * STEP,
        height: HEIGHT,
        bars: moments.iter().enumerate().map(|(index, moment)| bar(index, moment, most)).collect(),
        label: format!(
            "Errors in the last {} runs: {} at first, {} now",
            moments.len(),
            grouped(first.error),
            grouped(last.error)
        ),
        from: utc(first.finished_at),
        to: utc(last.finished_at),
        has_gaps: moments.iter().any(|moment| moment.unread > 0),
    })
}

fn bar(index: usize, moment: &Moment, most: usize) -> Bar {
    // What is there at all can be seen.
    let height = |count: usize| if count == 0 { 0 } else { (count * (HEIGHT - 4) / most).max(2) };
    let (error, warning) = (height(moment.error), height(moment.warning));
    Bar {
        x: index * STEP,
        error_y: HEIGHT - error,
        error,
        warning_y: (HEIGHT - error).saturating_sub(warning),
        warning,
        unread: moment.unread > 0,
        title: format!(
            "{}: {} errors, {} warnings, {} of {} paths heard",
            utc(moment.finished_at),
            moment.error,
            moment.warning,
            moment.heard,
            moment.heard + moment.broken + moment.unknown
        ),
    }
}
