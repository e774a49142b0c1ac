//! Which accounts and Regions a run is about, how it gets into them, and what
//! must never be written.

use foghorn::sim::ecs::Service;
use foghorn::sim::world::World;

use super::support::{
    BREAKERS, DEV, IRELAND, PIPELINE, PROD, Run, SEOUL, Stage, account, bootstrapped, one_region, services,
};

/// A fleet of breakers whose accounts are discovered.
fn discovering(organization: &str) -> String {
    let accounts = "  accounts:\n    - { id: \"111111111111\", name: dev }\n";
    BREAKERS.replace(accounts, &format!("  organization: {organization}\n"))
}

/// A tree of units with an account in each, and the accounts' role.
fn organization(world: &mut World) {
    let root = world.organization.root();
    for (unit, parent) in
        [("ou-sim0-workload", root), ("ou-sim0-webshops", "ou-sim0-workload"), ("ou-sim0-sandboxx", root)]
    {
        world.organization.add_unit(unit, unit, parent);
    }
    for (id, name, unit) in [
        ("111111111111", "workload", "ou-sim0-workload"),
        ("222222222222", "webshop", "ou-sim0-webshops"),
        ("333333333333", "sandbox", "ou-sim0-sandboxx"),
        ("444444444444", "closed", "ou-sim0-webshops"),
    ] {
        account(world, id, name);
        world.organization.move_account(id, unit);
    }
    world.organization.set_account_state("444444444444", "SUSPENDED");
    // The management account can be looked into like any other.
    account(world, "999999999999", "tooling");
}

fn names(run: &Run) -> Vec<String> {
    let passes = run.report()["passes"].as_array().cloned().unwrap_or_default();
    passes.iter().map(|pass| pass["account"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn units_are_followed_down_and_closed_accounts_are_left_out() {
    for empty_pages in [false, true] {
        let stage = Stage::new(|world| {
            organization(world);
            world.knobs.empty_organization_pages = empty_pages;
        });
        for (organization, found) in [
            ("{}", &["sandbox", "tooling", "webshop", "workload"][..]),
            ("{ include: [ou-sim0-workload] }", &["webshop", "workload"]),
            ("{ include: [r-sim0], exclude: [ou-sim0-workload] }", &["sandbox", "tooling"]),
            ("{ include: [ou-sim0-workload], exclude: [\"222222222222\"] }", &["workload"]),
            ("{ include: [ou-sim0-workload], exclude: [ou-sim0-webshops] }", &["workload"]),
            ("{ include: [\"333333333333\", ou-sim0-webshops] }", &["sandbox", "webshop"]),
            // An account that is included twice is looked at once.
            ("{ include: [\"222222222222\", ou-sim0-webshops, ou-sim0-workload] }", &["webshop", "workload"]),
        ] {
            let mut names = names(&stage.plan(&discovering(organization)).ended(0));
            names.sort();
            assert_eq!(names, found, "{organization}");
        }
    }
}

#[test]
fn every_page_of_an_organisation_is_read() {
    let stage = Stage::new(|world| {
        for number in 0..45 {
            account(world, &format!("5{number:011}"), &format!("a{number}"));
        }
        account(world, "999999999999", "tooling");
    });
    assert_eq!(names(&stage.plan(&discovering("{}")).ended(0)).len(), 46);
}

#[test]
fn a_unit_that_does_not_exist_is_said_before_anything_is_looked_at() {
    let stage = Stage::new(organization);
    let run = stage.plan(&discovering("{ include: [ou-sim0-nowheree] }")).ended(1);
    assert!(run.stderr.contains("ou-sim0-nowheree"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn an_organisation_of_which_nothing_is_left_is_no_clean_fleet() {
    let stage = Stage::new(organization);
    let all = "{ exclude: [\"111111111111\", \"222222222222\", \"333333333333\", \"999999999999\"] }";
    let run = stage.plan(&discovering(all)).ended(1);
    assert!(run.stderr.contains("spec.organization.include and exclude"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_pipeline_that_no_discovered_account_carries_is_told_of() {
    let stage = Stage::new(organization);
    let pipeline = "  pipelines:\n    - name: deploys\n      match: { labels: { env: prdo } }\n      events: \
                    [deploymentFailed]\n      via: { chatbot: { slack: { workspaceId: T0123ABCD, channelId: \
                    C0123ABCD } } }\n";
    let run = stage.plan(&format!("{}{pipeline}", discovering("{}"))).ended(0);
    assert!(
        run.stderr.contains("warning: pipeline deploys matches no account of the fleet"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_report_room_that_no_discovered_account_is_told_to_is_told_of() {
    let stage = Stage::new(organization);
    let room = "  report:\n    to:\n      - sns: { topicArn: \"arn:aws:sns:us-east-1:999999999999:drift\" }\n        \
                match: { labels: { env: prdo } }\n";
    let run = stage.plan(&format!("{}{room}", discovering("{}")));
    assert!(
        run.stderr.contains("warning: report room sns-1 matches no account of the fleet"),
        "{}",
        run.stderr
    );
}

#[test]
fn as_many_accounts_in_flight_as_a_number_can_say_are_taken_as_very_many() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let fleet = format!("{BREAKERS}  limits: {{ accountsInFlight: {} }}\n", u64::MAX);
    stage.plan(&fleet).ended(0);
}

#[test]
fn an_organisation_that_may_not_be_read_is_said_with_who_may() {
    let stage = Stage::new(|world| {
        organization(world);
        world.identity.add_user("AKIAMEMBER", DEV, "someone");
    });
    let mut command = stage.command(&discovering("{}"), &["plan"]);
    let run = Run::of(command.env("AWS_ACCESS_KEY_ID", "AKIAMEMBER").output().expect("the binary runs"));
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("delegated administrator"), "{}", run.stderr);
}

#[test]
fn an_organisation_that_is_asked_by_nobody_known_is_said_with_what_to_do_about_the_credentials() {
    let stage = Stage::new(organization);
    let mut command = stage.command(&discovering("{}"), &["plan"]);
    let run = Run::of(command.env("AWS_ACCESS_KEY_ID", "AKIANOBODY").output().expect("the binary runs"));
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("next: log in again"), "{}", run.stderr);
}

#[test]
fn labels_from_tags_choose_pipelines_and_an_entry_of_the_file_wins() {
    let stage = Stage::new(|world| {
        organization(world);
        for (id, name) in
            [("111111111111", "workload"), ("222222222222", "webshop"), ("333333333333", "sandbox")]
        {
            bootstrapped(world, id, name);
            world.organization.tag_account(id, "env", "prod");
        }
        world.organization.tag_account("111111111111", "team", "pay");
    });
    let accounts = "  accounts:\n    - { id: \"111111111111\", name: dev }\n";
    let discovery = "  organization: { labelsFromTags: [env], exclude: [\"999999999999\"] }\n  accounts:\n    \
                     - { id: \"333333333333\", name: playground, labels: { env: test }, regions: [eu-west-1] }\n";
    let fleet = one_region(PIPELINE)
        .replace(accounts, discovery)
        .replace("    - name: deploys\n", "    - name: deploys\n      match: { labels: { env: prod } }\n");
    let run = stage.apply(&fleet).ended(0);
    assert_eq!(names(&run), ["workload", "webshop", "playground"]);
    let labels: Vec<String> = run.report()["passes"]
        .as_array()
        .iter()
        .copied()
        .flatten()
        .map(|pass| pass["account"]["labels"].to_string())
        .collect();
    assert_eq!(labels, [r#"{"env":"prod"}"#, r#"{"env":"prod"}"#, r#"{"env":"test"}"#]);
    assert_eq!(run.coverage("333333333333", IRELAND)["state"], "seen");
    let built = |id| stage.inventory(id).contains_key("ap-northeast-2 rule foghorn-deploys");
    assert!(built(DEV) && built(PROD));
    assert!(stage.inventory("333333333333").is_empty());
}

/// Two accounts and two Regions.
fn two_accounts() -> (Stage, String) {
    let stage = Stage::new(|world| {
        bootstrapped(world, DEV, "dev");
        bootstrapped(world, PROD, "prod-web");
    });
    let one = "    - { id: \"111111111111\", name: dev }\n";
    let two = format!("{one}    - {{ id: \"222222222222\", name: prod-web }}\n");
    (stage, PIPELINE.replace(one, &two))
}

#[test]
fn a_run_is_about_the_accounts_and_regions_that_were_asked_for() {
    let (stage, fleet) = two_accounts();
    for (filter, accounts, locations) in [
        (&["--account", "222222222222"][..], &["prod-web"][..], 4),
        (&["--account", "prod-*"], &["prod-web"], 4),
        (&["--account", "dev", "--account", "prod-web"], &["dev", "prod-web"], 8),
        (&["--region", "eu-west-1"], &["dev", "prod-web"], 6),
        (&["--account", "dev", "--region", "eu-*"], &["dev"], 3),
    ] {
        let arguments: Vec<&str> = ["plan", "-o", "json"].iter().chain(filter).copied().collect();
        let run = stage.run(&fleet, &arguments).ended(2);
        assert_eq!(names(&run), accounts, "{filter:?}");
        assert_eq!(run.all("coverage").len(), locations, "{filter:?}");
    }
}

#[test]
fn what_a_filter_leaves_out_is_neither_written_nor_taken_out_of_the_room() {
    let (stage, fleet) = two_accounts();
    let filter = ["apply", "--yes", "-o", "json", "--account", "dev", "--region", "eu-west-1"];
    stage.run(&fleet, &filter).ended(0);
    assert!(stage.inventory(PROD).is_empty());
    assert!(!stage.inventory(DEV).keys().any(|name| name.starts_with(SEOUL)));
    stage.apply(&fleet).ended(0);
    let before = (stage.inventory(DEV), stage.inventory(PROD));
    stage.forget_calls();
    stage.run(&fleet, &filter).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!((stage.inventory(DEV), stage.inventory(PROD)), before);
}

#[test]
fn a_filter_that_matches_nothing_is_a_slip_that_is_said() {
    let (stage, fleet) = two_accounts();
    for (filter, hint) in [
        (["--account", "prod-wbe"], "prod-web"),
        (["--region", "eu-west-2"], "eu-west-1"),
        (["--pipeline", "deploy"], "deploys"),
    ] {
        let arguments: Vec<&str> = ["plan"].iter().chain(&filter).copied().collect();
        let run = stage.run(&fleet, &arguments).ended(1);
        assert!(run.stderr.contains(&format!("did you mean `{hint}`")), "{}", run.stderr);
    }
    assert_eq!(stage.simulator.record.total(), 0);
}

#[test]
fn a_guarded_account_is_read_and_never_written() {
    let (stage, fleet) = two_accounts();
    let run = stage.apply(&format!("{fleet}  guard: {{ deny: [\"222222222222\"] }}\n")).ended(2);
    assert!(stage.inventory(PROD).is_empty());
    assert_eq!(stage.inventory(DEV).len(), 13);
    let withheld = run.all("changes").into_iter().filter(|change| change["action"] == "withheld");
    let why: Vec<String> = withheld.map(|change| change["why"].to_string()).collect();
    assert_eq!(why.len(), 15);
    assert!(why.iter().all(|why| why.contains("spec.guard.deny")), "{why:?}");
    assert_eq!(run.coverage(PROD, SEOUL)["state"], "seen");
}

#[test]
fn a_frozen_fleet_and_a_plan_that_is_too_large_write_nothing() {
    for (guard, reason) in
        [("{ freeze: true }", "spec.guard.freeze"), ("{ maxChanges: 29 }", "spec.guard.maxChanges allows 29")]
    {
        let (stage, fleet) = two_accounts();
        let run = stage.apply(&format!("{fleet}  guard: {guard}\n")).ended(2);
        assert_eq!(stage.writes(), [""; 0], "{guard}");
        let changes = run.all("changes");
        assert_eq!(changes.len(), 30, "{guard}");
        assert!(changes.iter().all(|change| change["why"].to_string().contains(reason)), "{changes:?}");
    }
    let (stage, fleet) = two_accounts();
    stage.apply(&format!("{fleet}  guard: {{ maxChanges: 30 }}\n")).ended(0);
}

#[test]
fn a_plan_says_that_it_is_too_large_to_be_applied_and_an_apply_what_to_do_about_it() {
    let (stage, fleet) = two_accounts();
    let fleet = format!("{fleet}  guard: {{ maxChanges: 29 }}\n");
    let bound =
        "the plan has 30 changes and spec.guard.maxChanges allows 29: look at it, then raise the limit";
    let told = |arguments: &[&str]| {
        let run = stage.run(&fleet, arguments).ended(2);
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let plan = told(&["plan"]);
    assert!(plan.contains(&format!("next: `foghorn apply` would change nothing: {bound}")), "{plan}");
    assert!(!plan.contains("to make these"), "{plan}");
    let apply = told(&["apply", "--yes"]);
    assert!(apply.contains(&format!("next: changes were withheld: {bound}")), "{apply}");
}

#[test]
fn without_access_the_callers_own_credentials_are_good_for_their_account_alone() {
    let (stage, _) = two_accounts();
    let own = PIPELINE.replace("  access: { roleName: foghorn }\n", "");
    stage.simulator.with_world(|world| world.identity.add_user("AKIADEVELOPER", DEV, "developer"));
    let apply = |fleet: &str| {
        let mut command = stage.command(fleet, &["apply", "--yes", "-o", "json"]);
        Run::of(command.env("AWS_ACCESS_KEY_ID", "AKIADEVELOPER").output().expect("the binary runs"))
    };
    apply(&own).ended(0);
    assert_eq!(stage.simulator.record.count("sts", "AssumeRole"), 0);
    let run = apply(&own.replace(DEV, PROD)).ended(3);
    for location in [SEOUL, IRELAND, "us-east-1", "global"] {
        let other = run.coverage(PROD, location);
        assert_eq!(other["state"], "denied");
        let detail = other["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("of account 111111111111") && detail.contains("spec.access"), "{detail}");
    }
    assert_eq!((stage.inventory(DEV).len(), stage.inventory(PROD).len()), (13, 0));
}

#[test]
fn a_role_that_asks_for_an_external_id_is_taken_with_it_once_an_account() {
    let (stage, fleet) = two_accounts();
    stage.simulator.with_world(|world| {
        for id in [DEV, PROD] {
            let roles = &mut world.accounts.entry(id.to_owned()).or_default().roles;
            roles.get_mut("foghorn").expect("the role").external_id = Some("7f0c-9d".to_owned());
        }
    });
    let fleet = fleet.replace("roleName: foghorn", "roleName: foghorn, externalId: 7f0c-9d");
    stage.apply(&fleet).ended(0);
    assert_eq!(stage.simulator.record.count("sts", "AssumeRole"), 2);
}

#[test]
fn the_other_partitions_are_audited_with_their_own_roles() {
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")] {
        let stage = Stage::new(|world| {
            account(world, DEV, "dev");
            services(world, DEV, region, [Service::named("on").breaker(true, true), Service::named("off")]);
        });
        let run = stage.plan(&BREAKERS.replace(SEOUL, region)).ended(2);
        assert_eq!(run.report()["summary"]["services"], 2);
        let off = &run.findings("breakerDisabled")[0]["subject"];
        let arn = format!("arn:{partition}:ecs:{region}:{DEV}:service/prod/off");
        assert_eq!(off.as_str(), Some(arn.as_str()));
    }
}

#[test]
fn the_endpoint_of_the_command_line_wins_over_that_of_the_environment() {
    let stage = Stage::new(|world| account(world, DEV, "dev"));
    let url = stage.url();
    let mut command = stage.command(BREAKERS, &["plan", "--endpoint-url", &url]);
    let run =
        Run::of(command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").output().expect("the binary runs"));
    assert_eq!(run.code, 0, "{}", run.stdout);
    let mut command = stage.command(BREAKERS, &["plan", "--endpoint-url", &url]);
    let run = Run::of(command.env_remove("AWS_ENDPOINT_URL").output().expect("the binary runs"));
    assert_eq!(run.code, 0, "{}", run.stdout);
}
