//! What the fleet no longer asks for, and what happens to it.

use foghorn::sim::rooms::webhooks::Kind;
use serde_json::json;

use super::support::{DEV, SEOUL, Stage};

const FLEET: &str = r#"
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: { name: acme }
spec:
  access: { roleName: foghorn }
  regions: [ap-northeast-2]
  accounts:
    - { id: "111111111111", name: dev }
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: C0123ABCD } } }
"#;

/// A second pipeline, through the notifier.
const TASKS: &str = "    - name: tasks
      events: [taskFailed]
      via: { lambda: { googleChat: { webhook: { secretsManager: foghorn/tasks } } } }
";

fn stage() -> Stage {
    let stage = Stage::bootstrapped();
    let webhook = stage.webhook(Kind::GoogleChat, "tasks");
    stage.store_secret(DEV, SEOUL, "foghorn/tasks", &webhook);
    stage
}

#[test]
fn a_pipeline_that_is_gone_from_the_file_is_shown_and_removed_only_when_asked() {
    let stage = stage();
    stage.apply(FLEET).ended(0);
    let before: Vec<String> = stage.inventory(DEV).into_keys().collect();
    stage.apply(&format!("{FLEET}{TASKS}")).ended(0);
    stage.settle();

    let run = stage.plan(FLEET).ended(2);
    let orphans = run.all("findings").into_iter().filter(|finding| finding["check"] == "orphan");
    assert!(orphans.count() > 0);
    assert_eq!(run.changes(), [""; 0]);
    let with_both: Vec<String> = stage.inventory(DEV).into_keys().collect();
    stage.apply(FLEET).ended(2);
    assert_eq!(stage.inventory(DEV).into_keys().collect::<Vec<_>>(), with_both);

    let plan = stage.run(FLEET, &["plan", "--prune", "--output", "json"]).ended(2);
    let removals = plan.all("changes").into_iter().filter(|change| change["action"] == "delete");
    assert_eq!(removals.count(), with_both.len() - before.len() + 1, "each thing, and the rule's target");
    stage.run(FLEET, &["apply", "--prune", "--yes", "--output", "json"]).ended(0);
    assert_eq!(stage.inventory(DEV).into_keys().collect::<Vec<_>>(), before);
}

#[test]
fn destroy_removes_what_the_fleet_owns_and_nothing_else() {
    let stage = stage();
    stage.by_hand(DEV, SEOUL, "sns:CreateTopic", json!({ "Name": "foghorn-of-others" }));
    stage.by_hand(DEV, SEOUL, "sqs:CreateQueue", json!({ "QueueName": "others" }));
    let before = stage.inventory(DEV);
    let fleet = format!("{FLEET}{TASKS}");
    stage.apply(&fleet).ended(0);
    stage.destroy(&fleet).ended(0);
    assert_eq!(stage.inventory(DEV), before);
    let again = stage.destroy(&fleet).ended(0);
    assert_eq!(again.changes(), [""; 0]);
}

#[test]
fn a_removal_of_part_of_an_account_is_refused_before_anything_is_read() {
    let stage = stage();
    let destroy = ["destroy", "--yes", "--region", SEOUL].as_slice();
    let prune = ["apply", "--yes", "--prune", "--pipeline", "deploys"].as_slice();
    for arguments in [destroy, prune] {
        let run = stage.run(FLEET, arguments).ended(1);
        assert!(run.stderr.contains("--pipeline and --region"), "{}", run.stderr);
    }
    assert_eq!(stage.simulator.record.entries().len(), 0);
}
