//! Connections and API destinations.

use serde_json::{Value, json};

use crate::sim::testing::{ACCOUNT, REGION, ask, refusal, refused, text, world};
use crate::sim::world::World;

fn api_key() -> Value {
    json!({"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hidden"}})
}

fn connection_input(name: &str) -> Value {
    json!({"Name": name, "AuthorizationType": "API_KEY", "AuthParameters": api_key()})
}

fn connect(world: &mut World, name: &str) -> String {
    text(&ask(world, "events:CreateConnection", connection_input(name))["ConnectionArn"])
}

fn destination_input(name: &str, connection: &str) -> Value {
    json!({
        "Name": name, "ConnectionArn": connection, "HttpMethod": "POST",
        "InvocationEndpoint": "https://example.com/hook",
    })
}

fn state(world: &mut World, name: &str) -> Value {
    ask(world, "events:DescribeApiDestination", json!({"Name": name}))["ApiDestinationState"].clone()
}

#[test]
fn a_connection_tells_its_secret_arn_and_never_its_key() {
    let mut world = world();
    let arn = connect(&mut world, "room");
    assert!(arn.starts_with(&format!("arn:aws:events:{REGION}:{ACCOUNT}:connection/room/")), "{arn}");
    let described = ask(&mut world, "events:DescribeConnection", json!({"Name": "room"}));
    assert_eq!(described["ConnectionState"], "AUTHORIZED");
    assert_eq!(described["AuthParameters"], json!({"ApiKeyAuthParameters": {"ApiKeyName": "x-key"}}));
    let secret = text(&described["SecretArn"]);
    let start = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:events!connection/room/");
    assert!(secret.starts_with(&start), "{secret}");
    let listed = ask(&mut world, "events:ListConnections", json!({}));
    assert!(!format!("{described}{listed}{world:?}").contains("hidden"));
}

#[test]
fn a_connection_is_authorised_in_its_time() {
    let mut world = world();
    world.knobs.connection_authorization_seconds = 60;
    let connection = connect(&mut world, "room");
    ask(&mut world, "events:CreateApiDestination", destination_input("room", &connection));
    let described = ask(&mut world, "events:DescribeConnection", json!({"Name": "room"}));
    assert_eq!(described["ConnectionState"], "AUTHORIZING");
    assert_eq!(described.get("LastAuthorizedTime"), None);
    assert_eq!(state(&mut world, "room"), "INACTIVE");
    world.knobs.connection_authorization_seconds = 0;
    let again = json!({"Name": "room", "AuthParameters": api_key()});
    assert_eq!(ask(&mut world, "events:UpdateConnection", again)["ConnectionState"], "AUTHORIZED");
    assert_eq!(state(&mut world, "room"), "ACTIVE");
}

#[test]
fn connections_of_every_kind_are_made_changed_and_listed() {
    let mut world = world();
    connect(&mut world, "a-key");
    let basic = json!({"BasicAuthParameters": {"Username": "u", "Password": "hidden"}});
    let input = json!({"Name": "a-basic", "AuthorizationType": "BASIC", "AuthParameters": basic});
    ask(&mut world, "events:CreateConnection", input);
    let oauth = json!({"OAuthParameters": {
        "ClientParameters": {"ClientID": "id", "ClientSecret": "hidden"},
        "AuthorizationEndpoint": "https://example.com/token", "HttpMethod": "POST",
    }});
    let input =
        json!({"Name": "b-oauth", "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": oauth});
    ask(&mut world, "events:CreateConnection", input);
    let change = json!({"Name": "a-basic", "Description": "new", "AuthParameters": {
        "BasicAuthParameters": {"Username": "v"},
    }});
    ask(&mut world, "events:UpdateConnection", change);
    let described = ask(&mut world, "events:DescribeConnection", json!({"Name": "a-basic"}));
    assert_eq!(described["Description"], "new");
    assert_eq!(described["AuthParameters"], json!({"BasicAuthParameters": {"Username": "v"}}));
    let first = ask(&mut world, "events:ListConnections", json!({"NamePrefix": "a-", "Limit": 1}));
    assert_eq!(first["Connections"][0]["Name"], "a-basic");
    let next = json!({"NamePrefix": "a-", "NextToken": first["NextToken"]});
    let second = ask(&mut world, "events:ListConnections", next);
    assert_eq!((&second["Connections"][0]["Name"], second.get("NextToken")), (&json!("a-key"), None));
    let none = ask(&mut world, "events:ListConnections", json!({"ConnectionState": "DEAUTHORIZED"}));
    assert_eq!(none, json!({"Connections": []}));
}

#[test]
fn connections_are_refused_as_eventbridge_refuses_them() {
    let mut world = world();
    connect(&mut world, "room");
    let exists = refused(&mut world, "events:CreateConnection", connection_input("room"));
    assert_eq!(exists, "ResourceAlreadyExistsException");
    let with = |member: &str, value: Value| {
        let mut input = connection_input("other");
        input[member] = value;
        input
    };
    for input in [
        connection_input("a b"),
        with("AuthorizationType", "NONE".into()),
        with("AuthorizationType", "BASIC".into()),
        with("AuthParameters", json!({})),
        with("AuthParameters", json!({"ApiKeyAuthParameters": {"ApiKeyName": "x-key"}})),
        with("AuthParameters", json!({"ApiKeyAuthParameters": {"ApiKeyName": "a:b", "ApiKeyValue": "v"}})),
        with("Description", "x".repeat(513).into()),
    ] {
        assert_eq!(
            refused(&mut world, "events:CreateConnection", input.clone()),
            "ValidationException",
            "{input}"
        );
    }
    let long = json!({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "hidden".repeat(100)}});
    let error = refusal(&mut world, "events:CreateConnection", with("AuthParameters", long));
    assert!(!error.message.contains("hidden"), "{}", error.message);
    for operation in ["DescribeConnection", "UpdateConnection", "DeauthorizeConnection", "DeleteConnection"] {
        let code = refused(&mut world, &format!("events:{operation}"), json!({"Name": "gone"}));
        assert_eq!(code, "ResourceNotFoundException", "{operation}");
    }
}

#[test]
fn a_destination_lives_by_its_connection() {
    let mut world = world();
    let connection = connect(&mut world, "room");
    let made = ask(&mut world, "events:CreateApiDestination", destination_input("room", &connection));
    assert_eq!(made["ApiDestinationState"], "ACTIVE");
    let start = format!("arn:aws:events:{REGION}:{ACCOUNT}:api-destination/room/");
    assert!(text(&made["ApiDestinationArn"]).starts_with(&start));
    ask(&mut world, "events:DeauthorizeConnection", json!({"Name": "room"}));
    assert_eq!(state(&mut world, "room"), "INACTIVE");
    ask(&mut world, "events:UpdateConnection", json!({"Name": "room", "AuthParameters": api_key()}));
    assert_eq!(state(&mut world, "room"), "ACTIVE");
    let deleted = ask(&mut world, "events:DeleteConnection", json!({"Name": "room"}));
    assert_eq!(deleted["ConnectionState"], "DELETING");
    connect(&mut world, "room");
    assert_eq!(state(&mut world, "room"), "INACTIVE", "another connection of the same name does not count");
}

#[test]
fn a_destination_is_described_changed_listed_and_deleted() {
    let mut world = world();
    let connection = connect(&mut world, "room");
    ask(&mut world, "events:CreateApiDestination", destination_input("room", &connection));
    let change = json!({
        "Name": "room", "InvocationRateLimitPerSecond": 1, "InvocationEndpoint": "http://127.0.0.1:4566/hook",
        "Description": "new",
    });
    ask(&mut world, "events:UpdateApiDestination", change);
    let described = ask(&mut world, "events:DescribeApiDestination", json!({"Name": "room"}));
    assert_eq!(described["InvocationEndpoint"], "http://127.0.0.1:4566/hook");
    assert_eq!(
        (&described["InvocationRateLimitPerSecond"], &described["Description"]),
        (&json!(1), &json!("new"))
    );
    assert_eq!((&described["ConnectionArn"], &described["HttpMethod"]), (&json!(connection), &json!("POST")));
    for (filter, count) in [
        (json!({}), 1),
        (json!({"ConnectionArn": connection}), 1),
        (json!({"ConnectionArn": "arn:aws:events:eu-west-1:111122223333:connection/other/1"}), 0),
        (json!({"NamePrefix": "other"}), 0),
    ] {
        let listed = ask(&mut world, "events:ListApiDestinations", filter.clone());
        assert_eq!(listed["ApiDestinations"].as_array().map(Vec::len), Some(count), "{filter}");
    }
    ask(&mut world, "events:DeleteApiDestination", json!({"Name": "room"}));
    for operation in ["DescribeApiDestination", "UpdateApiDestination", "DeleteApiDestination"] {
        let code = refused(&mut world, &format!("events:{operation}"), json!({"Name": "room"}));
        assert_eq!(code, "ResourceNotFoundException", "{operation}");
    }
}

#[test]
fn destinations_are_refused_as_eventbridge_refuses_them() {
    let mut world = world();
    let connection = connect(&mut world, "room");
    let with = |member: &str, value: Value| {
        let mut input = destination_input("other", &connection);
        input[member] = value;
        input
    };
    let other = format!("arn:aws:events:{REGION}:{ACCOUNT}:connection/gone/1");
    for (input, code) in [
        (with("ConnectionArn", other.into()), "ResourceNotFoundException"),
        (with("ConnectionArn", "room".into()), "ValidationException"),
        (with("InvocationEndpoint", "http://example.com/".into()), "ValidationException"),
        (with("InvocationEndpoint", "https://".into()), "ValidationException"),
        (with("InvocationEndpoint", "https://example.com/a b".into()), "ValidationException"),
        (with("HttpMethod", "SEND".into()), "ValidationException"),
        (with("InvocationRateLimitPerSecond", 0.into()), "ValidationException"),
        (with("Name", "a/b".into()), "ValidationException"),
    ] {
        assert_eq!(refused(&mut world, "events:CreateApiDestination", input.clone()), code, "{input}");
    }
    ask(&mut world, "events:CreateApiDestination", destination_input("room", &connection));
    let again = refused(&mut world, "events:CreateApiDestination", destination_input("room", &connection));
    assert_eq!(again, "ResourceAlreadyExistsException");
}
