//! Templates that a quotation mark breaks. EventBridge escapes nothing that it
//! splices into a quoted string (EventBridge user guide, input
//! transformation), and what ECS gives as a reason is free text.

use serde_json::{Value, json};

use super::finding;
use crate::events::samples::{Scene, sample_cluster, samples};
use crate::events::transformer::{Invocation, Transformer};
use crate::model::rule::ObservedRule;
use crate::model::target::ObservedTarget;
use crate::model::{Account, Check, Finding, Region, RegionSnapshot, Severity, Sight, Snapshot};

/// A reason such as container runtimes give.
const HOSTILE: &str = "exec: \"server\": not found in C:\\bin\nsee the log";

/// The fields of ECS events that hold free text.
const FREE_TEXT: [&str; 2] = ["reason", "stoppedReason"];

pub(super) fn check(fleet: &str, account: &Account, snapshot: &Snapshot) -> Vec<Finding> {
    let of_region = |(region, seen): (&Region, &RegionSnapshot)| {
        let own = seen.rules.iter().filter_map(|(name, rule)| Some((name, rule.seen()?)));
        let own = own.filter(|(_, rule)| rule.tags.owner() == Some(fleet));
        let own = own.map(|(name, rule)| (name, rule, Severity::Warning));
        let others = seen.other_rules.seen().into_iter().flatten();
        let others = others.map(|(name, rule)| (name, rule, Severity::Info));
        let unsafe_rules = own.chain(others).filter(|(_, rule, _)| is_unsafe(account, *region, rule));
        unsafe_rules.map(|(name, _, severity)| said(*region, name, severity)).collect::<Vec<_>>()
    };
    snapshot.regions.iter().flat_map(of_region).collect()
}

fn said(region: Region, rule: &str, severity: Severity) -> Finding {
    finding(
        Check::MessageUnsafe,
        severity,
        region,
        rule,
        "a reason with a quotation mark breaks the message of this rule's target: let the placeholder stand without \
         quotes around it"
            .to_owned(),
        [("reason", json!(HOSTILE))],
    )
}

fn is_unsafe(account: &Account, region: Region, rule: &ObservedRule) -> bool {
    let Sight::Seen(targets) = &rule.targets else { return false };
    targets.iter().filter_map(transformer).any(|transformer| breaks(account, region, &transformer))
}

fn transformer(target: &ObservedTarget) -> Option<Transformer> {
    let transformer = target.settings.transformer.as_ref()?;
    Transformer::new(&transformer.paths, &transformer.template).ok()
}

/// Whether some event makes a whole message, and the same event with another
/// reason does not.
fn breaks(account: &Account, region: Region, transformer: &Transformer) -> bool {
    let cluster = sample_cluster(&[]);
    let scene = Scene { account: &account.id, region, cluster: &cluster, time: "2026-01-01T00:00:00Z" };
    let is_whole = |event: &Value| {
        let invocation = Invocation { rule_arn: "", rule_name: "", ingestion_time: "" };
        serde_json::from_str::<Value>(&transformer.render(event, &invocation)).is_ok()
    };
    samples(&scene)
        .iter()
        .any(|sample| is_whole(&sample.event) && !is_whole(&with_hostile_reason(&sample.event)))
}

fn with_hostile_reason(event: &Value) -> Value {
    let mut event = event.clone();
    for field in FREE_TEXT {
        if let Some(text) = event.get_mut("detail").and_then(|detail| detail.get_mut(field)) {
            *text = json!(HOSTILE);
        }
    }
    event
}
