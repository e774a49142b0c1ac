use serde_json::{Value, json};
use time::Duration;

use super::{add_metric, evaluate};
use crate::sim::testing::{
    ACCOUNT, NOW, REGION, allow_publish, ask, messages, open_queue, refusal, refused, text, topic, world,
};
use crate::sim::world::World;

fn alarm(name: &str, action: Option<&str>) -> Value {
    json!({
        "AlarmName": name, "Namespace": "AWS/Events", "MetricName": "FailedInvocations",
        "Dimensions": [{"Name": "RuleName", "Value": "deploys"}], "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching", "AlarmActions": action.into_iter().collect::<Vec<_>>(),
    })
}

fn put(world: &mut World, input: Value) {
    ask(world, "cloudwatch:PutMetricAlarm", input);
}

fn described(world: &mut World, name: &str) -> Value {
    ask(world, "cloudwatch:DescribeAlarms", json!({"AlarmNames": [name]}))["MetricAlarms"][0].clone()
}

fn fail_once(world: &mut World, ago: Duration) {
    add_metric(
        world,
        ACCOUNT,
        REGION,
        "AWS/Events",
        "FailedInvocations",
        &[("RuleName", "deploys")],
        1.0,
        NOW - ago,
    );
}

/// A topic that a queue listens to.
fn heard_topic(world: &mut World) -> String {
    let arn = topic(world, "alarms");
    let queue = open_queue(world, "alarms");
    let input = json!({
        "TopicArn": arn, "Protocol": "sqs", "Endpoint": queue, "Attributes": {"RawMessageDelivery": "true"},
    });
    ask(world, "sns:Subscribe", input);
    arn
}

#[test]
fn a_new_alarm_has_insufficient_data() {
    let mut world = world();
    let mut input = alarm("failed", None);
    input["Tags"] = json!([{"Key": "a", "Value": "1"}]);
    put(&mut world, input);
    let shown = described(&mut world, "failed");
    assert_eq!(shown["StateValue"], "INSUFFICIENT_DATA");
    assert_eq!(shown["AlarmArn"], format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:failed"));
    assert_eq!((&shown["ActionsEnabled"], &shown["OKActions"]), (&json!(true), &json!([])));
    assert_eq!(shown["Threshold"].to_string(), "0.0");
    let tags = ask(&mut world, "cloudwatch:ListTagsForResource", json!({"ResourceARN": shown["AlarmArn"]}));
    assert_eq!(tags, json!({"Tags": [{"Key": "a", "Value": "1"}]}));
}

#[test]
fn putting_an_alarm_again_overwrites_all_but_its_state_and_tags() {
    let mut world = world();
    let mut first = alarm("failed", None);
    first["AlarmDescription"] = "old".into();
    first["Tags"] = json!([{"Key": "a", "Value": "1"}]);
    put(&mut world, first);
    let set = json!({"AlarmName": "failed", "StateValue": "ALARM", "StateReason": "test"});
    ask(&mut world, "cloudwatch:SetAlarmState", set);
    let mut second = alarm("failed", None);
    second["Tags"] = json!([{"Key": "a", "Value": "2"}]);
    put(&mut world, second);
    let shown = described(&mut world, "failed");
    assert_eq!((&shown["StateValue"], shown.get("AlarmDescription")), (&json!("ALARM"), None));
    let tags = ask(&mut world, "cloudwatch:ListTagsForResource", json!({"ResourceARN": shown["AlarmArn"]}));
    assert_eq!(tags["Tags"][0]["Value"], "1");
}

#[test]
fn what_cloudwatch_refuses_is_refused() {
    let mut world = world();
    let with = |member: &str, value: Value| {
        let mut input = alarm("failed", None);
        input[member] = value;
        input
    };
    for input in [
        with("AlarmName", "".into()),
        with("AlarmDescription", "x".repeat(1025).into()),
        with("MetricName", Value::Null),
        with("Namespace", Value::Null),
        with("Statistic", Value::Null),
        with("Statistic", "Median".into()),
        with("Period", 45.into()),
        with("Threshold", Value::Null),
        with("EvaluationPeriods", 0.into()),
        with("DatapointsToAlarm", 2.into()),
        with("ComparisonOperator", "Above".into()),
        with("TreatMissingData", "maybe".into()),
        with("AlarmActions", json!(["not an arn"])),
        with("OKActions", json!(vec![format!("arn:aws:sns:{REGION}:{ACCOUNT}:t"); 6])),
    ] {
        assert_eq!(
            refused(&mut world, "cloudwatch:PutMetricAlarm", input.clone()),
            "ValidationError",
            "{input}"
        );
    }
    let elsewhere = alarm("failed", Some("arn:aws:sns:us-east-1:111122223333:alarms"));
    let error = refusal(&mut world, "cloudwatch:PutMetricAlarm", elsewhere);
    assert_eq!(error.message, "Invalid region us-east-1 specified. Only eu-west-1 is supported.");
}

#[test]
fn alarms_are_described_by_name_prefix_state_and_page() {
    let mut world = world();
    for name in ["a-1", "a-2", "b-1"] {
        put(&mut world, alarm(name, None));
    }
    let mut names = |input: Value| -> Vec<String> {
        let answer = ask(&mut world, "cloudwatch:DescribeAlarms", input);
        answer["MetricAlarms"]
            .as_array()
            .expect("alarms")
            .iter()
            .map(|alarm| text(&alarm["AlarmName"]))
            .collect()
    };
    assert_eq!(names(json!({"AlarmNamePrefix": "a-"})), ["a-1", "a-2"]);
    assert_eq!(names(json!({"AlarmNames": ["b-1", "none"]})), ["b-1"]);
    assert_eq!(names(json!({"StateValue": "ALARM"})), Vec::<String>::new());
    assert_eq!(names(json!({"AlarmTypes": ["CompositeAlarm"]})), Vec::<String>::new());
    assert_eq!(names(json!({"MaxRecords": 2})), ["a-1", "a-2"]);
    let first = ask(&mut world, "cloudwatch:DescribeAlarms", json!({"MaxRecords": 2}));
    let rest = json!({"MaxRecords": 2, "NextToken": first["NextToken"]});
    assert_eq!(ask(&mut world, "cloudwatch:DescribeAlarms", rest)["MetricAlarms"][0]["AlarmName"], "b-1");
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    assert_eq!(
        refused(&mut world, "cloudwatch:DescribeAlarms", json!({"AlarmNames": many})),
        "ValidationError"
    );
}

#[test]
fn a_state_that_changes_is_told_to_the_topic() {
    let mut world = world();
    let topic = heard_topic(&mut world);
    put(&mut world, alarm("failed", Some(&topic)));
    let set = json!({"AlarmName": "failed", "StateValue": "ALARM", "StateReason": "test"});
    ask(&mut world, "cloudwatch:SetAlarmState", set.clone());
    ask(&mut world, "cloudwatch:SetAlarmState", set);
    let told = messages(&mut world, "alarms");
    assert_eq!(told.len(), 1, "the same state again is no change");
    let message: Value = serde_json::from_str(told[0]["Body"].as_str().expect("a body")).expect("JSON");
    for (member, value) in [
        ("AlarmName", json!("failed")),
        ("NewStateValue", json!("ALARM")),
        ("OldStateValue", json!("INSUFFICIENT_DATA")),
        ("NewStateReason", json!("test")),
        ("StateChangeTime", json!("2026-11-20T10:00:00.000+0000")),
        ("AWSAccountId", json!(ACCOUNT)),
    ] {
        assert_eq!(message[member], value, "{member}");
    }
    assert_eq!(message["Trigger"]["Dimensions"], json!([{"name": "RuleName", "value": "deploys"}]));
    let gone = json!({"AlarmName": "gone", "StateValue": "OK", "StateReason": "test"});
    assert_eq!(refused(&mut world, "cloudwatch:SetAlarmState", gone), "ResourceNotFound");
}

#[test]
fn an_alarm_whose_actions_are_off_is_silent() {
    let mut world = world();
    let topic = heard_topic(&mut world);
    put(&mut world, alarm("failed", Some(&topic)));
    ask(&mut world, "cloudwatch:DisableAlarmActions", json!({"AlarmNames": ["failed"]}));
    fail_once(&mut world, Duration::ZERO);
    evaluate(&mut world, NOW);
    assert_eq!(described(&mut world, "failed")["StateValue"], "ALARM");
    assert!(messages(&mut world, "alarms").is_empty());
    ask(&mut world, "cloudwatch:EnableAlarmActions", json!({"AlarmNames": ["failed"]}));
    assert_eq!(described(&mut world, "failed")["ActionsEnabled"], true);
}

#[test]
fn a_topic_policy_that_forgets_cloudwatch_loses_the_alarm() {
    let mut world = world();
    let topic = heard_topic(&mut world);
    put(&mut world, alarm("failed", Some(&topic)));
    for (service, minutes_ago, heard) in
        [("events.amazonaws.com", 20, 0), ("cloudwatch.amazonaws.com", 10, 1)]
    {
        allow_publish(&mut world, &topic, service);
        let ago = Duration::minutes(minutes_ago);
        fail_once(&mut world, ago);
        evaluate(&mut world, NOW - ago);
        assert_eq!(described(&mut world, "failed")["StateValue"], "ALARM", "{service}");
        evaluate(&mut world, NOW - ago + Duration::minutes(6));
        assert_eq!(described(&mut world, "failed")["StateValue"], "OK", "{service}");
        assert_eq!(messages(&mut world, "alarms").len(), heard, "{service}");
    }
}

#[test]
fn an_alarm_follows_its_metric_and_treats_missing_data_as_told() {
    for (treatment, seconds_ago, state) in [
        ("notBreaching", Some(0), "ALARM"),
        ("notBreaching", Some(299), "ALARM"),
        ("notBreaching", Some(300), "OK"),
        ("notBreaching", None, "OK"),
        ("missing", None, "INSUFFICIENT_DATA"),
        ("breaching", None, "ALARM"),
        ("ignore", None, "INSUFFICIENT_DATA"),
    ] {
        let mut world = world();
        let mut input = alarm("failed", None);
        input["TreatMissingData"] = treatment.into();
        put(&mut world, input);
        if let Some(seconds) = seconds_ago {
            fail_once(&mut world, Duration::seconds(seconds));
        }
        evaluate(&mut world, NOW);
        assert_eq!(described(&mut world, "failed")["StateValue"], state, "{treatment} {seconds_ago:?}");
    }
}

#[test]
fn deleting_an_alarm_twice_is_fine() {
    let mut world = world();
    put(&mut world, alarm("failed", None));
    for _ in 0..2 {
        ask(&mut world, "cloudwatch:DeleteAlarms", json!({"AlarmNames": ["failed"]}));
    }
    let tagged = json!({"ResourceARN": format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:failed")});
    assert_eq!(refused(&mut world, "cloudwatch:ListTagsForResource", tagged), "ResourceNotFoundException");
}

fn query(id: &str, metric: &str) -> Value {
    json!({"Id": id, "MetricStat": {
        "Metric": {"Namespace": "custom", "MetricName": metric}, "Period": 60, "Stat": "Sum",
    }})
}

fn asked(queries: Value) -> Value {
    let end = NOW.unix_timestamp();
    json!({"MetricDataQueries": queries, "StartTime": end - 3600, "EndTime": end})
}

#[test]
fn metric_data_is_summed_by_period_newest_first() {
    let mut world = world();
    let at = |seconds_ago: i64| NOW.unix_timestamp() - seconds_ago;
    let data = json!([
        {"MetricName": "m", "Value": 1.0, "Timestamp": at(61)},
        {"MetricName": "m", "Values": [2.0, 3.0], "Counts": [1.0, 2.0], "Timestamp": at(70)},
        {"MetricName": "m", "StatisticValues": {"SampleCount": 2.0, "Sum": 5.0, "Minimum": 1.0, "Maximum": 4.0}, "Timestamp": at(130)},
        {"MetricName": "m", "Value": 100.0, "Timestamp": at(7200)},
    ]);
    ask(&mut world, "cloudwatch:PutMetricData", json!({"Namespace": "custom", "MetricData": data}));
    let answer =
        ask(&mut world, "cloudwatch:GetMetricData", asked(json!([query("a", "m"), query("b", "none")])));
    let results = &answer["MetricDataResults"];
    assert_eq!((&results[0]["Id"], &results[0]["Values"]), (&json!("a"), &json!([9.0, 5.0])));
    assert_eq!(results[0]["Timestamps"], json!([{"$timestamp": at(120)}, {"$timestamp": at(180)}]));
    assert_eq!((&results[1]["Values"], &results[1]["StatusCode"]), (&json!([]), &json!("Complete")));
}

#[test]
fn metric_data_comes_in_pages() {
    let mut world = world();
    let data: Vec<Value> = (1..=5)
        .map(|minute| json!({"MetricName": "m", "Value": f64::from(minute), "Timestamp": NOW.unix_timestamp() - i64::from(minute) * 60}))
        .collect();
    ask(&mut world, "cloudwatch:PutMetricData", json!({"Namespace": "custom", "MetricData": data}));
    let mut input = asked(json!([query("a", "m"), query("b", "m")]));
    input["MaxDatapoints"] = 4.into();
    let mut values = Vec::new();
    for page in 0..3 {
        let answer = ask(&mut world, "cloudwatch:GetMetricData", input.clone());
        for result in answer["MetricDataResults"].as_array().expect("results") {
            values.push((page, text(&result["Id"]), result["Values"].as_array().map_or(0, Vec::len)));
        }
        input["NextToken"] = answer["NextToken"].clone();
    }
    let counted: Vec<(i32, &str, usize)> =
        values.iter().map(|(page, id, count)| (*page, id.as_str(), *count)).collect();
    assert_eq!(counted, [(0, "a", 4), (1, "a", 1), (1, "b", 3), (2, "b", 2)]);
    assert_eq!(input["NextToken"], Value::Null);
}

#[test]
fn metric_data_has_limits() {
    let mut world = world();
    let many: Vec<Value> = (0..501).map(|number| query(&format!("q{number}"), "m")).collect();
    for queries in [json!(many), json!([]), json!([query("a", "m"), query("a", "n")])] {
        assert_eq!(refused(&mut world, "cloudwatch:GetMetricData", asked(queries)), "ValidationError");
    }
    let own = json!({"Namespace": "AWS/Events", "MetricData": []});
    assert_eq!(refused(&mut world, "cloudwatch:PutMetricData", own), "InvalidParameterValue");
}

#[test]
fn statistics_are_given_as_asked_for_up_to_their_limit() {
    let mut world = world();
    fail_once(&mut world, Duration::seconds(30));
    fail_once(&mut world, Duration::seconds(40));
    let end = NOW.unix_timestamp();
    let mut input = json!({
        "Namespace": "AWS/Events", "MetricName": "FailedInvocations", "StartTime": end - 3600, "EndTime": end,
        "Dimensions": [{"Name": "RuleName", "Value": "deploys"}], "Period": 60, "Statistics": ["Sum", "Maximum"],
    });
    let answer = ask(&mut world, "cloudwatch:GetMetricStatistics", input.clone());
    assert_eq!(
        (&answer["Datapoints"][0]["Sum"], &answer["Datapoints"][0]["Maximum"]),
        (&json!(2.0), &json!(1.0))
    );
    input["StartTime"] = (end - 86_460).into();
    assert_eq!(refused(&mut world, "cloudwatch:GetMetricStatistics", input), "InvalidParameterCombination");
}

#[test]
fn metrics_are_listed_by_dimension() {
    let mut world = world();
    fail_once(&mut world, Duration::ZERO);
    let found = json!({"Dimensions": [{"Name": "RuleName"}]});
    let answer = ask(&mut world, "cloudwatch:ListMetrics", found);
    assert_eq!(answer["Metrics"][0]["MetricName"], "FailedInvocations");
    let other = json!({"Dimensions": [{"Name": "RuleName", "Value": "other"}]});
    assert_eq!(ask(&mut world, "cloudwatch:ListMetrics", other), json!({"Metrics": []}));
}
