//! Checks of what carries an event to a room.

use super::Explanation;
use crate::model::Severity;

/// Amazon EventBridge User Guide, resource-based policies of targets.
const TARGETS: &str = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html";

/// AWS Chatbot Administrator Guide, getting started with Slack.
const CHATBOT: &str = "https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html";

/// Amazon EventBridge User Guide, API destinations.
const DESTINATIONS: &str =
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html";

/// Amazon ECS Developer Guide, service deployment state change events.
const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html";

/// Amazon EventBridge API Reference, PutRule.
const PUT_RULE: &str = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html";

/// Resource Groups Tagging API Reference, GetResources.
const GET_RESOURCES: &str =
    "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html";

pub(super) const PATH_BROKEN: Explanation = Explanation {
    title: "A failure would not reach the room",
    severity: Severity::Error,
    meaning: "Foghorn walked the way from the event to the room, with the events that ECS emits, and found a hop that \
        does not carry them on. If a deployment fails here now, nobody hears of it. The finding names the first hop \
        that stops the news; there may be others behind it.",
    behaviour: "Every hop of this way fails in silence. A rule that is disabled or whose pattern misses, a topic whose \
        policy does not let EventBridge publish, a subscription that is gone, a message that AWS Chatbot does not \
        support: each is accepted when it is set up, and drops events later without an error to anybody.",
    source: TARGETS,
    remedy: "Read the finding: it says what stops the news and, where that is left to a person, what to do. `foghorn \
        plan` shows what `foghorn apply` mends: the rules, targets, topics, functions and policies that the fleet asks \
        for. It can't mend AWS Chatbot's own subscription to a topic, which AWS Chatbot alone makes, a statement that \
        someone else put into a policy, a workspace that nobody authorised, or a name that belongs to someone else. \
        `foghorn sound` then proves the way with a canary. For a path that others made, tell them.",
};

pub(super) const ROOM_NOT_AUTHORISED: Explanation = Explanation {
    title: "Nobody has let AWS Chatbot into the chat workspace from this account",
    severity: Severity::Error,
    meaning: "AWS Chatbot can't post into the Slack workspace or the Microsoft Teams team from this account, so that \
        no configuration of a channel can be made, and nothing that is sent there arrives. It is the one step of the \
        set-up that needs a person, once in every account.",
    behaviour: "Authorisation is an OAuth consent in the browser, kept by AWS Chatbot (Amazon Q Developer in chat \
        applications) for each account. No API and no CloudFormation resource makes it; the API only lists which \
        workspaces have it. A private channel also needs the app to be invited.",
    source: CHATBOT,
    remedy: "Sign in to the account as an administrator, open AWS Chatbot in the console, choose Configure new client, \
        and allow the workspace; the finding's evidence has the steps. Then run `foghorn apply` again. With \
        pipelines[].hub, one account carries the messages of all, and one authorisation is enough.",
};

pub(super) const NAME_TAKEN: Explanation = Explanation {
    title: "A name that the fleet needs belongs to something else",
    severity: Severity::Error,
    meaning: "A resource with the name that this fleet would use exists without the fleet's tag, so somebody else made \
        it. Foghorn never overwrites what it does not own: the change is a conflict, and what depends on it is withheld.",
    behaviour: "Writes of EventBridge, CloudWatch and SNS replace what stands under a name, without asking: PutRule \
        drops every argument that is omitted. AWS Chatbot allows one configuration a channel in an account, and \
        refuses a second one whatever its name.",
    source: PUT_RULE,
    remedy: "Find out who made it: CloudTrail knows, and its tags may. Then rename or remove it; or rename the \
        pipeline, since its name is part of every resource's; or, for a chat configuration, set adopt: true, so that \
        topics are added to it and nothing else is touched. Something that is the fleet's own gets the tag \
        foghorn.dev/fleet back.",
};

pub(super) const WEBHOOK_UNUSABLE: Explanation = Explanation {
    title: "A pipeline's webhook can't be used",
    severity: Severity::Error,
    meaning: "The secret that holds the address of the room is missing, empty, no URL, not https, or the address of \
        another chat service than the pipeline names. Everything up to the last hop may be in order, and nothing \
        would be posted. The address itself never appears in a report.",
    behaviour: "Neither EventBridge nor Lambda looks at a webhook before the first event. An API destination takes \
        any https endpoint, and learns what it is worth when it posts; what fails for good is counted in \
        FailedInvocations and, with a dead-letter queue, kept there.",
    source: DESTINATIONS,
    remedy: "Make a new incoming webhook in the chat service if the old one is gone, and put its URL, and nothing else, \
        where the pipeline's webhook points: the environment variable, the file, or the secret in Secrets Manager. \
        Then run `foghorn apply`, and `foghorn sound` to see a message arrive.",
};

pub(super) const ORPHAN: Explanation = Explanation {
    title: "The fleet owns it, and its file no longer asks for it",
    severity: Severity::Warning,
    meaning: "A resource carries this fleet's tag, and nothing in the fleet file needs it: a pipeline was renamed or \
        removed, or a Region left out. It costs little, but it may still post to a room, and a stale rule posts every \
        message twice.",
    behaviour: "AWS keeps what was made until somebody deletes it. Foghorn keeps no state file: it finds what it once \
        made by the tag foghorn.dev/fleet, with the Resource Groups Tagging API and in the services themselves.",
    source: GET_RESOURCES,
    remedy: "Look at it with `foghorn plan --prune`, which shows what would be removed, and remove it with `foghorn \
        apply --prune`. Something that shall stay and is not the fleet's loses the tag foghorn.dev/fleet. If the file \
        lost a pipeline by mistake, put it back.",
};

pub(super) const CLUSTER_LEFT_OUT: Explanation = Explanation {
    title: "No pipeline takes events of this cluster",
    severity: Severity::Info,
    meaning: "The fleet gives the account a pipeline, but every one of them is narrowed to clusters by name, and this \
        cluster is none of them. It has services, so a failed deployment there is announced by ECS and told to nobody. \
        The account does not count as heard.",
    behaviour: "Events of ECS name the cluster by its ARN, and a rule's pattern picks those that the pipeline's \
        clusters match. EventBridge says nothing of a pattern that matches no cluster that exists, be it a name with a \
        slip in it or a cluster that was made later.",
    source: EVENTS,
    remedy: "Look at spec.pipelines[].clusters: correct the name, add one that matches this cluster (* stands for any \
        text), leave clusters out to take all, or give this cluster a pipeline of its own. If nobody needs to hear of \
        it, leave it: the finding is a note, and changes no exit code.",
};
