//! What a person does by hand at one end of a way.

use foghorn::sim::rooms::webhooks::Kind;
use foghorn::sim::world::World;
use serde_json::{Value, json};

use super::super::support::try_by_hand;

/// The pipeline's name, from which all others follow.
pub const NAME: &str = "foghorn-deploys";

/// The hands of a person at work in one account's Region.
pub struct Hands<'w> {
    pub world: &'w mut World,
    pub account: &'w str,
    pub region: &'w str,
    /// The bus that the rule is on; `None` for the default one.
    pub bus: Option<&'w str>,
    /// The chat service of the room's webhook, where there is one.
    pub webhook: Kind,
    /// What was refused: two hands may break what the other has already taken
    /// away.
    pub refused: Vec<String>,
}

impl Hands<'_> {
    /// One call here.
    pub fn call(&mut self, action: &str, input: Value) -> Value {
        self.call_in(self.region, action, input)
    }

    /// One call in another Region.
    pub fn call_in(&mut self, region: &str, action: &str, input: Value) -> Value {
        try_by_hand(self.world, self.account, region, action, &input).unwrap_or_else(|refusal| {
            self.refused.push(format!("{action} {input}: {refusal:?}"));
            Value::Null
        })
    }

    /// The input of a call about the pipeline's rule, under the member by which
    /// the call names it.
    pub fn of_rule(&self, member: &str, more: Value) -> Value {
        let mut input = more;
        input[member] = NAME.into();
        if let Some(bus) = self.bus {
            input["EventBusName"] = bus.into();
        }
        input
    }

    /// Writes the rule's target again, changed.
    pub fn change_target(&mut self, change: impl FnOnce(&mut Value)) {
        let mut targets = self.targets();
        if let Some(target) = targets.get_mut(0) {
            change(target);
            let input = self.of_rule("Rule", json!({ "Targets": targets }));
            self.call("events:PutTargets", input);
        }
    }

    /// The rule's targets.
    pub fn targets(&mut self) -> Value {
        let input = self.of_rule("Rule", json!({}));
        self.call("events:ListTargetsByRule", input)["Targets"].take()
    }

    /// Takes every target from the rule.
    pub fn remove_targets(&mut self) {
        let targets = self.targets();
        let ids: Vec<&Value> = targets.as_array().into_iter().flatten().map(|target| &target["Id"]).collect();
        let input = self.of_rule("Rule", json!({ "Ids": ids }));
        self.call("events:RemoveTargets", input);
    }

    /// An ARN here.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }

    /// The ARN of the pipeline's topic.
    pub fn topic(&self) -> String {
        self.arn("sns", NAME)
    }

    /// Sets an attribute of the pipeline's topic.
    pub fn set_topic(&mut self, attribute: &str, value: &str) {
        let input = json!({ "TopicArn": self.topic(), "AttributeName": attribute, "AttributeValue": value });
        self.call("sns:SetTopicAttributes", input);
    }

    /// Replaces the statements of the topic's policy.
    pub fn set_topic_policy(&mut self, statements: Value) {
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        self.set_topic("Policy", &policy.to_string());
    }

    /// The statements of the topic's policy.
    pub fn topic_policy(&mut self) -> Vec<Value> {
        let input = json!({ "TopicArn": self.topic() });
        let answer = self.call("sns:GetTopicAttributes", input);
        let text = answer["Attributes"]["$map"]["Policy"].as_str().unwrap_or("{}");
        let policy: Value = serde_json::from_str(text).unwrap_or_default();
        policy["Statement"].as_array().cloned().unwrap_or_default()
    }

    /// The ARNs of the topic's subscriptions.
    pub fn subscriptions(&mut self) -> Vec<Value> {
        let input = json!({ "TopicArn": self.topic() });
        let answer = self.call("sns:ListSubscriptionsByTopic", input);
        let listed = answer["Subscriptions"].as_array().cloned().unwrap_or_default();
        listed.into_iter().map(|one| one["SubscriptionArn"].clone()).collect()
    }

    /// Sets an attribute of every subscription of the topic.
    pub fn set_subscriptions(&mut self, attribute: &str, value: &str) {
        for subscription in self.subscriptions() {
            let input = json!({
                "SubscriptionArn": subscription, "AttributeName": attribute, "AttributeValue": value,
            });
            self.call("sns:SetSubscriptionAttributes", input);
        }
    }
}
