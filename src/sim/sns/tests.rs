use serde_json::{Value, json};

use crate::sim::call::Call;
use crate::sim::routing::publish_event;
use crate::sim::testing::{
    ACCOUNT, NOW, OTHER_ACCOUNT, REGION, allow_publish, ask, messages, open_queue, refusal, refused, text,
    topic, world,
};
use crate::sim::world::World;
use crate::sim::{cloudwatch, sns};

fn attributes(world: &mut World, arn: &str) -> Value {
    ask(world, "sns:GetTopicAttributes", json!({"TopicArn": arn}))["Attributes"]["$map"].clone()
}

fn set_policy(arn: &str, statement: Value) -> Value {
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    json!({"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": policy})
}

fn statement(arn: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": arn})
}

#[test]
fn a_topic_is_made_once_and_differences_are_refused() {
    let mut world = world();
    let input =
        json!({"Name": "room", "Attributes": {"DisplayName": "d"}, "Tags": [{"Key": "a", "Value": "1"}]});
    let arn = text(&ask(&mut world, "sns:CreateTopic", input.clone())["TopicArn"]);
    assert_eq!(arn, format!("arn:aws:sns:{REGION}:{ACCOUNT}:room"));
    for same in [input, json!({"Name": "room"})] {
        assert_eq!(ask(&mut world, "sns:CreateTopic", same)["TopicArn"], arn.as_str());
    }
    for (different, message) in [
        (
            json!({"Name": "room", "Attributes": {"DisplayName": "e"}}),
            "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
        ),
        (
            json!({"Name": "room", "Tags": [{"Key": "a", "Value": "2"}]}),
            "Invalid parameter: Tags Reason: Topic already exists with different tags",
        ),
    ] {
        let error = refusal(&mut world, "sns:CreateTopic", different);
        assert_eq!((error.code.as_str(), error.message.as_str()), ("InvalidParameter", message));
    }
}

#[test]
fn topic_names_have_a_form() {
    let mut world = world();
    for name in ["", "a b", "a.b", "a.fifo", &"x".repeat(257)] {
        assert_eq!(
            refused(&mut world, "sns:CreateTopic", json!({"Name": name})),
            "InvalidParameter",
            "{name}"
        );
    }
    ask(&mut world, "sns:CreateTopic", json!({"Name": "a.fifo", "Attributes": {"FifoTopic": "true"}}));
}

#[test]
fn a_new_topic_has_the_default_policy() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let attributes = attributes(&mut world, &arn);
    assert_eq!(attributes["Owner"], ACCOUNT);
    assert_eq!(attributes["SubscriptionsConfirmed"], "0");
    let policy: Value = serde_json::from_str(attributes["Policy"].as_str().expect("a policy")).expect("JSON");
    assert_eq!(policy["Statement"][0]["Sid"], "__default_statement_ID");
    assert_eq!(policy["Statement"][0]["Condition"], json!({"StringEquals": {"AWS:SourceOwner": ACCOUNT}}));
    assert_eq!(policy["Statement"][0]["Action"].as_array().map(Vec::len), Some(8));
}

#[test]
fn a_policy_replaces_the_whole_one() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let input = set_policy(&arn, statement(&arn));
    ask(&mut world, "sns:SetTopicAttributes", input.clone());
    assert_eq!(attributes(&mut world, &arn)["Policy"], input["AttributeValue"]);
}

#[test]
fn a_policy_that_sns_would_not_store_is_refused() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let with = |member: &str, value: Value| {
        let mut changed = statement(&arn);
        changed[member] = value;
        changed
    };
    for (input, message) in [
        (
            set_policy(&arn, with("Action", "sns:*".into())),
            "Invalid parameter: Policy statement action out of service scope!",
        ),
        (
            set_policy(&arn, with("Action", json!(["sns:Publish", "sns:CreateTopic"]))),
            "Invalid parameter: Policy statement action out of service scope!",
        ),
        (
            set_policy(&arn, with("Resource", format!("{arn}-other").into())),
            "Invalid parameter: Policy Error: Resource must be the topic's own ARN",
        ),
        (set_policy(&arn, with("Effect", "Maybe".into())), "Invalid parameter: Policy Error: null"),
        (
            json!({"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": "{"}),
            "Invalid parameter: Policy Error: null",
        ),
        (
            json!({"TopicArn": arn, "AttributeName": "Other", "AttributeValue": "x"}),
            "Invalid parameter: AttributeName",
        ),
    ] {
        let error = refusal(&mut world, "sns:SetTopicAttributes", input);
        assert_eq!(
            (error.code.as_str(), error.message.as_str(), error.status),
            ("InvalidParameter", message, 400)
        );
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut world = world();
    let gone = json!({"TopicArn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:gone")});
    for operation in ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"] {
        let error = refusal(&mut world, operation, gone.clone());
        assert_eq!((error.code.as_str(), error.status), ("NotFound", 404), "{operation}");
    }
    ask(&mut world, "sns:DeleteTopic", gone.clone());
    let error = refusal(&mut world, "sns:ListTagsForResource", json!({"ResourceArn": gone["TopicArn"]}));
    assert_eq!((error.code.as_str(), error.status), ("ResourceNotFound", 404));
    let elsewhere = json!({"TopicArn": format!("arn:aws:sns:us-east-1:{ACCOUNT}:room")});
    assert_eq!(refused(&mut world, "sns:GetTopicAttributes", elsewhere), "InvalidParameter");
}

#[test]
fn another_account_needs_the_topics_policy() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let input = json!({"TopicArn": arn});
    let foreign = Call {
        account: OTHER_ACCOUNT,
        region: REGION,
        principal: "arn:aws:iam::444455556666:user/u",
        operation: "GetTopicAttributes",
        input: &input,
        now: NOW,
    };
    let error = sns::call(&mut world, &foreign).expect_err("a denial");
    assert_eq!((error.code.as_str(), error.status), ("AuthorizationError", 403));
    let open = json!({
        "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{OTHER_ACCOUNT}:root")},
        "Action": "SNS:GetTopicAttributes", "Resource": arn,
    });
    ask(&mut world, "sns:SetTopicAttributes", set_policy(&arn, open));
    sns::call(&mut world, &foreign).expect("an answer");
}

#[test]
fn topics_come_in_pages_of_a_hundred() {
    let mut world = world();
    for number in 0..101 {
        topic(&mut world, &format!("t{number:03}"));
    }
    let first = ask(&mut world, "sns:ListTopics", json!({}));
    let second = ask(&mut world, "sns:ListTopics", json!({"NextToken": first["NextToken"]}));
    assert_eq!(first["Topics"].as_array().map(Vec::len), Some(100));
    assert_eq!(second, json!({"Topics": [{"TopicArn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:t100")}]}));
}

#[test]
fn people_and_web_servers_have_to_confirm() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let queue = open_queue(&mut world, "q");
    for (protocol, endpoint, confirmed) in [
        ("sqs", queue.as_str(), true),
        ("email", "a@example.com", false),
        ("https", "https://example.com/hook", false),
    ] {
        let input = json!({"TopicArn": arn, "Protocol": protocol, "Endpoint": endpoint});
        let shown = text(&ask(&mut world, "sns:Subscribe", input.clone())["SubscriptionArn"]);
        assert_eq!(shown.starts_with(&arn), confirmed, "{protocol}");
        assert_eq!(
            ask(&mut world, "sns:Subscribe", input)["SubscriptionArn"],
            shown.as_str(),
            "the same again"
        );
    }
    let attributes = attributes(&mut world, &arn);
    assert_eq!(
        (&attributes["SubscriptionsConfirmed"], &attributes["SubscriptionsPending"]),
        (&json!("1"), &json!("2"))
    );
    let listed = ask(&mut world, "sns:ListSubscriptionsByTopic", json!({"TopicArn": arn}));
    assert_eq!(listed["Subscriptions"].as_array().map(Vec::len), Some(3));
    assert_eq!(ask(&mut world, "sns:ListSubscriptions", json!({}))["Subscriptions"], listed["Subscriptions"]);
}

#[test]
fn endpoints_have_to_fit_their_protocol() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    for (protocol, endpoint) in
        [("https", "http://example.com"), ("sqs", "q"), ("pigeon", "x"), ("email", "nobody")]
    {
        let input = json!({"TopicArn": arn, "Protocol": protocol, "Endpoint": endpoint});
        assert_eq!(refused(&mut world, "sns:Subscribe", input), "InvalidParameter", "{protocol} {endpoint}");
    }
}

#[test]
fn a_message_goes_to_every_confirmed_subscription_in_an_envelope_or_raw() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    for (name, raw) in [("wrapped", "false"), ("plain", "true")] {
        let queue = open_queue(&mut world, name);
        let input = json!({
            "TopicArn": arn, "Protocol": "sqs", "Endpoint": queue, "Attributes": {"RawMessageDelivery": raw},
        });
        ask(&mut world, "sns:Subscribe", input);
    }
    let id = ask(&mut world, "sns:Publish", json!({"TopicArn": arn, "Message": "hello", "Subject": "s"}))["MessageId"].clone();
    assert_eq!(messages(&mut world, "plain")[0]["Body"], "hello");
    let wrapped = messages(&mut world, "wrapped");
    let envelope: Value = serde_json::from_str(wrapped[0]["Body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(envelope["Type"], "Notification");
    assert_eq!((&envelope["MessageId"], &envelope["TopicArn"]), (&id, &json!(arn)));
    assert_eq!((&envelope["Message"], &envelope["Subject"]), (&json!("hello"), &json!("s")));
}

#[test]
fn a_message_may_have_a_text_for_each_protocol() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let queue = open_queue(&mut world, "q");
    ask(
        &mut world,
        "sns:Subscribe",
        json!({
            "TopicArn": arn, "Protocol": "sqs", "Endpoint": queue, "Attributes": {"RawMessageDelivery": "true"},
        }),
    );
    let texts = json!({"default": "d", "sqs": "for queues"}).to_string();
    ask(&mut world, "sns:Publish", json!({"TopicArn": arn, "Message": texts, "MessageStructure": "json"}));
    assert_eq!(messages(&mut world, "q")[0]["Body"], "for queues");
    let none = json!({"TopicArn": arn, "Message": "{\"sqs\":\"x\"}", "MessageStructure": "json"});
    assert_eq!(refused(&mut world, "sns:Publish", none), "InvalidParameter");
}

#[test]
fn a_queue_whose_policy_refuses_the_topic_gets_nothing() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    ask(&mut world, "sqs:CreateQueue", json!({"QueueName": "shut"}));
    let queue = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:shut");
    ask(&mut world, "sns:Subscribe", json!({"TopicArn": arn, "Protocol": "sqs", "Endpoint": queue}));
    ask(&mut world, "sns:Publish", json!({"TopicArn": arn, "Message": "hello"}));
    assert!(messages(&mut world, "shut").is_empty());
}

#[test]
fn messages_have_limits() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    for input in [
        json!({"TopicArn": arn, "Message": ""}),
        json!({"TopicArn": arn, "Message": "x".repeat(262_145)}),
        json!({"TopicArn": arn, "Message": "x", "Subject": "s".repeat(101)}),
    ] {
        assert_eq!(refused(&mut world, "sns:Publish", input), "InvalidParameter");
    }
}

#[test]
fn unsubscribing_twice_is_fine() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let queue = open_queue(&mut world, "q");
    let input = json!({"TopicArn": arn, "Protocol": "sqs", "Endpoint": queue});
    let id = ask(&mut world, "sns:Subscribe", input)["SubscriptionArn"].clone();
    for _ in 0..2 {
        ask(&mut world, "sns:Unsubscribe", json!({"SubscriptionArn": id}));
    }
    assert_eq!(attributes(&mut world, &arn)["SubscriptionsDeleted"], "1");
    assert_eq!(refused(&mut world, "sns:Unsubscribe", json!({"SubscriptionArn": "x"})), "InvalidParameter");
}

#[test]
fn tags_are_limited_to_fifty() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let tags: Vec<Value> = (0..51).map(|number| json!({"Key": number.to_string(), "Value": ""})).collect();
    ask(&mut world, "sns:TagResource", json!({"ResourceArn": arn, "Tags": tags[..50]}));
    assert_eq!(
        refused(&mut world, "sns:TagResource", json!({"ResourceArn": arn, "Tags": tags})),
        "TagLimitExceeded"
    );
    let keys: Vec<String> = (1..50).map(|number: i32| number.to_string()).collect();
    ask(&mut world, "sns:UntagResource", json!({"ResourceArn": arn, "TagKeys": keys}));
    let left = ask(&mut world, "sns:ListTagsForResource", json!({"ResourceArn": arn}));
    assert_eq!(left, json!({"Tags": [{"Key": "0", "Value": ""}]}));
}

/// A topic with a queue that hears it, and the subscription's ARN.
fn heard(world: &mut World, settings: Value) -> (String, String) {
    let arn = topic(world, "room");
    let queue = open_queue(world, "q");
    let input = json!({"TopicArn": arn, "Protocol": "sqs", "Endpoint": queue, "Attributes": settings});
    let id = text(&ask(world, "sns:Subscribe", input)["SubscriptionArn"]);
    (arn, id)
}

fn counted(world: &World, metric: &str) -> f64 {
    cloudwatch::sum(world, ACCOUNT, REGION, "AWS/SNS", metric, &[("TopicName", "room")])
}

#[test]
fn a_filter_policy_keeps_messages_away_and_counts_them() {
    let mut world = world();
    let settings = json!({
        "FilterPolicy": "{\"detail\":{\"level\":[\"error\"]}}", "FilterPolicyScope": "MessageBody",
        "RawMessageDelivery": "true",
    });
    let (arn, _) = heard(&mut world, settings);
    let wanted = r#"{"detail":{"level":"error"}}"#;
    for message in [wanted, r#"{"detail":{"level":"info"}}"#, "text"] {
        ask(&mut world, "sns:Publish", json!({"TopicArn": arn, "Message": message}));
    }
    let heard = messages(&mut world, "q");
    assert_eq!((heard.len(), &heard[0]["Body"]), (1, &json!(wanted)));
    assert_eq!(
        (counted(&world, "NumberOfMessagesPublished"), counted(&world, "NumberOfNotificationsDelivered")),
        (3.0, 1.0)
    );
    assert_eq!(counted(&world, "NumberOfNotificationsFilteredOut"), 2.0);
}

#[test]
fn attributes_of_a_subscription_are_set_one_by_one() {
    let mut world = world();
    let (arn, id) = heard(&mut world, json!({}));
    for (name, value) in [("RawMessageDelivery", "true"), ("FilterPolicy", "{\"level\":[\"error\"]}")] {
        let input = json!({"SubscriptionArn": id, "AttributeName": name, "AttributeValue": value});
        ask(&mut world, "sns:SetSubscriptionAttributes", input);
    }
    let shown = ask(&mut world, "sns:GetSubscriptionAttributes", json!({"SubscriptionArn": id}));
    let shown = &shown["Attributes"]["$map"];
    assert_eq!((&shown["RawMessageDelivery"], &shown["TopicArn"]), (&json!("true"), &json!(arn)));
    assert_eq!(shown["FilterPolicyScope"], "MessageAttributes");
    for level in ["error", "info"] {
        let attributes = json!({"level": {"DataType": "String", "StringValue": level}});
        ask(
            &mut world,
            "sns:Publish",
            json!({"TopicArn": arn, "Message": level, "MessageAttributes": attributes}),
        );
    }
    assert_eq!(messages(&mut world, "q").len(), 1);
}

#[test]
fn attributes_that_no_subscription_can_have_are_refused() {
    let mut world = world();
    let (arn, id) = heard(&mut world, json!({}));
    for (name, value) in [
        ("RawMessageDelivery", "maybe"),
        ("FilterPolicy", "{"),
        ("FilterPolicy", r#"{"detail":{"level":["error"]}}"#),
        ("FilterPolicy", r#"{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}"#),
        ("FilterPolicyScope", "Everything"),
        ("Color", "red"),
    ] {
        let input = json!({"SubscriptionArn": id, "AttributeName": name, "AttributeValue": value});
        assert_eq!(
            refused(&mut world, "sns:SetSubscriptionAttributes", input),
            "InvalidParameter",
            "{name} {value}"
        );
    }
    let function = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify");
    let raw = json!({
        "TopicArn": arn, "Protocol": "lambda", "Endpoint": function,
        "Attributes": {"RawMessageDelivery": "true"},
    });
    assert_eq!(refused(&mut world, "sns:Subscribe", raw), "InvalidParameter");
    let gone = json!({"SubscriptionArn": format!("{arn}:gone")});
    assert_eq!(refused(&mut world, "sns:GetSubscriptionAttributes", gone), "NotFound");
}

#[test]
fn a_function_of_the_same_account_is_subscribed_once_and_at_once() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    let function = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify");
    let input = json!({"TopicArn": arn, "Protocol": "lambda", "Endpoint": function});
    let first = ask(&mut world, "sns:Subscribe", input.clone());
    assert!(text(&first["SubscriptionArn"]).starts_with(&arn));
    assert_eq!(ask(&mut world, "sns:Subscribe", input), first);
}

#[test]
fn a_topic_under_the_key_that_aws_manages_takes_nothing_from_a_service() {
    let mut world = world();
    let arn = topic(&mut world, "room");
    allow_publish(&mut world, &arn, "events.amazonaws.com");
    let key = json!({"TopicArn": arn, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns"});
    ask(&mut world, "sns:SetTopicAttributes", key);
    let pattern = r#"{"source":["aws.ecs"]}"#;
    ask(&mut world, "events:PutRule", json!({"Name": "deploys", "EventPattern": pattern}));
    let target = json!({"Id": "room", "Arn": arn});
    ask(&mut world, "events:PutTargets", json!({"Rule": "deploys", "Targets": [target]}));
    publish_event(&mut world, ACCOUNT, REGION, &json!({"source": "aws.ecs"}), NOW);
    let dimensions = [("RuleName", "deploys")];
    let failed = cloudwatch::sum(&world, ACCOUNT, REGION, "AWS/Events", "FailedInvocations", &dimensions);
    assert_eq!((failed, counted(&world, "NumberOfMessagesPublished")), (1.0, 0.0));
}
