//! Checks of how the carriers themselves are doing.

use super::Explanation;
use crate::model::Severity;

/// Amazon EventBridge User Guide, monitoring.
const MONITORING: &str = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html";

/// Amazon EventBridge User Guide, dead-letter queues.
const QUEUES: &str = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html";

/// Amazon CloudWatch API Reference, PutMetricAlarm.
const ALARM: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";

/// Amazon CloudWatch API Reference, EnableAlarmActions.
const ACTIONS: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html";

pub(super) const ALARM_FIRING: Explanation = Explanation {
    title: "An alarm on a pipeline is in state ALARM",
    severity: Severity::Error,
    meaning: "One of the alarms that watch a pipeline says that events were not delivered, or that AWS Chatbot did not \
        understand a message. News of failed deployments is being lost now, or was within the alarm's period.",
    behaviour: "FailedInvocations counts deliveries that failed for good, retries aside, and only exists while it is \
        not zero. UnsupportedEvents of AWS Chatbot counts messages that were dropped for their form, in us-east-1 \
        alone. The alarms treat missing data as not breaching, so that they go back to OK by themselves.",
    source: MONITORING,
    remedy: "Read the reason in the finding, then this account's paths in the report: a broken hop is the usual cause, \
        and `foghorn apply` mends it. The pipeline's dead-letter queue says for each event why it was not delivered. \
        For UnsupportedEvents, see the log group /aws/chatbot/ of the configuration, in us-east-1.",
};

pub(super) const ALARM_MUTED: Explanation = Explanation {
    title: "An alarm on a pipeline would not be heard",
    severity: Severity::Warning,
    meaning: "The alarm stands, and would change its state, but tells nobody: its actions are switched off, the \
        topic that it told is no longer among them, or the way from that topic is broken, at the hop that the finding \
        names. A pipeline could fail, and only the next report would say so. A topic that was not read is not judged.",
    behaviour: "CloudWatch goes on evaluating an alarm whose actions are switched off, or that may not publish to its \
        topic, and shows its state in the console as if nothing were amiss. DisableAlarmActions has no end: what was \
        muted for a maintenance window stays so until somebody switches it on. A write of the alarm replaces its list \
        of actions as a whole. The key alias/aws/sns of an encrypted topic lets CloudWatch in no more than a Deny in \
        the topic's policy does.",
    source: ACTIONS,
    remedy: "Run `foghorn apply`, which switches the actions of the fleet's own alarms on, puts the topics back, and \
        lets the alarms publish. What others set it leaves alone: take a Deny out of the topic's policy, or choose a key \
        that allows cloudwatch.amazonaws.com. Where AWS Chatbot's subscription is gone, take the topic out of the \
        channel's configuration in its console and save; the next apply adds it again. CloudTrail records who did \
        what, if you want to keep it from coming back.",
};

pub(super) const ALARM_HEARD_ONLY_THROUGH_ITSELF: Explanation = Explanation {
    title: "Nobody but the report tells when an alarm fires",
    severity: Severity::Info,
    meaning: "The alarm watches a pipeline and tells no topic, or could only be heard through the very pipeline that \
        it watches: the day it fires is the day on which that pipeline is silent. Then this report is the only one \
        that says so, at its next run.",
    behaviour: "An alarm tells the topics among its actions and nobody else, in its own Region. CloudWatch does not \
        know that a topic leads to the room whose failure the alarm announces.",
    source: ALARM,
    remedy: "Name a topic under alarms.notify of the pipeline that reaches people another way: an e-mail list, a pager, \
        a second chat service. Or run Foghorn often enough that its report, posted elsewhere, is the second way.",
};

pub(super) const METRIC_NON_ZERO: Explanation = Explanation {
    title: "A carrier failed within the last 24 hours",
    severity: Severity::Error,
    meaning: "EventBridge could not deliver events of this rule, or AWS Chatbot dropped messages of this \
        configuration. Each one is a failure that somebody should have heard of and did not. It is counted whether or \
        not an alarm stands.",
    behaviour: "EventBridge retries for up to 24 hours and counts in FailedInvocations what it gave up or what was \
        refused for good; the topic's policy is the usual reason. AWS Chatbot counts in UnsupportedEvents what is \
        neither an event it knows nor a custom notification in its schema. Metrics come minutes late, at best effort.",
    source: MONITORING,
    remedy: "If a path of this pipeline is broken in the same report, mend that: `foghorn apply`. If all paths are \
        heard, the cause is over, and the count leaves the report after a day; the dead-letter queue still holds what \
        was lost. `foghorn sound` shows whether a message arrives now.",
};

pub(super) const DEAD_LETTERS: Explanation = Explanation {
    title: "Events wait in a dead-letter queue, or could not be kept",
    severity: Severity::Error,
    meaning: "These events could not be delivered to their target. Nobody has heard of them, and nobody will unless \
        somebody reads the queue. After the queue's retention they are gone. As a warning: the queue would take none, \
        so that what can't be delivered is lost without a trace but the count.",
    behaviour: "EventBridge puts an event into the target's queue when its retries are used up, or at once where the \
        target refuses for good. The attributes ERROR_CODE, ERROR_MESSAGE, RULE_ARN and TARGET_ARN of a message say \
        why and from where. Whoever is denied to send by a statement of the queue's policy stays denied, whatever \
        another statement allows.",
    source: QUEUES,
    remedy: "Open the queue in the console, poll for messages, and read the attributes. Mend what they name, look at \
        the services that the events are about, since those failures went unheard, and then purge the queue: the \
        finding stays for as long as a message waits. A statement that denies, which the finding names if it has a \
        name, is somebody else's, and so is the choice of a key: take the one out of the queue's policy, and choose no \
        key or one that allows events.amazonaws.com.",
};
