//! Everything that stands in an account, as plain data: what a scenario compares
//! before and after.

use std::collections::BTreeMap;

use foghorn::sim::world::World;
use serde_json::{Value, json};

use super::support::{Stage, by_hand};

/// Things by `location kind name`, each with all that its service tells of it.
pub type Inventory = BTreeMap<String, Value>;

impl Stage {
    /// Everything that stands in an account.
    pub fn inventory(&self, account: &str) -> Inventory {
        self.simulator.with_world(|world| inventory(world, account))
    }
}

fn inventory(world: &mut World, account: &str) -> Inventory {
    let regions: Vec<String> =
        world.accounts.get(account).map(|state| state.regions.keys().cloned().collect()).unwrap_or_default();
    let mut all = Inventory::new();
    for region in &regions {
        let mut place = Place { world, account, region };
        all.extend(place.rules());
        all.extend(place.topics());
        all.extend(place.queues());
        all.extend(place.alarms());
    }
    // Any of the service's Regions tells of all configurations.
    all.extend(Place { world, account, region: "us-east-2" }.configurations());
    all
}

/// One account in one Region.
struct Place<'a> {
    world: &'a mut World,
    account: &'a str,
    region: &'a str,
}

impl Place<'_> {
    fn ask(&mut self, action: &str, input: &Value) -> Value {
        by_hand(self.world, self.account, self.region, action, input)
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{} {kind} {name}", self.region)
    }

    fn rules(&mut self) -> Inventory {
        let rules = self.ask("events:ListRules", &json!({}));
        list(&rules["Rules"])
            .into_iter()
            .map(|mut rule| {
                let name = text(&rule["Name"]);
                let tags = self.ask("events:ListTagsForResource", &json!({ "ResourceARN": rule["Arn"] }));
                let targets = self.ask("events:ListTargetsByRule", &json!({ "Rule": name }));
                rule["Tags"] = tags["Tags"].clone();
                rule["Targets"] = targets["Targets"].clone();
                (self.key("rule", &name), rule)
            })
            .collect()
    }

    fn topics(&mut self) -> Inventory {
        let topics = self.ask("sns:ListTopics", &json!({}));
        list(&topics["Topics"])
            .into_iter()
            .map(|topic| {
                let arn = text(&topic["TopicArn"]);
                let mut shown = self.ask("sns:GetTopicAttributes", &json!({ "TopicArn": arn }));
                let subscriptions = self.ask("sns:ListSubscriptionsByTopic", &json!({ "TopicArn": arn }));
                let tags = self.ask("sns:ListTagsForResource", &json!({ "ResourceArn": arn }));
                shown["Subscriptions"] = subscriptions["Subscriptions"].clone();
                shown["Tags"] = tags["Tags"].clone();
                (self.key("topic", arn.rsplit(':').next().unwrap_or_default()), shown)
            })
            .collect()
    }

    fn queues(&mut self) -> Inventory {
        let queues = self.ask("sqs:ListQueues", &json!({}));
        list(&queues["QueueUrls"])
            .into_iter()
            .map(|url| {
                let input = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
                let mut shown = self.ask("sqs:GetQueueAttributes", &input);
                let tags = self.ask("sqs:ListQueueTags", &json!({ "QueueUrl": url }));
                shown["Tags"] = tags["Tags"].clone();
                (self.key("queue", text(&url).rsplit('/').next().unwrap_or_default()), shown)
            })
            .collect()
    }

    fn alarms(&mut self) -> Inventory {
        let alarms = self.ask("cloudwatch:DescribeAlarms", &json!({}));
        list(&alarms["MetricAlarms"])
            .into_iter()
            .map(|mut alarm| {
                let input = json!({ "ResourceARN": alarm["AlarmArn"] });
                let tags = self.ask("cloudwatch:ListTagsForResource", &input);
                alarm["Tags"] = tags["Tags"].clone();
                (self.key("alarm", &text(&alarm["AlarmName"])), alarm)
            })
            .collect()
    }

    fn configurations(&mut self) -> Inventory {
        let found = self.ask("chatbot:DescribeSlackChannelConfigurations", &json!({}));
        let named = |one: Value| (format!("global configuration {}", text(&one["ConfigurationName"])), one);
        list(&found["SlackChannelConfigurations"]).into_iter().map(named).collect()
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
