//! Making what every way has, and mending services.

use crate::policy::permission::Place::{Any, In};
use crate::policy::permission::{Bound, Permission};
use crate::policy::shape::Shape;

const WITH_PIPELINES: &str = "apply, where there are pipelines";

/// The statements, in order.
pub(super) const PERMISSIONS: &[Permission<Shape>] = &[
    Permission {
        sid: "MakeRules",
        purpose: "Make rules and mend them",
        needed: WITH_PIPELINES,
        when: |shape| shape.makes() && shape.pipelines,
        actions: &["events:PutRule", "events:PutTargets", "events:TagResource"],
        resources: &[In("events", "rule/foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "MakeAlarms",
        purpose: "Make the alarms on the pipelines themselves and mend them",
        needed: WITH_PIPELINES,
        when: |shape| shape.makes() && shape.pipelines,
        actions: &["cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"],
        resources: &[In("cloudwatch", "alarm:foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "MakeQueues",
        purpose: "Make the queues for what could not be delivered and mend them",
        needed: "apply, where a pipeline keeps dead letters",
        when: |shape| shape.makes() && shape.dead_letters,
        actions: &["sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue"],
        resources: &[In("sqs", "foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "MakeTopics",
        purpose: "Make topics and mend them",
        needed: "apply, where a pipeline ends in AWS Chatbot or has a topic before its function",
        when: |shape| shape.makes() && (shape.slack || shape.teams || shape.topics),
        actions: &["sns:CreateTopic", "sns:SetTopicAttributes", "sns:TagResource"],
        resources: &[In("sns", "foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "MakeSubscriptions",
        purpose: "Subscribe the function to its topic",
        needed: "apply, where there is a topic before a function",
        when: |shape| shape.makes() && shape.topics,
        actions: &["sns:Subscribe"],
        resources: &[In("sns", "foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "MendSubscriptions",
        purpose: "Take a filter off that subscription; a subscription is no resource to IAM",
        needed: "apply, where there is a topic before a function",
        when: |shape| shape.makes() && shape.topics,
        actions: &["sns:SetSubscriptionAttributes"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "MakeBuses",
        purpose: "Make the buses of a hub",
        needed: "apply, in an account that is a hub",
        when: |shape| shape.makes() && shape.gathers,
        actions: &["events:CreateEventBus", "events:TagResource"],
        resources: &[In("events", "event-bus/foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "OpenBuses",
        purpose: "Let the members put events on those buses; this takes no resource",
        needed: "apply, in an account that is a hub",
        when: |shape| shape.makes() && shape.gathers,
        actions: &["events:PutPermission"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "MendServices",
        purpose: "Switch circuit breakers on",
        needed: "apply, where spec.breakers.remediate",
        when: |shape| shape.makes() && shape.remediates,
        actions: &["ecs:UpdateService"],
        resources: &[In("ecs", "service/*")],
        bound: Bound::None,
    },
];
