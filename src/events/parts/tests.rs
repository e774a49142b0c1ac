use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::events::accept;
use crate::events::pattern::Pattern;
use crate::events::samples::{Scene, sample_cluster, samples};
use crate::events::transformer::{Invocation, Transformer as Checked};

const FORMS: [Form; 5] =
    [Form::Event, Form::ChatbotSlack, Form::ChatbotTeams, Form::SlackBlocks, Form::GoogleChatCard];

const TIME: &str = "2026-11-20T10:00:00Z";

fn account(name: &str) -> Account {
    Account {
        id: "111111111111".parse().expect("an id"),
        name: name.to_owned(),
        labels: BTreeMap::from([
            ("env".to_owned(), "prod".to_owned()),
            ("team".to_owned(), "web".to_owned()),
        ]),
        regions: vec![Region::US_EAST_1],
    }
}

fn request<'a>(
    origin: Origin<'a>,
    families: &'a BTreeSet<EventFamily>,
    patterns: &'a [Value],
    form: Form,
) -> Request<'a> {
    Request {
        origin,
        region: Region::US_EAST_1,
        pipeline: "deploys",
        families,
        patterns,
        clusters: &[],
        canary: true,
        form,
    }
}

fn all() -> BTreeSet<EventFamily> {
    BTreeSet::from(EventFamily::ALL)
}

/// The events of every sample, and the same ones without their free text.
fn events(cluster: &str) -> Vec<Value> {
    let account = account("prod");
    let scene = Scene { account: &account.id, region: Region::US_EAST_1, cluster, time: TIME };
    let mut events: Vec<Value> = samples(&scene).into_iter().map(|sample| sample.event).collect();
    for mut event in events.clone() {
        for field in ["reason", "stoppedReason"] {
            event["detail"].as_object_mut().expect("an object").remove(field);
        }
        events.push(event);
    }
    events.push(json!({
        "id": "1", "detail-type": "ECS Hook State Change", "source": "aws.ecs", "account": "111111111111",
        "time": TIME, "region": "us-east-1", "resources": [], "detail": { "eventName": "HOOK_AWAITING_ACTION" }
    }));
    events.push(json!({
        "id": "2", "detail-type": "Order placed", "source": "my.app", "account": "111111111111",
        "time": TIME, "region": "us-east-1", "resources": [], "detail": { "reason": { "code": 1 } }
    }));
    events
}

fn takers<'p>(parts: &'p [Part], event: &Value) -> Vec<&'p Part> {
    let takes = |part: &&Part| Pattern::parse(&part.pattern).expect("a valid pattern").matches(event);
    parts.iter().filter(takes).collect()
}

fn rendered(part: &Part, event: &Value) -> String {
    let transformer = part.transformer.as_ref().expect("a transformer");
    let checked = Checked::new(&transformer.paths, &transformer.template).expect("EventBridge takes it");
    checked.render(event, &Invocation { rule_arn: "arn", rule_name: "rule", ingestion_time: TIME })
}

fn assert_accepted(form: Form, text: &str) {
    let accepted = match form {
        Form::ChatbotSlack | Form::ChatbotTeams => accept::chatbot_accepts(text),
        Form::SlackBlocks => accept::slack_webhook_accepts(text),
        Form::GoogleChatCard => accept::google_chat_accepts(text),
        Form::Event => Ok(()),
    };
    assert_eq!(accepted, Ok(()), "{form:?}: {text}");
}

fn own_patterns() -> Vec<Value> {
    vec![
        json!({ "source": ["aws.ecs"], "detail-type": [{ "prefix": "ECS" }] }),
        json!({ "source": ["aws.ecs", "my.app"] }),
        json!({ "detail-type": [{ "anything-but": ["ECS Service Action"] }] }),
        json!({ "detail-type": [{ "exists": true }], "detail": { "reason": [{ "prefix": "ECS deployment" }] } }),
        json!({ "detail-type": ["Order placed", "ECS Task State Change", "Foghorn Canary"] }),
        json!({ "$or": [{ "detail-type": ["ECS Task State Change"] }, { "source": ["my.app"] }] }),
        json!({ "detail": { "$or": [{ "reason": [{ "exists": false }] }, { "stopCode": ["UserInitiated"] }] } }),
        json!({ "detail": { "stoppedReason": [{ "exists": false }, { "prefix": "Scaling" }] } }),
    ]
}

#[test]
fn a_pipeline_without_wishes_of_its_own_keeps_one_rule_and_its_pattern() {
    let (account, families) = (account("prod"), BTreeSet::from([EventFamily::DeploymentFailed]));
    let request =
        Request { canary: false, ..request(Origin::Account(&account), &families, &[], Form::ChatbotSlack) };
    let parts = parts(&request);
    assert_eq!(parts.len(), 1);
    assert_eq!((parts[0].suffix, &parts[0].families), (None, &families));
    assert_eq!(parts[0].pattern, families::pattern(&families, &[], Region::US_EAST_1, &account.id));
}

#[test]
fn a_target_that_takes_events_needs_one_rule_whatever_is_asked_for() {
    let (account, families, patterns) = (account("prod"), all(), own_patterns());
    let parts = parts(&request(Origin::Account(&account), &families, &patterns, Form::Event));
    assert_eq!(parts.len(), 1);
    assert_eq!((parts[0].suffix, &parts[0].transformer), (None, &None));
}

#[test]
fn who_asks_for_nothing_gets_no_rule() {
    let (account, families) = (account("prod"), BTreeSet::new());
    for form in FORMS {
        assert_eq!(parts(&request(Origin::Account(&account), &families, &[], form)), []);
    }
}

#[test]
fn what_is_asked_for_is_taken_once_and_told_in_a_message_that_the_room_accepts() {
    let (account, families) = (account("prod"), all());
    let origins = [Origin::Account(&account), Origin::Organization { partition: Partition::Aws }];
    for (form, origin) in FORMS.into_iter().flat_map(|form| origins.map(|origin| (form, origin))) {
        let parts = parts(&request(origin, &families, &[], form));
        for event in events("prod") {
            let wanted = event["detail"]["lastStatus"] == "STOPPED"
                || event["detail"]["eventName"] == "SERVICE_DEPLOYMENT_FAILED"
                || event["detail"]["eventType"] == "WARN"
                || event["detail"]["eventType"] == "ERROR";
            let takers = takers(&parts, &event);
            assert_eq!(takers.len(), usize::from(wanted), "{form:?}: {event}");
            for part in takers.into_iter().filter(|part| part.transformer.is_some()) {
                assert_accepted(form, &rendered(part, &event));
            }
        }
    }
}

#[test]
fn a_message_stays_whole_where_eventbridge_writes_nothing_for_a_field_that_is_not_there() {
    let (account, families, patterns) = (account("prod"), all(), own_patterns());
    for form in [Form::ChatbotSlack, Form::ChatbotTeams, Form::SlackBlocks, Form::GoogleChatCard] {
        let parts = parts(&request(Origin::Account(&account), &families, &patterns, form));
        for event in events("prod") {
            for part in takers(&parts, &event) {
                let mut transformer = part.transformer.clone().expect("a transformer");
                for (name, path) in &transformer.paths {
                    if crate::events::transformer::value_at(path, &event).is_none() {
                        transformer.template = transformer.template.replace(&format!("<{name}>"), "");
                    }
                }
                assert_accepted(
                    form,
                    &rendered(&Part { transformer: Some(transformer), ..part.clone() }, &event),
                );
            }
        }
    }
}

#[test]
fn each_part_takes_its_own_canary_and_tells_it_as_one_that_nobody_need_act_on() {
    let (account, families, patterns) = (account("prod"), all(), own_patterns());
    for form in FORMS {
        let parts = parts(&request(Origin::Account(&account), &families, &patterns, form));
        for part in &parts {
            let entry = canary::entry("deploys", part.suffix, "01RUN");
            let event = entry.event("1", "111111111111", "us-east-1", TIME);
            let takers = takers(&parts, &event);
            if form != Form::Event {
                assert_eq!(takers, [part], "{form:?} {:?}", part.suffix);
                let text = rendered(part, &event);
                assert_accepted(form, &text);
                assert!(text.contains("nobody needs to act") && text.contains("foghorn/deploys"), "{text}");
            }
        }
        let other = canary::entry("others", None, "01RUN").event("1", "111111111111", "us-east-1", TIME);
        assert_eq!(takers(&parts, &other), [] as [&Part; 0]);
    }
}

#[test]
fn the_canaries_of_every_part_of_a_hub_are_forwarded_to_it() {
    let (account, families) = (account("prod"), all());
    let member = parts(&request(Origin::Account(&account), &families, &[], Form::Event));
    for form in FORMS {
        for part in parts(&request(Origin::Organization { partition: Partition::Aws }, &families, &[], form))
        {
            let entry = canary::entry("deploys", part.suffix, "01RUN");
            let event = entry.event("1", "111111111111", "us-east-1", TIME);
            assert_eq!(takers(&member, &event).len(), 1, "{form:?} {:?}", part.suffix);
        }
    }
}

#[test]
fn a_hub_hears_the_named_clusters_of_every_account_and_region() {
    let (families, clusters) = (all(), vec!["prod".to_owned(), "web-*".to_owned()]);
    let request = Request {
        clusters: &clusters,
        ..request(Origin::Organization { partition: Partition::Aws }, &families, &[], Form::ChatbotSlack)
    };
    let account: crate::model::AccountId = "222222222222".parse().expect("an id");
    let region: Region = "eu-west-1".parse().expect("a Region");
    for (cluster, heard) in [("prod", true), ("web-eu", true), ("production", false)] {
        let scene = Scene { account: &account, region, cluster, time: TIME };
        for sample in samples(&scene).into_iter().filter(|sample| sample.family.is_some()) {
            let taken = takers(&parts(&request), &sample.event).len();
            assert_eq!(taken, usize::from(heard), "{} in {cluster}", sample.name);
        }
    }
}

#[test]
fn the_patterns_of_all_families_with_several_clusters_are_within_the_limit_of_eventbridge() {
    let (account, families) = (account("prod"), all());
    let clusters: Vec<String> = ["prod", "web-*", "batch"].map(str::to_owned).into();
    for form in FORMS {
        let request =
            Request { clusters: &clusters, ..request(Origin::Account(&account), &families, &[], form) };
        let length = pattern_length(&request);
        assert!((1..=families::PATTERN_LIMIT).contains(&length), "{form:?}: {length}");
    }
}

#[test]
fn a_sample_in_a_cluster_that_fits_the_globs_is_heard() {
    let (account, families) = (account("prod"), all());
    let clusters = vec!["*-web-*".to_owned()];
    let request = Request {
        clusters: &clusters,
        ..request(Origin::Account(&account), &families, &[], Form::SlackBlocks)
    };
    let cluster = sample_cluster(&clusters);
    let scene = Scene { account: &account.id, region: Region::US_EAST_1, cluster: &cluster, time: TIME };
    for sample in samples(&scene) {
        assert_eq!(takers(&parts(&request), &sample.event).len(), usize::from(sample.family.is_some()));
    }
}

proptest! {
    #[test]
    fn no_event_is_taken_by_two_parts_of_a_request(
        form in prop::sample::select(&FORMS[..]),
        families in prop::collection::btree_set(prop::sample::select(&EventFamily::ALL[..]), 0..5),
        patterns in prop::collection::vec(prop::sample::select(own_patterns()), 0..4),
    ) {
        let account = account("prod");
        let origin = Origin::Account(&account);
        let parts = parts(&request(origin, &families, &patterns, form));
        let whole = super::parts(&request(origin, &families, &patterns, Form::Event));
        for event in events("prod") {
            let takers = takers(&parts, &event).len();
            prop_assert!(takers <= 1, "{}", event);
            // The same events as one rule would take, and no others.
            prop_assert_eq!(takers, self::takers(&whole, &event).len(), "{}", event);
        }
    }

    #[test]
    fn no_name_of_an_account_and_no_reason_breaks_a_message(
        form in prop::sample::select(&FORMS[1..]),
        name in "(?s).{0,80}",
        label in "(?s).{0,200}",
        reason in prop_oneof!["(?s).{0,60}", Just("\"\\\n\r\t<!channel> </b> 🔥\u{2028}".to_owned())],
    ) {
        let mut account = account(&name);
        account.labels.insert("note".to_owned(), label);
        let families = all();
        let parts = parts(&request(Origin::Account(&account), &families, &[], form));
        for mut event in events("prod") {
            for field in ["reason", "stoppedReason"] {
                if event["detail"][field].is_string() {
                    event["detail"][field] = json!(reason);
                }
            }
            for part in takers(&parts, &event) {
                assert_accepted(form, &rendered(part, &event));
            }
        }
    }
}

#[test]
fn a_reason_of_ten_thousand_characters_reaches_the_room_whole() {
    let (account, families) = (account("prod"), all());
    let reason = "reason \"of\" ECS\n".repeat(625);
    for form in [Form::ChatbotSlack, Form::ChatbotTeams, Form::SlackBlocks, Form::GoogleChatCard] {
        let parts = parts(&request(Origin::Account(&account), &families, &[], form));
        for (name, field) in [("deployment-failed", "reason"), ("task-exited", "stoppedReason")] {
            let scene =
                Scene { account: &account.id, region: Region::US_EAST_1, cluster: "prod", time: TIME };
            let mut event = crate::events::samples::sample(name, &scene).expect("a sample").event;
            event["detail"][field] = json!(reason);
            let takers = takers(&parts, &event);
            assert_eq!(takers.len(), 1);
            let text = rendered(takers[0], &event);
            assert_accepted(form, &text);
            assert!(text.contains(&json!(reason).to_string()), "{form:?}");
        }
    }
}
