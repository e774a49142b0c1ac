//! One pass over one account.
//!
//! Look: read what the fleet asks about, judge it, and compare it with what is
//! desired. Converge: make the approved changes in order. Look again, and say
//! how things stand.

mod converge;
mod observe;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::audit::conditions::{Evidence, conditions};
use crate::audit::paths::{self, WalkInput};
use crate::audit::{self, Subject};
use crate::aws::{AccountDoor, Aws};
use crate::fleet::spec::{Fleet, Pipeline, When};
use crate::model::materials::Materials;
use crate::model::pass::Path;
use crate::model::{
    Account, AccountId, Change, Coverage, Desired, HubSight, Location, Outcome, Pass, Plan, Snapshot,
};
use crate::plan::{self, Heard, Inputs, Intent};

pub use observe::Sighting;

/// How long AWS is given to show what it accepted. Chatbot's four endpoints, for
/// one, agree in their own time.
const SETTLING: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// Tells the time, in UTC.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// Reconciles accounts with one fleet, one at a time or many at once.
#[derive(Clone)]
pub struct Reconciler {
    /// What is desired.
    pub fleet: Arc<Fleet>,
    /// All accounts of the fleet, with all their Regions, whichever the run is
    /// about: who may put events on a hub's bus follows from them.
    pub accounts: Arc<Vec<Account>>,
    /// The pipelines that the run is about; `None` stands for all.
    pub pipelines: Option<Vec<String>>,
    /// What the run is to bring about.
    pub intent: Intent,
    /// What the run brings along.
    pub materials: Arc<Materials>,
    /// What is known of the hubs that events are forwarded to.
    pub hubs: Arc<BTreeMap<AccountId, HubSight>>,
    /// The way to AWS.
    pub aws: Aws,
    /// The time.
    pub clock: Clock,
    /// Ends the run early: what was not read by then is a gap, what was not
    /// written by then is left to the next run.
    pub stop: CancellationToken,
}

/// What one pass over one account came to.
#[derive(Debug)]
pub struct Judged {
    /// How things stand.
    pub pass: Pass,
    /// What others' events meet there, where the account is a hub.
    pub hub: Option<HubSight>,
    /// Whether trying again soon may come to more: something went unread for a
    /// reason that may pass, or a change failed.
    pub is_worth_another_pass: bool,
}

impl Judged {
    /// An earlier pass that stands, because the run was stopped: what it would
    /// have changed is left to the next run.
    pub fn stopped(pass: Pass) -> Self {
        let changes = pass.changes.into_iter().map(converge::not_tried).collect();
        Self { pass: Pass { changes, ..pass }, hub: None, is_worth_another_pass: false }
    }
}

/// What one look at one account came to.
struct Look {
    desired: Desired,
    snapshot: Snapshot,
    plan: Plan,
}

impl From<Look> for HubSight {
    fn from(Look { desired, snapshot, plan }: Look) -> Self {
        Self { desired, snapshot, plan }
    }
}

impl Reconciler {
    /// Whether events of other accounts are gathered in this one.
    pub fn is_hub(&self, account: &Account) -> bool {
        let mut hubs = self.fleet.spec.pipelines.iter().filter_map(|pipeline| pipeline.hub.as_ref());
        hubs.any(|hub| hub.account == account.id)
    }

    /// Whether events of an account are gathered in this one, by a pipeline that
    /// the run is about.
    pub fn leads_to(&self, account: &Account, hub: &Account) -> bool {
        let is_about =
            |pipeline: &Pipeline| self.pipelines.as_ref().is_none_or(|names| names.contains(&pipeline.name));
        let leads = |pipeline: &Pipeline| {
            let ends_there = pipeline.hub.as_ref().is_some_and(|one| one.account == hub.id);
            ends_there && is_about(pipeline) && pipeline.selector.selects(account)
        };
        self.intent != Intent::Destroy && self.fleet.spec.pipelines.iter().any(leads)
    }

    /// Begins to look at an account; nothing is read yet.
    pub fn sighting(&self, account: &Account) -> Sighting {
        let interest = plan::desired(&self.inputs(account, None, &Heard::new())).interest();
        Sighting::new(self.aws.account(account), interest)
    }

    /// The pass over an account that nobody looked at, and why not.
    pub fn unread(&self, account: &Account, why: &str) -> Pass {
        self.judge(account, self.sighting(account).given_up(why)).pass
    }

    /// What an account needs, judged from what was read. Nothing is written.
    pub fn judge(&self, account: &Account, sighting: Sighting) -> Judged {
        let look = self.compare(account, sighting);
        let changes = look.plan.changes.clone();
        self.judged(account, look, changes)
    }

    /// How an account stands, with all that is asked for there and all that was
    /// read. Nothing is written.
    pub fn view(&self, account: &Account, sighting: Sighting) -> (Pass, HubSight) {
        let look = self.compare(account, sighting);
        let pass = self.pass(account, &look, look.plan.changes.clone());
        (pass, look.into())
    }

    /// Makes the changes that are due and that `approved` holds in the same
    /// form, looks again, and says how things stand then.
    pub async fn apply(&self, account: &Account, sighting: Sighting, approved: &[Change]) -> Judged {
        let door = sighting.door().clone();
        let before = self.compare(account, sighting);
        let plan = only_approved(before.plan, approved);
        let changes = converge::converge(&door, plan, &self.stop).await;
        let after = self.look_again(account, &door, before.desired, before.snapshot, &changes).await;
        let changes = with_what_remains(changes, &after.plan);
        self.judged(account, after, changes)
    }

    fn judged(&self, account: &Account, look: Look, changes: Vec<Change>) -> Judged {
        let pass = self.pass(account, &look, changes);
        let is_worth_another_pass = is_worth_another_pass(&pass, &look.snapshot);
        let hub = self.is_hub(account).then(|| look.into());
        Judged { pass, hub, is_worth_another_pass }
    }

    /// Looks again at what was written, and once more after a while where AWS
    /// does not show it yet: several of its services settle in their own time.
    async fn look_again(
        &self,
        account: &Account,
        door: &AccountDoor,
        desired: Desired,
        snapshot: Snapshot,
        changes: &[Change],
    ) -> Look {
        let (mut desired, mut snapshot) = (desired, snapshot);
        let mut waits = SETTLING.iter();
        loop {
            let interest = desired.interest();
            let due = touched(changes, interest.locations());
            let mut again = Sighting::after(door.clone(), interest, snapshot, due);
            again.observe(&self.clock, self.fleet.spec.limits.account_timeout, &self.stop).await;
            let look = self.compare(account, again);
            let wait = waits.next().filter(|_| !self.is_settled(account, &look, changes));
            let Some(wait) = wait else { return look };
            tokio::select! {
                () = self.stop.cancelled() => return look,
                () = tokio::time::sleep(*wait) => {}
            }
            (desired, snapshot) = (look.desired, look.snapshot);
        }
    }

    /// Whether AWS shows all that it accepted, and AWS Chatbot listens where a
    /// configuration was written.
    fn is_settled(&self, account: &Account, look: &Look, changes: &[Change]) -> bool {
        let applied = |change: &&Change| change.outcome == Outcome::Applied;
        let shown = changes.iter().filter(applied).all(|change| !look.plan.still_writes(&change.key));
        let fed = changes.iter().filter(applied).any(|change| change.key.location == Location::Global);
        let deaf = paths::awaits_chatbot(&account.id, &look.desired, &look.snapshot);
        shown && !(fed && deaf)
    }

    fn paths(&self, account: &Account, look: &Look) -> Vec<Path> {
        let Look { desired, snapshot, plan } = look;
        let mut hubs = Cow::Borrowed(&*self.hubs);
        if self.is_hub(account) {
            // A hub's own events come to its bus like those of others.
            let sight = HubSight { desired: desired.clone(), snapshot: snapshot.clone(), plan: plan.clone() };
            hubs.to_mut().insert(account.id.clone(), sight);
        }
        let fleet = &self.fleet.metadata.name;
        paths::walk(&WalkInput { fleet, account, desired, snapshot, plan, hubs: &hubs })
    }

    fn compare(&self, account: &Account, sighting: Sighting) -> Look {
        let snapshot = sighting.into_snapshot();
        let heard = self.heard(account, &snapshot);
        let inputs = self.inputs(account, Some(&snapshot), &heard);
        let desired = plan::desired(&inputs);
        let plan = plan::plan(&inputs, &desired, &snapshot, self.today());
        Look { desired, snapshot, plan }
    }

    fn inputs<'a>(
        &'a self,
        account: &'a Account,
        snapshot: Option<&'a Snapshot>,
        heard: &'a Heard,
    ) -> Inputs<'a> {
        Inputs {
            fleet: &self.fleet,
            account,
            accounts: &self.accounts,
            pipelines: self.pipelines.as_deref(),
            snapshot,
            materials: &self.materials,
            heard,
            intent: self.intent,
        }
    }

    /// What rules of others already take to somebody who hears it, for those
    /// pipelines that want to know.
    fn heard(&self, account: &Account, snapshot: &Snapshot) -> Heard {
        let asking = self.fleet.spec.pipelines.iter().filter(|pipeline| pipeline.when == When::Unheard);
        let asking: Vec<&Pipeline> = asking.collect();
        if asking.is_empty() {
            return Heard::new();
        }
        let desired = plan::desired(&self.inputs(account, Some(snapshot), &Heard::new()));
        let fleet = &self.fleet.metadata.name;
        let (desired, plan) = (&desired, &Plan::default());
        let input = WalkInput { fleet, account, desired, snapshot, plan, hubs: &self.hubs };
        let heard =
            |pipeline: &Pipeline| (pipeline.name.clone(), paths::heard_by_others(&input, &pipeline.clusters));
        asking.into_iter().map(heard).collect()
    }

    fn pass(&self, account: &Account, look: &Look, changes: Vec<Change>) -> Pass {
        let paths = self.paths(account, look);
        let subject = Subject {
            fleet: &self.fleet,
            account,
            desired: &look.desired,
            snapshot: &look.snapshot,
            plan: &look.plan,
            orphans: &plan::orphans(&look.desired, &look.snapshot),
            today: self.today(),
        };
        let findings = audit::findings(&subject, &paths);
        let coverage = coverage(&look.desired, &look.snapshot);
        let evidence = Evidence {
            coverage: &coverage,
            findings: &findings,
            changes: &changes,
            paths: &paths,
            alarms_in_doubt: audit::alarms_in_doubt(&subject),
            breakers_required: look.desired.services,
        };
        let conditions = conditions(&evidence, (self.clock)());
        let regions = || look.snapshot.regions.values();
        Pass {
            account: account.into(),
            clusters: regions().map(|region| region.clusters).sum(),
            services: regions().map(|region| region.services.len()).sum(),
            conditions,
            coverage,
            findings,
            changes,
            paths,
        }
    }

    fn today(&self) -> time::Date {
        (self.clock)().date()
    }
}

/// Whether AWS may answer, or take, later what it did not now.
fn is_worth_another_pass(pass: &Pass, snapshot: &Snapshot) -> bool {
    let mut locations = pass.coverage.iter().map(|coverage| coverage.location);
    locations.any(|location| snapshot.gaps(location).iter().any(|gap| gap.cause.is_transient()))
        || pass.changes.iter().any(|change| change.outcome == Outcome::Failed)
}

/// Every location that was looked at, once.
fn coverage(desired: &Desired, snapshot: &Snapshot) -> Vec<Coverage> {
    let locations = desired.interest().locations();
    locations.into_iter().map(|location| Coverage::of(location, snapshot.gaps(location))).collect()
}

/// The plan with every write withheld that was not approved as it is now.
fn only_approved(plan: Plan, approved: &[Change]) -> Plan {
    let is_approved = |change: &Change| {
        let same = |other: &Change| {
            other.key == change.key && other.action == change.action && other.fields == change.fields
        };
        approved.iter().any(same)
    };
    let keep = |change: Change| {
        if is_approved(&change) {
            change
        } else {
            change.withheld("the account has changed since the plan was made; run again to see the new plan")
        }
    };
    Plan { changes: plan.changes.into_iter().map(keep).collect() }
}

/// Where something was written, and must be read again. A configuration
/// subscribes itself to topics in every Region, so that then all is read again.
fn touched(changes: &[Change], everywhere: BTreeSet<Location>) -> BTreeSet<Location> {
    let written =
        changes.iter().filter(|change| matches!(change.outcome, Outcome::Applied | Outcome::Failed));
    let touched: BTreeSet<Location> = written.map(|change| change.key.location).collect();
    if touched.contains(&Location::Global) { everywhere } else { touched }
}

/// What was done, and beside it what is due all the same. What AWS accepted
/// and still shows as it was before is not done.
fn with_what_remains(done: Vec<Change>, remaining: &Plan) -> Vec<Change> {
    let settle = |change: Change| match change.outcome {
        Outcome::Applied if remaining.still_writes(&change.key) => Change {
            outcome: Outcome::Failed,
            why: Some("AWS accepted it, and still shows it as it was before".to_owned()),
            ..change
        },
        _ => change,
    };
    let mut all: Vec<Change> = done.into_iter().map(settle).collect();
    // What keeps a thing from going is news even where the thing itself was written.
    let is_told = |change: &Change, one: &Change| {
        one.key == change.key && (change.is_write() || one.outcome != Outcome::Applied)
    };
    let is_new = |change: &&Change| !all.iter().any(|one| is_told(change, one));
    let new: Vec<Change> = remaining.changes.iter().filter(is_new).cloned().collect();
    all.extend(new);
    plan::sort(&mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Key, Kind, Region};

    fn change(name: &str, outcome: Outcome) -> Change {
        let key = Key::new(Kind::Topic, Region::US_EAST_1, name);
        Change { outcome, ..Change::delete(key, None, "acme", Vec::new()) }
    }

    fn told(changes: &[Change]) -> Vec<(&str, Outcome, bool)> {
        changes.iter().map(|change| (&*change.key.name, change.outcome, change.why.is_some())).collect()
    }

    #[test]
    fn what_aws_accepted_and_still_shows_as_before_is_not_called_done() {
        let done = vec![change("done", Outcome::Applied), change("late", Outcome::Applied)];
        let remaining = Plan { changes: vec![change("late", Outcome::Planned)] };
        let all = with_what_remains(done, &remaining);
        assert_eq!(told(&all), [("done", Outcome::Applied, false), ("late", Outcome::Failed, true)]);
    }

    #[test]
    fn what_became_due_meanwhile_stands_beside_what_was_done() {
        let done = vec![change("done", Outcome::Applied)];
        let remaining = Plan { changes: vec![change("new", Outcome::Planned)] };
        let all = with_what_remains(done, &remaining);
        assert_eq!(told(&all), [("done", Outcome::Applied, false), ("new", Outcome::Planned, false)]);
    }

    #[test]
    fn what_still_keeps_a_thing_from_going_is_told_although_the_thing_was_written() {
        let done = vec![change("fed", Outcome::Applied), change("late", Outcome::Failed)];
        let kept = |name| change(name, Outcome::Planned).withheld("another feeds it");
        let all = with_what_remains(done, &Plan { changes: vec![kept("fed"), kept("late")] });
        let told: Vec<_> = all.iter().map(|change| (&*change.key.name, change.is_write())).collect();
        assert_eq!(told, [("fed", false), ("fed", true), ("late", true)]);
    }

    #[test]
    fn what_was_not_approved_as_it_is_now_is_not_made() {
        let plan =
            || Plan { changes: vec![change("same", Outcome::Planned), change("new", Outcome::Planned)] };
        let approved = [change("same", Outcome::Planned)];
        let kept = only_approved(plan(), &approved);
        let writes: Vec<&str> =
            kept.changes.iter().filter(|one| one.is_write()).map(|one| &*one.key.name).collect();
        assert_eq!(writes, ["same"]);
        let withheld = kept.changes.iter().find(|one| one.action == Action::Withheld);
        assert!(withheld.and_then(|one| one.why.as_deref()).is_some_and(|why| why.contains("run again")));
    }
}
