//! How long a report of ten thousand accounts takes in each form, and how large
//! it becomes: `cargo bench --bench report`.

use std::collections::BTreeMap;
use std::time::Instant;

use foghorn::model::news::{Age, News};
use foghorn::model::pass::{AccountSummary, Hop, MadeBy, Path, PathState};
use foghorn::model::report::{Metadata, Mode};
use foghorn::model::{
    Action, Change, Check, Coverage, CoverageState, FieldChange, Finding, Key, Kind, Location, Outcome, Pass,
    Region, Report, Severity,
};
use foghorn::report::text::Style;
use foghorn::report::{html, json, junit, markdown, sarif, text, yaml};
use serde_json::json;
use time::macros::datetime;

/// How many accounts; a test only sees it work.
fn accounts() -> usize {
    if std::env::args().any(|argument| argument == "--bench") { 10_000 } else { 100 }
}

const REGIONS: [&str; 4] = ["ap-northeast-2", "eu-west-1", "us-east-1", "us-west-2"];
const EVENTS: [&str; 2] = ["deploymentFailed", "serviceImpaired"];

fn main() {
    let report = report();
    let findings = &report.summary.findings;
    println!("{} accounts in 4 Regions, {} findings", accounts(), findings.error + findings.warning);
    measure("text", || Some(text::render(&report, &Style::default())));
    measure("markdown", || Some(markdown::render(&report, markdown::COMMENT)));
    measure("html", || html::render(&report, &[], None).ok());
    measure("sarif", || sarif::render(&report).ok());
    measure("junit", || junit::render(&report).ok());
    measure("json", || json::render(&report).ok());
    measure("yaml", || yaml::render(&report).ok());
}

fn measure(name: &str, render: impl FnOnce() -> Option<String>) {
    let started = Instant::now();
    let bytes = render().map_or(0, |text| text.len());
    println!("{name:<9} {:>6.2} s {:>12} bytes", started.elapsed().as_secs_f64(), bytes);
}

fn report() -> Report {
    let metadata = Metadata {
        fleet: "acme".to_owned(),
        run: "01KAJ6Q0000000000000000000".to_owned(),
        mode: Mode::Plan,
        started_at: datetime!(2026-11-21 09:00 UTC),
        finished_at: datetime!(2026-11-21 09:02 UTC),
        version: "0.1.0".into(),
        narrowed_to: None,
        stopped: None,
        max_changes: None,
    };
    let calls = BTreeMap::from([("ecs:DescribeServices".to_owned(), 490_000)]);
    Report::of(metadata, (0..accounts()).map(pass).collect(), calls)
}

/// Every third account has eight services without a breaker, every twentieth a
/// rule that somebody switched off.
fn pass(index: usize) -> Pass {
    let id = format!("{}", 100_000_000_000 + index);
    let regions = REGIONS.map(|name| name.parse::<Region>().map_or(Location::Global, Location::Region));
    let labels = [("env", index % 3), ("team", index % 40)];
    let broken = index.is_multiple_of(20);
    let findings = regions.iter().flat_map(|place| (0..2).map(move |number| (*place, number)));
    Pass {
        account: AccountSummary {
            id: id.parse().unwrap_or_else(|error| panic!("{id}: {error}")),
            name: format!("member-{index:05}"),
            labels: labels.map(|(key, value)| (key.to_owned(), format!("{key}-{value}"))).into(),
        },
        clusters: 20,
        services: 400,
        conditions: Vec::new(),
        coverage: regions
            .map(|location| Coverage { location, state: CoverageState::Seen, detail: None })
            .to_vec(),
        findings: findings
            .filter(|_| index.is_multiple_of(3))
            .map(|(place, number)| finding(&id, index, place, number))
            .collect(),
        changes: if broken { vec![change(regions[1])] } else { Vec::new() },
        paths: regions
            .iter()
            .flat_map(|place| EVENTS.map(|event| path(&id, *place, event, broken && *place == regions[1])))
            .collect(),
    }
}

fn finding(id: &str, index: usize, location: Location, number: usize) -> Finding {
    let name = format!("cluster-{number}/service-{}", index % 97);
    let (check, severity) = match number {
        0 => (Check::BreakerDisabled, Severity::Error),
        _ => (Check::RollbackDisabled, Severity::Warning),
    };
    Finding {
        check,
        severity,
        location,
        subject: format!("arn:aws:ecs:{location}:{id}:service/{name}"),
        message:
            "the deployment circuit breaker is off: a failed deployment is neither detected nor announced"
                .to_owned(),
        evidence: BTreeMap::from([("cluster".to_owned(), json!(format!("cluster-{number}")))]),
        age: Some(Age { news: News::Still, since: datetime!(2026-11-11 09:00 UTC) }),
    }
}

fn change(location: Location) -> Change {
    let key = Key::new(Kind::Rule, location, "foghorn-deploys");
    let fields = vec![FieldChange::new("/state", "DISABLED", "ENABLED")];
    let mut change = Change::blocked(Action::Update, key, fields, "");
    (change.why, change.outcome) = (None, Outcome::Planned);
    change
}

fn path(id: &str, location: Location, event: &str, is_broken: bool) -> Path {
    let hop = |name: &'static str, subject: String, carries: bool| Hop {
        name: name.into(),
        subject,
        carries: Some(carries),
    };
    let rule = format!("arn:aws:events:{location}:{id}:rule/foghorn-deploys");
    let topic = format!("arn:aws:sns:{location}:{id}:foghorn-deploys");
    let hops = vec![
        hop("rule", rule, !is_broken),
        hop("target", "foghorn-deploys/topic".to_owned(), true),
        hop("topic", topic, true),
        hop("room", "Slack channel T0123ABCD/C0DEPLOYS".to_owned(), true),
    ];
    Path {
        pipeline: "deploys".to_owned(),
        made_by: MadeBy::Fleet,
        event: event.to_owned(),
        location,
        state: if is_broken { PathState::Broken } else { PathState::Heard },
        broken_at: is_broken.then(|| "rule".into()),
        why: is_broken.then(|| "the rule is DISABLED, so it takes no event".to_owned()),
        hops: if is_broken { hops.into_iter().take(1).collect() } else { hops },
    }
}
