//! What the fleet no longer asks for, and what happens to it.

use std::sync::LazyLock;

use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;

use super::support::{DEV, PIPELINE, PROD, Run, SEOUL, Stage, bootstrapped, one_region};

/// One pipeline in one Region.
static FLEET: LazyLock<String> = LazyLock::new(|| one_region(PIPELINE));

/// A second pipeline, through the notifier.
const TASKS: &str = "    - name: tasks
      events: [taskFailed]
      via: { lambda: { googleChat: { webhook: { secretsManager: foghorn/tasks } } } }
";

fn stage() -> Stage {
    let stage = Stage::bootstrapped();
    stage.stored_webhook(DEV, Kind::GoogleChat, "tasks", "foghorn/tasks");
    stage
}

#[test]
fn a_pipeline_that_is_gone_from_the_file_is_shown_and_removed_only_when_asked() {
    let stage = stage();
    stage.apply(&FLEET).ended(0);
    let before: Vec<String> = stage.inventory(DEV).into_keys().collect();
    stage.apply(&format!("{}{TASKS}", *FLEET)).ended(0);
    stage.settle();

    let run = stage.plan(&FLEET).ended(2);
    let orphans = run.all("findings").into_iter().filter(|finding| finding["check"] == "orphan");
    assert!(orphans.count() > 0);
    assert_eq!(run.changes(), [""; 0]);
    let with_both: Vec<String> = stage.inventory(DEV).into_keys().collect();
    stage.apply(&FLEET).ended(2);
    assert_eq!(stage.inventory(DEV).into_keys().collect::<Vec<_>>(), with_both);

    let plan = stage.run(&FLEET, &["plan", "--prune", "--output", "json"]).ended(2);
    let removals = plan.all("changes").into_iter().filter(|change| change["action"] == "delete");
    assert_eq!(removals.count(), with_both.len() - before.len() + 1, "each thing, and the rule's target");
    stage.run(&FLEET, &["apply", "--prune", "--yes", "--output", "json"]).ended(0);
    assert_eq!(stage.inventory(DEV).into_keys().collect::<Vec<_>>(), before);
}

#[test]
fn a_label_written_wrong_removes_nothing_of_its_pipeline() {
    let stage = stage();
    stage.apply(&FLEET).ended(0);
    let before = stage.inventory(DEV);
    let wrong = FLEET
        .replace("    - name: deploys\n", "    - name: deploys\n      match: { labels: { env: prd } }\n");
    for command in ["plan", "apply"] {
        let mut arguments = vec![command, "--prune", "-o", "json"];
        arguments.extend((command == "apply").then_some("--yes"));
        let run = stage.run(&wrong, &arguments).ended(2);
        let told = "nothing is removed: pipeline deploys is in the file and matches no account";
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert!(run.changes().is_empty(), "{:#?}", run.changes());
    }
    assert_eq!(stage.inventory(DEV), before);
    // Taken out of the file, it goes.
    let without = FLEET.replace("name: deploys", "name: others");
    stage.run(&without, &["apply", "--prune", "--yes", "-o", "json"]).ended(0);
    assert!(!stage.inventory(DEV).keys().any(|name| name.contains("foghorn-deploys")));
}

#[test]
fn destroy_removes_what_the_fleet_owns_and_nothing_else() {
    let stage = stage();
    stage.by_hand(DEV, SEOUL, "sns:CreateTopic", json!({ "Name": "foghorn-of-others" }));
    stage.by_hand(DEV, SEOUL, "sqs:CreateQueue", json!({ "QueueName": "others" }));
    let before = stage.inventory(DEV);
    let fleet = format!("{}{TASKS}", *FLEET);
    stage.apply(&fleet).ended(0);
    stage.destroy(&fleet).ended(0);
    assert_eq!(stage.inventory(DEV), before);
    let again = stage.destroy(&fleet).ended(0);
    assert_eq!(again.changes(), [""; 0]);
}

#[test]
fn a_room_that_a_forgotten_region_still_feeds_is_not_called_removed() {
    let stage = stage();
    let wide = FLEET.replace("[ap-northeast-2]", "[ap-northeast-2, eu-west-1]");
    stage.apply(&wide).ended(0);
    let run = stage.destroy(&FLEET).ended(2);
    let changes = run.all("changes").into_iter();
    let kept: Vec<_> = changes.filter(|change| change["action"] == "withheld").collect();
    assert_eq!(kept.len(), 1, "{kept:#?}");
    assert_eq!(kept[0]["name"], "foghorn-T0123ABCD-C0123ABCD");
    let why = kept[0]["why"].as_str().unwrap_or_default();
    assert!(why.contains("eu-west-1 is no Region of the account in the fleet file"), "{why}");
    // Named again, it all goes.
    stage.destroy(&wide).ended(0);
}

#[test]
fn a_removal_in_some_accounts_does_not_say_that_the_whole_fleet_is_gone() {
    let dev = "    - { id: \"111111111111\", name: dev }\n";
    let fleet = FLEET.replace(dev, &format!("{dev}    - {{ id: \"222222222222\", name: prod }}\n"));
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod");
    });
    stage.apply(&fleet).ended(0);
    let run = stage.run(&fleet, &["destroy", "--yes", "--account", "prod"]).ended(0);
    let end = "exit 0: nothing that the fleet owns is left in the part that was asked for (--account prod)";
    assert!(run.stdout.contains(end), "{}", run.stdout);
    assert!(!stage.inventory(DEV).is_empty());
}

#[test]
fn a_removal_of_part_of_an_account_is_refused_before_anything_is_read() {
    let stage = stage();
    let destroy = ["destroy", "--yes", "--region", SEOUL].as_slice();
    let prune = ["apply", "--yes", "--prune", "--pipeline", "deploys"].as_slice();
    for arguments in [destroy, prune] {
        let run = stage.run(&FLEET, arguments).ended(1);
        assert!(run.stderr.contains("--pipeline and --region"), "{}", run.stderr);
    }
    assert_eq!(stage.simulator.record.entries().len(), 0);
}

/// A second pipeline to a room of AWS Chatbot.
fn and(name: &str, channel: &str) -> String {
    format!(
        "{}    - name: {name}\n      events: [serviceImpaired]\n      via: {{ chatbot: {{ slack: {{ workspaceId: \
         T0123ABCD, channelId: {channel} }} }} }}\n",
        *FLEET
    )
}

/// The topics of pipelines that feed a channel.
fn feeds(stage: &Stage, channel: &str) -> Vec<String> {
    let all = stage.inventory(DEV);
    let topics = all[&format!("global configuration foghorn-T0123ABCD-{channel}")]["SnsTopicArns"].clone();
    let topics = topics.as_array().cloned().unwrap_or_default();
    let names = topics.iter().filter_map(|topic| topic.as_str()?.rsplit(':').next().map(str::to_owned));
    names.filter(|name| !name.ends_with("-alarms")).collect()
}

fn prune(stage: &Stage, fleet: &str) -> Run {
    stage.run(fleet, &["apply", "--prune", "--yes", "--output", "json"])
}

#[test]
fn a_room_that_pipelines_share_is_fed_no_longer_by_one_that_is_pruned() {
    let stage = stage();
    stage.apply(&and("tired", "C0123ABCD")).ended(0);
    assert_eq!(feeds(&stage, "C0123ABCD"), ["foghorn-deploys", "foghorn-tired"]);
    prune(&stage, &FLEET).ended(0);
    assert_eq!(feeds(&stage, "C0123ABCD"), ["foghorn-deploys"]);
    stage.destroy(&FLEET).ended(0);
    assert_eq!(stage.inventory(DEV).into_keys().collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_pipeline_that_moved_to_another_room_is_pruned_from_the_first_one() {
    let stage = stage();
    stage.apply(&and("moves", "C0123ABCD")).ended(0);
    prune(&stage, &and("moves", "C0999ABCD")).ended(0);
    assert_eq!(feeds(&stage, "C0123ABCD"), ["foghorn-deploys"]);
    assert_eq!(feeds(&stage, "C0999ABCD"), ["foghorn-moves"]);
}

#[test]
fn a_topic_stays_while_somebody_else_subscribes_to_it_or_leads_a_rule_to_it() {
    let stage = stage();
    stage.apply(&FLEET).ended(0);
    let topic = format!("arn:aws:sns:{SEOUL}:{DEV}:foghorn-deploys");
    let input = json!({ "TopicArn": topic, "Protocol": "email", "Endpoint": "team@example.com" });
    stage.by_hand(DEV, SEOUL, "sns:Subscribe", input);
    let queue = format!("arn:aws:sqs:{SEOUL}:{DEV}:foghorn-deploys-dead-letters");
    let pattern = json!({ "source": ["aws.ecs"] }).to_string();
    stage.by_hand(DEV, SEOUL, "events:PutRule", json!({ "Name": "theirs", "EventPattern": pattern }));
    let targets = json!([{ "Id": "t", "Arn": queue }]);
    stage.by_hand(DEV, SEOUL, "events:PutTargets", json!({ "Rule": "theirs", "Targets": targets }));
    let run = stage.destroy(&FLEET).ended(2);
    let withheld: Vec<String> =
        run.changes().into_iter().filter(|change| change.starts_with("withheld")).collect();
    assert_eq!(
        withheld,
        [
            "withheld Queue foghorn-deploys-dead-letters @ ap-northeast-2: planned",
            "withheld Topic foghorn-deploys @ ap-northeast-2: planned",
        ]
    );
    assert!(!run.stdout.contains("team@example.com"), "{}", run.stdout);
}

#[test]
fn a_queue_with_undelivered_events_says_so_before_it_goes() {
    let stage = stage();
    stage.apply(&FLEET).ended(0);
    let queue = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    stage.by_hand(DEV, SEOUL, "sqs:SendMessage", json!({ "QueueUrl": queue, "MessageBody": "{}" }));
    let run = stage.run(&FLEET, &["destroy", "--yes"]).ended(0);
    assert!(run.stdout.contains("undelivered events in it go with it: 1"), "{}", run.stdout);
}
