use serde_json::json;
use time::OffsetDateTime;

use super::*;

const ACCOUNT: &str = "111111111111";

/// What is asked, as `action resource [key=value ...]`.
fn asked(world: &mut World, action: &str, input: Value) -> Vec<String> {
    let (prefix, operation) = action.split_once(':').unwrap();
    let service = Service::ALL.into_iter().find(|one| one.action_prefix() == prefix).unwrap();
    let call = Call {
        account: ACCOUNT,
        region: "eu-west-1",
        principal: "",
        operation,
        input: &input,
        now: OffsetDateTime::UNIX_EPOCH,
    };
    let line = |one: Authorization| {
        let conditions = one.conditions.iter().map(|(key, value)| format!(" {key}={value}"));
        let resource = one.resource.replace(":eu-west-1:111111111111:", "::");
        format!("{} {resource}{}", one.action, conditions.collect::<String>())
    };
    authorizations(world, service, &call).into_iter().map(line).collect()
}

#[test]
fn a_call_is_asked_about_with_the_resource_that_the_reference_names() {
    for (action, input, expected) in [
        ("events:PutRule", json!({ "Name": "r" }), "events:PutRule arn:aws:events::rule/r"),
        (
            "events:DeleteRule",
            json!({ "Name": "r", "EventBusName": "b" }),
            "events:DeleteRule arn:aws:events::rule/b/r",
        ),
        ("events:ListRules", json!({}), "events:ListRules *"),
        (
            "sns:Unsubscribe",
            json!({ "SubscriptionArn": "arn:aws:sns:eu-west-1:1:t:id" }),
            "sns:Unsubscribe *",
        ),
        (
            "sqs:DeleteQueue",
            json!({ "QueueUrl": "http://h/111111111111/q" }),
            "sqs:DeleteQueue arn:aws:sqs::q",
        ),
        (
            "cloudwatch:DescribeAlarms",
            json!({ "AlarmNames": ["a"] }),
            "cloudwatch:DescribeAlarms arn:aws:cloudwatch::alarm:*",
        ),
        (
            "ecs:UpdateService",
            json!({ "cluster": "arn:aws:ecs:eu-west-1:111111111111:cluster/c", "service": "s" }),
            "ecs:UpdateService arn:aws:ecs::service/c/s",
        ),
        (
            "secretsmanager:GetSecretValue",
            json!({ "SecretId": "s" }),
            "secretsmanager:GetSecretValue arn:aws:secretsmanager::secret:s-absent",
        ),
        ("organizations:ListAccounts", json!({}), "organizations:ListAccounts *"),
        (
            "sts:AssumeRole",
            json!({ "RoleArn": "arn:aws:iam::1:role/r", "ExternalId": "x" }),
            "sts:AssumeRole arn:aws:iam::1:role/r sts:ExternalId=x",
        ),
        (
            "events:PutEvents",
            json!({ "Entries": [{ "Source": "s", "DetailType": "d" }] }),
            "events:PutEvents arn:aws:events::event-bus/default events:detail-type=d events:source=s",
        ),
    ] {
        assert_eq!(asked(&mut World::default(), action, input), [expected]);
    }
    assert_eq!(asked(&mut World::default(), "sts:GetCallerIdentity", json!({})), [""; 0]);
}

#[test]
fn what_a_call_does_beside_its_own_action_is_asked_about_as_well() {
    let tags = json!([{ "Key": "k", "Value": "v" }]);
    let role = "arn:aws:iam::111111111111:role/r";
    for (action, input, beside) in [
        ("sns:CreateTopic", json!({ "Name": "t", "Tags": tags }), "sns:TagResource arn:aws:sns::t"),
        ("sqs:CreateQueue", json!({ "QueueName": "q", "tags": { "k": "v" } }), "sqs:TagQueue arn:aws:sqs::q"),
        (
            "events:PutTargets",
            json!({ "Rule": "r", "Targets": [{ "Id": "1", "RoleArn": role }] }),
            "iam:PassRole arn:aws:iam::111111111111:role/r iam:PassedToService=events.amazonaws.com",
        ),
        (
            "lambda:CreateFunction",
            json!({ "FunctionName": "f", "Role": role }),
            "iam:PassRole arn:aws:iam::111111111111:role/r iam:PassedToService=lambda.amazonaws.com",
        ),
        ("lambda:GetFunction", json!({ "FunctionName": "f" }), "lambda:ListTags arn:aws:lambda::function:f"),
    ] {
        let asked = asked(&mut World::default(), action, input);
        assert!(asked[0].starts_with(action) && asked[1..] == [beside], "{asked:?}");
    }
    let made = asked(&mut World::default(), "events:CreateConnection", json!({ "Name": "c" })).join("\n");
    assert!(
        made.contains("iam:CreateServiceLinkedRole") && made.contains("secretsmanager:CreateSecret"),
        "{made}"
    );
}

#[test]
fn a_change_is_asked_about_with_the_tags_that_the_resource_has_before_it() {
    let mut world = World::default();
    let input = json!({ "Name": "t", "Tags": [{ "Key": "foghorn.dev/fleet", "Value": "acme" }] });
    let call = Call {
        account: ACCOUNT,
        region: "eu-west-1",
        principal: "",
        operation: "CreateTopic",
        input: &input,
        now: OffsetDateTime::UNIX_EPOCH,
    };
    let created = asked(&mut world, "sns:CreateTopic", input.clone());
    assert!(!created[0].contains("ResourceTag"), "{created:?}");
    Service::Sns.answer(&mut world, &call).unwrap();
    let topic = json!({ "TopicArn": "arn:aws:sns:eu-west-1:111111111111:t" });
    let deleted = asked(&mut world, "sns:DeleteTopic", topic);
    assert_eq!(deleted, ["sns:DeleteTopic arn:aws:sns::t aws:ResourceTag/foghorn.dev/fleet=acme"]);
}
