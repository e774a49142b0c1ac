use serde_json::{Value, json};

use crate::sim::call::Call;
use crate::sim::service::Service;
use crate::sim::testing::{ACCOUNT, REGION, ask, call, open_queue, refused, text, topic, world};
use crate::sim::world::World;

const GET: &str = "tagging:GetResources";

/// One tagged resource of each service that has some, and one without tags.
fn filled() -> World {
    let mut world = world();
    let tags = json!([{"Key": "owner", "Value": "foghorn"}]);
    ask(&mut world, "sns:CreateTopic", json!({"Name": "room", "Tags": tags}));
    topic(&mut world, "untagged");
    ask(&mut world, "sqs:CreateQueue", json!({"QueueName": "dead", "tags": {"owner": "somebody"}}));
    ask(
        &mut world,
        "events:PutRule",
        json!({"Name": "deploys", "EventPattern": "{\"source\":[\"a\"]}", "Tags": tags}),
    );
    let alarm = json!({
        "AlarmName": "lost", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold", "Tags": tags,
    });
    ask(&mut world, "cloudwatch:PutMetricAlarm", alarm);
    world
}

fn names(answer: &Value) -> Vec<String> {
    let listed = answer["ResourceTagMappingList"].as_array().expect("resources");
    let last = |arn: String| arn.rsplit([':', '/']).next().unwrap_or_default().to_owned();
    listed.iter().map(|resource| last(text(&resource["ResourceARN"]))).collect()
}

fn listed(world: &mut World, input: Value) -> Vec<String> {
    names(&ask(world, GET, input))
}

#[test]
fn every_tagged_resource_is_listed_with_its_tags() {
    let mut world = filled();
    let answer = ask(&mut world, GET, json!({}));
    assert_eq!(names(&answer), ["lost", "deploys", "room", "dead"]);
    assert_eq!(answer["PaginationToken"], "");
    let topic = &answer["ResourceTagMappingList"][2];
    assert_eq!(topic["ResourceARN"], format!("arn:aws:sns:{REGION}:{ACCOUNT}:room"));
    assert_eq!(topic["Tags"], json!([{"Key": "owner", "Value": "foghorn"}]));
}

#[test]
fn another_region_has_an_index_of_its_own() {
    let mut world = filled();
    let input = json!({});
    let elsewhere = Call { region: "us-east-1", ..call("GetResources", &input) };
    let answer = Service::Tagging.answer(&mut world, &elsewhere).expect("an answer");
    assert_eq!(names(&answer), Vec::<String>::new());
}

#[test]
fn resources_are_chosen_by_tag_type_and_arn() {
    let mut world = filled();
    let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:dead");
    for (input, expected) in [
        (json!({"TagFilters": [{"Key": "owner", "Values": ["somebody"]}]}), vec!["dead"]),
        (json!({"TagFilters": [{"Key": "owner", "Values": ["somebody", "x"]}]}), vec!["dead"]),
        (json!({"TagFilters": [{"Key": "owner"}]}), vec!["lost", "deploys", "room", "dead"]),
        (json!({"TagFilters": [{"Key": "owner"}, {"Key": "other"}]}), vec![]),
        (json!({"ResourceTypeFilters": ["sns", "events:rule"]}), vec!["deploys", "room"]),
        (json!({"ResourceTypeFilters": ["sns:topic", "sqs:queue"]}), vec!["room", "dead"]),
        (json!({"ResourceTypeFilters": ["cloudwatch:alarm"]}), vec!["lost"]),
        (json!({"ResourceTypeFilters": ["events:event-bus"]}), vec![]),
        (json!({"ResourceARNList": [arn, "arn:aws:sqs:eu-west-1:111122223333:gone"]}), vec!["dead"]),
    ] {
        assert_eq!(listed(&mut world, input.clone()), expected, "{input}");
    }
}

#[test]
fn resources_come_in_pages() {
    let mut world = filled();
    let first = ask(&mut world, GET, json!({"ResourcesPerPage": 3}));
    let second =
        ask(&mut world, GET, json!({"ResourcesPerPage": 3, "PaginationToken": first["PaginationToken"]}));
    assert_eq!((names(&first).len(), names(&second)), (3, vec!["dead".to_owned()]));
    assert_eq!(second["PaginationToken"], "");
}

#[test]
fn what_the_tagging_api_refuses_is_refused() {
    let mut world = filled();
    for input in [
        json!({"ResourcesPerPage": 0}),
        json!({"ResourcesPerPage": 101}),
        json!({"PaginationToken": "zz"}),
        json!({"TagFilters": [{"Values": ["x"]}]}),
        json!({"ResourceARNList": ["arn"], "ResourceTypeFilters": ["sns"]}),
        json!({"ResourceARNList": ["arn"], "ResourcesPerPage": 10}),
        json!({"TagFilters": [{"Key": "a", "Values": vec!["x"; 21]}]}),
    ] {
        assert_eq!(refused(&mut world, GET, input.clone()), "InvalidParameterException", "{input}");
    }
}

#[test]
fn keys_and_values_are_those_in_use() {
    let mut world = filled();
    assert_eq!(ask(&mut world, "tagging:GetTagKeys", json!({}))["TagKeys"], json!(["owner"]));
    let values = ask(&mut world, "tagging:GetTagValues", json!({"Key": "owner"}));
    assert_eq!(values["TagValues"], json!(["foghorn", "somebody"]));
    assert_eq!(refused(&mut world, "tagging:GetTagValues", json!({})), "InvalidParameterException");
}

#[test]
fn a_stale_index_lists_a_deleted_queue_once_more() {
    let mut world = filled();
    open_queue(&mut world, "q");
    world.knobs.stale_tag_index = true;
    let input = json!({"QueueUrl": format!("http://127.0.0.1:4566/{ACCOUNT}/dead")});
    Service::Sqs.answer(&mut world, &call("DeleteQueue", &input)).expect("a deletion");
    let queues = json!({"ResourceTypeFilters": ["sqs"]});
    assert_eq!(listed(&mut world, queues.clone()), ["dead"]);
    assert_eq!(listed(&mut world, queues), Vec::<String>::new());
}
