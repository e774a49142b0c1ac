//! Removing, which a pruning apply does as well as destroy.

use crate::policy::permission::Place::{Any, Global, In, Rooms};
use crate::policy::permission::{Bound, Permission};
use crate::policy::shape::Shape;

const REMOVAL: &str = "apply (for --prune) and destroy";

/// The statements, in order.
pub(super) const PERMISSIONS: &[Permission<Shape>] = &[
    Permission {
        sid: "FeedRooms",
        purpose: "Put the fleet's topics into configurations and take them out: into its own, and with `adopt` into those of others",
        needed: REMOVAL,
        when: |shape| shape.removes() && shape.looks_at_rooms(),
        actions: &[
            "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
            "chatbot:UpdateSlackChannelConfiguration",
        ],
        resources: &[Rooms],
        bound: Bound::ChatbotEndpoint,
    },
    Permission {
        sid: "ReadTeamsRoomsAgain",
        purpose: "Read a configuration of Microsoft Teams once more before it is written; this takes no resource",
        needed: REMOVAL,
        when: |shape| shape.removes() && shape.looks_at_rooms(),
        actions: &["chatbot:GetMicrosoftTeamsChannelConfiguration"],
        resources: &[Any],
        bound: Bound::ChatbotEndpoint,
    },
    Permission {
        sid: "Remove",
        purpose: "Remove what carries the fleet's mark",
        needed: REMOVAL,
        when: Shape::removes,
        actions: &[
            "cloudwatch:DeleteAlarms",
            "events:DeleteEventBus",
            "events:DeleteRule",
            "events:RemoveTargets",
            "lambda:DeleteFunction",
            "sns:DeleteTopic",
            "sqs:DeleteQueue",
        ],
        resources: &[
            In("cloudwatch", "alarm:foghorn-*"),
            In("events", "event-bus/foghorn-*"),
            In("events", "rule/foghorn-*"),
            In("lambda", "function:foghorn-*"),
            In("sns", "foghorn-*"),
            In("sqs", "foghorn-*"),
        ],
        bound: Bound::Owned,
    },
    Permission {
        sid: "RemoveRooms",
        purpose: "Remove configurations of AWS Chatbot that carry the fleet's mark",
        needed: REMOVAL,
        when: |shape| shape.removes() && shape.looks_at_rooms(),
        actions: &[
            "chatbot:DeleteMicrosoftTeamsChannelConfiguration",
            "chatbot:DeleteSlackChannelConfiguration",
        ],
        resources: &[Global("chatbot", "chat-configuration/*/foghorn-*")],
        bound: Bound::Owned,
    },
    Permission {
        sid: "RemoveDestinations",
        purpose: "Remove API destinations and connections, which take no tags",
        needed: REMOVAL,
        when: Shape::removes,
        actions: &["events:DeleteApiDestination", "events:DeleteConnection"],
        resources: &[In("events", "connection/foghorn-*"), In("events", "api-destination/foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "LetConnectionsDropSecrets",
        purpose: "EventBridge deletes a connection's secret in the name of whoever deletes the connection",
        needed: REMOVAL,
        when: Shape::removes,
        actions: &["secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret"],
        resources: &[In("secretsmanager", "secret:events!connection/foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "RemoveSubscriptions",
        purpose: "End the subscription of a function that goes; a subscription is no resource to IAM",
        needed: REMOVAL,
        when: Shape::removes,
        actions: &["sns:Unsubscribe"],
        resources: &[Any],
        bound: Bound::None,
    },
];
