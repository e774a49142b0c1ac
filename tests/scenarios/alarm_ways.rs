//! The alarms on a pipeline have a way of their own to the room: what breaks it
//! by hand is told before the day on which an alarm goes off, and so is a queue
//! that can keep no dead letter.

use serde_json::{Value, json};

use super::support::{CHANNEL, DEV, PIPELINE, SEOUL, Stage, one_region};

const ALARM: &str = "foghorn-deploys-failed-invocations";
const TOPIC: &str = "foghorn-T0123ABCD-C0123ABCD-alarms";
const TOPIC_ARN: &str = "arn:aws:sns:ap-northeast-2:111111111111:foghorn-T0123ABCD-C0123ABCD-alarms";
const QUEUE_ARN: &str = "arn:aws:sqs:ap-northeast-2:111111111111:foghorn-deploys-dead-letters";
const CONFIGURATION: &str = "global configuration foghorn-T0123ABCD-C0123ABCD";
const CONFIGURATION_ARN: &str =
    "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/foghorn-T0123ABCD-C0123ABCD";

fn fleet() -> String {
    one_region(PIPELINE)
}

/// A way to break the alarms' way by hand, and how a person mends it.
struct Break {
    breaks: fn(&Stage),
    mends: fn(&Stage),
    /// Where the way stops.
    hop: &'static str,
    /// What is said of it, and of what to do.
    says: &'static [&'static str],
}

fn set_topic(stage: &Stage, attribute: &str, value: &str) {
    let input = json!({ "TopicArn": TOPIC_ARN, "AttributeName": attribute, "AttributeValue": value });
    stage.by_hand(DEV, SEOUL, "sns:SetTopicAttributes", input);
}

fn policy(thing: &Value) -> Value {
    let text = thing["Attributes"]["$map"]["Policy"].as_str().or(thing["Attributes"]["Policy"].as_str());
    serde_json::from_str(text.unwrap_or_default()).expect("a policy")
}

/// The statements of a thing's policy without that of others, and then with it
/// if asked for.
fn statements(thing: &Value, theirs: Option<Value>) -> String {
    let statements = policy(thing)["Statement"].as_array().cloned().unwrap_or_default();
    let ours = statements.into_iter().filter(|one| one["Effect"] == "Allow");
    json!({ "Version": "2012-10-17", "Statement": ours.chain(theirs).collect::<Vec<_>>() }).to_string()
}

fn set_topic_policy(stage: &Stage, theirs: Option<Value>) {
    let topic = &stage.inventory(DEV)[&format!("{SEOUL} topic {TOPIC}")];
    set_topic(stage, "Policy", &statements(topic, theirs));
}

fn set_queue_policy(stage: &Stage, theirs: Option<Value>) {
    let queue = &stage.inventory(DEV)[&format!("{SEOUL} queue foghorn-deploys-dead-letters")];
    let url = format!("{}/{DEV}/foghorn-deploys-dead-letters", stage.url());
    let input = json!({ "QueueUrl": url, "Attributes": { "Policy": statements(queue, theirs) } });
    stage.by_hand(DEV, SEOUL, "sqs:SetQueueAttributes", input);
}

fn deny(action: &str, resource: &str) -> Value {
    json!({ "Sid": "LockDown", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource })
}

fn feed(stage: &Stage, topics: &[Value]) {
    let input = json!({
        "ChatConfigurationArn": CONFIGURATION_ARN, "SlackChannelId": CHANNEL, "SnsTopicArns": topics,
    });
    stage.by_hand(DEV, "us-east-2", "chatbot:UpdateSlackChannelConfiguration", input);
}

fn topics(stage: &Stage) -> Vec<Value> {
    stage.inventory(DEV)[CONFIGURATION]["SnsTopicArns"].as_array().cloned().unwrap_or_default()
}

fn unsubscribe(stage: &Stage) {
    let listed = stage.by_hand(DEV, SEOUL, "sns:ListSubscriptionsByTopic", json!({ "TopicArn": TOPIC_ARN }));
    for subscription in listed["Subscriptions"].as_array().into_iter().flatten() {
        let input = json!({ "SubscriptionArn": subscription["SubscriptionArn"] });
        stage.by_hand(DEV, SEOUL, "sns:Unsubscribe", input);
    }
}

fn breaks() -> [Break; 4] {
    [
        Break {
            breaks: unsubscribe,
            mends: |stage| {
                let topics = topics(stage);
                feed(stage, &[]);
                feed(stage, &topics);
            },
            hop: "subscription",
            says: &["no confirmed subscription", "the next foghorn apply adds it again"],
        },
        Break {
            breaks: |stage| set_topic_policy(stage, Some(deny("sns:Publish", TOPIC_ARN))),
            mends: |stage| set_topic_policy(stage, None),
            hop: "topicPolicy",
            says: &["\"LockDown\"", "take it out"],
        },
        Break {
            breaks: |stage| {
                let mut deny = deny("sns:Publish", TOPIC_ARN);
                deny["Principal"] = json!({ "Service": "cloudwatch.amazonaws.com" });
                deny["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": DEV } });
                set_topic_policy(stage, Some(deny));
            },
            mends: |stage| set_topic_policy(stage, None),
            hop: "topicPolicy",
            says: &["\"LockDown\"", "take it out"],
        },
        Break {
            breaks: |stage| set_topic(stage, "KmsMasterKeyId", "alias/aws/sns"),
            mends: |stage| set_topic(stage, "KmsMasterKeyId", ""),
            hop: "topicKey",
            says: &["lets no alarm publish", "cloudwatch.amazonaws.com"],
        },
    ]
}

/// Lets the alarm go off and calm down again; says whether the room heard it.
fn rings(stage: &Stage) -> bool {
    let before = stage.messages().len();
    for state in ["ALARM", "OK"] {
        let input = json!({ "AlarmName": ALARM, "StateValue": state, "StateReason": "by hand" });
        stage.by_hand(DEV, SEOUL, "cloudwatch:SetAlarmState", input);
    }
    stage.messages().len() > before
}

#[test]
fn an_alarm_that_the_room_would_not_hear_is_told_with_the_hop_the_cause_and_what_to_do() {
    let stage = Stage::applied(&fleet());
    assert!(rings(&stage), "nothing is broken yet");
    for Break { breaks, mends, hop, says } in breaks() {
        breaks(&stage);
        let run = stage.plan(&fleet()).ended(2);
        assert_eq!(run.changes(), [""; 0], "{hop}: {}", run.stdout);
        assert!(run.is_heard(), "{hop}: {}", run.stdout);
        let found = run.all("findings");
        let [finding] = &found[..] else { panic!("{hop}: one finding: {found:#?}") };
        assert_eq!(
            (&finding["check"], &finding["severity"], &finding["subject"], &finding["location"]),
            (&json!("alarmMuted"), &json!("warning"), &json!(ALARM), &json!(SEOUL)),
        );
        assert_eq!(finding["evidence"]["brokenAt"], hop, "{finding}");
        let message = finding["message"].as_str().unwrap_or_default();
        for said in says.iter().chain(&[TOPIC]) {
            assert!(message.contains(said), "{said}: {message}");
        }
        assert_eq!(run.condition(DEV, "AlarmsQuiet"), "False");
        assert!(!rings(&stage), "{hop}: the room heard the alarm all the same");
        mends(&stage);
        assert_eq!(stage.plan(&fleet()).ended(0).all("findings"), [""; 0], "{hop}");
        assert!(rings(&stage), "{hop}: mended");
    }
}

#[test]
fn an_alarm_topic_that_was_taken_out_of_the_room_is_told_and_fed_in_again() {
    let stage = Stage::applied(&fleet());
    let kept: Vec<Value> = topics(&stage).into_iter().filter(|topic| topic != TOPIC_ARN).collect();
    feed(&stage, &kept);
    let run = stage.plan(&fleet()).ended(2);
    let found = run.findings("alarmMuted");
    let [finding] = &found[..] else { panic!("one finding: {found:#?}") };
    assert_eq!(finding["evidence"]["brokenAt"], "chatConfiguration", "{finding}");
    assert_eq!(stage.apply(&fleet()).ended(0).all("findings"), [""; 0]);
    assert!(rings(&stage));
}

#[test]
fn a_key_whose_policy_nobody_reads_mutes_no_alarm() {
    let stage = Stage::applied(&fleet());
    set_topic(&stage, "KmsMasterKeyId", "alias/ours");
    assert_eq!(stage.plan(&fleet()).ended(0).all("findings"), [""; 0]);
}

#[test]
fn the_room_s_own_alarm_in_virginia_is_followed_there() {
    let stage = Stage::applied(&fleet());
    let topic = TOPIC_ARN.replace(SEOUL, "us-east-1");
    let input =
        json!({ "TopicArn": topic, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns" });
    stage.by_hand(DEV, "us-east-1", "sns:SetTopicAttributes", input);
    let found = stage.plan(&fleet()).ended(2).all("findings");
    let [finding] = &found[..] else { panic!("one finding: {found:#?}") };
    assert_eq!(
        (&finding["check"], &finding["location"], &finding["subject"]),
        (&json!("alarmMuted"), &json!("us-east-1"), &json!("foghorn-T0123ABCD-C0123ABCD-unsupported-events")),
    );
}

#[test]
fn a_queue_whose_policy_keeps_dead_letters_out_is_told_with_the_statement() {
    let stage = Stage::applied(&fleet());
    set_queue_policy(&stage, Some(deny("sqs:SendMessage", QUEUE_ARN)));
    for run in [stage.plan(&fleet()), stage.apply(&fleet())] {
        let run = run.ended(2);
        assert_eq!(run.changes(), [""; 0], "what others wrote is left alone: {}", run.stdout);
        let found = run.all("findings");
        let [finding] = &found[..] else { panic!("one finding: {found:#?}") };
        assert_eq!(
            (&finding["check"], &finding["severity"], &finding["subject"]),
            (&json!("deadLetters"), &json!("warning"), &json!("foghorn-deploys-dead-letters")),
        );
        let message = finding["message"].as_str().unwrap_or_default();
        assert!(message.contains("\"LockDown\"") && message.contains("take it out"), "{message}");
    }
    set_queue_policy(&stage, None);
    assert_eq!(stage.plan(&fleet()).ended(0).all("findings"), [""; 0]);
}
