use serde_json::{Value, json};

use crate::sim::call::Call;
use crate::sim::secretsmanager;
use crate::sim::testing::{ACCOUNT, NOW, OTHER_ACCOUNT, ask, call, refusal, refused, text, world};
use crate::sim::world::World;

const GET: &str = "secretsmanager:GetSecretValue";

/// A world with one secret, and the secret's ARN.
fn with_secret() -> (World, String) {
    let mut world = world();
    let input = json!({"Name": "rooms/deploys", "SecretString": "first"});
    let made = ask(&mut world, "secretsmanager:CreateSecret", input);
    (world, text(&made["ARN"]))
}

fn value(world: &mut World, id: &str) -> Value {
    ask(world, GET, json!({"SecretId": id}))["SecretString"].clone()
}

#[test]
fn a_secret_is_read_by_its_name_its_arn_and_its_arn_without_the_suffix() {
    let (mut world, arn) = with_secret();
    let (partial, suffix) = arn.rsplit_once('-').expect("a suffix");
    assert_eq!(suffix.len(), 6);
    for id in ["rooms/deploys", arn.as_str(), partial] {
        assert_eq!(value(&mut world, id), "first", "{id}");
    }
    assert_eq!(refused(&mut world, GET, json!({"SecretId": "rooms"})), "ResourceNotFoundException");
}

#[test]
fn another_account_s_secret_is_denied() {
    let (mut world, arn) = with_secret();
    let input = json!({"SecretId": arn});
    let foreign = Call { account: OTHER_ACCOUNT, ..call("GetSecretValue", &input) };
    let refused = secretsmanager::call(&mut world, &foreign).expect_err("a refusal");
    assert_eq!(refused.code, "AccessDeniedException");
}

#[test]
fn a_new_value_is_current_and_the_old_one_is_the_previous() {
    let (mut world, arn) = with_secret();
    for value in ["second", "third"] {
        ask(&mut world, "secretsmanager:PutSecretValue", json!({"SecretId": arn, "SecretString": value}));
    }
    assert_eq!(value(&mut world, &arn), "third");
    let previous = ask(&mut world, GET, json!({"SecretId": arn, "VersionStage": "AWSPREVIOUS"}));
    assert_eq!(previous["SecretString"], "second");
    let described = ask(&mut world, "secretsmanager:DescribeSecret", json!({"SecretId": arn}));
    assert_eq!(described["VersionIdsToStages"].as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(described.get("SecretString"), None);
}

#[test]
fn the_same_token_again_changes_nothing_and_with_another_value_is_refused() {
    let (mut world, arn) = with_secret();
    let input = |value: &str| json!({"SecretId": arn, "SecretString": value, "ClientRequestToken": "00000000-0000-4000-8000-000000000001"});
    let put = "secretsmanager:PutSecretValue";
    assert_eq!(ask(&mut world, put, input("second")), ask(&mut world, put, input("second")));
    assert_eq!(refused(&mut world, put, input("third")), "ResourceExistsException");
}

#[test]
fn a_deleted_secret_is_unreadable_in_its_window_and_gone_after_it() {
    let (mut world, arn) = with_secret();
    let id = json!({"SecretId": arn});
    ask(&mut world, "secretsmanager:DeleteSecret", json!({"SecretId": arn, "RecoveryWindowInDays": 7}));
    assert_eq!(refused(&mut world, GET, id.clone()), "InvalidRequestException");
    let again = json!({"Name": "rooms/deploys", "SecretString": "x"});
    assert_eq!(refused(&mut world, "secretsmanager:CreateSecret", again), "InvalidRequestException");
    assert!(ask(&mut world, "secretsmanager:DescribeSecret", id.clone())["DeletedDate"].is_object());
    ask(&mut world, "secretsmanager:RestoreSecret", id.clone());
    assert_eq!(value(&mut world, &arn), "first");
    ask(&mut world, "secretsmanager:DeleteSecret", json!({"SecretId": arn, "RecoveryWindowInDays": 7}));
    let later = Call { now: NOW + time::Duration::days(8), ..call("DescribeSecret", &id) };
    let gone = secretsmanager::call(&mut world, &later).expect_err("a refusal");
    assert_eq!(gone.code, "ResourceNotFoundException");
}

#[test]
fn deleting_without_recovery_frees_the_name() {
    let (mut world, arn) = with_secret();
    let force = json!({"SecretId": arn, "ForceDeleteWithoutRecovery": true});
    ask(&mut world, "secretsmanager:DeleteSecret", force);
    ask(&mut world, "secretsmanager:CreateSecret", json!({"Name": "rooms/deploys"}));
    let error = refusal(&mut world, GET, json!({"SecretId": "rooms/deploys"}));
    assert!(error.message.contains("AWSCURRENT"), "a secret without a value: {}", error.message);
}

#[test]
fn secrets_are_listed_by_the_start_of_their_names_in_pages() {
    let (mut world, _) = with_secret();
    for name in ["rooms/alarms", "other"] {
        let input = json!({"Name": name, "Tags": [{"Key": "owner", "Value": "foghorn"}]});
        ask(&mut world, "secretsmanager:CreateSecret", input);
    }
    let list = "secretsmanager:ListSecrets";
    let filter = json!([{"Key": "name", "Values": ["rooms/"]}]);
    let first = ask(&mut world, list, json!({"Filters": filter, "MaxResults": 1}));
    assert_eq!(first["SecretList"][0]["Name"], "rooms/alarms");
    let next = json!({"Filters": filter, "MaxResults": 1, "NextToken": first["NextToken"]});
    let second = ask(&mut world, list, next);
    assert_eq!((&second["SecretList"][0]["Name"], second.get("NextToken")), (&json!("rooms/deploys"), None));
    let tagged = ask(&mut world, list, json!({"Filters": [{"Key": "tag-key", "Values": ["owner"]}]}));
    assert_eq!(tagged["SecretList"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_secrets_manager_refuses_is_refused() {
    let (mut world, _) = with_secret();
    for (operation, input, code) in [
        ("CreateSecret", json!({"Name": "rooms/deploys"}), "ResourceExistsException"),
        ("CreateSecret", json!({"Name": "a b"}), "ValidationException"),
        (
            "CreateSecret",
            json!({"Name": "b", "SecretString": "x", "SecretBinary": "eA=="}),
            "InvalidParameterException",
        ),
        ("PutSecretValue", json!({"SecretId": "rooms/deploys"}), "InvalidParameterException"),
        (
            "DeleteSecret",
            json!({"SecretId": "rooms/deploys", "RecoveryWindowInDays": 3}),
            "InvalidParameterException",
        ),
        ("TagResource", json!({"SecretId": "gone"}), "ResourceNotFoundException"),
    ] {
        assert_eq!(refused(&mut world, &format!("secretsmanager:{operation}"), input), code, "{operation}");
    }
}

#[test]
fn no_debug_output_shows_a_secret() {
    let (world, _) = with_secret();
    let shown = format!("{:?}", world.accounts.get(ACCOUNT));
    assert!(shown.contains("rooms/deploys") && !shown.contains("first"), "{shown}");
}
