//! From an event to the targets of a rule that takes it.

use serde_json::Value;

use super::ground::{Ground, Whose};
use super::sender::Sender;
use super::target;
use super::trail::{Step, Trail, carries};
use crate::events::pattern::Pattern;
use crate::model::desired::RouteEnd;
use crate::model::destination::without_id;
use crate::model::rule::ObservedRule;
use crate::model::target::TargetSettings;
use crate::model::{Kind, Resource, Sight};

/// Every way on from a rule, by its place. `end` is where the fleet's own rule
/// is to lead; `None` for a rule of others.
pub(super) fn walk(
    ground: &Ground<'_>,
    place: &str,
    event: Option<&Value>,
    end: Option<&RouteEnd>,
) -> Vec<Trail> {
    let sight = ground.seen().and_then(|seen| seen.rules.get(place));
    let found = ground.find((Kind::Rule, place), sight, |rule| ground.owns(&rule.tags));
    match found {
        Ok(observed) => of_observed(ground, place, observed, event, end),
        Err(Step::Unseen) => unseen(ground, place, event, end),
        Err(step) => vec![Trail::default().then("rule", place, step)],
    }
}

/// Every way on from a rule that was read.
pub(super) fn of_observed(
    ground: &Ground<'_>,
    place: &str,
    observed: &ObservedRule,
    event: Option<&Value>,
    end: Option<&RouteEnd>,
) -> Vec<Trail> {
    let trail = Trail::default().then("rule", place, is_enabled(observed)).then(
        "pattern",
        place,
        takes(ground, place, observed, event),
    );
    if trail.is_stopped() {
        return vec![trail];
    }
    let targets = match &observed.targets {
        Sight::Seen(targets) if !targets.is_empty() => {
            targets.iter().map(|target| &target.settings).collect()
        }
        Sight::Seen(_) | Sight::Absent => {
            return vec![trail.then("target", place, Step::Stops("the rule has no target".to_owned()))];
        }
        Sight::Unknown => return unseen_targets(ground, place, trail, event, end),
    };
    on_through(ground, place, &trail, targets, &Step::Carries, event, end)
}

/// The state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS takes all that
/// ENABLED does, and more (EventBridge service model).
fn is_enabled(observed: &ObservedRule) -> Step {
    carries(observed.state.starts_with("ENABLED"), || format!("the rule is {}", observed.state))
}

fn takes(ground: &Ground<'_>, place: &str, observed: &ObservedRule, event: Option<&Value>) -> Step {
    let Some(pattern) = &observed.pattern else {
        return Step::Stops("the rule is a schedule and takes no event".to_owned());
    };
    match (Pattern::parse(pattern), event) {
        (Err(error), _) => Step::Doubtful(format!("its pattern can't be judged here: {}", error.reason())),
        (Ok(pattern), Some(event)) => {
            carries(pattern.matches(event), || "the rule's pattern does not take such an event".to_owned())
        }
        (Ok(_), None) => carries(is_as_wanted(ground, place, observed), || {
            "the rule's pattern is not the pipeline's, so it may not take these events".to_owned()
        }),
    }
}

fn is_as_wanted(ground: &Ground<'_>, place: &str, observed: &ObservedRule) -> bool {
    match ground.wanted(Kind::Rule, place) {
        Some(Resource::Rule(rule)) => rule.diff(observed).iter().all(|field| field.path != "/pattern"),
        _ => true,
    }
}

/// A rule that could not be read. What comes after it may still be known to
/// stop the event.
fn unseen(ground: &Ground<'_>, place: &str, event: Option<&Value>, end: Option<&RouteEnd>) -> Vec<Trail> {
    let trail = Trail::default().then("rule", place, Step::Unseen).then("pattern", place, Step::Unseen);
    unseen_targets(ground, place, trail, event, end)
}

fn unseen_targets(
    ground: &Ground<'_>,
    place: &str,
    trail: Trail,
    event: Option<&Value>,
    end: Option<&RouteEnd>,
) -> Vec<Trail> {
    let wanted: Vec<&TargetSettings> = match ground.whose {
        Whose::Ours => wanted_targets(ground, place),
        Whose::Anybodys => Vec::new(),
    };
    if wanted.is_empty() {
        return vec![trail.then("target", place, Step::Unseen)];
    }
    on_through(ground, place, &trail, wanted, &Step::Unseen, event, end)
}

fn wanted_targets<'a>(ground: &Ground<'a>, place: &str) -> Vec<&'a TargetSettings> {
    let of_rule = ground.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Target(target) if target.region == ground.region && target.rule == place => {
            Some(&target.settings)
        }
        _ => None,
    });
    of_rule.collect()
}

fn on_through(
    ground: &Ground<'_>,
    place: &str,
    trail: &Trail,
    targets: Vec<&TargetSettings>,
    seen: &Step,
    event: Option<&Value>,
    end: Option<&RouteEnd>,
) -> Vec<Trail> {
    let on = |settings: &TargetSettings| {
        let step = if leads_astray(ground, place, settings) { astray(settings) } else { seen.clone() };
        let trail = trail.clone().then("target", &settings.arn, step);
        target::walk(&target::Shot { ground, sender: Sender::Rule, place, settings, event, end }, trail)
    };
    targets.into_iter().flat_map(on).collect()
}

/// Whether a target of the fleet's own rule leads where the fleet sends nothing.
fn leads_astray(ground: &Ground<'_>, place: &str, settings: &TargetSettings) -> bool {
    let wanted = match ground.whose {
        Whose::Ours => wanted_targets(ground, place),
        Whose::Anybodys => return false,
    };
    !wanted.is_empty() && wanted.iter().all(|wanted| wanted.arn != without_id(&settings.arn))
}

fn astray(settings: &TargetSettings) -> Step {
    Step::Stops(format!("the target leads to {}, which is not where the pipeline goes", settings.arn))
}
