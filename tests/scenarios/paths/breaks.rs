//! What can be broken on a way: one thing at a time, with what the walk has to
//! say of it, and those that every way has.

use serde_json::json;

use super::hands::Hands;

/// One thing that a person can break.
#[derive(Clone, Copy)]
pub struct Break {
    /// What is broken.
    pub name: &'static str,
    /// How it is broken.
    pub breaks: fn(&mut Hands<'_>),
    /// The hop at which the path is broken then.
    pub hop: &'static str,
    /// What the report says of it, in part.
    pub why: &'static str,
    /// What the walk says of the path.
    pub state: &'static str,
    /// What a person has to do before an apply mends the rest, if anything.
    pub mends: Option<fn(&mut Hands<'_>)>,
    /// The check that says it too, beside `pathBroken`.
    pub check: Option<&'static str>,
}

/// Something broken that an apply mends.
pub const fn broken(
    name: &'static str,
    hop: &'static str,
    why: &'static str,
    breaks: fn(&mut Hands<'_>),
) -> Break {
    Break { name, breaks, hop, why, state: "broken", mends: None, check: None }
}

impl Break {
    /// Something that only a person mends.
    pub const fn mended_by(self, mends: fn(&mut Hands<'_>)) -> Self {
        Self { mends: Some(mends), ..self }
    }

    /// Something that leaves the verdict open.
    pub const fn in_doubt(self) -> Self {
        Self { state: "unknown", ..self }
    }

    /// Something that is not as it should be, and does not keep failures from
    /// the room.
    pub const fn heard_all_the_same(self) -> Self {
        Self { state: "heard", ..self }
    }

    /// Something that another check tells as well.
    pub const fn told_by(self, check: &'static str) -> Self {
        Self { check: Some(check), ..self }
    }
}

/// What every way has: a rule with a target.
pub const RULE: [Break; 6] = [
    broken("the rule is disabled", "rule", "the rule is DISABLED", |hands| {
        let input = hands.of_rule("Name", json!({}));
        hands.call("events:DisableRule", input);
    }),
    broken("the rule is gone", "rule", "foghorn apply makes it", |hands| {
        hands.remove_targets();
        let input = hands.of_rule("Name", json!({}));
        hands.call("events:DeleteRule", input);
    }),
    broken("the rule waits for other events", "pattern", "does not take such an event", |hands| {
        let pattern = json!({ "source": ["aws.ecs"], "detail": { "eventName": ["NOTHING"] } }).to_string();
        let input = hands.of_rule("Name", json!({ "EventPattern": pattern }));
        hands.call("events:PutRule", input);
    }),
    broken("the rule takes only some of the events", "pattern", "does not take such an event", |hands| {
        let pattern = json!({ "source": ["aws.ecs"], "detail": { "reason": [{ "prefix": "ECS deployment circuit" }] } });
        let input = hands.of_rule("Name", json!({ "EventPattern": pattern.to_string() }));
        hands.call("events:PutRule", input);
    }),
    broken("the target is gone", "target", "the rule has no target", |hands| hands.remove_targets()),
    broken(
        "the target leads to a topic that is not there",
        "target",
        "not where the pipeline goes",
        |hands| {
            let elsewhere = hands.arn("sns", "nowhere");
            hands.change_target(|target| {
                *target = json!({ "Id": target["Id"], "Arn": elsewhere });
            });
        },
    ),
];

/// What a rule of the default bus can be, and one of another can't.
pub const SCHEDULE: Break = broken("the rule is a schedule", "pattern", "is a schedule", |hands| {
    let input = hands.of_rule("Name", json!({ "ScheduleExpression": "rate(1 day)" }));
    hands.call("events:PutRule", input);
});

/// The topic is gone, and with it all that was subscribed.
pub const TOPIC_GONE: Break = broken("the topic is gone", "topic", "there is no such topic", |hands| {
    let input = json!({ "TopicArn": hands.topic() });
    hands.call("sns:DeleteTopic", input);
});

/// What every way has that leads through a topic.
pub const TOPIC: [Break; 8] = [
    broken("the topic's policy lets only its own account in", "topicPolicy", "does not let this rule", |hands| {
        let own = json!({
            "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sns:Publish", "Resource": hands.topic(),
            "Condition": { "StringEquals": { "AWS:SourceOwner": hands.account } },
        });
        hands.set_topic_policy(json!([own]));
    }),
    broken("the topic's policy lets rules of another account in", "topicPolicy", "does not let this rule", |hands| {
        let other = json!({
            "Sid": "FoghornAllowRule", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "sns:Publish", "Resource": hands.topic(),
            "Condition": { "StringEquals": { "aws:SourceAccount": "999999999999" } },
        });
        hands.set_topic_policy(json!([other]));
    }),
    broken("the topic's policy lets another rule in", "topicPolicy", "does not let this rule", |hands| {
        let other = json!({
            "Sid": "FoghornAllowRule", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "sns:Publish", "Resource": hands.topic(),
            "Condition": { "ArnEquals": { "aws:SourceArn": hands.arn("events", "rule/other") } },
        });
        hands.set_topic_policy(json!([other]));
    }),
    broken("the topic's policy denies all", "topicPolicy", "\"theirs\"", |hands| {
        let deny = json!({
            "Sid": "theirs", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": hands.topic(),
        });
        let statements = hands.topic_policy().into_iter().chain([deny]).collect();
        hands.set_topic_policy(statements);
    })
    .mended_by(|hands| {
        let statements = hands.topic_policy().into_iter().filter(|one| one["Sid"] != "theirs").collect();
        hands.set_topic_policy(statements);
    }),
    broken("the topic's policy asks for an organisation", "topicPolicy", "condition", |hands| {
        let deny = json!({
            "Sid": "theirs", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": hands.topic(),
            "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-abcdefghij" } },
        });
        let statements = hands.topic_policy().into_iter().chain([deny]).collect();
        hands.set_topic_policy(statements);
    })
    .in_doubt()
    .mended_by(|hands| {
        let statements = hands.topic_policy().into_iter().filter(|one| one["Sid"] != "theirs").collect();
        hands.set_topic_policy(statements);
    }),
    broken("the topic is encrypted with the key of AWS", "topicKey", "alias/aws/sns", |hands| {
        hands.set_topic("KmsMasterKeyId", "alias/aws/sns");
    })
    .mended_by(|hands| hands.set_topic("KmsMasterKeyId", "")),
    broken("the topic is encrypted with a customer's key", "topicKey", "alias/ours", |hands| {
        hands.set_topic("KmsMasterKeyId", "alias/ours");
    })
    .in_doubt()
    .mended_by(|hands| hands.set_topic("KmsMasterKeyId", "")),
    broken("the target is reached with a role", "role", "of which nobody knows", |hands| {
        let role = format!("arn:aws:iam::{}:role/foghorn-invoke", hands.account);
        hands.change_target(|target| target["RoleArn"] = role.into());
    })
    .in_doubt(),
];
