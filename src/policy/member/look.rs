//! Looking, which every mode does, and sounding.

use crate::policy::Mode;
use crate::policy::permission::Place::{Any, In, Webhooks};
use crate::policy::permission::{Bound, Permission};
use crate::policy::shape::Shape;

const ROOMS_ENDPOINT: &str =
    "plan, apply and destroy; sound where a pipeline ends in AWS Chatbot or asks who hears";

const SERVICES: &str =
    "plan and apply, and sound where a pipeline asks who hears, unless spec.breakers requires nothing";

/// The statements, in order.
pub(super) const PERMISSIONS: &[Permission<Shape>] = &[
    Permission {
        sid: "ListServices",
        purpose: "Find the services whose circuit breakers are judged",
        needed: SERVICES,
        when: Shape::looks_at_services,
        actions: &["ecs:ListClusters", "ecs:ListServices"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadServices",
        purpose: "Read the circuit breakers and deployments of services",
        needed: SERVICES,
        when: Shape::looks_at_services,
        actions: &["ecs:DescribeServices"],
        resources: &[In("ecs", "service/*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ListWhatCarriesEvents",
        purpose: "Find rules and what AWS counted; these take no resource",
        needed: "",
        when: |_| true,
        actions: &["cloudwatch:GetMetricData", "events:ListRules", "sns:GetSubscriptionAttributes"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "ListOwn",
        purpose: "Find what the fleet owns and no longer asks for, by its tag or its name; these take no resource",
        needed: "plan, apply and destroy",
        when: |shape| shape.mode != Mode::Sound,
        actions: &["events:ListApiDestinations", "events:ListConnections", "tag:GetResources"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadRules",
        purpose: "Follow events from rules, whoever made them, over buses to API destinations",
        needed: "",
        when: |_| true,
        actions: &[
            "events:DescribeApiDestination",
            "events:DescribeConnection",
            "events:DescribeEventBus",
            "events:DescribeRule",
            "events:ListTagsForResource",
            "events:ListTargetsByRule",
        ],
        resources: &[
            In("events", "rule/*"),
            In("events", "event-bus/*"),
            In("events", "api-destination/*"),
            In("events", "connection/*"),
        ],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadTopics",
        purpose: "Read topics: who may publish to them and who listens",
        needed: "",
        when: |_| true,
        actions: &["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"],
        resources: &[In("sns", "*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadQueues",
        purpose: "Read the queues that keep what could not be delivered; no message is read",
        needed: "",
        when: |_| true,
        actions: &["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
        resources: &[In("sqs", "*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadFunctions",
        purpose: "Read functions that events lead to: settings, tags and who may call them",
        needed: "",
        when: |_| true,
        actions: &[
            "lambda:GetFunctionConcurrency",
            "lambda:GetFunctionConfiguration",
            "lambda:GetPolicy",
            "lambda:ListTags",
        ],
        resources: &[In("lambda", "function:*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadOwnFunctions",
        purpose: "Read the fleet's functions in one call, which gives a link to their code as well",
        needed: "",
        when: |_| true,
        actions: &["lambda:GetFunction"],
        resources: &[In("lambda", "function:foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadAlarms",
        purpose: "Read the fleet's alarms; CloudWatch is asked for all of them whatever names are given",
        needed: "",
        when: |_| true,
        actions: &["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
        resources: &[In("cloudwatch", "alarm:*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadRooms",
        purpose: "Read the workspaces, teams and channel configurations of AWS Chatbot; these take no resource",
        needed: ROOMS_ENDPOINT,
        when: Shape::looks_at_rooms,
        actions: &[
            "chatbot:DescribeSlackChannelConfigurations",
            "chatbot:DescribeSlackWorkspaces",
            "chatbot:ListMicrosoftTeamsChannelConfigurations",
            "chatbot:ListMicrosoftTeamsConfiguredTeams",
            "chatbot:ListTagsForResource",
        ],
        resources: &[Any],
        bound: Bound::ChatbotEndpoint,
    },
    Permission {
        sid: "ReadWebhooks",
        purpose: "Find a webhook that is missing or is no URL before a message is lost by it",
        needed: "plan, apply and sound, where a pipeline's webhook is in Secrets Manager",
        when: |shape| !shape.webhooks.is_empty() && shape.mode != Mode::Destroy,
        actions: &["secretsmanager:GetSecretValue"],
        resources: &[Webhooks],
        bound: Bound::None,
    },
    Permission {
        sid: "TryPatterns",
        purpose: "Hold the patterns of rules against the events that ECS sends; this takes no resource",
        needed: "sound, where there are pipelines",
        when: |shape| shape.mode == Mode::Sound && shape.pipelines,
        actions: &["events:TestEventPattern"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "SendCanaries",
        purpose: "Put a canary on the bus that ECS events come to; no other event",
        needed: "sound, where a pipeline has canaries",
        when: |shape| shape.mode == Mode::Sound && shape.canaries,
        actions: &["events:PutEvents"],
        resources: &[In("events", "event-bus/default")],
        bound: Bound::Canary,
    },
];
