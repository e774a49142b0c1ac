//! The example fleets, each as it stands in the repository: what it builds in
//! the accounts that it names, what a person then reads in the room, what
//! becomes of damage done by hand, and what is left of it in the end.

mod google_chat_lambda;
mod org_slack_chatbot;
mod slack_api_destination;
mod slack_chatbot;
mod slack_lambda;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use foghorn::events::samples::{Sample, Scene, samples};
use foghorn::model::{AccountId, EventFamily};
use foghorn::sim::rooms::{Message, Room, render_room};
use foghorn::sim::routing::Outcome;
use foghorn::sim::world::{Role, World};
use serde_json::{Value, json};
use time::macros::datetime;

use super::inventory::Inventory;
use super::support::{Run, Stage};

/// The key of someone who works in the first account itself.
const OWN_KEY: &str = "AKIADEPLOYER";

/// An example fleet, and the organisation that it is for.
pub struct Example {
    pub stage: Stage,
    /// The file's text.
    pub fleet: &'static str,
    /// What the binary finds in its environment.
    pub environment: Vec<(&'static str, String)>,
    /// Which events the file asks for.
    pub families: &'static [EventFamily],
    /// Where they happen.
    pub places: Vec<Place>,
    /// The last event's number.
    pub events: Cell<usize>,
}

/// One account in one Region.
pub struct Place {
    pub account: &'static str,
    pub region: &'static str,
    /// A cluster that the file selects.
    pub cluster: &'static str,
    /// One that it does not select.
    pub elsewhere: Option<&'static str>,
    /// The workspace and the channel of the room that hears of it.
    pub room: (&'static str, &'static str),
}

/// Something that a person did in an account.
pub type Deed = (&'static str, Value);

impl Example {
    /// With nothing in the environment that the file would need.
    pub fn new(
        stage: Stage,
        fleet: &'static str,
        families: &'static [EventFamily],
        places: Vec<Place>,
    ) -> Self {
        Self { stage, fleet, environment: Vec::new(), families, places, events: Cell::new(0) }
    }

    /// The same, with the fleet applied.
    pub fn applied(self) -> Self {
        self.run(&["apply", "--yes"]).ended(0);
        self
    }

    /// Runs the binary; the report is JSON.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let arguments = [arguments, &["--output", "json"]].concat();
        let mut command = self.stage.command(self.fleet, &arguments);
        let environment = self.environment.iter().map(|(name, value)| (*name, value.as_str()));
        Run::of(command.envs(environment).output().expect("the binary runs"))
    }

    /// Everything in the accounts that the file names.
    fn inventories(&self) -> BTreeMap<&'static str, Inventory> {
        self.places.iter().map(|place| (place.account, self.stage.inventory(place.account))).collect()
    }

    /// The messages of every room, by workspace and channel.
    fn rooms(&self) -> BTreeMap<(String, String), Vec<Message>> {
        let all = |room: &Room| ((room.workspace.clone(), room.channel.clone()), room.messages.clone());
        self.stage.simulator.with_world(|world| world.rooms.iter().map(all).collect())
    }

    /// The samples of a cluster of a place, each with an id of its own.
    fn samples(&self, place: &Place, cluster: &str) -> Vec<Sample> {
        let account: AccountId = place.account.parse().expect("an id");
        let region = place.region.parse().expect("a Region");
        let scene = Scene { account: &account, region, cluster, time: "2026-11-20T10:00:00Z" };
        let numbered = samples(&scene).into_iter().map(|mut sample| {
            self.events.set(self.events.get() + 1);
            sample.event["id"] = json!(format!("00000000-0000-4000-8000-{:012}", self.events.get()));
            sample
        });
        numbered.collect()
    }

    /// The samples that the file asks for.
    pub fn failures(&self, place: &Place) -> Vec<Sample> {
        let samples = self.samples(place, place.cluster).into_iter();
        samples.filter(|sample| self.families.iter().any(|family| sample.is_of(*family))).collect()
    }

    /// The samples that it does not ask for, and failures of a cluster that it
    /// does not select.
    fn others(&self, place: &Place) -> Vec<Sample> {
        let mut all = self.samples(place, place.cluster);
        all.retain(|sample| !self.families.iter().any(|family| sample.is_of(*family)));
        all.extend(place.elsewhere.into_iter().flat_map(|cluster| self.samples(place, cluster)));
        all
    }

    /// Puts an event on its bus. It goes one way, and arrives.
    pub fn put(&self, event: &Value) {
        let deliveries = self.stage.event(event);
        assert_eq!(deliveries.len(), 1, "{event}");
        assert_eq!(deliveries[0].outcome, Outcome::Delivered, "{event}");
        self.stage.settle();
    }

    /// Puts an event on its bus, and gives the one message that it becomes, in
    /// the place's room and nowhere else.
    pub fn heard(&self, place: &Place, event: &Value) -> Message {
        let mut before = self.rooms();
        self.put(event);
        let mut after = self.rooms();
        let key = (place.room.0.to_owned(), place.room.1.to_owned());
        let known = before.remove(&key).unwrap_or_default();
        let mut messages = after.remove(&key).unwrap_or_default();
        assert_eq!(after, before, "another room hears of {event}");
        assert_eq!(messages.len(), known.len() + 1, "messages for {event}");
        messages.remove(known.len())
    }

    /// The first failure of a place arrives.
    pub fn is_heard(&self, place: &Place) {
        self.heard(place, &self.failures(place)[0].event);
    }

    /// The fleet is planned, built, and then in order: a plan is empty and a
    /// second apply writes nothing.
    pub fn is_built_once(&self, name: &str) {
        let plan = self.run(&["plan"]).ended(2);
        assert_eq!(self.stage.writes(), [""; 0]);
        golden(&format!("{name}_plan"), &changes_by_account(&plan));
        let apply = self.run(&["apply", "--yes"]).ended(0);
        assert!(apply.is_heard(), "{}", apply.stdout);
        assert_eq!(apply.changes().len(), plan.changes().len());
        self.stage.forget_calls();
        assert_eq!(self.run(&["plan"]).ended(0).changes(), [""; 0]);
        assert_eq!(self.run(&["apply", "--yes"]).ended(0).changes(), [""; 0]);
        assert_eq!(self.stage.writes(), [""; 0]);
    }

    /// Every failure that the file asks for arrives once in the first place,
    /// and one of each family in every other one, as they are written down.
    pub fn failures_are_told(&self, name: &str) {
        let mut told = String::new();
        for (number, place) in self.places.iter().enumerate() {
            let mut samples = self.failures(place);
            if number > 0 {
                samples.dedup_by_key(|sample| sample.family);
            }
            for sample in samples {
                let message = self.heard(place, &sample.event);
                let Place { account, region, .. } = place;
                let heading = format!("=== {} in {account}, {region}", sample.name);
                writeln!(told, "{heading}\n{}", seen(&message)).expect("a text");
            }
        }
        golden(&format!("{name}_messages"), &told);
    }

    /// What the file does not ask for arrives nowhere, and nothing counts as
    /// lost: the next plan is as clean as the one before.
    pub fn others_are_not_told(&self) {
        let before = self.rooms();
        for place in &self.places {
            for sample in self.others(place) {
                assert_eq!(self.stage.event(&sample.event), [], "{} {}", sample.name, sample.event);
            }
        }
        self.stage.settle();
        assert_eq!(self.rooms(), before);
        assert_eq!(self.run(&["plan"]).ended(0).changes(), [""; 0]);
    }

    /// What is told of one service stands in one thread, and what is told of
    /// another one, or of a batch, does not.
    pub fn threads_are_kept(&self) {
        let place = &self.places[0];
        let mut threads = BTreeMap::new();
        for sample in self.failures(place) {
            let thread = thread(&self.heard(place, &sample.event));
            assert!(!thread.is_empty(), "{}", sample.name);
            let group = sample.event["detail"]["group"].to_string();
            assert_eq!(threads.entry(group).or_insert_with(|| thread.clone()), &thread, "{}", sample.name);
        }
        let keys: BTreeSet<&String> = threads.values().collect();
        assert!(threads.len() > 1 && keys.len() == threads.len(), "{threads:?}");
    }

    /// An event that is delivered a second time is not posted again.
    pub fn duplicates_are_dropped(&self) {
        for place in &self.places {
            let event = &self.failures(place)[0].event;
            self.heard(place, event);
            let rooms = self.rooms();
            self.put(event);
            assert_eq!(self.rooms(), rooms);
        }
    }

    /// What a person did in a place is shown by a plan, as `action kind name`,
    /// and put right by an apply; then failures arrive again.
    pub fn is_mended(&self, place: &Place, deeds: &[Deed], changes: &[&str]) {
        self.damage(place, deeds);
        let plan = self.run(&["plan"]).ended(2);
        let expected = |outcome: &str| -> Vec<String> {
            changes.iter().map(|change| format!("{change}: {outcome}")).collect()
        };
        assert_eq!(plan.changes(), expected("planned"), "{deeds:?}");
        let apply = self.run(&["apply", "--yes"]).ended(0);
        assert_eq!(apply.changes(), expected("applied"), "{deeds:?}");
        self.is_heard(place);
        assert_eq!(self.run(&["plan"]).ended(0).changes(), [""; 0]);
    }

    /// What a person does in a place. Chatbot has its endpoints elsewhere.
    pub fn damage(&self, place: &Place, deeds: &[Deed]) {
        for (action, input) in deeds {
            let region = if action.starts_with("chatbot:") { "us-east-2" } else { place.region };
            self.stage.by_hand(place.account, region, action, input.clone());
        }
    }

    /// A rule's first target, with some of its members changed.
    pub fn target(&self, place: &Place, rule: &str, members: &Value) -> Value {
        let key = format!("{} rule {rule}", place.region);
        let mut target = self.stage.inventory(place.account)[&key]["Targets"][0].clone();
        for (name, value) in members.as_object().into_iter().flatten() {
            target[name] = value.clone();
        }
        json!({ "Rule": rule, "Targets": [target] })
    }

    /// Among things of others, the fleet is built and destroyed, and all that
    /// was there before is as it was: secrets and messages too.
    pub fn leaves_nothing(&self) {
        for place in &self.places {
            for (action, input) in of_others() {
                self.stage.by_hand(place.account, place.region, action, input);
            }
        }
        let (before, secrets) = (self.inventories(), self.secrets());
        self.run(&["apply", "--yes"]).ended(0);
        self.places.iter().for_each(|place| self.is_heard(place));
        let rooms = self.rooms();
        assert_ne!(self.inventories(), before);
        self.run(&["destroy", "--yes"]).ended(0);
        assert_eq!(self.inventories(), before);
        assert_eq!(self.secrets(), secrets);
        assert_eq!(self.rooms(), rooms);
        for place in &self.places {
            assert_eq!(self.stage.event(&self.failures(place)[0].event), []);
        }
        assert_eq!(self.run(&["destroy", "--yes"]).ended(0).changes(), [""; 0]);
    }

    /// The names of the secrets of each place.
    fn secrets(&self) -> Vec<Value> {
        let list = |place: &Place| {
            let listed =
                self.stage.by_hand(place.account, place.region, "secretsmanager:ListSecrets", json!({}));
            let names = listed["SecretList"].as_array().cloned().unwrap_or_default();
            names.into_iter().map(|secret| secret["Name"].clone()).collect()
        };
        self.places.iter().map(list).collect()
    }
}

/// Things that look like the fleet's, and are not.
fn of_others() -> [Deed; 4] {
    let pattern = json!({ "source": ["aws.ecs"], "detail-type": ["ECS Container Instance State Change"] });
    [
        ("sns:CreateTopic", json!({ "Name": "foghorn-of-others" })),
        ("sqs:CreateQueue", json!({ "QueueName": "foghorn-of-others" })),
        ("events:PutRule", json!({ "Name": "foghorn-of-others", "EventPattern": pattern.to_string() })),
        (
            "cloudwatch:PutMetricAlarm",
            json!({
                "AlarmName": "foghorn-of-others", "Namespace": "AWS/Events", "MetricName": "FailedInvocations",
                "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1.0,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            }),
        ),
    ]
}

/// Adds an account with what the bootstrap stack makes in it.
pub fn bootstrapped(world: &mut World, id: &str, name: &str, external_id: Option<&str>) {
    world.add_account(id, name, "foghorn", external_id);
    let state = world.accounts.entry(id.to_owned()).or_default();
    for role in ["foghorn-chat", "foghorn-invoke", "foghorn-forward", "foghorn-notifier"] {
        state.roles.insert(role.to_owned(), Role::default());
    }
}

/// The environment of someone whose credentials are the account's own.
pub fn own_credentials(stage: &Stage, account: &str) -> Vec<(&'static str, String)> {
    stage.simulator.with_world(|world| world.identity.add_user(OWN_KEY, account, "deployer"));
    vec![("AWS_ACCESS_KEY_ID", OWN_KEY.to_owned())]
}

/// A message as a person sees it in its room. When it came is not the same
/// every time.
fn seen(message: &Message) -> String {
    let message = Message { at: datetime!(2026-11-20 10:00:01 UTC), ..message.clone() };
    let text = render_room(&Room { messages: vec![message], ..Room::default() });
    let lines: Vec<&str> = text.lines().skip(2).map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    lines.join("\n") + "\n"
}

/// The thread that a message belongs to. Slack's webhooks can't answer in one,
/// so there it is told in words.
fn thread(message: &Message) -> String {
    let told = message.keywords.iter().find(|word| word.starts_with("Thread: "));
    message.thread.as_ref().or(told).cloned().unwrap_or_default()
}

/// The changes of a plan, account by account.
fn changes_by_account(run: &Run) -> String {
    let report = run.report();
    let mut text = String::new();
    for pass in report["passes"].as_array().into_iter().flatten() {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        writeln!(text, "{} {}", word(&pass["account"]["name"]), word(&pass["account"]["id"]))
            .expect("a text");
        for change in pass["changes"].as_array().into_iter().flatten() {
            let [action, kind, name, location] =
                ["action", "kind", "name", "location"].map(|member| word(&change[member]));
            writeln!(text, "  {action} {kind} {name} @ {location}").expect("a text");
        }
    }
    text
}

/// Holds a text to the one that is kept beside this file.
pub fn golden(name: &str, text: &str) {
    insta::with_settings!({
        omit_expression => true,
        prepend_module_to_snapshot => false,
        snapshot_path => "snapshots",
    }, {
        insta::assert_snapshot!(name, text);
    });
}
