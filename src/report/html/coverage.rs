//! What could not be read, same reasons together, the worst first.

use serde::Serialize;

use super::places::{Named, Places};
use super::shown;
use crate::model::Report;
use crate::report::text::coverage::word;
use crate::report::unread::{self, reasons};

/// How many reasons are told.
const MOST: usize = 50;

/// The reasons that are told, the worst first, and how many others there are.
#[derive(Serialize)]
pub(super) struct Unread {
    reasons: Vec<Reason>,
    more: usize,
}

/// One reason, and where it holds.
#[derive(Serialize)]
struct Reason {
    state: &'static str,
    why: String,
    places: Named,
}

pub(super) fn of(report: &Report) -> Unread {
    let reasons = reasons(report);
    let more = reasons.len().saturating_sub(MOST);
    Unread { reasons: reasons.iter().take(MOST).map(reason).collect(), more }
}

fn reason(unread: &unread::Unread<'_>) -> Reason {
    let mut places = Places::default();
    unread.places.iter().for_each(|(pass, location)| places.add(pass, *location));
    Reason { state: word(unread.state), why: shown(unread.why), places: places.named() }
}
