//! Checks of what stands in rules: patterns and templates.

use super::Explanation;
use crate::model::Severity;

/// Amazon EventBridge User Guide, operators of event patterns.
const PATTERNS: &str =
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html";

/// Amazon EventBridge User Guide, input transformation.
const TRANSFORMATION: &str =
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html";

pub(super) const PATTERN_NEVER_MATCHES: Explanation = Explanation {
    title: "A rule's pattern can match no event of ECS",
    severity: Severity::Warning,
    meaning: "Part of the pattern asks for something that ECS never sends: an exit code written as a string, an event \
        name that does not exist, a field that another kind of event has. Whoever wrote it believes that failures are \
        caught, and they are not.",
    behaviour: "EventBridge checks that a pattern is well formed, never that it can match. It compares types strictly: \
        [\"0\"] does not match the number 0. All fields of a pattern must match, so that one impossible field silences \
        the rest; and anything-but does not match a field that is absent, such as the exit code of a task that never \
        started.",
    source: PATTERNS,
    remedy: "Write what the finding suggests; numbers stand without quotes, and an alternative for absent fields \
        stands in $or. Try it with `foghorn test-event --sample all`. In a rule of the fleet it comes from \
        events[].pattern of the fleet file; a rule that others made is theirs to mend.",
};

pub(super) const MESSAGE_UNSAFE: Explanation = Explanation {
    title: "A quotation mark in a reason would lose the message",
    severity: Severity::Warning,
    meaning: "The rule's template puts ECS's free text, reason or stoppedReason, between quotation marks. The day that \
        text has a quotation mark, a backslash or a line break in it, the message is no longer JSON, and the room gets \
        nothing: just when a container fails with an unusual error.",
    behaviour: "EventBridge escapes nothing that it splices into a quoted string of an input template. A placeholder \
        that stands alone, without quotes around it, becomes a whole JSON value, quotes included. AWS Chatbot drops \
        what it can't read, and counts it in UnsupportedEvents.",
    source: TRANSFORMATION,
    remedy: "Let the placeholder stand by itself as a value: \"reason\": <reason> instead of \"text\": \"Failed: \
        <reason>\"; for AWS Chatbot, as an element of content.nextSteps, which is a list. Templates that Foghorn makes \
        do so: `foghorn apply` puts them back.",
};
