//! Failed deployments and impaired services of an organisation in Slack,
//! through AWS Chatbot in every account.

use foghorn::model::EventFamily;
use foghorn::sim::chatbot::authorise_workspace;
use foghorn::sim::ecs::Service;
use foghorn::sim::world::World;
use serde_json::json;

use super::{Example, Place, bootstrapped};
use crate::support::{Stage, services};

const FLEET: &str = include_str!("../../../manifests/fleets/org-slack-chatbot.yaml");
const TOKYO: &str = "ap-northeast-1";
const VIRGINIA: &str = "us-east-1";
const WORKSPACE: &str = "TXXXXXXXXXX";
const UNIT: &str = "ou-ab12-11111111";
const RULE: &str = "foghorn-prod";

/// An account, its name, the unit that it stands in, and its tag `env`.
type Member = (&'static str, &'static str, &'static str, Option<&'static str>);

const DENIED: &str = "444444444444";
const MEMBERS: [Member; 5] = [
    ("111111111111", "shop", "ou-ab12-22222222", Some("prod")),
    ("222222222222", "streaming", "ou-ab12-33333333", None),
    ("333333333333", "left-out", UNIT, Some("prod")),
    (DENIED, "archive", UNIT, None),
    ("555555555555", "shop-dev", UNIT, Some("dev")),
];

/// Two units, one below the other, and one that the file does not name.
fn organization(world: &mut World) {
    let root = world.organization.root();
    for (unit, parent) in [(UNIT, root), ("ou-ab12-22222222", UNIT), ("ou-ab12-33333333", root)] {
        world.organization.add_unit(unit, unit, parent);
    }
    for (account, name, unit, environment) in MEMBERS {
        bootstrapped(world, account, name, Some("choose-one-and-keep-it"));
        authorise_workspace(world, account, WORKSPACE, "acme");
        world.organization.move_account(account, unit);
        if let Some(environment) = environment {
            world.organization.tag_account(account, "env", environment);
        }
        services(world, account, TOKYO, [Service::named("web").breaker(true, true)]);
    }
}

fn example() -> Example {
    let stage = Stage::new(organization);
    for (account, ..) in MEMBERS {
        for region in [TOKYO, VIRGINIA] {
            stage.by_hand(account, region, "sns:CreateTopic", json!({ "Name": "on-call" }));
        }
    }
    let place = |(account, region, cluster, elsewhere, channel)| Place {
        account,
        region,
        cluster,
        elsewhere,
        room: (WORKSPACE, channel),
    };
    let places = [
        ("111111111111", TOKYO, "live", None, "CPRODXXXXXX"),
        ("555555555555", TOKYO, "staging", Some("live"), "CDEVXXXXXXX"),
        ("555555555555", TOKYO, "dev-42", Some("develop"), "CDEVXXXXXXX"),
        ("222222222222", TOKYO, "live", None, "CPRODXXXXXX"),
        ("222222222222", VIRGINIA, "live", None, "CPRODXXXXXX"),
    ];
    let families = &[EventFamily::DeploymentFailed, EventFamily::ServiceImpaired];
    Example::new(stage, FLEET, families, places.map(place).into())
}

#[test]
fn slack_by_chatbot_in_an_organisation_is_planned_and_built_once() {
    example().is_built_once("org_slack_chatbot");
}

#[test]
fn slack_by_chatbot_in_an_organisation_tells_each_failure_once_and_nothing_else() {
    let example = example().applied();
    example.failures_are_told("org_slack_chatbot");
    example.others_are_not_told();
}

#[test]
fn slack_by_chatbot_in_an_organisation_is_mended_whatever_somebody_did_to_it() {
    let example = example().applied();
    let place = &example.places[4];
    example.is_mended(
        place,
        &[("events:DisableRule", json!({ "Name": RULE }))],
        &["update Rule foghorn-prod @ us-east-1"],
    );
    example.is_mended(
        place,
        &[("events:RemoveTargets", json!({ "Rule": RULE, "Ids": ["topic"] }))],
        &["create Target foghorn-prod/topic @ us-east-1"],
    );
    let spliced = json!({ "InputTransformer": {
        "InputPathsMap": { "reason": "$.detail.reason" },
        "InputTemplate": "{\"version\": \"1.0\", \"source\": \"custom\", \"content\": {\"description\": \"<reason>\"}}",
    } });
    example.is_mended(
        place,
        &[("events:PutTargets", example.target(place, RULE, &spliced))],
        &["update Target foghorn-prod/topic @ us-east-1"],
    );
    let alarms = json!({ "AlarmNames": ["foghorn-prod-failed-invocations"] });
    example.is_mended(
        place,
        &[("cloudwatch:DeleteAlarms", alarms)],
        &["create Alarm foghorn-prod-failed-invocations @ us-east-1"],
    );
}

#[test]
fn slack_by_chatbot_in_an_organisation_covers_a_new_account_by_the_next_run() {
    let example = example().applied();
    example.stage.simulator.with_world(|world| {
        bootstrapped(world, "666666666666", "new", Some("choose-one-and-keep-it"));
        authorise_workspace(world, "666666666666", WORKSPACE, "acme");
        world.organization.move_account("666666666666", UNIT);
        world.organization.tag_account("666666666666", "env", "prod");
    });
    example.run(&["apply", "--yes"]).ended(0);
    let room = (WORKSPACE, "CPRODXXXXXX");
    let new = Place { account: "666666666666", region: TOKYO, cluster: "any", elsewhere: None, room };
    example.is_heard(&new);
}

#[test]
fn slack_by_chatbot_in_an_organisation_is_never_written_where_the_file_denies_it() {
    let example = example();
    example.stage.simulator.with_world(|world| world.organization.tag_account(DENIED, "env", "prod"));
    let before = example.stage.inventory(DENIED);
    example.run(&["apply", "--yes"]).ended(2);
    assert_eq!(example.stage.inventory(DENIED), before);
    let writes = example.stage.simulator.record.writes();
    assert!(!writes.is_empty() && writes.iter().all(|entry| entry.account != DENIED));
}

#[test]
fn slack_by_chatbot_in_an_organisation_leaves_nothing_behind() {
    example().leaves_nothing();
}
