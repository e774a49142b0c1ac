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
        all.extend(place.buses());
        all.extend(place.connections());
        all.extend(place.destinations());
        all.extend(place.functions());
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
        let mut all = self.rules_on("default");
        for name in self.bus_names() {
            all.extend(self.rules_on(&name));
        }
        all
    }

    /// Rules of the default bus by their name, others by `bus/name`.
    fn rules_on(&mut self, bus: &str) -> Inventory {
        let rules = self.ask("events:ListRules", &json!({ "EventBusName": bus }));
        list(&rules["Rules"])
            .into_iter()
            .map(|mut rule| {
                let name = text(&rule["Name"]);
                let tags = self.ask("events:ListTagsForResource", &json!({ "ResourceARN": rule["Arn"] }));
                let input = json!({ "Rule": name, "EventBusName": bus });
                let targets = self.ask("events:ListTargetsByRule", &input);
                rule["Tags"] = tags["Tags"].clone();
                rule["Targets"] = targets["Targets"].clone();
                let place = if bus == "default" { name } else { format!("{bus}/{name}") };
                (self.key("rule", &place), rule)
            })
            .collect()
    }

    /// The buses that somebody made: the default one is always there.
    fn bus_names(&mut self) -> Vec<String> {
        let buses = self.ask("events:ListEventBuses", &json!({}));
        let names = list(&buses["EventBuses"]).into_iter().map(|bus| text(&bus["Name"]));
        names.filter(|name| name != "default").collect()
    }

    fn buses(&mut self) -> Inventory {
        let names = self.bus_names().into_iter();
        names
            .map(|name| {
                (self.key("bus", &name), self.ask("events:DescribeEventBus", &json!({ "Name": name })))
            })
            .collect()
    }

    fn connections(&mut self) -> Inventory {
        let found = self.ask("events:ListConnections", &json!({}));
        let names = list(&found["Connections"]).into_iter().map(|one| text(&one["Name"]));
        names
            .map(|name| {
                let shown = self.ask("events:DescribeConnection", &json!({ "Name": name }));
                (self.key("connection", &name), shown)
            })
            .collect()
    }

    fn destinations(&mut self) -> Inventory {
        let found = self.ask("events:ListApiDestinations", &json!({}));
        let named = |one: Value| (self.key("destination", &text(&one["Name"])), one);
        list(&found["ApiDestinations"]).into_iter().map(named).collect()
    }

    fn functions(&mut self) -> Inventory {
        let found = self.ask("lambda:ListFunctions", &json!({}));
        let names = list(&found["Functions"]).into_iter().map(|one| text(&one["FunctionName"]));
        names
            .map(|name| {
                let shown = self.ask("lambda:GetFunction", &json!({ "FunctionName": name }));
                (self.key("function", &name), shown)
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
        let slack = self.ask("chatbot:DescribeSlackChannelConfigurations", &json!({}));
        let teams = self.ask("chatbot:ListMicrosoftTeamsChannelConfigurations", &json!({}));
        let named = |one: Value| (format!("global configuration {}", text(&one["ConfigurationName"])), one);
        let all = list(&slack["SlackChannelConfigurations"]).into_iter();
        all.chain(list(&teams["TeamChannelConfigurations"])).map(named).collect()
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
