//! Every hop of every way, broken one at a time.

use std::time::Duration;

use serde_json::Value;

use super::super::support::{DEV, Run, SEOUL, Stage};
use super::breaks::Break;
use super::hands::Hands;
use super::way::{End, Way, failures};

/// How many messages come of all failures that there are.
fn heard(way: Way, stage: &Stage) -> usize {
    // AWS Chatbot takes ten messages a second, and a quick machine sends more.
    std::thread::sleep(Duration::from_millis(250));
    let before = way.messages(stage);
    for failure in failures(DEV, SEOUL) {
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

fn check(is_so: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(what()) }
}

/// A person's hands at work, who is refused nothing.
fn work(way: Way, stage: &Stage, end: &End, hands: fn(&mut Hands<'_>)) -> Result<(), String> {
    let refused = stage.simulator.with_world(|world| {
        let mut person = way.hands(world, end, DEV, SEOUL);
        hands(&mut person);
        person.refused
    });
    check(refused.is_empty(), || refused.join("; "))
}

/// What a plan says of something broken, and what then arrives.
fn look(way: Way, stage: &Stage, one: &Break) -> Result<(), String> {
    let run = stage.plan(&way.fleet(&[DEV], &[SEOUL]));
    let path = path(&run);
    let [hop, why] = ["brokenAt", "why"].map(|member| path[member].as_str().unwrap_or_default());
    let is_said = path["state"] == one.state && hop == one.hop && why.contains(one.why);
    check(is_said, || format!("the walk says {} at {hop}: {why}", path["state"]))?;
    let (arrived, all) = (heard(way, stage), failures(DEV, SEOUL).len());
    let agrees = one.state == "unknown" || (one.state == "heard") == (arrived == all);
    check(agrees, || format!("{arrived} of {all} arrived"))?;
    let found = run.findings("pathBroken");
    let is_told = found.len() == usize::from(one.state == "broken");
    let is_told = is_told && found.iter().all(|one| one["evidence"]["brokenAt"] == hop);
    check(is_told, || format!("found {found:?}"))?;
    let is_told = one.check.is_none_or(|name| !run.findings(name).is_empty());
    check(is_told, || format!("only {:?} was found", run.all("findings")))
}

/// Whether all is heard again after an apply.
fn look_again(way: Way, stage: &Stage) -> Result<(), String> {
    let run = stage.apply(&way.fleet(&[DEV], &[SEOUL]));
    let path = path(&run);
    let (hop, why) = (&path["brokenAt"], &path["why"]);
    check(run.is_heard(), || format!("not mended at {hop}: {why} {:?} {}", run.changes(), run.stderr))?;
    let (arrived, all) = (heard(way, stage), failures(DEV, SEOUL).len());
    check(arrived == all, || format!("{arrived} of {all} arrived after it was mended"))
}

/// Breaks one thing and looks at it, lets deployments fail, and mends all again.
fn try_out(way: Way, stage: &Stage, end: &End, one: &Break) -> Vec<String> {
    let broken = work(way, stage, end, one.breaks);
    let seen = look(way, stage, one);
    let mended = one.mends.map_or(Ok(()), |mends| work(way, stage, end, mends));
    let again = look_again(way, stage);
    [broken, seen, mended, again].into_iter().filter_map(Result::err).collect()
}

/// Tries out everything that can be broken on a way, one after the other, and
/// tells all that did not come out as it should.
fn break_all(way: Way) {
    let stage = way.built(&[DEV], &[SEOUL]);
    let all = failures(DEV, SEOUL).len();
    assert_eq!(heard(way, &stage), all, "nothing is broken yet");
    let mut wrong = Vec::new();
    for end in [Some(way.near()), way.far()].into_iter().flatten() {
        for one in &end.breaks {
            let found = try_out(way, &stage, &end, one).into_iter();
            let place = end.account.unwrap_or(DEV);
            wrong.extend(found.map(|what| format!("{} in {place}: {what}", one.name)));
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
