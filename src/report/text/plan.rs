//! The changes alone, for the question whether to make them.

use std::collections::BTreeSet;

use crate::model::{Action, Change, Location, Pass};

use super::counts::{counted, nonzero};
use super::line::{Lines, Role};
use super::{Style, account, changes};

/// What applying these passes' plans would change, and what it would leave
/// alone although it is due.
pub fn render_plan(passes: &[Pass], style: &Style) -> String {
    let mut lines = Lines::new(*style);
    let changed: Vec<&Pass> = passes.iter().filter(|pass| !pass.changes.is_empty()).collect();
    lines.add(0).text(Role::Strong, &opening(&changed));
    for pass in &changed {
        lines.blank();
        account::title(&pass.account, lines.add(0));
        let locations: BTreeSet<Location> = pass.changes.iter().map(|change| change.key.location).collect();
        for location in locations {
            lines.add(2).text(Role::Note, &location.to_string());
            changes::show(&pass.changes, location, &mut lines);
        }
    }
    if !changed.is_empty() {
        lines.blank();
        lines.add(0).plain(&tally(&changed));
    }
    lines.finish()
}

fn opening(passes: &[&Pass]) -> String {
    let writes = |pass: &Pass| pass.changes.iter().filter(|change| change.is_write()).count();
    let changes: usize = passes.iter().map(|pass| writes(pass)).sum();
    let accounts = passes.iter().filter(|pass| writes(pass) > 0).count();
    match changes {
        0 if passes.is_empty() => "Foghorn has nothing to change.".to_owned(),
        0 => "Foghorn will change nothing. What is due it must leave alone:".to_owned(),
        1 => "Foghorn will make this change in 1 account:".to_owned(),
        changes => format!("Foghorn will make these {changes} changes in {}:", counted(accounts, "account")),
    }
}

fn tally(passes: &[&Pass]) -> String {
    let all: Vec<&Change> = passes.iter().flat_map(|pass| &pass.changes).collect();
    let count = |action| all.iter().filter(|change| change.action == action).count();
    let parts = [
        (count(Action::Create), "to create (+)"),
        (count(Action::Update), "to update (~)"),
        (count(Action::Delete), "to delete (-)"),
        (count(Action::Conflict), "in conflict, left alone (!)"),
        (count(Action::Withheld), "withheld (?)"),
    ];
    format!("{}.", nonzero(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rule::Rule;
    use crate::model::{AccountId, Region, Resource, Tags};

    fn creating(rules: usize) -> Pass {
        let rule = |number| Rule {
            region: Region::US_EAST_1,
            bus: None,
            name: format!("rule-{number}"),
            description: String::new(),
            pattern: serde_json::json!({}),
            tags: Tags::default(),
        };
        let create =
            |number| Change::write(Action::Create, Resource::Rule(rule(number)), Vec::new(), Vec::new());
        Pass {
            account: crate::model::pass::AccountSummary {
                id: AccountId::default(),
                name: "dev".to_owned(),
                labels: std::collections::BTreeMap::new(),
            },
            clusters: 0,
            services: 0,
            conditions: Vec::new(),
            coverage: Vec::new(),
            findings: Vec::new(),
            changes: (0..rules).map(create).collect(),
            paths: Vec::new(),
        }
    }

    #[test]
    fn the_question_names_the_number_of_changes_whatever_its_digits() {
        for (rules, opening) in [
            (1, "Foghorn will make this change in 1 account:"),
            (2, "Foghorn will make these 2 changes in 1 account:"),
            (11, "Foghorn will make these 11 changes in 1 account:"),
        ] {
            assert_eq!(render_plan(&[creating(rules)], &Style::default()).lines().next(), Some(opening));
        }
    }
}
