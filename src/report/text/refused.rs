//! Accounts of which nothing could be read, for alike reasons: told once.

use std::collections::BTreeMap;

use crate::model::{CoverageState, Pass};
use crate::report::unread::anywhere;

use super::Style;
use super::counts::counted;
use super::coverage::blindness;
use super::line::{Lines, Role};
use super::names::show_folded;
use super::standing::Standing;

/// So many accounts are told one by one.
const USUAL: usize = 2;

/// What those have in common that are told once.
type Likeness = (CoverageState, String);

/// Accounts that are told together, and those that are told one by one.
pub(super) fn alike(passes: Vec<&Pass>, style: Style) -> (Vec<Vec<&Pass>>, Vec<&Pass>) {
    let mut alike: BTreeMap<Likeness, Vec<&Pass>> = BTreeMap::new();
    let mut others = Vec::new();
    for pass in passes {
        match likeness(pass).filter(|_| style.verbose == 0) {
            Some(likeness) => alike.entry(likeness).or_default().push(pass),
            None => others.push(pass),
        }
    }
    let (many, few): (Vec<_>, Vec<_>) = alike.into_values().partition(|passes| passes.len() > USUAL);
    others.extend(few.into_iter().flatten());
    (many, others)
}

/// What an account is refused for, if that is one thing and all there is to say.
fn likeness(pass: &Pass) -> Option<Likeness> {
    let is_all = pass.findings.is_empty() && pass.changes.is_empty();
    match blindness(pass).as_slice() {
        [only] if is_all && Standing::of(pass) == Standing::Unread => {
            let location = *only.locations.first()?;
            Some((only.state, anywhere(only.detail, pass, location)))
        }
        _ => None,
    }
}

/// Each group with its reason, as the first account has it, and its names.
pub(super) fn show(groups: &[Vec<&Pass>], lines: &mut Lines) {
    for passes in groups {
        let Some(first) = passes.first() else { continue };
        lines.add(0).text(Role::Strong, &counted(passes.len(), "account"));
        for blind in blindness(first) {
            blind.show_at(&format!(", in {} say", first.account.name), 2, lines);
        }
        let names: Vec<&str> = passes.iter().map(|pass| pass.account.name.as_str()).collect();
        show_folded(&names, 4, lines);
        lines.blank();
    }
}
