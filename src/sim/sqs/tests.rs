use serde_json::{Value, json};
use time::Duration;

use crate::sim::call::Call;
use crate::sim::sqs;
use crate::sim::testing::{ACCOUNT, NOW, REGION, ask, call, messages, open_queue, refused, world};
use crate::sim::world::World;

fn url(name: &str) -> String {
    format!("http://127.0.0.1:4566/{ACCOUNT}/{name}")
}

fn queue(world: &mut World) {
    ask(world, "sqs:CreateQueue", json!({"QueueName": "dead"}));
}

#[test]
fn a_queue_is_made_once_and_differences_are_refused() {
    let mut world = world();
    let input = json!({"QueueName": "dead", "Attributes": {"MessageRetentionPeriod": "1209600"}});
    assert_eq!(ask(&mut world, "sqs:CreateQueue", input.clone()), json!({"QueueUrl": url("dead")}));
    ask(&mut world, "sqs:CreateQueue", input);
    ask(&mut world, "sqs:CreateQueue", json!({"QueueName": "dead"}));
    let different = json!({"QueueName": "dead", "Attributes": {"MessageRetentionPeriod": "60"}});
    assert_eq!(refused(&mut world, "sqs:CreateQueue", different), "QueueNameExists");
}

#[test]
fn what_sqs_refuses_is_refused() {
    let mut world = world();
    for (input, code) in [
        (json!({"QueueName": "a b"}), "InvalidParameterValue"),
        (json!({"QueueName": "x".repeat(81)}), "InvalidParameterValue"),
        (json!({"QueueName": "q", "Attributes": {"Colour": "red"}}), "InvalidAttributeName"),
        (json!({"QueueName": "q", "Attributes": {"MessageRetentionPeriod": "1"}}), "InvalidAttributeValue"),
        (json!({"QueueName": "q", "Attributes": {"Policy": "{"}}), "InvalidAttributeValue"),
    ] {
        assert_eq!(refused(&mut world, "sqs:CreateQueue", input.clone()), code, "{input}");
    }
}

#[test]
fn every_operation_knows_a_queue_that_is_not_there() {
    let mut world = world();
    for operation in ["GetQueueAttributes", "DeleteQueue", "ListQueueTags", "ReceiveMessage"] {
        let action = format!("sqs:{operation}");
        assert_eq!(
            refused(&mut world, &action, json!({"QueueUrl": url("gone")})),
            "QueueDoesNotExist",
            "{operation}"
        );
    }
    assert_eq!(refused(&mut world, "sqs:GetQueueUrl", json!({"QueueName": "gone"})), "QueueDoesNotExist");
    let foreign = json!({"QueueUrl": "http://127.0.0.1:4566/444455556666/dead"});
    assert_eq!(refused(&mut world, "sqs:DeleteQueue", foreign), "QueueDoesNotExist");
}

#[test]
fn attributes_are_given_as_asked_for() {
    let mut world = world();
    queue(&mut world);
    assert_eq!(ask(&mut world, "sqs:GetQueueAttributes", json!({"QueueUrl": url("dead")})), json!({}));
    let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:dead");
    let input = json!({"QueueUrl": url("dead"), "AttributeNames": ["QueueArn"]});
    assert_eq!(ask(&mut world, "sqs:GetQueueAttributes", input), json!({"Attributes": {"QueueArn": arn}}));
    let policy = json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}});
    let set = json!({"QueueUrl": url("dead"), "Attributes": {"Policy": policy.to_string()}});
    ask(&mut world, "sqs:SetQueueAttributes", set);
    let all = ask(
        &mut world,
        "sqs:GetQueueAttributes",
        json!({"QueueUrl": url("dead"), "AttributeNames": ["All"]}),
    );
    assert_eq!(all["Attributes"]["Policy"], policy.to_string());
    assert_eq!(all["Attributes"]["VisibilityTimeout"], "30");
    let unknown = json!({"QueueUrl": url("dead"), "AttributeNames": ["Colour"]});
    assert_eq!(refused(&mut world, "sqs:GetQueueAttributes", unknown), "InvalidAttributeName");
}

#[test]
fn queues_come_by_prefix_and_in_pages() {
    let mut world = world();
    for name in ["a1", "a2", "b1"] {
        ask(&mut world, "sqs:CreateQueue", json!({"QueueName": name}));
    }
    let first = ask(&mut world, "sqs:ListQueues", json!({"QueueNamePrefix": "a", "MaxResults": 1}));
    assert_eq!(first["QueueUrls"], json!([url("a1")]));
    let next = json!({"QueueNamePrefix": "a", "MaxResults": 1, "NextToken": first["NextToken"]});
    assert_eq!(ask(&mut world, "sqs:ListQueues", next), json!({"QueueUrls": [url("a2")]}));
}

#[test]
fn a_received_message_hides_until_its_time_is_over() {
    let mut world = world();
    queue(&mut world);
    ask(&mut world, "sqs:SendMessage", json!({"QueueUrl": url("dead"), "MessageBody": "hello"}));
    let input = json!({"QueueUrl": url("dead"), "AttributeNames": ["All"]});
    let mut receive = |after: i64| {
        let later = Call { now: NOW + Duration::seconds(after), ..call("ReceiveMessage", &input) };
        sqs::call(&mut world, &later).expect("an answer")
    };
    assert_eq!(receive(0)["Messages"][0]["MD5OfBody"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(receive(29), json!({}));
    let again = receive(30);
    assert_eq!(again["Messages"][0]["Attributes"]["ApproximateReceiveCount"], "2");
    let delete = |handle: &Value| json!({"QueueUrl": url("dead"), "ReceiptHandle": handle});
    ask(&mut world, "sqs:DeleteMessage", delete(&again["Messages"][0]["ReceiptHandle"]));
    let count = json!({"QueueUrl": url("dead"), "AttributeNames": ["ApproximateNumberOfMessagesNotVisible"]});
    let left = ask(&mut world, "sqs:GetQueueAttributes", count);
    assert_eq!(left["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "0");
    assert_eq!(refused(&mut world, "sqs:DeleteMessage", delete(&json!("x"))), "ReceiptHandleIsInvalid");
}

#[test]
fn tags_are_a_map() {
    let mut world = world();
    ask(&mut world, "sqs:CreateQueue", json!({"QueueName": "dead", "tags": {"a": "1"}}));
    ask(&mut world, "sqs:TagQueue", json!({"QueueUrl": url("dead"), "Tags": {"b": "2"}}));
    ask(&mut world, "sqs:UntagQueue", json!({"QueueUrl": url("dead"), "TagKeys": ["a"]}));
    assert_eq!(
        ask(&mut world, "sqs:ListQueueTags", json!({"QueueUrl": url("dead")})),
        json!({"Tags": {"b": "2"}})
    );
}

#[test]
fn a_purged_queue_is_empty_and_rests_a_minute() {
    let mut world = world();
    open_queue(&mut world, "q");
    let url = json!({"QueueUrl": format!("http://127.0.0.1:4566/{ACCOUNT}/q")});
    let mut message = url.clone();
    message["MessageBody"] = "hello".into();
    ask(&mut world, "sqs:SendMessage", message);
    ask(&mut world, "sqs:PurgeQueue", url.clone());
    assert!(messages(&mut world, "q").is_empty());
    assert_eq!(refused(&mut world, "sqs:PurgeQueue", url), "PurgeQueueInProgress");
}

#[test]
fn a_deleted_queues_name_is_refused_for_a_minute_where_that_is_switched_on() {
    let mut world = world();
    let url = json!({"QueueUrl": format!("http://127.0.0.1:4566/{ACCOUNT}/q")});
    for (cooldown, code) in [(false, None), (true, Some("QueueDeletedRecently"))] {
        world.knobs.queue_name_cooldown = cooldown;
        world.region(ACCOUNT, REGION).sqs.deleted.clear();
        open_queue(&mut world, "q");
        ask(&mut world, "sqs:DeleteQueue", url.clone());
        match code {
            Some(code) => assert_eq!(refused(&mut world, "sqs:CreateQueue", json!({"QueueName": "q"})), code),
            None => {
                open_queue(&mut world, "q");
                ask(&mut world, "sqs:DeleteQueue", url.clone());
            }
        }
    }
}
