//! The report for people, as they read it in a terminal.
//!
//! What needs a person comes first, account by account; what is fine is one
//! line; the figures stand at the end, where a terminal leaves the eye.

mod account;
mod changes;
pub(in crate::report) mod counts;
pub(in crate::report) mod coverage;
pub(in crate::report) mod differences;
mod explanation;
pub(in crate::report) mod extent;
mod findings;
mod line;
pub(in crate::report) mod names;
mod news;
pub(in crate::report) mod next;
mod paths;
mod plan;
mod refused;
mod rehearsal;
mod sound;
pub(in crate::report) mod standing;
mod summary;
mod table;

#[cfg(test)]
mod tests;

use crate::model::Report;
use line::Lines;

pub use explanation::{render_explanation, render_explanations};
pub use plan::render_plan;
pub use rehearsal::{render_rehearsal, render_rehearsals};
pub use sound::render_sound;
pub use table::render_table;

/// How the text shall look. The caller knows the terminal; this module doesn't.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour with ANSI escapes.
    pub color: bool,
    /// Whether to make links, which some terminals open.
    pub hyperlinks: bool,
    /// Where to wrap, in columns; 0 for not at all.
    pub width: usize,
    /// 0 folds what is alike; from 1 on everything is shown.
    pub verbose: u8,
}

impl Style {
    /// How many of a list of `count` alike things to show, given that `usual`
    /// are enough. Nothing is folded only to hide a single one.
    fn shown(self, usual: usize, count: usize) -> usize {
        if self.verbose > 0 || count <= usual + 1 { count } else { usual }
    }
}

/// The whole report.
pub fn render(report: &Report, style: &Style) -> String {
    let mut lines = Lines::new(*style);
    lines.now = Some(report.metadata.finished_at);
    let (fine, mut noteworthy): (Vec<_>, Vec<_>) =
        report.passes.iter().partition(|pass| account::is_one_line(pass, *style));
    noteworthy.sort_by_key(|pass| standing::Standing::of(pass));
    if !noteworthy.is_empty() {
        summary::show_headline(report, &mut lines);
        lines.blank();
    }
    let (alike, others) = refused::alike(noteworthy, *style);
    for pass in others {
        account::show(pass, &mut lines);
        lines.blank();
    }
    refused::show(&alike, &mut lines);
    account::show_fine(&fine, &mut lines);
    news::show_gone(report, &mut lines);
    summary::show(report, &mut lines);
    lines.finish()
}
