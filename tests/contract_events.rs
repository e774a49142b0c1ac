//! The contract of event patterns with a matcher that others wrote: ministack,
//! `pip install ministack cbor2`, through its TestEventPattern.
//!
//! Runs where `FOGHORN_MINISTACK_URL` says where it listens. With
//! `FOGHORN_REQUIRE_EMULATORS=1` not to say so is a failure.

#[path = "events/generator.rs"]
mod generator;

use std::collections::BTreeMap;
use std::env;

use aws_credential_types::Credentials;
use aws_sdk_eventbridge::Client;
use foghorn::events::pattern::Pattern;
use generator::{Case, cases};
use serde_json::Value;

/// Where ministack listens.
const URL: &str = "FOGHORN_MINISTACK_URL";

/// Set where a missing emulator is a failure.
const REQUIRED: &str = "FOGHORN_REQUIRE_EMULATORS";

/// What a matcher says to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Matches,
    Differs,
    Refused,
}

/// Why the two may disagree, and on which cases, given the answer here and the
/// answer there. What is in no class is a failure; so is a class that explains
/// nothing any more.
type Class = (&'static str, fn(&Case, Answer, Answer) -> bool);

const EXPLAINED: &[Class] = &[
    ("ministack does not know the operator `exact`, which EventBridge's engine has", |case, _, theirs| {
        theirs == Answer::Refused && case.pattern.to_string().contains("{\"exact\":")
    }),
    (
        "ministack takes numbers beyond the bounds of 5e9 that the EventBridge user guide gives",
        |case, ours, _| ours == Answer::Refused && case.pattern.to_string().contains("6000000000"),
    ),
    (
        "ministack takes a `$or` that is no list of objects for a field of that name; EventBridge's engine \
         refuses it",
        |case, ours, _| {
            let alternatives = case.pattern.pointer("/detail/$or");
            let objects = alternatives.and_then(Value::as_array).map(|all| all.iter().all(Value::is_object));
            ours == Answer::Refused && alternatives.is_some() && objects != Some(true)
        },
    ),
];

fn ours(case: &Case) -> Answer {
    match Pattern::parse(&case.pattern) {
        Err(_) => Answer::Refused,
        Ok(pattern) if pattern.matches(&case.event) => Answer::Matches,
        Ok(_) => Answer::Differs,
    }
}

async fn theirs(client: &Client, case: &Case) -> Answer {
    let call = client.test_event_pattern();
    let call = call.event_pattern(case.pattern.to_string()).event(case.event.to_string());
    match Box::pin(call.send()).await {
        Ok(output) if output.result() => Answer::Matches,
        Ok(_) => Answer::Differs,
        Err(error) => {
            let service = error.into_service_error();
            let refused = service.is_invalid_event_pattern_exception();
            assert!(refused, "{}: {service:?}", case.name);
            Answer::Refused
        }
    }
}

async fn client(url: &str) -> Client {
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .endpoint_url(url)
        .region(aws_config::Region::new("us-east-1"))
        .credentials_provider(Credentials::new("111111111111", "none", None, None, "fixed"))
        .load();
    Client::new(&Box::pin(config).await)
}

/// The cases on which the two disagree and that no class explains, and how
/// many each class does.
async fn compare(client: &Client) -> (Vec<String>, BTreeMap<&'static str, usize>) {
    let (mut unexplained, mut explained) = (Vec::new(), BTreeMap::new());
    for case in cases() {
        let (ours, theirs) = (ours(&case), theirs(client, &case).await);
        if ours == theirs {
            continue;
        }
        match EXPLAINED.iter().find(|(_, fits)| fits(&case, ours, theirs)) {
            Some((why, _)) => *explained.entry(*why).or_default() += 1,
            None => unexplained.push(format!("{}: {ours:?} here, {theirs:?} there", case.name)),
        }
    }
    (unexplained, explained)
}

#[tokio::test]
async fn a_pattern_matches_here_what_it_matches_elsewhere() {
    let Ok(url) = env::var(URL) else {
        let required = env::var(REQUIRED).is_ok_and(|value| value == "1");
        assert!(!required, "{REQUIRED}=1, but {URL} does not say where ministack listens");
        return eprintln!("not played, because {URL} does not say where ministack listens");
    };
    let (unexplained, explained) = compare(&client(&url).await).await;
    eprintln!("{} cases; explained differences: {explained:#?}", cases().len());
    assert!(unexplained.is_empty(), "{} differences:\n{}", unexplained.len(), unexplained.join("\n"));
    for (why, _) in EXPLAINED {
        assert!(explained.contains_key(why), "ministack no longer differs in this: {why}");
    }
}
