//! The rules: what each check means, for code scanning.

use serde_json::{Value, json};

use crate::model::{Check, Severity};
use crate::report::checks::{Explanation, explanation};

/// A rule for every check, in the order of [`Check::ALL`].
pub(super) fn all() -> Vec<Value> {
    Check::ALL.iter().map(|check| rule(*check)).collect()
}

fn rule(check: Check) -> Value {
    let Explanation { title, severity, meaning, behaviour, source, remedy } = explanation(check);
    let id = check.to_string();
    json!({
        "id": id,
        "name": capitalised(&id),
        "shortDescription": { "text": title },
        "fullDescription": { "text": meaning },
        "help": {
            "text": format!("{meaning}\n\nHow AWS behaves: {behaviour}\n\nWhat to do: {remedy}\n\n{source}"),
            "markdown": format!(
                "{}\n\n**How AWS behaves.** {} [AWS's page]({source})\n\n**What to do.** {}",
                literal(meaning), literal(behaviour), literal(remedy)
            ),
        },
        "helpUri": source,
        "defaultConfiguration": { "level": super::level(severity) },
        "properties": { "tags": ["aws", "ecs", "notification"], "problem.severity": problem(severity) },
    })
}

/// The words that GitHub has for the severity of what is no security matter
/// (GitHub Docs, SARIF support for code scanning).
fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

fn capitalised(id: &str) -> String {
    let mut characters = id.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + characters.as_str())
        .unwrap_or_default()
}

/// Our own words in Markdown: names such as `SERVICE_DEPLOYMENT_FAILED` and
/// `<reason>` stay as they are.
fn literal(text: &str) -> String {
    let special = |character: char| "_*[]<>#".contains(character);
    text.chars().fold(String::new(), |mut escaped, character| {
        if special(character) {
            escaped.push('\\');
        }
        escaped.push(character);
        escaped
    })
}
