//! Making what only one way to a room has.

use crate::policy::permission::Place::{Any, Global, In};
use crate::policy::permission::{Bound, Permission};
use crate::policy::shape::Shape;

const WITH_DESTINATIONS: &str = "apply, where a pipeline ends in an API destination";
const WITH_FUNCTIONS: &str = "apply, where a pipeline ends in a function";

/// The statements, in order.
pub(super) const PERMISSIONS: &[Permission<Shape>] = &[
    Permission {
        sid: "MakeDestinations",
        purpose: "Make connections and API destinations and mend them",
        needed: WITH_DESTINATIONS,
        when: |shape| shape.makes() && shape.destinations,
        actions: &[
            "events:CreateApiDestination",
            "events:CreateConnection",
            "events:UpdateApiDestination",
            "events:UpdateConnection",
        ],
        resources: &[In("events", "connection/foghorn-*"), In("events", "api-destination/foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "LetConnectionsKeepSecrets",
        purpose: "EventBridge keeps a connection's secret in the name of whoever makes the connection",
        needed: WITH_DESTINATIONS,
        when: |shape| shape.makes() && shape.destinations,
        actions: &[
            "secretsmanager:CreateSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:TagResource",
            "secretsmanager:UpdateSecret",
        ],
        resources: &[In("secretsmanager", "secret:events!connection/foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "LetEventBridgeMakeItsRole",
        purpose: "EventBridge makes its service-linked role with the first connection",
        needed: WITH_DESTINATIONS,
        when: |shape| shape.makes() && shape.destinations,
        actions: &["iam:CreateServiceLinkedRole"],
        resources: &[Global("iam", "role/aws-service-role/apidestinations.events.amazonaws.com/*")],
        bound: Bound::MadeFor("apidestinations.events.amazonaws.com"),
    },
    Permission {
        sid: "PassTheInvokeRole",
        purpose: "Give rules the role by which EventBridge posts to webhooks",
        needed: WITH_DESTINATIONS,
        when: |shape| shape.makes() && shape.destinations,
        actions: &["iam:PassRole"],
        resources: &[Global("iam", "role/foghorn-invoke")],
        bound: Bound::PassedTo("events.amazonaws.com"),
    },
    Permission {
        sid: "PassTheForwardRole",
        purpose: "Give rules the role by which EventBridge puts events on a hub's bus",
        needed: "apply, where a pipeline goes through a hub",
        when: |shape| shape.makes() && !shape.hubs.is_empty(),
        actions: &["iam:PassRole"],
        resources: &[Global("iam", "role/foghorn-forward")],
        bound: Bound::PassedTo("events.amazonaws.com"),
    },
    Permission {
        sid: "MakeFunctions",
        purpose: "Make functions and mend them, their code and who may call them",
        needed: WITH_FUNCTIONS,
        when: |shape| shape.makes() && shape.functions,
        actions: &[
            "lambda:AddPermission",
            "lambda:CreateFunction",
            "lambda:RemovePermission",
            "lambda:TagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
        resources: &[In("lambda", "function:foghorn-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "PassTheNotifiersRole",
        purpose: "Give functions the role that they run with",
        needed: WITH_FUNCTIONS,
        when: |shape| shape.makes() && shape.functions,
        actions: &["iam:PassRole"],
        resources: &[Global("iam", "role/foghorn-notifier")],
        bound: Bound::PassedTo("lambda.amazonaws.com"),
    },
    Permission {
        sid: "MakeSlackRooms",
        purpose: "Make the configuration of a Slack channel; a new one takes no resource",
        needed: "apply, where a pipeline ends in Slack by AWS Chatbot",
        when: |shape| shape.makes() && shape.slack,
        actions: &["chatbot:CreateSlackChannelConfiguration"],
        resources: &[Any],
        bound: Bound::ChatbotEndpoint,
    },
    Permission {
        sid: "MakeTeamsRooms",
        purpose: "Make the configuration of a channel of Microsoft Teams; a new one takes no resource",
        needed: "apply, where a pipeline ends in Microsoft Teams by AWS Chatbot",
        when: |shape| shape.makes() && shape.teams,
        actions: &["chatbot:CreateMicrosoftTeamsChannelConfiguration"],
        resources: &[Any],
        bound: Bound::ChatbotEndpoint,
    },
    Permission {
        sid: "TagRooms",
        purpose: "Put the fleet's tags on configurations of its own",
        needed: "apply, where a pipeline ends in AWS Chatbot",
        when: |shape| shape.makes() && (shape.slack || shape.teams),
        actions: &["chatbot:TagResource"],
        resources: &[Global("chatbot", "chat-configuration/*/foghorn-*")],
        bound: Bound::ChatbotEndpoint,
    },
    Permission {
        sid: "PassTheRoomsRole",
        purpose: "Give configurations the role that AWS Chatbot takes for people in the channel",
        needed: "apply, where a pipeline ends in AWS Chatbot",
        when: |shape| shape.makes() && (shape.slack || shape.teams),
        actions: &["iam:PassRole"],
        resources: &[Global("iam", "role/foghorn-chat")],
        bound: Bound::PassedTo("chatbot.amazonaws.com"),
    },
    Permission {
        sid: "LetChatbotMakeItsRole",
        purpose: "AWS Chatbot makes its service-linked role with the first configuration",
        needed: "apply, where a pipeline ends in AWS Chatbot",
        when: |shape| shape.makes() && (shape.slack || shape.teams),
        actions: &["iam:CreateServiceLinkedRole"],
        resources: &[Global("iam", "role/aws-service-role/management.chatbot.amazonaws.com/*")],
        bound: Bound::MadeFor("management.chatbot.amazonaws.com"),
    },
];
