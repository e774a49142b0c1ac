use std::collections::BTreeSet;

use super::*;
use crate::model::alarm::Alarm;
use crate::model::chat::ChatConfiguration;
use crate::model::{Kind, Location, arn};
use crate::plan::fixtures::{
    FLEET, account, channel as slack, fleet, inputs, pipeline, plan_of, region, settled, via,
};
use crate::plan::names;

const REGIONS: [&str; 2] = ["ap-northeast-2", "eu-west-1"];

fn expanded(pipelines: Vec<Pipeline>, account: &Account) -> Desired {
    desired(&inputs(&fleet(pipelines), account, None))
}

fn configurations(desired: &Desired) -> Vec<&ChatConfiguration> {
    let configurations = desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::ChatConfiguration(configuration) => Some(configuration),
        _ => None,
    });
    configurations.collect()
}

fn alarms(desired: &Desired) -> Vec<&Alarm> {
    let alarms = desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Alarm(alarm) => Some(alarm),
        _ => None,
    });
    alarms.collect()
}

fn alarm<'a>(desired: &'a Desired, name: &str) -> &'a Alarm {
    let [alarm] = alarms(desired).into_iter().filter(|alarm| alarm.name == name).collect::<Vec<_>>()[..]
    else {
        panic!("one alarm {name}");
    };
    alarm
}

fn threshold(name: &str, unsupported_events: u32) -> Pipeline {
    let mut pipeline = pipeline(name);
    pipeline.alarms.unsupported_events.threshold = unsupported_events;
    pipeline
}

#[test]
fn two_pipelines_of_one_channel_share_one_configuration_and_one_alarm_with_the_strictest_threshold() {
    let desired = expanded(vec![threshold("one", 5), threshold("two", 2)], &account(&REGIONS));
    assert_eq!(configurations(&desired).len(), 1);
    let unsupported: Vec<&Alarm> =
        alarms(&desired).into_iter().filter(|alarm| alarm.name.ends_with("unsupported-events")).collect();
    let [alarm] = unsupported[..] else { panic!("one alarm: {unsupported:?}") };
    assert_eq!(alarm.settings.threshold, Some(2.0));
}

#[test]
fn pipelines_of_two_channels_have_two_configurations() {
    let other = Pipeline { via: via("C2", false), ..pipeline("two") };
    let desired = expanded(vec![pipeline("one"), other], &account(&REGIONS));
    let channels: Vec<_> = configurations(&desired).into_iter().map(|one| one.channel.clone()).collect();
    assert_eq!(channels, [slack("C1"), slack("C2")]);
}

#[test]
fn the_topics_of_all_regions_feed_the_one_configuration() {
    let account = account(&REGIONS);
    let desired = expanded(vec![pipeline("one"), pipeline("two")], &account);
    let topic = |place: &str, name: &str| arn::topic(region(place), &account.id, name);
    let alarms = names::alarm_topic(&slack("C1"));
    let mut expected = BTreeSet::new();
    for place in REGIONS {
        expected.extend([
            topic(place, "foghorn-one"),
            topic(place, "foghorn-two"),
            topic(place, &alarms),
            topic("us-east-1", &alarms),
        ]);
    }
    assert_eq!(configurations(&desired)[0].topics, expected);
}

#[test]
fn the_alarm_on_dropped_messages_stands_in_us_east_1_though_the_account_is_not_there() {
    let desired = expanded(vec![pipeline("deploys")], &account(&["eu-west-1"]));
    let alarm = alarm(&desired, &names::unsupported_events(&slack("C1")));
    assert_eq!(alarm.region, Region::US_EAST_1);
    let topic = Key::new(Kind::Topic, Region::US_EAST_1, names::alarm_topic(&slack("C1")));
    assert!(desired.resources.contains_key(&topic));
    assert!(!desired.regions.contains(&Region::US_EAST_1));
    assert!(!desired.interest().regions[&Region::US_EAST_1].services);
}

#[test]
fn a_run_about_one_pipeline_asks_nothing_else_of_what_pipelines_share() {
    let fleet = fleet(vec![threshold("one", 5), threshold("two", 2)]);
    let account = account(&REGIONS);
    let snapshot = settled(&fleet, &account);
    let only = ["one".to_owned()];
    let inputs = Inputs { pipelines: Some(&only), ..inputs(&fleet, &account, Some(&snapshot)) };
    let desired = desired(&inputs);
    let of_two = desired.resources.keys().find(|key| key.name.starts_with("foghorn-two"));
    assert_eq!(of_two, None);
    assert_eq!(plan_of(&inputs, &snapshot).changes, []);
}

#[test]
fn an_alarm_tells_only_topics_of_its_own_region() {
    let mut named = pipeline("deploys");
    named.alarms.notify = vec![
        "arn:aws:sns:{region}:{account}:everywhere".to_owned(),
        "arn:aws:sns:us-east-1:222222222222:virginia".to_owned(),
        "arn:aws:sns:eu-west-1:222222222222:ireland".to_owned(),
    ];
    let desired = expanded(vec![named], &account(&REGIONS));
    for alarm in alarms(&desired) {
        for topic in &alarm.settings.alarm_actions {
            assert_eq!(arn::region_of(topic), Some(alarm.region.as_str()), "{}", alarm.name);
        }
    }
    let unsupported = alarm(&desired, &names::unsupported_events(&slack("C1")));
    let room = format!("arn:aws:sns:us-east-1:111111111111:{}", names::alarm_topic(&slack("C1")));
    let expected = [
        "arn:aws:sns:us-east-1:111111111111:everywhere".to_owned(),
        room,
        "arn:aws:sns:us-east-1:222222222222:virginia".to_owned(),
    ];
    assert_eq!(unsupported.settings.alarm_actions, BTreeSet::from(expected));
}

#[test]
fn an_alarm_on_a_rule_names_the_one_dimension_that_the_metric_has() {
    let desired = expanded(vec![pipeline("deploys")], &account(&["eu-west-1"]));
    let alarm = alarm(&desired, "foghorn-deploys-failed-invocations");
    let dimension = ("RuleName".to_owned(), "foghorn-deploys".to_owned());
    assert_eq!(alarm.settings.dimensions, BTreeMap::from([dimension]));
    assert_eq!(alarm.settings.treat_missing_data.as_deref(), Some("notBreaching"));
}

#[test]
fn an_alarm_is_never_heard_only_through_the_topic_that_it_watches() {
    let desired = expanded(vec![pipeline("deploys")], &account(&REGIONS));
    for alarm in alarms(&desired) {
        assert!(!alarm.settings.alarm_actions.iter().any(|topic| topic.ends_with(":foghorn-deploys")));
    }
}

#[test]
fn everything_needed_exists_and_comes_before_what_needs_it() {
    let pipelines = vec![pipeline("one"), Pipeline { via: via("C2", true), ..pipeline("two") }];
    let desired = expanded(pipelines, &account(&REGIONS));
    for (key, wanted) in &desired.resources {
        assert_eq!(*key, wanted.resource.key());
        for need in &wanted.needs {
            assert!(desired.resources.contains_key(need) && need < key, "{key} needs {need}");
        }
    }
}

#[test]
fn a_target_needs_its_rule_its_topic_and_its_queue() {
    let needs = |dead_letter: bool| {
        let desired =
            expanded(vec![Pipeline { dead_letter, ..pipeline("deploys") }], &account(&["eu-west-1"]));
        let wanted = desired.resources.values().find(|wanted| matches!(wanted.resource, Resource::Target(_)));
        wanted.expect("a target").needs.iter().map(|need| need.kind).collect::<BTreeSet<_>>()
    };
    assert_eq!(needs(true), BTreeSet::from([Kind::Rule, Kind::Topic, Kind::Queue]));
    assert_eq!(needs(false), BTreeSet::from([Kind::Rule, Kind::Topic]));
}

#[test]
fn everything_that_can_be_tagged_says_whose_it_is_whatever_the_user_s_tags() {
    let mut fleet = fleet(vec![pipeline("deploys")]);
    fleet.spec.tags = BTreeMap::from([
        ("team".to_owned(), "platform".to_owned()),
        ("foghorn.dev/fleet".to_owned(), "another".to_owned()),
    ]);
    let desired = desired(&inputs(&fleet, &account(&REGIONS), None));
    for alarm in alarms(&desired) {
        assert_eq!(alarm.tags.owner(), Some(FLEET));
        assert_eq!(alarm.tags.0.get("team").map(String::as_str), Some("platform"));
    }
}

#[test]
fn no_room_is_built_where_aws_chatbot_does_not_exist() {
    for place in ["cn-north-1", "us-gov-west-1"] {
        let desired = expanded(vec![pipeline("deploys")], &account(&[place]));
        assert_eq!(desired.resources.keys().collect::<Vec<_>>(), [] as [&Key; 0]);
        assert!(desired.rooms.is_empty());
        assert_eq!(desired.interest().locations(), BTreeSet::from([Location::Region(region(place))]));
        assert_eq!(desired.routes.len(), 1, "the route is there to be reported as broken");
    }
}

#[test]
fn the_alarm_watches_the_configuration_that_exists_whatever_its_name() {
    let fleet = fleet(vec![Pipeline { via: via("C1", true), ..pipeline("deploys") }]);
    let account = account(&["eu-west-1"]);
    let mut snapshot = settled(&fleet, &account);
    if let Some(Sight::Seen(configurations)) =
        snapshot.global.as_mut().map(|global| &mut global.configurations)
    {
        configurations[0].name = "by-hand".to_owned();
    }
    let desired = desired(&inputs(&fleet, &account, Some(&snapshot)));
    let alarm = alarm(&desired, &names::unsupported_events(&slack("C1")));
    let dimension = ("ConfigurationName".to_owned(), "by-hand".to_owned());
    assert_eq!(alarm.settings.dimensions, BTreeMap::from([dimension]));
}

#[test]
fn an_account_that_no_pipeline_selects_is_asked_for_its_services_alone() {
    let mut selective = pipeline("deploys");
    selective.selector.labels = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
    let desired = expanded(vec![selective], &account(&REGIONS));
    assert!(desired.resources.is_empty() && desired.routes.is_empty());
    assert!(desired.interest().regions.values().all(|region| region.services));
    assert_eq!(desired.interest().locations().len(), REGIONS.len() + 1, "AWS Chatbot may hold orphans");
}
