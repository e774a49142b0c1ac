//! What was, or would be, changed.

use std::collections::BTreeMap;

use crate::model::digest::{AccountDigest, Detail, Item, Level, Part, Section};
use crate::model::number::counted;
use crate::model::{Action, Change, Check, Key, Outcome, Pass, Report, Severity};
use crate::report::text::names::{listed, short};

use super::chapters::{folded, section};

/// How many names of alike changes the details hold.
const MOST_NAMES: usize = 10;

/// How many changes that were made are named in one line.
const MOST_NAMED: usize = 3;

/// What became of a change, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Failed,
    Skipped,
    Conflict,
    Withheld,
    Due,
    Made,
}

impl Fate {
    fn of(change: &Change) -> Self {
        match (change.action, change.outcome) {
            (Action::Conflict, _) => Self::Conflict,
            (Action::Withheld, _) => Self::Withheld,
            (_, Outcome::Planned) => Self::Due,
            (_, Outcome::Applied) => Self::Made,
            (_, Outcome::Failed) => Self::Failed,
            (_, Outcome::Skipped) => Self::Skipped,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Conflict => "in conflict with what others made",
            Self::Withheld => "withheld",
            Self::Due => "due",
            Self::Made => "made",
        }
    }

    /// How bad it is; `None` for what is as it should be now.
    fn level(self) -> Option<Level> {
        match self {
            Self::Failed => Some(Level::Error),
            Self::Skipped | Self::Conflict | Self::Withheld | Self::Due => Some(Level::Warning),
            Self::Made => None,
        }
    }
}

/// The account's changes that were not made, by what became of them.
pub(super) fn items(pass: &Pass, part: &Part) -> Vec<Item> {
    let mut fates: BTreeMap<Fate, Vec<&Change>> = BTreeMap::new();
    for change in &pass.changes {
        fates.entry(Fate::of(change)).or_default().push(change);
    }
    let is_told = |level| match level {
        Level::Error => true,
        _ => part.tells(Severity::Warning),
    };
    // A name that is taken is a finding, which says more.
    if pass.findings.iter().any(|finding| finding.check == Check::NameTaken) {
        fates.remove(&Fate::Conflict);
    }
    let told = fates.into_iter().filter_map(|(fate, changes)| Some((fate.level()?, fate, changes)));
    told.filter(|(level, ..)| is_told(*level))
        .map(|(level, fate, changes)| item(level, fate, &changes))
        .collect()
}

fn item(level: Level, fate: Fate, changes: &[&Change]) -> Item {
    let why = changes.iter().find_map(|change| change.why.as_deref());
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    Item {
        level,
        text: format!("{} {}{why}", counted(changes.len(), "change"), fate.word()),
        subjects: Vec::new(),
        count: changes.len(),
        noun: "change",
        new: None,
    }
}

/// What the run changed, with the account's name: what is as it should be now
/// was not until then.
pub(super) fn made<'a>(report: &'a Report, part: &Part) -> impl Iterator<Item = (&'a str, &'a Change)> {
    let is_told = part.tells(Severity::Warning);
    let passes = report.passes.iter().filter(move |_| is_told);
    let of = |pass: &'a Pass| pass.changes.iter().map(|change| (pass.account.name.as_str(), change));
    passes.flat_map(of).filter(|(_, change)| Fate::of(change) == Fate::Made)
}

/// The same in a line.
pub(super) fn fact(report: &Report, part: &Part) -> Option<String> {
    let all = made(report, part).count();
    let named = made(report, part).take(MOST_NAMED).map(|(account, change)| {
        let Key { kind, location, name } = &change.key;
        format!("{}{kind} {} in {location} of {account}", verb(change), short(name))
    });
    let named: Vec<String> = named.collect();
    (all > 0).then(|| {
        format!("This run made {}: {}", counted(all, "change"), folded(&named.join(", "), all, MOST_NAMED))
    })
}

/// Every change, alike ones together.
pub(super) fn sections(report: &Report, accounts: &[AccountDigest], part: &Part) -> Vec<Section> {
    let listed_already = accounts.iter().filter_map(|account| section(report, account, details));
    let mut sections: Vec<Section> = listed_already.collect();
    // An account may be fine because of what was just changed.
    let is_told = |pass: &&Pass| accounts.iter().any(|account| account.account.id == pass.account.id);
    let others = report.passes.iter().filter(|pass| part.holds(&pass.account) && !is_told(pass));
    sections.extend(others.filter_map(|pass| super::chapters::section_of(pass, all_made)));
    sections
}

/// What was changed, of an account of which there is nothing else to tell.
fn all_made(pass: &Pass) -> Vec<Detail> {
    if pass.changes.iter().all(|change| Fate::of(change) == Fate::Made) { details(pass) } else { Vec::new() }
}

fn details(pass: &Pass) -> Vec<Detail> {
    let mut alike: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
    for change in &pass.changes {
        let likeness =
            (Fate::of(change), verb(change), change.key.kind, change.key.location, change.why.as_deref());
        alike.entry(likeness).or_default().push(change);
    }
    let line =
        |((fate, verb, kind, location, why), changes): ((Fate, &str, _, _, Option<&str>), Vec<&Change>)| {
            let names: Vec<&str> =
                changes.iter().take(MOST_NAMES).map(|change| short(&change.key.name)).collect();
            let names = folded(&listed(&names), changes.len(), MOST_NAMES);
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            format!("{}: {verb}{kind} {names} in {location}{why}", fate.word()).into()
        };
    alike.into_iter().map(line).collect()
}

fn verb(change: &Change) -> &'static str {
    match change.action {
        Action::Create => "create ",
        Action::Update => "update ",
        Action::Delete => "delete ",
        Action::Conflict | Action::Withheld => "",
    }
}
