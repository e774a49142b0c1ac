//! Rules, on the default bus and on others.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eventbridge::operation::describe_rule::DescribeRuleOutput;
use aws_sdk_eventbridge::types::{self, RuleState, Tag};

use super::targets::read_targets;
use super::{PAGE, tags};
use crate::aws::answer::{all_unknown, complete_each, every_page, noted, part};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::request::{Asked, Write};
use crate::model::rule::{ObservedRule, Rule, bus_and_name, place};
use crate::model::target::ObservedTarget;
use crate::model::{Gap, Region, Sight, Tags, arn};

/// Reads rules, of whatever bus, with their tags and targets. There is an entry
/// for every place; a rule whose tags can't be read is unknown, because nobody
/// can say whose it is.
pub(crate) async fn observe_rules(
    door: &Door,
    region: Region,
    places: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedRule>> {
    let mut buses: BTreeMap<Option<&str>, BTreeSet<String>> = BTreeMap::new();
    for place in places {
        let (bus, name) = bus_and_name(place);
        buses.entry(bus).or_default().insert(name.to_owned());
    }
    let mut rules = BTreeMap::new();
    for (bus, names) in buses {
        let found = find(door, region, bus, &names).await;
        let places = names.iter().map(|name| place(bus, name)).collect();
        rules.extend(match noted(found, gaps) {
            None => all_unknown(&places),
            Some(found) => completed(door, region, &places, found, gaps).await,
        });
    }
    rules
}

async fn completed(
    door: &Door,
    region: Region,
    places: &BTreeSet<String>,
    found: BTreeMap<String, Described>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedRule>> {
    let complete = |place: String, rule| async move { complete(door, region, &place, rule).await };
    let mut rules = complete_each(found, gaps, complete).await;
    for place in places {
        rules.entry(place.clone()).or_insert(Sight::Absent);
    }
    rules
}

/// A rule as far as the calls that find rules describe it.
#[derive(Debug, PartialEq)]
pub(super) struct Described {
    description: Option<String>,
    pub(super) pattern: Option<String>,
    state: Option<RuleState>,
}

/// Those of a bus's rules that exist, by place. For several names, a list by
/// what they begin with is fewer calls: a bus holds 300 rules, three pages.
async fn find(
    door: &Door,
    region: Region,
    bus: Option<&str>,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Described>, AwsError> {
    let found = match names.first() {
        None => Ok(BTreeMap::new()),
        Some(name) if names.len() == 1 => {
            describe(door, region, bus, name).await.map(|rule| BTreeMap::from([(place(bus, name), rule)]))
        }
        Some(_) => list(door, region, bus, &common_prefix(names)).await.map(|mut rules| {
            rules.retain(|place, _| names.contains(bus_and_name(place).1));
            rules
        }),
    };
    // A rule is absent, and so are all those on a bus that is.
    found.or_else(|error| if error.is_not_found() { Ok(BTreeMap::new()) } else { Err(error) })
}

async fn describe(door: &Door, region: Region, bus: Option<&str>, name: &str) -> Result<Described, AwsError> {
    let client = door.eventbridge(region);
    let call = client.describe_rule().name(name).set_event_bus_name(bus.map(str::to_owned)).send();
    let tried = format!("describe rule {}", place(bus, name));
    let answer = door.call(region, ApiGroup::Events, tried, call).await?;
    Ok(answer.into())
}

/// The rules of a bus whose names begin so, by place.
pub(super) async fn list(
    door: &Door,
    region: Region,
    bus: Option<&str>,
    prefix: &str,
) -> Result<BTreeMap<String, Described>, AwsError> {
    let client = door.eventbridge(region);
    let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
    let page = |token| {
        let request = client
            .list_rules()
            .set_event_bus_name(bus.map(str::to_owned))
            .set_name_prefix(prefix.clone())
            .limit(PAGE)
            .set_next_token(token);
        let tried = bus.map_or_else(|| "list rules".to_owned(), |bus| format!("list rules of bus {bus}"));
        async move {
            let answer = door.call(region, ApiGroup::Events, tried, request.send()).await?;
            Ok((answer.rules.unwrap_or_default(), answer.next_token))
        }
    };
    let rules = every_page(page).await?;
    Ok(rules.into_iter().filter_map(|rule| Some((place(bus, rule.name.as_deref()?), rule.into()))).collect())
}

/// What all the names begin with.
fn common_prefix(names: &BTreeSet<String>) -> String {
    // Between the first and the last of sorted texts lie only texts that share
    // what those two share.
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return String::new() };
    first.chars().zip(last.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
}

/// The rule with its tags and targets, and a gap where the targets could not
/// be read.
async fn complete(
    door: &Door,
    region: Region,
    place: &str,
    rule: Described,
) -> Result<(ObservedRule, Vec<Gap>), AwsError> {
    let (tags, targets) = tokio::join!(rule_tags(door, region, place), read_targets(door, region, place));
    let mut gaps = Vec::new();
    let targets = part(targets, &mut gaps)?.map_or(Sight::Unknown, Sight::Seen);
    Ok((rule.observed(tags?, targets), gaps))
}

/// The tags of a rule.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn rule_tags(door: &Door, region: Region, place: &str) -> Result<Tags, AwsError> {
    let arn = arn::rule(region, &door.account().id, place);
    tags::read(door, region, &arn, &format!("rule {place}")).await
}

impl From<types::Rule> for Described {
    fn from(rule: types::Rule) -> Self {
        Self { description: rule.description, pattern: rule.event_pattern, state: rule.state }
    }
}

impl From<DescribeRuleOutput> for Described {
    fn from(rule: DescribeRuleOutput) -> Self {
        Self { description: rule.description, pattern: rule.event_pattern, state: rule.state }
    }
}

impl Described {
    pub(super) fn observed(self, tags: Tags, targets: Sight<Vec<ObservedTarget>>) -> ObservedRule {
        ObservedRule {
            description: self.description,
            pattern: self.pattern.and_then(|pattern| serde_json::from_str(&pattern).ok()),
            state: self.state.as_ref().map(RuleState::as_str).unwrap_or_default().to_owned(),
            tags,
            targets,
        }
    }
}

/// Creates or updates a rule. A new rule gets its tags in the call that makes
/// it, so that it is never without an owner.
///
/// PutRule silently overwrites a rule of the same name. That the name is free,
/// or ours, is for the plan to know from a fresh snapshot.
///
/// # Errors
/// The first call that AWS refuses.
pub(crate) async fn apply_rule(door: &Door, write: Write<'_>, rule: &Rule) -> Result<(), AwsError> {
    match write {
        Write::Create => {
            let tags = tags::sdk(&rule.tags, &format!("tag rule {}", rule.key().name))?;
            put(door, rule, Some(tags)).await
        }
        Write::Update(fields) => update(door, rule, Asked::by(fields)).await,
    }
}

async fn update(door: &Door, rule: &Rule, asked: Asked) -> Result<(), AwsError> {
    if asked.content {
        // Without tags: PutRule ignores them on a rule that exists.
        put(door, rule, None).await?;
    }
    if asked.tags {
        let place = rule.key().name;
        let arn = arn::rule(rule.region, &door.account().id, &place);
        tags::write(door, rule.region, &arn, &rule.tags, &format!("rule {place}")).await?;
    }
    Ok(())
}

/// PutRule replaces: whatever it does not carry is lost.
async fn put(door: &Door, rule: &Rule, tags: Option<Vec<Tag>>) -> Result<(), AwsError> {
    let client = door.eventbridge(rule.region);
    let request = client
        .put_rule()
        .set_event_bus_name(rule.bus.clone())
        .name(&rule.name)
        .description(&rule.description)
        .event_pattern(rule.pattern.to_string())
        .state(RuleState::Enabled)
        .set_tags(tags);
    let tried = format!("put rule {}", rule.key().name);
    door.call(rule.region, ApiGroup::Events, tried, request.send()).await?;
    Ok(())
}

/// Deletes a rule, which EventBridge refuses while it has targets.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_rule(door: &Door, region: Region, place: &str) -> Result<(), AwsError> {
    let (bus, name) = bus_and_name(place);
    let client = door.eventbridge(region);
    let call = client.delete_rule().name(name).set_event_bus_name(bus.map(str::to_owned)).send();
    door.call(region, ApiGroup::Events, format!("delete rule {place}"), call).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn rules_are_listed_by_all_that_their_names_share() {
        for (given, expected) in [
            (&["foghorn-deploys", "foghorn-tasks"][..], "foghorn-"),
            (&["foghorn-a", "foghorn-a-b", "foghorn-a-c"], "foghorn-a"),
            (&["a", "b"], ""),
        ] {
            assert_eq!(common_prefix(&names(given)), expected);
        }
    }

    #[test]
    fn a_listed_rule_and_a_described_one_read_alike() {
        let listed = types::Rule::builder()
            .name("a")
            .description("d")
            .event_pattern(r#"{"source":["aws.ecs"]}"#)
            .state(RuleState::Disabled)
            .build();
        let described = DescribeRuleOutput::builder()
            .description("d")
            .event_pattern(r#"{"source":["aws.ecs"]}"#)
            .state(RuleState::Disabled)
            .build();
        let described = Described::from(described);
        assert_eq!(Described::from(listed), described);
        let rule = described.observed(Tags::default(), Sight::Unknown);
        assert_eq!(rule.description.as_deref(), Some("d"));
        assert_eq!(rule.pattern, Some(json!({ "source": ["aws.ecs"] })));
        assert_eq!(rule.state, "DISABLED");
    }
}
