//! The report for browsers: one file that needs no network, no server and, to
//! be read, no script.
//!
//! `page.html` is rendered here in full for what matters most; what comes after
//! the first screens of a long list stands in the page as compact data, from
//! which `script.js` builds rows when somebody asks for them. So a page of ten
//! thousand accounts opens at once, and its size has a bound.
//!
//! Most of what is shown was written by others. The templates escape all of it,
//! and the page's Content-Security-Policy lets nothing run but the one script
//! and nothing be fetched at all.

mod act;
mod answer;
mod changes;
mod coverage;
mod data;
mod findings;
mod history;
mod map;
mod paths;
mod places;
mod policy;
mod resolved;

#[cfg(test)]
mod tests;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use time::OffsetDateTime;

use crate::model::Report;
use crate::model::moment::Moment;

use super::text::standing::nothing;
use super::when::utc;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// How much of one text is shown, in characters.
const LONGEST: usize = 600;

/// How much of one name is shown, in characters: AWS takes 50 for an account's,
/// 128 for a tag's key and 256 for its value.
const LONGEST_NAME: usize = 120;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HtmlError {
    /// The template and what it is given don't fit.
    #[error("the page could not be rendered from its template")]
    Template(#[from] minijinja::Error),
    /// The page's data could not be written.
    #[error("the page's data could not be written as JSON")]
    Data(#[from] serde_json::Error),
}

/// The page of a running service, which is always about to be out of date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// After how many seconds the page loads itself again.
    pub refresh_seconds: u32,
    /// When the next sweep begins; `None` while one is under way.
    pub next_sweep: Option<OffsetDateTime>,
    /// What whoever looks at the service should know before the report, a
    /// sentence each.
    pub notes: Vec<String>,
}

/// All that the template shows.
#[derive(Serialize)]
struct View {
    title: String,
    policy: String,
    answer: answer::Answer,
    act: Vec<act::Item>,
    map: map::Map,
    paths: paths::Paths,
    findings: findings::Findings,
    changes: changes::Changes,
    nothing: Nothing,
    resolved: resolved::Gone,
    unread: coverage::Unread,
    history: Option<history::Line>,
    live: Option<LiveView>,
}

/// What stands where there is nothing to show, as far as it was read.
#[derive(Serialize)]
struct Nothing {
    findings: String,
    changes: String,
}

impl Nothing {
    fn of(report: &Report) -> Self {
        let sentence = |none: &str| format!("{}.", answer::capitalised(&nothing(none, report)));
        let in_sync = if report.is_incomplete() { "" } else { " AWS is as the fleet file says." };
        Self { findings: sentence("nothing was found"), changes: sentence("none") + in_sync }
    }
}

#[derive(Serialize)]
struct LiveView {
    refresh: u32,
    next: String,
    notes: Vec<String>,
}

/// The page of a report. `history` holds other runs, in any order; the report's
/// own may be among them, and later ones are left out. The same arguments give the same bytes.
///
/// # Errors
/// None that a report can cause; a fault of the template is one.
pub fn render(report: &Report, history: &[Moment], live: Option<Live>) -> Result<String, HtmlError> {
    let view = View {
        title: format!("{} · Foghorn", super::plain::plain(&report.metadata.fleet, LONGEST)),
        policy: policy::policy(STYLE, SCRIPT),
        answer: answer::of(report),
        act: act::of(report),
        map: map::of(report),
        paths: paths::of(report),
        findings: findings::of(report),
        changes: changes::of(report),
        nothing: Nothing::of(report),
        resolved: resolved::of(report),
        unread: coverage::of(report),
        history: history::of(report, history),
        live: live.map(live_view),
    };
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("page.html", PAGE)?;
    let raw = [("style", STYLE.to_owned()), ("script", SCRIPT.to_owned()), ("data", data::of(report)?)];
    for (name, text) in raw {
        environment.add_global(name, Value::from_safe_string(text));
    }
    Ok(environment.get_template("page.html")?.render(Serde(view))?)
}

fn live_view(live: Live) -> LiveView {
    let next = live
        .next_sweep
        .map_or_else(|| "a sweep is under way".to_owned(), |next| format!("next sweep {}", utc(next)));
    let notes = live.notes.iter().map(|note| shown(note)).collect();
    LiveView { refresh: live.refresh_seconds.max(1), next, notes }
}

/// A text of others, as long as it may be; the template escapes it.
fn shown(text: &str) -> String {
    super::plain::plain(text, LONGEST)
}

/// A name that others gave, of an account say, which may stand in many places.
fn name(text: &str) -> String {
    super::plain::plain(text, LONGEST_NAME)
}
