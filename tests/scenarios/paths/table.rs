//! Every hop of every way, broken one at a time.

use serde_json::Value;

use super::super::support::{Run, SEOUL, Stage};
use super::breaks::Break;
use super::way::{End, Way, failures};

/// How many messages come of all failures that there are.
fn heard(way: Way, stage: &Stage) -> usize {
    let before = way.messages(stage);
    for failure in failures(SEOUL) {
        stage.event(&failure);
    }
    stage.settle();
    way.messages(stage) - before
}

/// The path of the failed deployments.
fn path(run: &Run) -> Value {
    let paths = run.all("paths");
    let [path] = &paths[..] else { panic!("one path: {paths:#?}") };
    path.clone()
}

/// Breaks one thing and looks at it, lets a deployment fail, and mends all again.
fn try_out(way: Way, stage: &Stage, end: &End, one: &Break) -> Result<(), String> {
    let fleet = way.fleet(&[SEOUL]);
    let by_hand = |hands: fn(&mut super::hands::Hands<'_>)| {
        stage.simulator.with_world(|world| hands(&mut way.hands(world, end, SEOUL, false)));
    };
    let check = |is_so: bool, what: String| if is_so { Ok(()) } else { Err(what) };
    by_hand(one.breaks);
    let run = stage.plan(&fleet);
    let path = path(&run);
    let [hop, why] = ["brokenAt", "why"].map(|member| path[member].as_str().unwrap_or_default());
    check(
        path["state"] == one.state && hop == one.hop && why.contains(one.why),
        format!("the walk says {} at {hop}: {why}", path["state"]),
    )?;
    let arrived = heard(way, stage);
    let all = failures(SEOUL).len();
    let agrees = one.state == "unknown" || (one.state == "heard") == (arrived == all);
    check(agrees, format!("{arrived} of {all} arrived"))?;
    let found = run.findings("pathBroken");
    let told = usize::from(one.state == "broken");
    let is_told = found.len() == told && found.iter().all(|one| one["evidence"]["brokenAt"] == hop);
    check(is_told, format!("found {found:?}"))?;
    if let Some(name) = one.check {
        check(!run.findings(name).is_empty(), format!("no {name}: {}", run.stdout))?;
    }
    one.mends.into_iter().for_each(by_hand);
    let run = stage.apply(&fleet);
    check(run.is_heard(), format!("not mended: {}\n{}", run.stdout, run.stderr))?;
    let arrived = heard(way, stage);
    check(arrived == all, format!("{arrived} of {all} arrived after it was mended"))
}

/// Tries out everything that can be broken on a way, one after the other, and
/// tells all that did not come out as it should.
fn break_all(way: Way) {
    let stage = way.built();
    let all = failures(SEOUL).len();
    assert_eq!(heard(way, &stage), all, "nothing is broken yet");
    let mut wrong = Vec::new();
    for end in way.ends() {
        for one in end.breaks.iter().copied().flatten() {
            if let Err(what) = try_out(way, &stage, &end, one) {
                wrong.push(format!("{way:?} in {}: {}: {what}", end.account, one.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whatever_breaks_on_the_way_through_chatbot_to_slack_is_named_and_mended() {
    break_all(Way::ChatbotSlack);
}

#[test]
fn whatever_breaks_on_the_way_through_chatbot_to_teams_is_named_and_mended() {
    break_all(Way::ChatbotTeams);
}

#[test]
fn whatever_breaks_on_the_way_through_a_destination_to_slack_is_named_and_mended() {
    break_all(Way::DestinationSlack);
}

#[test]
fn whatever_breaks_on_the_way_through_a_destination_to_google_chat_is_named_and_mended() {
    break_all(Way::DestinationGoogleChat);
}

#[test]
fn whatever_breaks_on_the_way_through_a_function_is_named_and_mended() {
    break_all(Way::Function);
}

#[test]
fn whatever_breaks_on_the_way_through_a_topic_to_a_function_is_named_and_mended() {
    break_all(Way::FunctionByTopic);
}

#[test]
fn whatever_breaks_on_the_way_through_a_hub_is_named_and_mended() {
    break_all(Way::Hub);
}
