//! What a person wants to know first.

use crate::model::digest::{AccountDigest, Level, Part};
use crate::model::number::thousands;
use crate::model::{Pass, Report, Severity};
use crate::report::exit::{ExitCode, exit_code};
use crate::report::text::names::listed;
use crate::report::text::standing::fine_means;

use super::accounts::at;

/// So many accounts are named rather than counted.
const MOST_NAMES: usize = 2;

/// The worst first, each with where it is; or that all is well.
pub(super) fn of(report: &Report, accounts: &[AccountDigest], part: &Part) -> String {
    let total = report.passes.len();
    let says = [
        (Level::Error, "a failed deployment may go unheard in"),
        (Level::Unknown, "nobody can tell of"),
        (Level::Warning, "something is not as it should be in"),
        (Level::Info, "there is something to know of"),
    ];
    let parts = says.iter().filter_map(|(level, says)| match at(accounts, *level).as_slice() {
        [] => None,
        there => Some(format!("{says} {}", places(there, total))),
    });
    let parts: Vec<String> = parts.take(2).collect();
    if parts.is_empty() { all_clear(report, part) } else { parts.join("; ") }
}

/// `prod`, `prod and shop`, `3 of 8 accounts`.
fn places(there: &[&AccountDigest], total: usize) -> String {
    if there.len() > MOST_NAMES {
        return format!("{} of {} accounts", thousands(there.len()), thousands(total));
    }
    let names: Vec<&str> = there.iter().map(|account| account.account.name.as_str()).collect();
    listed(&names)
}

fn all_clear(report: &Report, part: &Part) -> String {
    let passes: Vec<&Pass> = report.passes.iter().collect();
    let all = match passes.as_slice() {
        [] => return nobody(part),
        [only] => format!("{} is", only.account.name),
        [_, _] => "both accounts are".to_owned(),
        all => format!("all {} accounts are", thousands(all.len())),
    };
    match (exit_code(report), part.severity) {
        (ExitCode::Clean, _) => format!("{all} {}", fine_means(&passes)),
        (_, Severity::Error) => format!("{all} without errors; what matters less is not told here"),
        (_, Severity::Warning | Severity::Info) => format!("{all} without findings"),
    }
}

/// Labels that no account carries are a mistake as likely as not.
fn nobody(part: &Part) -> String {
    if part.labels.is_empty() {
        return "no account was looked at".to_owned();
    }
    let labels: Vec<String> = part.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    format!("no account of this room was looked at: none carries {}", listed(&labels))
}
