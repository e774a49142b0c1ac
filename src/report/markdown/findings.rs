//! What is wrong, worst first, and what is not any more.

use crate::model::news::{News, Remembered};
use crate::model::{Check, Finding, Pass, Report, Severity};
use crate::report::checks::explanation;
use crate::report::console::page_of;
use crate::report::text::counts::counted;
use crate::report::text::names::short;
use crate::report::when::days_since;
use crate::report::worst;

use super::escape::{code, linked, words};
use super::page::{Page, Part};

/// The findings check by check, then those that are gone.
pub(super) fn show(report: &Report, page: &mut Page) {
    let findings = worst::findings(report);
    let (notes, wrong): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|(_, finding)| finding.severity == Severity::Info);
    let checks =
        wrong.chunk_by(|(_, one), (_, other)| (one.severity, one.check) == (other.severity, other.check));
    for alike in checks {
        page.list(25, of_check(alike, report));
    }
    page.list(10, resolved(report));
    page.list(10, folded_notes(&notes, report));
}

fn of_check(findings: &[(&Pass, &Finding)], report: &Report) -> Part {
    let (severity, check, message) =
        findings.first().map_or((Severity::Info, Check::Orphan, ""), |(_, first)| {
            (first.severity, first.check, first.message.as_str())
        });
    let sign = match severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    };
    let same = findings.len() > 1 && findings.iter().all(|(_, finding)| finding.message == message);
    let said = if same { format!("{}\n\n", words(message)) } else { String::new() };
    let (count, title) = (findings.len(), explanation(check).title);
    Part {
        head: format!("### {sign} {count} × `{check}`: {title}\n\n{said}"),
        items: findings.iter().map(|(pass, finding)| item(pass, finding, same, report)).collect(),
        tail: "\n".to_owned(),
        more: |count| format!("- … and {count} more\n"),
    }
}

/// One line: new or not, whose, where, what, and why unless that is said.
fn item(pass: &Pass, finding: &Finding, said: bool, report: &Report) -> String {
    let url = page_of(finding);
    let subject = linked(short(&finding.subject), url.as_deref());
    let why = if said { String::new() } else { format!(": {}", words(&finding.message)) };
    let age = match &finding.age {
        Some(age) if age.news == News::New => "**new** ".to_owned(),
        Some(age) => format!("({}) ", days_since(age.since, report.metadata.finished_at)),
        None => String::new(),
    };
    format!("- {age}{} · {} · {subject}{why}\n", code(&pass.account.name), finding.location)
}

fn resolved(report: &Report) -> Part {
    let resolved = report.comparison.iter().flat_map(|comparison| &comparison.resolved);
    let item = |Remembered { account, finding, .. }: &Remembered| {
        let (name, subject) = (code(&account.name), code(short(&finding.subject)));
        format!("- `{}` {name} · {} · {subject}\n", finding.check, finding.location)
    };
    let items: Vec<String> = resolved.map(item).collect();
    Part {
        head: format!("<details><summary>✅ {} resolved</summary>\n\n", items.len()),
        items,
        tail: "\n</details>\n\n".to_owned(),
        more: |count| format!("- … and {count} more\n"),
    }
}

/// What is only worth knowing.
fn folded_notes(notes: &[(&Pass, &Finding)], report: &Report) -> Part {
    let item = |(pass, finding): &(&Pass, &Finding)| {
        format!("- `{}` {}", finding.check, item(pass, finding, false, report).trim_start_matches("- "))
    };
    Part {
        head: format!("<details><summary>{}</summary>\n\n", counted(notes.len(), "note")),
        items: notes.iter().map(item).collect(),
        tail: "\n</details>\n\n".to_owned(),
        more: |count| format!("- … and {count} more\n"),
    }
}
