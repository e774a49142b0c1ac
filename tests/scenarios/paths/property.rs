//! Whatever is broken, alone or together: what the walk says is what happens.

use std::collections::BTreeMap;

use foghorn::sim::routing::publish_event;
use proptest::prelude::*;
use proptest::sample::Index;
use time::{Duration, OffsetDateTime};

use super::super::support::{IRELAND, SEOUL, Stage};
use super::way::{End, Way, failures};

/// Accounts in which something is broken at once, each by itself.
const MEMBERS: [&str; 8] = [
    "111111111101",
    "111111111102",
    "111111111103",
    "111111111104",
    "111111111105",
    "111111111106",
    "111111111107",
    "111111111108",
];

/// Accounts where each carries a function of its own, which takes time to send
/// and to start.
const FEW_MEMBERS: usize = 3;

const REGIONS: [&str; 2] = [SEOUL, IRELAND];

fn members(way: Way) -> &'static [&'static str] {
    match way {
        Way::Function | Way::FunctionByTopic => &MEMBERS[..FEW_MEMBERS],
        _ => &MEMBERS,
    }
}

/// What is broken in an account: each time a Region, and one of all that can be
/// broken there.
type Broken = Vec<(usize, Index)>;

/// Breaks things at one end, and gives back their names and whether one of them
/// leaves the verdict open, by Region.
fn break_some(
    way: Way,
    stage: &Stage,
    end: &End,
    member: &str,
    broken: &Broken,
) -> BTreeMap<&'static str, Vec<(&'static str, bool)>> {
    let mut done: BTreeMap<&'static str, Vec<_>> = BTreeMap::new();
    for (region, index) in broken {
        let (region, one) = (REGIONS[*region], index.get(&end.breaks));
        stage.simulator.with_world(|world| (one.breaks)(&mut way.hands(world, end, member, region)));
        done.entry(region).or_default().push((one.name, one.state == "unknown"));
    }
    done
}

/// Whether all failures of an account's Region arrive. The clock goes on
/// between them: rooms take so many messages in a second.
fn arrive(way: Way, stage: &Stage, member: &str, region: &str, clock: &mut OffsetDateTime) -> bool {
    let before = way.messages(stage);
    let failures = failures(member, region);
    for failure in &failures {
        *clock += Duration::seconds(1);
        stage.simulator.with_world(|world| publish_event(world, member, region, failure, *clock));
    }
    stage.settle();
    way.messages(stage) - before == failures.len()
}

/// What the walk says of each account's Regions.
fn verdicts(way: Way, stage: &Stage) -> BTreeMap<(String, String), String> {
    let report = stage.plan(&way.fleet(members(way), &REGIONS)).report();
    let passes = report["passes"].as_array().cloned().unwrap_or_default();
    let of_pass = |pass: &serde_json::Value| {
        let account = pass["account"]["id"].as_str().unwrap_or_default().to_owned();
        let paths = pass["paths"].as_array().cloned().unwrap_or_default();
        let verdict = move |path: serde_json::Value| {
            let text = |member: &str| path[member].as_str().unwrap_or_default().to_owned();
            let said = format!("{} at {}: {}", text("state"), text("brokenAt"), text("why"));
            ((account.clone(), text("location")), said)
        };
        paths.into_iter().map(verdict).collect::<Vec<_>>()
    };
    passes.iter().flat_map(of_pass).collect()
}

/// Breaks something in every account, and holds each verdict against what
/// arrives.
fn agree(way: Way, far: &Broken, near: &[Broken]) -> Result<(), TestCaseError> {
    let stage = way.built(members(way), &REGIONS);
    let in_hub = way.far().map(|end| break_some(way, &stage, &end, MEMBERS[0], far)).unwrap_or_default();
    let in_hub = in_hub.get(SEOUL).cloned().unwrap_or_default();
    let end = way.near();
    let broken = members(way)
        .iter()
        .zip(near)
        .map(|(member, broken)| (*member, break_some(way, &stage, &end, member, broken)));
    let broken: Vec<_> = broken.collect();
    let verdicts = verdicts(way, &stage);
    let mut clock = OffsetDateTime::now_utc();
    for (member, broken) in &broken {
        for region in REGIONS {
            let here = broken.get(region).cloned().unwrap_or_default();
            let all: Vec<_> = here.into_iter().chain(in_hub.clone()).collect();
            let said = &verdicts[&((*member).to_owned(), region.to_owned())];
            let arrives = arrive(way, &stage, member, region, &mut clock);
            let agrees = match said.split(' ').next() {
                Some("heard") => arrives,
                Some("broken") => !arrives,
                _ => all.iter().any(|(_, in_doubt)| *in_doubt),
            };
            prop_assert!(agrees, "{way:?}: {all:?}: {said}, and all arrives: {arrives}");
        }
    }
    Ok(())
}

/// Up to three things in each account; in a hub, which all of them need, in one
/// case of two.
fn some_broken() -> impl Strategy<Value = (Broken, Vec<Broken>)> {
    let near = proptest::collection::vec((0..REGIONS.len(), any::<Index>()), 0..=3);
    let far = proptest::collection::vec((Just(0), any::<Index>()), 0..=1);
    (far, proptest::collection::vec(near, MEMBERS.len()))
}

/// So many times eight accounts with two Regions each. Building them is what
/// takes time, so that little is tried to make a failure smaller.
fn times(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(times(2))]

    #[test]
    fn through_chatbot_to_slack_heard_means_that_it_arrives((far, near) in some_broken()) {
        agree(Way::ChatbotSlack, &far, &near)?;
    }

    #[test]
    fn through_chatbot_to_teams_heard_means_that_it_arrives((far, near) in some_broken()) {
        agree(Way::ChatbotTeams, &far, &near)?;
    }

    #[test]
    fn through_a_destination_heard_means_that_it_arrives((far, near) in some_broken()) {
        agree(Way::DestinationSlack, &far, &near)?;
    }

    #[test]
    fn through_a_hub_heard_means_that_it_arrives((far, near) in some_broken()) {
        agree(Way::Hub, &far, &near)?;
    }

    #[test]
    fn through_a_function_heard_means_that_it_arrives((far, near) in some_broken()) {
        agree(Way::Function, &far, &near)?;
    }

    #[test]
    fn through_a_topic_and_a_function_heard_means_that_it_arrives((far, near) in some_broken()) {
        agree(Way::FunctionByTopic, &far, &near)?;
    }
}
