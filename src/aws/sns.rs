//! Amazon SNS: topics with their policies, subscriptions and tags.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_sns::types::{self, Tag};

use super::answer::{every_page, malformed, observe_each, part};
use super::door::{ApiGroup, Door};
use super::error::AwsError;
use super::request::{Asked, unbuildable};
use crate::model::policy::Policy;
use crate::model::topic::{ObservedTopic, Subscription, Topic};
use crate::model::{Action, FieldChange, Gap, Region, Sight, Tags, arn};

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
        tokio::join!(read_tags(door, region, name), read_subscriptions(door, region, name));
    let mut gaps = Vec::new();
    let subscriptions = part(subscriptions, &mut gaps)?;
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

async fn read_subscriptions(door: &Door, region: Region, name: &str) -> Result<Vec<Subscription>, AwsError> {
    let client = door.sns(region);
    let arn = arn::topic(region, &door.account().id, name);
    let page = |token| {
        let request = client.list_subscriptions_by_topic().topic_arn(&arn).set_next_token(token);
        let tried = format!("list subscriptions of topic {name}");
        async move {
            let answer = door.call(region, ApiGroup::Sns, tried, request.send()).await?;
            Ok((answer.subscriptions.unwrap_or_default(), answer.next_token))
        }
    };
    let mut subscriptions: Vec<Subscription> =
        every_page(page).await?.into_iter().map(Subscription::from).collect();
    subscriptions
        .sort_by(|one, other| (&one.protocol, &one.endpoint).cmp(&(&other.protocol, &other.endpoint)));
    Ok(subscriptions)
}

impl From<types::Subscription> for Subscription {
    fn from(subscription: types::Subscription) -> Self {
        Self {
            protocol: subscription.protocol.unwrap_or_default(),
            endpoint: subscription.endpoint.unwrap_or_default(),
            // In place of an ARN stands `PendingConfirmation` or `Deleted`.
            confirmed: subscription.subscription_arn.as_ref().is_some_and(|arn| arn.starts_with("arn:")),
            arn: subscription.subscription_arn.filter(|arn| arn.starts_with("arn:")),
            raw_delivery: None,
            filter_policy: None,
            filters_body: false,
        }
    }
}

async fn read_tags(door: &Door, region: Region, name: &str) -> Result<Tags, AwsError> {
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
pub(crate) async fn apply_topic(
    door: &Door,
    action: Action,
    topic: &Topic,
    fields: &[FieldChange],
) -> Result<(), AwsError> {
    match action {
        Action::Create => create(door, topic).await,
        Action::Update => update(door, topic, Asked::by(fields)).await,
        Action::Delete | Action::Conflict | Action::Withheld => Ok(()),
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

fn sdk_tags(topic: &Topic) -> Result<Vec<Tag>, AwsError> {
    let tags = topic.tags.0.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(unbuildable(&format!("tag topic {}", topic.name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subscription(arn: &str) -> Subscription {
        let subscription =
            types::Subscription::builder().protocol("https").endpoint("https://e").subscription_arn(arn);
        subscription.build().into()
    }

    #[test]
    fn only_a_subscription_with_an_arn_is_confirmed() {
        assert!(subscription("arn:aws:sns:us-east-1:111111111111:t:1").confirmed);
        for word in ["PendingConfirmation", "Deleted"] {
            assert!(!subscription(word).confirmed, "{word}");
        }
    }

    #[test]
    fn a_policy_that_is_missing_or_cannot_be_read_is_never_taken_for_an_empty_one() {
        let with = |text: &str| policy_in(&HashMap::from([(POLICY.to_owned(), text.to_owned())]));
        assert!(policy_in(&HashMap::new()).is_err());
        assert!(with("{").is_err());
        let lone = with(r#"{"Statement":{"Sid":"A"}}"#).map(|policy| policy.statements);
        assert_eq!(lone, Ok(vec![json!({ "Sid": "A" })]));
    }
}
