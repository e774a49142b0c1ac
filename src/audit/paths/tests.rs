use super::*;
use crate::fleet::spec::{Fleet, Pipeline};
use crate::model::Location;
use crate::model::chat::ObservedChatConfiguration;
use crate::model::policy::Policy;
use crate::model::rule::ObservedRule;
use crate::model::target::ObservedTarget;
use crate::model::topic::ObservedTopic;
use crate::model::{Key, Kind, Sight};
use crate::plan::fixtures::*;

const PLACE: &str = "eu-west-1";

fn world() -> (Fleet, Snapshot) {
    let fleet = fleet(vec![Pipeline { via: via("C1", true), ..pipeline("deploys") }]);
    let snapshot = settled(&fleet, &account(&[PLACE]));
    (fleet, snapshot)
}

fn walked_all(fleet: &Fleet, account: &Account, snapshot: &Snapshot) -> Vec<Path> {
    let (desired, plan) = (&desired(fleet, account, snapshot), &plan(fleet, account, snapshot));
    walk(&WalkInput { fleet: FLEET, account, desired, snapshot, plan, hubs: &BTreeMap::new() })
}

fn walked(fleet: &Fleet, snapshot: &Snapshot) -> Path {
    let paths = walked_all(fleet, &account(&[PLACE]), snapshot);
    let [path] = &paths[..] else { panic!("one path: {paths:#?}") };
    path.clone()
}

fn rule(snapshot: &mut Snapshot) -> &mut ObservedRule {
    match at(snapshot, region(PLACE)).rules.get_mut("foghorn-deploys") {
        Some(Sight::Seen(rule)) => rule,
        other => panic!("the rule is there: {other:?}"),
    }
}

fn target(snapshot: &mut Snapshot) -> &mut ObservedTarget {
    match &mut rule(snapshot).targets {
        Sight::Seen(targets) => &mut targets[0],
        other => panic!("the targets were read: {other:?}"),
    }
}

fn topic(snapshot: &mut Snapshot) -> &mut ObservedTopic {
    match at(snapshot, region(PLACE)).topics.get_mut("foghorn-deploys") {
        Some(Sight::Seen(topic)) => topic,
        other => panic!("the topic is there: {other:?}"),
    }
}

fn configuration(snapshot: &mut Snapshot) -> &mut ObservedChatConfiguration {
    match snapshot.global.as_mut().map(|global| &mut global.configurations) {
        Some(Sight::Seen(configurations)) => &mut configurations[0],
        other => panic!("the configurations were read: {other:?}"),
    }
}

fn key(kind: Kind, name: &str) -> Key {
    Key::new(kind, region(PLACE), name)
}

type Hand = fn(&mut Snapshot);

/// Every way to break a path, by the hop that it breaks.
fn breakages() -> Vec<(&'static str, Hand)> {
    vec![
        ("rule", |s| erase(s, &key(Kind::Rule, "foghorn-deploys"))),
        ("rule", |s| disown(s, &key(Kind::Rule, "foghorn-deploys"))),
        ("rule", |s| rule(s).state = "DISABLED".into()),
        ("pattern", |s| rule(s).pattern = None),
        ("pattern", |s| rule(s).pattern = Some(json!({ "source": ["aws.ec2"] }))),
        ("target", |s| erase(s, &key(Kind::Target, "foghorn-deploys/topic"))),
        ("target", |s| rule(s).targets = Sight::Absent),
        ("target", |s| target(s).settings.arn = "arn:aws:sns:eu-west-1:111111111111:other".into()),
        ("transformer", |s| target(s).settings.transformer = None),
        ("transformer", |s| target(s).settings.input = Some("\"hello\"".into())),
        ("transformer", |s| target(s).settings.input_path = Some("$.detail".into())),
        ("topic", |s| erase(s, &key(Kind::Topic, "foghorn-deploys"))),
        ("topic", |s| disown(s, &key(Kind::Topic, "foghorn-deploys"))),
        ("topicKey", |s| topic(s).kms_key = Some("alias/aws/sns".into())),
        ("topicPolicy", |s| topic(s).policy = None),
        ("topicPolicy", |s| {
            let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "sns:Publish" });
            topic(s).policy.iter_mut().for_each(|policy| policy.statements.push(deny.clone()));
        }),
        ("topicPolicy", |s| topic(s).policy = Some(Policy::of(Vec::new()))),
        ("chatConfiguration", |s| configuration(s).channel = channel("C9")),
        ("chatConfiguration", |s| configuration(s).topics.clear()),
        ("chatConfiguration", |s| configuration(s).state = Some("DISABLED".into())),
        ("subscription", |s| topic(s).subscriptions = Some(Vec::new())),
        ("subscription", |s| {
            topic(s).subscriptions.iter_mut().flatten().for_each(|one| one.confirmed = false);
        }),
        ("room", |s| s.global.get_or_insert_default().workspaces = Sight::Seen(Vec::new())),
        ("room", |s| s.global.get_or_insert_default().workspaces = Sight::Absent),
        ("room", |s| {
            if let Sight::Seen(workspaces) = &mut s.global.get_or_insert_default().workspaces {
                workspaces[0].state = Some("DISABLED".into());
            }
        }),
    ]
}

#[test]
fn a_path_that_nothing_breaks_is_heard() {
    let (fleet, mut snapshot) = world();
    rule(&mut snapshot).state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS".to_owned();
    let path = walked(&fleet, &snapshot);
    assert_eq!((path.state, path.broken_at, path.why), (PathState::Heard, None, None));
    assert!(path.hops.iter().all(|hop| hop.carries == Some(true)));
}

#[test]
fn a_broken_path_names_the_first_hop_that_does_not_carry_the_event_on() {
    let (fleet, settled) = world();
    for (index, (hop, breaks)) in breakages().into_iter().enumerate() {
        let mut snapshot = settled.clone();
        breaks(&mut snapshot);
        let path = walked(&fleet, &snapshot);
        assert_eq!((path.state, path.broken_at.as_deref()), (PathState::Broken, Some(hop)), "case {index}");
        assert!(path.why.is_some_and(|why| !why.is_empty()), "case {index}");
    }
}

#[test]
fn two_breakages_are_told_by_the_earlier_one() {
    let (fleet, settled) = world();
    let cases = breakages();
    for (early, (hop, first)) in cases.iter().enumerate() {
        for (_, second) in cases.iter().skip(early + 1).filter(|(later, _)| *later == "room") {
            let mut snapshot = settled.clone();
            second(&mut snapshot);
            first(&mut snapshot);
            assert_eq!(walked(&fleet, &snapshot).broken_at.as_deref(), Some(*hop), "case {early}");
        }
    }
}

/// Every way to hide a hop.
fn gaps() -> Vec<Hand> {
    vec![
        |s| hide(s, &key(Kind::Rule, "foghorn-deploys")),
        |s| hide(s, &key(Kind::Target, "foghorn-deploys/topic")),
        |s| hide(s, &key(Kind::Topic, "foghorn-deploys")),
        |s| topic(s).subscriptions = None,
        |s| hide(s, &Key::new(Kind::ChatConfiguration, Location::Global, "any")),
        |s| s.global.get_or_insert_default().workspaces = Sight::Unknown,
        |s| blind(s, region(PLACE).into()),
        |s| blind(s, Location::Global),
        |s| s.global = None,
    ]
}

#[test]
fn what_a_gap_hides_is_neither_heard_nor_broken() {
    let (fleet, settled) = world();
    for (index, hides) in gaps().into_iter().enumerate() {
        let mut snapshot = settled.clone();
        hides(&mut snapshot);
        let path = walked(&fleet, &snapshot);
        assert_eq!(path.state, PathState::Unknown, "case {index}");
        let unseen = path.hops.iter().find(|hop| hop.carries.is_none()).map(|hop| hop.name.clone());
        assert_eq!(path.broken_at, unseen, "case {index}");
    }
}

#[test]
fn a_hop_that_is_known_to_be_broken_counts_although_a_gap_hides_an_earlier_one() {
    let (fleet, mut snapshot) = world();
    hide(&mut snapshot, &key(Kind::Rule, "foghorn-deploys"));
    topic(&mut snapshot).subscriptions = Some(Vec::new());
    let path = walked(&fleet, &snapshot);
    assert_eq!((path.state, path.broken_at.as_deref()), (PathState::Broken, Some("subscription")));
}

#[test]
fn a_room_that_waits_for_a_person_is_not_promised_by_apply() {
    let (fleet, settled) = world();
    let mut snapshot = bare(&fleet, &account(&[PLACE]));
    snapshot.regions = settled.regions;
    let why = |snapshot: &Snapshot| walked(&fleet, snapshot).why.unwrap_or_default();
    assert!(why(&snapshot).contains("foghorn apply makes it"), "{}", why(&snapshot));
    snapshot.global.get_or_insert_default().workspaces = Sight::Seen(Vec::new());
    assert!(why(&snapshot).contains("nobody has authorised"), "{}", why(&snapshot));
    assert!(!why(&snapshot).contains("foghorn apply"), "{}", why(&snapshot));
}

#[test]
fn a_path_in_a_partition_without_aws_chatbot_is_broken_at_the_room() {
    let fleet = fleet(vec![pipeline("deploys")]);
    let account = account(&["cn-north-1"]);
    let snapshot = settled(&fleet, &account);
    let paths = walked_all(&fleet, &account, &snapshot);
    let [path] = &paths[..] else { panic!("one path: {paths:#?}") };
    assert_eq!((path.state, path.broken_at.as_deref()), (PathState::Broken, Some("room")));
    assert!(path.why.as_deref().is_some_and(|why| why.contains("aws-cn")));
}

#[test]
fn a_role_that_is_not_ours_leaves_the_verdict_open_because_nobody_reads_what_it_may() {
    let (fleet, mut snapshot) = world();
    target(&mut snapshot).settings.role_arn = Some("arn:aws:iam::111111111111:role/r".into());
    let path = walked(&fleet, &snapshot);
    assert_eq!((path.state, path.broken_at.as_deref()), (PathState::Unknown, Some("role")));
}

#[test]
fn a_customer_key_leaves_the_verdict_open_because_its_policy_is_not_read() {
    let (fleet, mut snapshot) = world();
    topic(&mut snapshot).kms_key = Some("arn:aws:kms:eu-west-1:111111111111:key/1".into());
    let path = walked(&fleet, &snapshot);
    assert_eq!((path.state, path.broken_at.as_deref()), (PathState::Unknown, Some("topicKey")));
}

#[test]
fn a_region_of_which_nothing_was_read_breaks_no_path_whatever_is_wrong_elsewhere() {
    let (fleet, settled) = world();
    let blanks: [Hand; 2] = [|s| blind(s, region(PLACE).into()), |s| s.regions.clear()];
    let elsewhere = ["chatConfiguration", "room"];
    for (hop, breaks) in breakages().into_iter().filter(|(hop, _)| elsewhere.contains(hop)) {
        for blank in blanks {
            let mut snapshot = settled.clone();
            breaks(&mut snapshot);
            blank(&mut snapshot);
            let path = walked(&fleet, &snapshot);
            assert_eq!((path.state, path.broken_at.as_deref()), (PathState::Unknown, Some("rule")), "{hop}");
            assert!(check(&[path]).is_empty(), "{hop}");
        }
    }
}

#[test]
fn a_configuration_is_not_blamed_for_leaving_out_a_topic_that_may_not_be_there() {
    let (fleet, mut snapshot) = world();
    configuration(&mut snapshot).topics.clear();
    assert_eq!(walked(&fleet, &snapshot).state, PathState::Broken);
    let mut unlisted = snapshot.clone();
    topic(&mut unlisted).subscriptions = None;
    assert_eq!(walked(&fleet, &unlisted).state, PathState::Broken, "the topic is there");
    hide(&mut snapshot, &key(Kind::Topic, "foghorn-deploys"));
    assert_eq!(walked(&fleet, &snapshot).state, PathState::Unknown);
}

#[test]
fn what_apply_can_not_make_is_not_promised_and_what_stands_in_the_way_is_said() {
    let (mut fleet, settled) = world();
    let why = |fleet: &Fleet, hand: Hand| {
        let mut snapshot = settled.clone();
        hand(&mut snapshot);
        walked(fleet, &snapshot).why.unwrap_or_default()
    };
    let moved: Hand = |s| configuration(s).channel = channel("C9");
    let gone: Hand = |s| erase(s, &key(Kind::Rule, "foghorn-deploys"));
    assert_eq!(why(&fleet, gone), "there is no such rule yet; foghorn apply makes it");
    let blocked = why(&fleet, moved);
    let reason = "can't make it: a configuration of this name exists for another channel";
    assert!(blocked.contains(reason) && !blocked.contains("makes it"), "{blocked}");
    fleet.spec.guard.freeze = true;
    let frozen = why(&fleet, gone);
    assert!(frozen.contains("can't make it: spec.guard.freeze stops all writing"), "{frozen}");
}

#[test]
fn a_topic_that_aws_chatbot_will_not_take_up_again_needs_a_second_step_and_the_plan_says_so() {
    let (fleet, mut snapshot) = world();
    erase(&mut snapshot, &key(Kind::Topic, "foghorn-deploys"));
    let why = |snapshot: &Snapshot| walked(&fleet, snapshot).why.unwrap_or_default();
    let name = configuration(&mut snapshot).name.clone();
    let step = format!("remove the topic from the configuration {name} in the AWS Chatbot console and save");
    assert!(why(&snapshot).contains("foghorn apply makes it, but AWS Chatbot"), "{}", why(&snapshot));
    assert!(why(&snapshot).contains(&step), "{}", why(&snapshot));
    configuration(&mut snapshot).topics.clear();
    assert_eq!(why(&snapshot), "there is no such topic yet; foghorn apply makes it");
}

#[test]
fn a_lost_subscription_asks_for_no_more_by_hand_than_apply_can_not_do() {
    let (mut fleet, mut snapshot) = world();
    topic(&mut snapshot).subscriptions = Some(Vec::new());
    let path = walked(&fleet, &snapshot);
    let why = path.why.unwrap_or_default();
    assert!(why.ends_with(" and save; the next foghorn apply adds it again"), "{why}");
    // Someone else's configuration is not written without being adopted.
    fleet.spec.pipelines[0].via = via("C1", false);
    configuration(&mut snapshot).tags = Default::default();
    let why = walked(&fleet, &snapshot).why.unwrap_or_default();
    assert!(why.ends_with(", save, and add it again") && !why.contains("foghorn apply"), "{why}");
}

#[test]
fn a_subscription_that_drops_messages_comes_with_its_mend() {
    let (fleet, settled) = world();
    let spoils: [fn(&mut crate::model::topic::Subscription); 2] =
        [|one| one.filter_policy = Some(json!({ "team": ["web"] })), |one| one.raw_delivery = Some(true)];
    for spoil in spoils {
        let mut snapshot = settled.clone();
        topic(&mut snapshot).subscriptions.iter_mut().flatten().for_each(spoil);
        let path = walked(&fleet, &snapshot);
        let why = path.why.unwrap_or_default();
        assert_eq!(path.broken_at.as_deref(), Some(SUBSCRIPTION));
        assert!(why.contains(": switch ") && why.ends_with("off in the Amazon SNS console"), "{why}");
    }
}
