//! SNS topics, with their policies and subscriptions.

use serde_json::Value;

use super::change::FieldChange;
use super::policy::Policy;
use super::region::Region;
use super::resource::{Key, Kind};
use super::tags::Tags;

/// Where AWS Chatbot lets SNS deliver (AWS Chatbot administrator guide,
/// troubleshooting). It makes this subscription itself.
pub const CHATBOT_ENDPOINT: &str = "https://global.sns-api.chatbot.amazonaws.com";

/// The host of that endpoint.
const CHATBOT_HOST: &str = "global.sns-api.chatbot.amazonaws.com";

/// A topic as it shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// The Region.
    pub region: Region,
    /// The name, at most 256 characters.
    pub name: String,
    /// Who may publish. As desired state it holds our statements alone; in a
    /// change it holds the whole document that is written.
    pub policy: Policy,
    /// The tags.
    pub tags: Tags,
}

/// A topic as AWS has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedTopic {
    /// The policy.
    pub policy: Option<Policy>,
    /// The KMS key that messages are encrypted with at rest, in the form that
    /// it was set in: an id, an ARN or an alias. `None` without encryption.
    pub kms_key: Option<String>,
    /// Who is delivered to. `None` where the list was not asked for.
    pub subscriptions: Option<Vec<Subscription>>,
    /// The tags.
    pub tags: Tags,
}

/// One subscription of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The protocol, `https` say.
    pub protocol: String,
    /// Where it delivers.
    pub endpoint: String,
    /// Whether the subscriber has confirmed it.
    pub confirmed: bool,
    /// Its ARN, once it is confirmed.
    pub arn: Option<String>,
    /// Whether messages come without SNS's envelope; `None` where the
    /// attributes were not read.
    pub raw_delivery: Option<bool>,
    /// Which messages are delivered at all; `None` for all of them, and where
    /// the attributes were not read.
    pub filter_policy: Option<Value>,
    /// Whether the filter looks into the message; otherwise it looks at the
    /// message's attributes.
    pub filters_body: bool,
}

impl Subscription {
    /// Whether it is AWS Chatbot's own.
    pub fn is_chatbots(&self) -> bool {
        host_of(&self.endpoint) == Some(CHATBOT_HOST)
    }
}

impl Topic {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Topic, self.region, &self.name)
    }

    /// What differs from what AWS has.
    pub fn diff(&self, observed: &ObservedTopic) -> Vec<FieldChange> {
        let policy = Policy::difference(observed.policy.as_ref(), &self.policy);
        policy.into_iter().chain(observed.tags.diff(&self.tags)).collect()
    }

    /// The topic to write: ours, and every statement that others added.
    pub fn over(&self, observed: &ObservedTopic) -> Self {
        Self { policy: Policy::merge(observed.policy.as_ref(), &self.policy), ..self.clone() }
    }
}

impl ObservedTopic {
    /// Whether AWS Chatbot listens; `None` where that was not read.
    pub fn feeds_chatbot(&self) -> Option<bool> {
        let subscriptions = self.subscriptions.as_ref()?;
        Some(subscriptions.iter().any(|subscription| subscription.confirmed && subscription.is_chatbots()))
    }
}

/// The host of an endpoint that is reached over HTTPS at the usual port.
fn host_of(endpoint: &str) -> Option<&str> {
    let authority = endpoint.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    Some(authority.strip_suffix(":443").unwrap_or(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chatbots_own_host_counts_as_chatbot() {
        for (endpoint, feeds) in [
            (CHATBOT_ENDPOINT.to_owned(), true),
            (format!("{CHATBOT_ENDPOINT}/"), true),
            (format!("{CHATBOT_ENDPOINT}:443/path?query"), true),
            (format!("{CHATBOT_ENDPOINT}.example.com"), false),
            (format!("{CHATBOT_ENDPOINT}@example.com"), false),
            (CHATBOT_ENDPOINT.replace("https", "http"), false),
        ] {
            let subscription = Subscription {
                protocol: "https".to_owned(),
                endpoint: endpoint.clone(),
                confirmed: true,
                arn: None,
                raw_delivery: None,
                filter_policy: None,
                filters_body: false,
            };
            let topic = ObservedTopic {
                policy: None,
                kms_key: None,
                subscriptions: Some(vec![subscription]),
                tags: Tags::default(),
            };
            assert_eq!(topic.feeds_chatbot(), Some(feeds), "{endpoint}");
        }
    }
}
