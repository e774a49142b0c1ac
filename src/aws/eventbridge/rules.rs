//! Rules on the default bus.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eventbridge::operation::describe_rule::DescribeRuleOutput;
use aws_sdk_eventbridge::types::{self, RuleState, Tag};

use super::PAGE;
use super::targets::read_targets;
use crate::aws::answer::{all_unknown, complete_each, every_page, noted, part};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::request::{Asked, unbuildable};
use crate::model::rule::{ObservedRule, Rule};
use crate::model::target::ObservedTarget;
use crate::model::{Action, FieldChange, Gap, Region, Sight, Tags, arn};

/// Reads rules with their tags and targets. There is an entry for every name;
/// a rule whose tags can't be read is unknown, because nobody can say whose
/// it is.
pub(crate) async fn observe_rules(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedRule>> {
    let Some(found) = noted(find(door, region, names).await, gaps) else { return all_unknown(names) };
    let complete = |name: String, rule| async move { complete(door, region, &name, rule).await };
    let mut rules = complete_each(found, gaps, complete).await;
    for name in names {
        rules.entry(name.clone()).or_insert(Sight::Absent);
    }
    rules
}

/// A rule as far as the calls that find rules describe it.
#[derive(Debug, PartialEq)]
struct Described {
    description: Option<String>,
    pattern: Option<String>,
    state: Option<RuleState>,
}

/// Those of the names that exist. For several names, a list by what they begin
/// with is fewer calls: a bus holds 300 rules, three pages.
async fn find(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Described>, AwsError> {
    match names.first() {
        None => Ok(BTreeMap::new()),
        Some(name) if names.len() == 1 => match describe(door, region, name).await {
            Ok(rule) => Ok(BTreeMap::from([(name.clone(), rule)])),
            Err(error) if error.is_not_found() => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        },
        Some(_) => {
            let mut rules = list(door, region, &common_prefix(names)).await?;
            rules.retain(|name, _| names.contains(name));
            Ok(rules)
        }
    }
}

async fn describe(door: &Door, region: Region, name: &str) -> Result<Described, AwsError> {
    let call = door.eventbridge(region).describe_rule().name(name).send();
    let answer = door.call(region, ApiGroup::Events, format!("describe rule {name}"), call).await?;
    Ok(answer.into())
}

async fn list(door: &Door, region: Region, prefix: &str) -> Result<BTreeMap<String, Described>, AwsError> {
    let client = door.eventbridge(region);
    let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
    let page = |token| {
        let request = client.list_rules().set_name_prefix(prefix.clone()).limit(PAGE).set_next_token(token);
        async move {
            let answer = door.call(region, ApiGroup::Events, "list rules", request.send()).await?;
            Ok((answer.rules.unwrap_or_default(), answer.next_token))
        }
    };
    let rules = every_page(page).await?;
    Ok(rules.into_iter().filter_map(|rule| Some((rule.name.clone()?, rule.into()))).collect())
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
    name: &str,
    rule: Described,
) -> Result<(ObservedRule, Vec<Gap>), AwsError> {
    let (tags, targets) = tokio::join!(read_tags(door, region, name), read_targets(door, region, name));
    let mut gaps = Vec::new();
    let targets = part(targets, &mut gaps)?.map_or(Sight::Unknown, Sight::Seen);
    Ok((rule.observed(tags?, targets), gaps))
}

async fn read_tags(door: &Door, region: Region, name: &str) -> Result<Tags, AwsError> {
    let arn = arn::rule(region, &door.account().id, name);
    let call = door.eventbridge(region).list_tags_for_resource().resource_arn(arn).send();
    let answer = door.call(region, ApiGroup::Events, format!("list tags of rule {name}"), call).await?;
    Ok(Tags(answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()))
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
    fn observed(self, tags: Tags, targets: Sight<Vec<ObservedTarget>>) -> ObservedRule {
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
pub(crate) async fn apply_rule(
    door: &Door,
    action: Action,
    rule: &Rule,
    fields: &[FieldChange],
) -> Result<(), AwsError> {
    match action {
        Action::Create => put(door, rule, Some(sdk_tags(rule)?)).await,
        Action::Update => update(door, rule, Asked::by(fields)).await,
        Action::Delete | Action::Conflict | Action::Withheld => Ok(()),
    }
}

async fn update(door: &Door, rule: &Rule, asked: Asked) -> Result<(), AwsError> {
    if asked.content {
        // Without tags: PutRule ignores them on a rule that exists.
        put(door, rule, None).await?;
    }
    if asked.tags {
        tag(door, rule).await?;
    }
    Ok(())
}

/// PutRule replaces: whatever it does not carry is lost.
async fn put(door: &Door, rule: &Rule, tags: Option<Vec<Tag>>) -> Result<(), AwsError> {
    let client = door.eventbridge(rule.region);
    let request = client
        .put_rule()
        .name(&rule.name)
        .description(&rule.description)
        .event_pattern(rule.pattern.to_string())
        .state(RuleState::Enabled)
        .set_tags(tags);
    door.call(rule.region, ApiGroup::Events, format!("put rule {}", rule.name), request.send()).await?;
    Ok(())
}

async fn tag(door: &Door, rule: &Rule) -> Result<(), AwsError> {
    let client = door.eventbridge(rule.region);
    let arn = arn::rule(rule.region, &door.account().id, &rule.name);
    let request = client.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(rule)?));
    door.call(rule.region, ApiGroup::Events, format!("tag rule {}", rule.name), request.send()).await?;
    Ok(())
}

fn sdk_tags(rule: &Rule) -> Result<Vec<Tag>, AwsError> {
    let tags = rule.tags.0.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(unbuildable(&format!("tag rule {}", rule.name)))
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
