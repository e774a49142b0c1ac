//! What must never be written, taken back from the plan.

use crate::fleet::spec::Guard;
use crate::model::{Account, Change, Pass, Plan};

/// The plan without the writes that the guard forbids in this account; each
/// stays in the plan, withheld, with the reason.
pub fn guarded(guard: &Guard, account: &Account, plan: Plan) -> Plan {
    match forbidden(guard, account) {
        Some(why) => withhold_all(plan, why),
        None => plan,
    }
}

/// The plan with every write withheld for one reason.
pub fn withhold_all(plan: Plan, why: &str) -> Plan {
    Plan { changes: plan.changes.into_iter().map(|change: Change| change.withheld(why)).collect() }
}

fn forbidden(guard: &Guard, account: &Account) -> Option<&'static str> {
    if guard.freeze {
        Some("spec.guard.freeze stops all writing")
    } else if guard.deny.contains(&account.id) {
        Some("spec.guard.deny names this account")
    } else {
        None
    }
}

/// The passes as they are, or, where they hold more writes than one run may
/// make, with every write withheld: a plan that large is looked at first.
pub fn capped(guard: &Guard, passes: Vec<Pass>) -> Vec<Pass> {
    let writes = passes.iter().flat_map(|pass| &pass.changes).filter(|change| change.is_write()).count();
    if writes <= guard.max_changes {
        return passes;
    }
    let why = format!(
        "the plan has {writes} changes and spec.guard.maxChanges allows {}: look at it, then raise the limit or \
         narrow the run with --account, --region or --pipeline",
        guard.max_changes
    );
    let withhold = |changes: Vec<Change>| changes.into_iter().map(|change| change.withheld(&why)).collect();
    passes.into_iter().map(|pass| Pass { changes: withhold(pass.changes), ..pass }).collect()
}
