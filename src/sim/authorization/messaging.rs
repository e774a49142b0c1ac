//! What IAM is asked about calls of Amazon SNS and Amazon SQS.

use super::{Authorization, NONE, action, arn, has_tags};
use crate::sim::call::Call;

pub(super) fn of_sns(call: &Call<'_>) -> Vec<Authorization> {
    let the_call = |resource: &str| Authorization::new(action("sns", call), resource);
    match call.operation {
        "CreateTopic" => {
            let topic = arn(call, "sns", call.string("Name").unwrap_or_default());
            let tags = has_tags(call, "Tags").then(|| Authorization::new("sns:TagResource", &*topic));
            [the_call(&topic)].into_iter().chain(tags).collect()
        }
        "Subscribe" => {
            let [endpoint, protocol] = ["Endpoint", "Protocol"].map(|member| call.string(member));
            let topic = call.string("TopicArn").unwrap_or_default();
            let subscribe = the_call(topic)
                .when("sns:Endpoint", endpoint.unwrap_or_default())
                .when("sns:Protocol", protocol.unwrap_or_default());
            vec![subscribe]
        }
        // Subscriptions are no resources of their own to IAM.
        "GetSubscriptionAttributes" | "SetSubscriptionAttributes" | "Unsubscribe" => vec![the_call(NONE)],
        _ => {
            let topic = call.string("TopicArn").or_else(|| call.string("ResourceArn"));
            vec![the_call(topic.unwrap_or(NONE))]
        }
    }
}

pub(super) fn of_sqs(call: &Call<'_>) -> Vec<Authorization> {
    let by_url = call.string("QueueUrl").and_then(|url| url.rsplit('/').next());
    let Some(name) = call.string("QueueName").or(by_url) else {
        return vec![Authorization::new(action("sqs", call), NONE)];
    };
    let queue = arn(call, "sqs", name);
    let tags = (call.operation == "CreateQueue" && has_tags(call, "tags"))
        .then(|| Authorization::new("sqs:TagQueue", &*queue));
    [Authorization::new(action("sqs", call), queue)].into_iter().chain(tags).collect()
}
