//! Subscriptions that Foghorn makes itself: functions to topics. Those of AWS
//! Chatbot it makes on its own.

use super::change::FieldChange;
use super::region::Region;
use super::resource::{Key, Kind};
use super::topic::Subscription as ObservedSubscription;

/// A function's subscription to a topic as it shall be. It is owned through its
/// topic: subscriptions have no tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSubscription {
    /// The Region of both.
    pub region: Region,
    /// The topic's name.
    pub topic: String,
    /// The function's name.
    pub function: String,
    /// The topic's ARN.
    pub topic_arn: String,
    /// The function's ARN, which is the endpoint.
    pub function_arn: String,
    /// The subscription's own ARN, where it exists.
    pub arn: Option<String>,
}

impl FunctionSubscription {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Subscription, self.region, format!("{}/{}", self.topic, self.function))
    }

    /// Whether this is the subscription.
    pub fn is(&self, observed: &ObservedSubscription) -> bool {
        observed.protocol == "lambda" && observed.endpoint == self.function_arn
    }

    /// What differs from what AWS has: a filter, or a delivery without the
    /// envelope, would let events go missing.
    pub fn diff(&self, observed: &ObservedSubscription) -> Vec<FieldChange> {
        let filter =
            observed.filter_policy.as_ref().map(|filter| FieldChange::new("/filterPolicy", filter, ()));
        let raw =
            observed.raw_delivery.filter(|raw| *raw).map(|raw| FieldChange::new("/rawDelivery", raw, false));
        filter.into_iter().chain(raw).collect()
    }
}
