//! What must never be written, taken back from the plan.

use crate::fleet::spec::Guard;
use crate::model::change::over_the_bound;
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

/// Why nothing may be written in this account; `None` if something may.
pub fn forbidden(guard: &Guard, account: &Account) -> Option<&'static str> {
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
    capped_at(guard.max_changes, &guard.max_changes.to_string(), passes)
}

/// The same for one of so many processes that share a run and know nothing of
/// each other's plans: each may make an equal part of what the run may.
pub fn capped_share(guard: &Guard, processes: usize, passes: Vec<Pass>) -> Vec<Pass> {
    let share = guard.max_changes / processes.max(1);
    let allowed = format!("{} in all, which is {share} in each of {processes} shards", guard.max_changes);
    capped_at(share, &allowed, passes)
}

fn capped_at(most: usize, allowed: &str, passes: Vec<Pass>) -> Vec<Pass> {
    let writes = passes.iter().flat_map(|pass| &pass.changes).filter(|change| change.is_write()).count();
    if writes <= most {
        return passes;
    }
    let why = over_the_bound(writes, allowed);
    let withhold = |changes: Vec<Change>| changes.into_iter().map(|change| change.withheld(&why)).collect();
    passes.into_iter().map(|pass| Pass { changes: withhold(pass.changes), ..pass }).collect()
}

/// How many changes a service may still make until it next looks at the whole
/// fleet: looks in between have no allowance of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowance(usize);

impl Allowance {
    /// What one look at the whole fleet may change.
    pub fn of(guard: &Guard) -> Self {
        Self(guard.max_changes)
    }

    /// The passes as [`capped`] leaves them, counted. A plan over the allowance
    /// uses it up: nothing is made until somebody has looked at it.
    pub fn spend(&mut self, guard: &Guard, passes: Vec<Pass>) -> Vec<Pass> {
        let guard = Guard { max_changes: self.0, ..guard.clone() };
        let writes = passes.iter().flat_map(|pass| &pass.changes).filter(|change| change.is_write()).count();
        self.0 = self.0.saturating_sub(writes);
        capped(&guard, passes)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Action;
    use crate::plan::fixtures::{account, bare, fleet, pipeline, plan};

    use super::*;

    fn planned(guard: &Guard) -> Plan {
        let account = account(&["eu-west-1"]);
        let mut fleet = fleet(vec![pipeline("deploys")]);
        fleet.spec.guard = guard.clone();
        let snapshot = bare(&fleet, &account);
        plan(&fleet, &account, &snapshot)
    }

    fn assert_withheld<'a>(changes: impl IntoIterator<Item = &'a Change>, why: &str) {
        for change in changes {
            assert_eq!((change.action, change.resource.as_ref()), (Action::Withheld, None));
            assert!(change.why.as_deref().is_some_and(|given| given.contains(why)), "{change:?}");
        }
    }

    #[test]
    fn a_denied_account_keeps_its_plan_and_gets_no_write() {
        let open = planned(&Guard::default());
        let deny = vec![account(&[]).id];
        let closed = planned(&Guard { deny, ..Guard::default() });
        assert_eq!(closed.changes.len(), open.changes.len());
        assert_withheld(&closed.changes, "spec.guard.deny");
    }

    #[test]
    fn a_guard_that_denies_another_account_forbids_nothing_here() {
        let deny = vec!["222222222222".parse().expect("an account id")];
        assert!(!planned(&Guard { deny, ..Guard::default() }).writes_nothing());
    }

    #[test]
    fn a_frozen_fleet_is_written_nowhere() {
        let frozen = planned(&Guard { freeze: true, ..Guard::default() });
        assert!(!frozen.is_empty());
        assert_withheld(&frozen.changes, "spec.guard.freeze");
    }

    fn pass(changes: Vec<Change>) -> Pass {
        Pass {
            account: (&account(&[])).into(),
            clusters: 0,
            services: 0,
            conditions: Vec::new(),
            coverage: Vec::new(),
            findings: Vec::new(),
            changes,
            paths: Vec::new(),
        }
    }

    #[test]
    fn a_run_with_more_changes_than_allowed_makes_none_of_them() {
        let changes = planned(&Guard::default()).changes;
        let passes = || vec![pass(changes.clone()), pass(changes.clone())];
        let allowed = Guard { max_changes: 2 * changes.len(), ..Guard::default() };
        assert_eq!(capped(&allowed, passes()), passes());
        let exceeded = Guard { max_changes: 2 * changes.len() - 1, ..Guard::default() };
        let withheld = capped(&exceeded, passes());
        assert_withheld(withheld.iter().flat_map(|pass| &pass.changes), "spec.guard.maxChanges");
    }

    #[test]
    fn processes_that_share_a_run_make_no_more_changes_together_than_one_may() {
        let changes = planned(&Guard::default()).changes;
        let passes = || vec![pass(changes.clone())];
        for processes in [1, 3, 8] {
            let enough = Guard { max_changes: processes * changes.len(), ..Guard::default() };
            assert_eq!(capped_share(&enough, processes, passes()), passes());
            let one_less = Guard { max_changes: processes * changes.len() - 1, ..Guard::default() };
            assert_withheld(&capped_share(&one_less, processes, passes())[0].changes, "in each of");
        }
    }

    #[test]
    fn looks_in_between_share_the_allowance_of_the_last_look_at_the_whole_fleet() {
        let changes = planned(&Guard::default()).changes;
        let passes = || vec![pass(changes.clone())];
        let guard = Guard { max_changes: 2 * changes.len(), ..Guard::default() };
        let mut allowance = Allowance::of(&guard);
        assert_eq!(allowance.spend(&guard, passes()), passes());
        assert_eq!(allowance.spend(&guard, passes()), passes());
        assert_withheld(&allowance.spend(&guard, passes())[0].changes, "spec.guard.maxChanges");
    }

    #[test]
    fn a_sweep_that_was_withheld_is_not_made_bit_by_bit_afterwards() {
        let changes = planned(&Guard::default()).changes;
        let guard = Guard { max_changes: changes.len(), ..Guard::default() };
        let mut allowance = Allowance::of(&guard);
        let sweep = vec![pass(changes.clone()), pass(changes.clone())];
        assert_withheld(&allowance.spend(&guard, sweep)[0].changes, "spec.guard.maxChanges");
        let one = vec![pass(changes)];
        assert_withheld(&allowance.spend(&guard, one)[0].changes, "spec.guard.maxChanges");
    }
}
