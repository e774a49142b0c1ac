//! Amazon SNS: topics with their policies, subscriptions and tags.

mod publish;
mod subscriptions;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_sns::types::Tag;

pub(super) use self::publish::publish;
pub(crate) use self::subscriptions::{apply_subscription, delete_subscription};
use self::subscriptions::{read_subscriptions, with_attributes};
use super::answer::{malformed, observe_each, part};
use super::door::{ApiGroup, Door};
use super::error::AwsError;
use super::request::{Asked, Write, unbuildable};
use crate::model::policy::Policy;
use crate::model::topic::{ObservedTopic, Topic};
use crate::model::{Gap, Region, Sight, Tags, arn};

/// The attribute that holds the resource policy.
const POLICY: &str = "Policy";

/// The attribute that names the key of encryption at rest.
const KMS_KEY: &str = "KmsMasterKeyId";

/// Reads topics. There is an entry for every name; a topic whose policy or
/// tags can't be read is unknown.
pub(crate) async fn observe_topics(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedTopic>> {
    observe_each(names, gaps, |name| async move { read(door, region, &name).await }).await
}

/// The topic, and a gap where its subscriptions could not be read. Most topics
/// of a new account are absent, so the first call stands alone.
async fn read(door: &Door, region: Region, name: &str) -> Result<(ObservedTopic, Vec<Gap>), AwsError> {
    let attributes = read_attributes(door, region, name).await?;
    let policy = policy_of(name, &attributes)?;
    let (tags, subscriptions) =
        tokio::join!(topic_tags(door, region, name), read_subscriptions(door, region, name));
    let mut gaps = Vec::new();
    let subscriptions = match part(subscriptions, &mut gaps)? {
        Some(subscriptions) => Some(with_attributes(door, region, subscriptions, &mut gaps).await),
        None => None,
    };
    Ok((
        ObservedTopic { policy: Some(policy), kms_key: kms_key_in(&attributes), subscriptions, tags: tags? },
        gaps,
    ))
}

async fn read_attributes(
    door: &Door,
    region: Region,
    name: &str,
) -> Result<HashMap<String, String>, AwsError> {
    let arn = arn::topic(region, &door.account().id, name);
    let call = door.sns(region).get_topic_attributes().topic_arn(arn).send();
    let answer = door.call(region, ApiGroup::Sns, format!("get attributes of topic {name}"), call).await?;
    Ok(answer.attributes.unwrap_or_default())
}

fn policy_of(name: &str, attributes: &HashMap<String, String>) -> Result<Policy, AwsError> {
    policy_in(attributes).map_err(|detail| malformed(format!("get attributes of topic {name}"), detail))
}

fn kms_key_in(attributes: &HashMap<String, String>) -> Option<String> {
    attributes.get(KMS_KEY).filter(|key| !key.is_empty()).cloned()
}

/// Every topic has a policy, so one that is missing was withheld from this
/// caller (SNS API reference, GetTopicAttributes). To take it for empty would
/// be to overwrite what others wrote.
fn policy_in(attributes: &HashMap<String, String>) -> Result<Policy, String> {
    let text = attributes.get(POLICY).ok_or("the answer holds no policy")?;
    Policy::parse(text).map_err(|error| error.to_string())
}

/// The tags of a topic.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn topic_tags(door: &Door, region: Region, name: &str) -> Result<Tags, AwsError> {
    let arn = arn::topic(region, &door.account().id, name);
    let call = door.sns(region).list_tags_for_resource().resource_arn(arn).send();
    let answer = door.call(region, ApiGroup::Sns, format!("list tags of topic {name}"), call).await?;
    Ok(Tags(answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()))
}

/// Creates or updates a topic. A new topic gets its policy and tags in the
/// call that makes it, so that it is never without an owner.
///
/// CreateTopic silently answers with a topic of the same name that exists.
/// That the name is free is for the plan to know from a fresh snapshot.
///
/// # Errors
/// The first call that AWS refuses.
pub(crate) async fn apply_topic(door: &Door, write: Write<'_>, topic: &Topic) -> Result<(), AwsError> {
    match write {
        Write::Create => create(door, topic).await,
        Write::Update(fields) => update(door, topic, Asked::by(fields)).await,
    }
}

async fn create(door: &Door, topic: &Topic) -> Result<(), AwsError> {
    let client = door.sns(topic.region);
    let request = client
        .create_topic()
        .name(&topic.name)
        .attributes(POLICY, topic.policy.to_json().to_string())
        .set_tags(Some(sdk_tags(topic)?));
    door.call(topic.region, ApiGroup::Sns, format!("create topic {}", topic.name), request.send()).await?;
    Ok(())
}

async fn update(door: &Door, topic: &Topic, asked: Asked) -> Result<(), AwsError> {
    if asked.content {
        set_policy(door, topic).await?;
    }
    if asked.tags {
        tag(door, topic).await?;
    }
    Ok(())
}

/// SetTopicAttributes replaces the whole document, so that it is read just
/// before: what others wrote since the change was planned must not be lost.
async fn set_policy(door: &Door, topic: &Topic) -> Result<(), AwsError> {
    let current = read_attributes(door, topic.region, &topic.name).await?;
    let policy = policy_of(&topic.name, &current)?.merged_with(&topic.policy.own());
    let client = door.sns(topic.region);
    let request = client
        .set_topic_attributes()
        .topic_arn(arn::topic(topic.region, &door.account().id, &topic.name))
        .attribute_name(POLICY)
        .attribute_value(policy.to_json().to_string());
    let tried = format!("set policy of topic {}", topic.name);
    door.call(topic.region, ApiGroup::Sns, tried, request.send()).await?;
    Ok(())
}

async fn tag(door: &Door, topic: &Topic) -> Result<(), AwsError> {
    let client = door.sns(topic.region);
    let arn = arn::topic(topic.region, &door.account().id, &topic.name);
    let request = client.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(topic)?));
    door.call(topic.region, ApiGroup::Sns, format!("tag topic {}", topic.name), request.send()).await?;
    Ok(())
}

/// Deletes a topic with its subscriptions.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_topic(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let arn = arn::topic(region, &door.account().id, name);
    let call = door.sns(region).delete_topic().topic_arn(arn).send();
    door.call(region, ApiGroup::Sns, format!("delete topic {name}"), call).await?;
    Ok(())
}

fn sdk_tags(topic: &Topic) -> Result<Vec<Tag>, AwsError> {
    let tags = topic.tags.0.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(unbuildable(&format!("tag topic {}", topic.name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_that_is_missing_or_cannot_be_read_is_never_taken_for_an_empty_one() {
        let with = |text: &str| policy_in(&HashMap::from([(POLICY.to_owned(), text.to_owned())]));
        assert!(policy_in(&HashMap::new()).is_err());
        assert!(with("{").is_err());
        let lone = with(r#"{"Statement":{"Sid":"A"}}"#).map(|policy| policy.statements);
        assert_eq!(lone, Ok(vec![json!({ "Sid": "A" })]));
    }
}
