use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Invocation, Transformer, TransformerError, value_at};

const INVOCATION: Invocation<'static> = Invocation {
    rule_arn: "arn:aws:events:eu-west-1:111122223333:rule/deploys",
    rule_name: "deploys",
    ingestion_time: "2026-11-20T10:00:01Z",
};

fn paths(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect()
}

fn event() -> Value {
    json!({
        "detail-type": "ECS Deployment State Change", "source": "aws.ecs",
        "resources": ["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"],
        "detail": {
            "reason": "task \"web\" failed\nto start", "count": 3, "on": true, "nothing": null,
            "containers": [{"name": "app", "exitCode": 137}, {"name": "side"}], "tags": {"env": "prod"},
        },
    })
}

fn render(variables: &[(&str, &str)], template: &str) -> String {
    Transformer::new(&paths(variables), template).expect("a valid transformer").render(&event(), &INVOCATION)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

#[test]
fn a_bare_variable_becomes_a_json_value() {
    for (path, rendered) in [
        ("$.detail-type", r#""ECS Deployment State Change""#),
        ("$.detail.count", "3"),
        ("$.detail.on", "true"),
        ("$.detail.nothing", "null"),
        ("$.resources", r#"["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"]"#),
        ("$.detail.tags", r#"{"env":"prod"}"#),
        ("$.detail.reason", r#""task \"web\" failed\nto start""#),
    ] {
        assert_eq!(render(&[("v", path)], r#"{"v":<v>}"#), format!("{{\"v\":{rendered}}}"), "{path}");
    }
}

#[test]
fn free_text_breaks_a_quoted_string_and_survives_as_an_array_element() {
    let quoted = render(&[("reason", "$.detail.reason")], r#"{"text": "failed: <reason>"}"#);
    assert_eq!(quoted, "{\"text\": \"failed: task \"web\" failed\nto start\"}");
    assert!(!is_json(&quoted));
    let element = render(&[("reason", "$.detail.reason")], r#"{"steps": ["failed", <reason>]}"#);
    let document: Value = serde_json::from_str(&element).expect("valid JSON");
    assert_eq!(document["steps"][1], "task \"web\" failed\nto start");
}

#[test]
fn scalars_inside_a_quoted_string_are_spliced_as_text() {
    let text = render(&[("n", "$.detail.count"), ("on", "$.detail.on")], r#""<n> tasks, on: <on>""#);
    assert_eq!(text, r#""3 tasks, on: true""#);
}

#[test]
fn objects_and_arrays_inside_a_quoted_string_lose_their_quotation_marks() {
    let text =
        render(&[("tags", "$.detail.tags"), ("names", "$.detail.containers[*].name")], r#""<tags> <names>""#);
    assert_eq!(text, r#""{env:prod} [app,side]""#);
}

#[test]
fn a_path_that_is_not_there_leaves_an_empty_text() {
    assert_eq!(render(&[("v", "$.detail.absent")], r#""[<v>]""#), r#""[]""#);
    assert_eq!(render(&[("v", "$.detail.absent")], r#"{"v": <v>}"#), r#"{"v": ""}"#);
}

#[test]
fn reserved_variables_need_no_path() {
    assert_eq!(
        render(&[], r#""<aws.events.rule-name> <aws.events.rule-arn> <aws.events.event.ingestion-time>""#),
        format!("\"deploys {} {}\"", INVOCATION.rule_arn, INVOCATION.ingestion_time)
    );
    let rendered = render(&[], r#"{"short": <aws.events.event>, "whole": <aws.events.event.json>}"#);
    let document: Value = serde_json::from_str(&rendered).expect("valid JSON");
    assert_eq!(document["whole"], event());
    assert_eq!(document["short"]["detailType"], "ECS Deployment State Change");
    assert_eq!(document["short"].get("detail"), None);
}

#[test]
fn paths_read_members_elements_and_wildcards_and_nothing_else() {
    for (path, found) in [
        ("$", Some(event())),
        ("$.resources[0]", Some(json!("arn:aws:ecs:eu-west-1:111122223333:service/prod/web"))),
        ("$.resources[1]", None),
        ("$.detail.containers[*].exitCode", Some(json!([137]))),
        ("$.detail.tags.*", Some(json!(["prod"]))),
        ("$.detail.containers[0].name", Some(json!("app"))),
        ("$.detail.count.deeper", None),
        ("$..name", None),
        ("$['source']", None),
        ("$.detail.containers[?(@.exitCode)]", None),
        ("$.detail.containers[0:1]", None),
        ("detail.count", None),
    ] {
        assert_eq!(value_at(path, &event()), found, "{path}");
    }
}

#[test]
fn angle_brackets_that_hold_no_name_stay_as_they_are() {
    assert_eq!(
        render(&[], r#""<https://example.com|a link> 1 < 2""#),
        r#""<https://example.com|a link> 1 < 2""#
    );
}

#[test]
fn an_escaped_quotation_mark_does_not_end_the_string() {
    assert_eq!(render(&[("n", "$.detail.count")], r#""a \"<n>\" b""#), r#""a \"3\" b""#);
    assert_eq!(render(&[("s", "$.source")], r#"{"a\"b": <s>}"#), r#"{"a\"b": "aws.ecs"}"#);
}

#[test]
fn several_strings_may_stand_one_to_a_line() {
    assert_eq!(render(&[("s", "$.source")], "\"from <s>\"\n\"done\""), "\"from aws.ecs\"\n\"done\"");
}

#[test]
fn what_eventbridge_refuses_is_refused() {
    let defined = paths(&[("v", "$.detail")]);
    let refusal = |template: &str| Transformer::new(&defined, template).expect_err(template);
    assert_eq!(refusal(r#""<w>""#), TransformerError::UndefinedPlaceholder("w".to_owned()));
    assert_eq!(
        refusal(r#""<aws.events.other>""#),
        TransformerError::UndefinedPlaceholder("aws.events.other".to_owned())
    );
    assert_eq!(refusal(r#"{<v>: 1}"#), TransformerError::PlaceholderAsKey("v".to_owned()));
    assert_eq!(refusal(r#"{"<v>": 1}"#), TransformerError::PlaceholderAsKey("v".to_owned()));
    assert_eq!(refusal(""), TransformerError::TemplateLength(0));
    assert!(matches!(refusal("deployment <v> failed"), TransformerError::NotJson(_)));
    assert!(matches!(refusal(r#"{"a": <v>,}"#), TransformerError::NotJson(_)));
    assert!(matches!(refusal(r#"{} {}"#), TransformerError::NotJson(_)));
    assert_eq!(refusal(&format!("\"{}\"", "x".repeat(8191))), TransformerError::TemplateLength(8193));
}

#[test]
fn variables_have_limits() {
    let refusal =
        |variables: &[(&str, &str)]| Transformer::new(&paths(variables), "\"x\"").expect_err("refused");
    assert_eq!(refusal(&[("a b", "$")]), TransformerError::VariableName("a b".to_owned()));
    assert_eq!(refusal(&[("AWSx", "$")]), TransformerError::VariableName("AWSx".to_owned()));
    assert_eq!(refusal(&[("v", &"$".repeat(257))]), TransformerError::PathLength("v".to_owned()));
    let many: BTreeMap<String, String> = (0..101).map(|n| (format!("v{n}"), "$".to_owned())).collect();
    assert_eq!(Transformer::new(&many, "\"x\""), Err(TransformerError::TooManyPaths(101)));
}

proptest! {
    #[test]
    fn free_text_as_a_bare_value_always_arrives_whole(reason in any::<String>()) {
        let transformer = Transformer::new(&paths(&[("r", "$.detail.reason")]), r#"{"steps":[<r>]}"#)
            .expect("a valid transformer");
        let rendered = transformer.render(&json!({"detail": {"reason": reason.clone()}}), &INVOCATION);
        let document: Value = serde_json::from_str(&rendered).expect("valid JSON");
        prop_assert_eq!(&document["steps"][0], &json!(reason));
    }

    #[test]
    fn no_template_makes_the_parser_panic(template in "[<>\"\\\\a{}:, \n]{0,24}", path in "[$.\\[\\]*a0]{0,12}") {
        if let Ok(transformer) = Transformer::new(&paths(&[("a", &path)]), &template) {
            transformer.render(&event(), &INVOCATION);
        }
    }
}
