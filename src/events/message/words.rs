//! What messages of every form say, without any room's markup.

use super::{Heading, Shape};
use crate::events::parts::Origin;
use crate::model::EventFamily;

/// The most characters of an account's name that a message shows; titles hold
/// 250 (AWS Chatbot administrator guide, custom notifications).
const NAME_LIMIT: usize = 60;

/// The most characters of an account's labels that a message shows.
const LABELS_LIMIT: usize = 100;

/// A line of a message: what it is, and its value.
pub(super) type Line = (&'static str, String);

impl Heading<'_> {
    /// The account's name, or the id that the event carries.
    pub(super) fn account_name(&self) -> String {
        match self.origin {
            Origin::Account(account) => plain(&account.name, NAME_LIMIT),
            Origin::Organization { .. } => "<account>".to_owned(),
        }
    }

    /// The Region, or the one that the event carries.
    pub(super) fn region_name(&self) -> String {
        match self.origin {
            Origin::Account(_) => self.region.to_string(),
            Origin::Organization { .. } => "<region>".to_owned(),
        }
    }

    /// The list of the Region's clusters: the best page that a template, which
    /// can't cut a name out of an ARN, can lead to.
    pub(super) fn console(&self) -> String {
        let partition = match self.origin {
            Origin::Account(_) => self.region.partition(),
            Origin::Organization { partition } => partition,
        };
        let (region, domain) = (self.region_name(), partition.console_domain());
        format!("https://{region}.{domain}/ecs/v2/clusters?region={region}")
    }

    /// Whether the events are warnings rather than failures.
    pub(super) fn is_warning(&self) -> bool {
        let warnings = [EventFamily::ServiceImpaired, EventFamily::TaskStopped];
        self.families.is_empty() || warnings.iter().any(|family| self.families.contains(family))
    }

    /// One line that says what happened where.
    pub(super) fn title(&self, shape: Shape) -> String {
        let what = match shape {
            Shape::Service => "ECS <event>",
            Shape::Task => "ECS task <code>",
            Shape::Other => "<type> <event>",
        };
        format!("{what} in {}, {}", self.account_name(), self.region_name())
    }

    /// The title, and the task or service, for rooms whose headings are long
    /// enough for its name.
    pub(super) fn headline(&self, shape: Shape) -> String {
        let about = match shape {
            Shape::Service => ": <service>",
            Shape::Task => ": <group>",
            Shape::Other => "",
        };
        format!("{}{about}", self.title(shape))
    }

    /// The facts, in the order in which they are shown.
    pub(super) fn lines(&self, shape: Shape) -> Vec<Line> {
        let mut lines = about(shape);
        lines.push(("Account", self.account()));
        lines.extend(self.labels().map(|labels| ("Labels", labels)));
        lines.push(("Region", self.region_name()));
        lines.push(("Time", "<time>".to_owned()));
        lines
    }

    fn account(&self) -> String {
        match self.origin {
            Origin::Account(account) => format!("{} ({})", self.account_name(), account.id),
            Origin::Organization { .. } => self.account_name(),
        }
    }

    fn labels(&self) -> Option<String> {
        let Origin::Account(account) = self.origin else { return None };
        let labels: Vec<String> =
            account.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        (!labels.is_empty()).then(|| plain(&labels.join(", "), LABELS_LIMIT))
    }
}

/// What the events of a shape are about. Every value is there whatever the
/// event lacks, because a room may refuse an empty one. A template can't go
/// through a list, so the first three containers stand for all.
fn about(shape: Shape) -> Vec<Line> {
    let lines: &[(&str, &str)] = match shape {
        Shape::Service => &[("Service", "<service>"), ("Event", "<event> <deployment>")],
        Shape::Task => &[
            ("Cluster", "<cluster>"),
            ("Group", "<group>"),
            ("Task", "<task>"),
            ("Stop code", "<code> (<status>)"),
            ("Exit codes", "<container1> <exit1>  <container2> <exit2>  <container3> <exit3>"),
            ("Ran on", "<launch> in <zone>"),
        ],
        Shape::Other => &[("Event", "<type> <event> <code>"), ("From", "<source> <service>")],
    };
    lines.iter().map(|(label, value)| (*label, (*value).to_owned())).collect()
}

/// The free text of a shape's events: what introduces it, and its placeholder.
/// Where other events keep theirs, and whether it is a text, is not known.
pub(super) fn free_text(shape: Shape) -> Option<(&'static str, &'static str)> {
    match shape {
        Shape::Service => Some(("Reason given by ECS", "reason")),
        Shape::Task => Some(("Why ECS stopped it", "stopped")),
        Shape::Other => None,
    }
}

/// A text without what has a meaning in JSON or in a template: a template
/// can't escape `<` and `>`.
pub(super) fn plain(text: &str, limit: usize) -> String {
    let plain = text.chars().take(limit).map(|character| match character {
        '<' => '(',
        '>' => ')',
        '"' => '\'',
        '\\' => '/',
        character if character.is_control() => ' ',
        character => character,
    });
    plain.collect()
}
