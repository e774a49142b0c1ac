//! What checks mean, for people.

use super::Style;
use super::line::{Lines, Role};
use super::table;
use crate::model::{Check, Severity};
use crate::report::checks::{Explanation, explanation};

/// One check in full.
pub fn render_explanation(check: Check, style: &Style) -> String {
    let mut lines = Lines::new(*style);
    let Explanation { title, severity, meaning, behaviour, source, remedy } = explanation(check);
    let line = lines.add(0);
    line.text(Role::Strong, &check.to_string()).plain(&format!(" ({}): {title}", word(severity)));
    for (heading, text) in
        [("What it means", meaning), ("How AWS behaves", behaviour), ("What to do", remedy)]
    {
        lines.blank();
        lines.add(0).text(Role::Strong, heading);
        lines.add(2).hang(0).plain(text);
    }
    lines.blank();
    lines.add(0).text(Role::Dim, "source: ").linked(source, Some(source));
    lines.finish()
}

/// All checks, a row each.
pub fn render_explanations(style: &Style) -> String {
    let row = |check: &Check| {
        let Explanation { title, severity, .. } = explanation(*check);
        vec![check.to_string(), word(severity).to_owned(), title.to_owned()]
    };
    let rows = Check::ALL.iter().map(row).collect();
    table::text(&["check", "severity", "means"], rows, style)
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
