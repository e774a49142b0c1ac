//! Who sends what is on its way, as policies and as people call it.

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// EventBridge, for a rule.
    Rule,
    /// CloudWatch, for an alarm.
    Alarm,
}

impl Sender {
    /// The service as policies know it (IAM user guide, AWS service principals).
    pub(super) fn principal(self) -> &'static str {
        match self {
            Self::Rule => "events.amazonaws.com",
            Self::Alarm => "cloudwatch.amazonaws.com",
        }
    }

    /// The service as people know it.
    pub(super) fn service(self) -> &'static str {
        match self {
            Self::Rule => "EventBridge",
            Self::Alarm => "CloudWatch",
        }
    }

    /// That for which the service sends.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Alarm => "alarm",
        }
    }

    /// What it sends.
    pub(super) fn messages(self) -> &'static str {
        match self {
            Self::Rule => "events from EventBridge",
            Self::Alarm => "messages of alarms",
        }
    }
}
