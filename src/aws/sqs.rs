//! Amazon SQS: dead-letter queues with their policies and tags.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_sqs::types::QueueAttributeName;

use super::answer::{malformed, observe_each};
use super::door::{ApiGroup, Door};
use super::error::AwsError;
use super::request::{Asked, Write};
use crate::model::policy::Policy;
use crate::model::queue::{ObservedQueue, Queue};
use crate::model::{Gap, Region, Sight, Tags};

/// Attributes as SQS names and writes them.
type Attributes = HashMap<QueueAttributeName, String>;

/// Reads queues. There is an entry for every name; a queue whose attributes or
/// tags can't be read is unknown.
pub(crate) async fn observe_queues(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedQueue>> {
    observe_each(names, gaps, |name| async move { Ok((read(door, region, &name).await?, Vec::new())) }).await
}

async fn read(door: &Door, region: Region, name: &str) -> Result<ObservedQueue, AwsError> {
    let url = read_url(door, region, name).await?;
    let (attributes, tags) =
        tokio::join!(read_attributes(door, region, name, &url), read_tags(door, region, name, &url));
    observed(url, &attributes?, tags?)
        .map_err(|detail| malformed(format!("get attributes of queue {name}"), detail))
}

async fn read_url(door: &Door, region: Region, name: &str) -> Result<String, AwsError> {
    let tried = format!("get address of queue {name}");
    let call = door.sqs(region).get_queue_url().queue_name(name).send();
    let answer = door.call(region, ApiGroup::Sqs, tried.clone(), call).await?;
    answer.queue_url.ok_or_else(|| malformed(tried, "the answer holds no address"))
}

async fn read_attributes(door: &Door, region: Region, name: &str, url: &str) -> Result<Attributes, AwsError> {
    let client = door.sqs(region);
    let request = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::Policy)
        .attribute_names(QueueAttributeName::KmsMasterKeyId)
        .attribute_names(QueueAttributeName::MessageRetentionPeriod)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages);
    let tried = format!("get attributes of queue {name}");
    let answer = door.call(region, ApiGroup::Sqs, tried, request.send()).await?;
    Ok(answer.attributes.unwrap_or_default())
}

async fn read_tags(door: &Door, region: Region, name: &str, url: &str) -> Result<Tags, AwsError> {
    let call = door.sqs(region).list_queue_tags().queue_url(url).send();
    let answer = door.call(region, ApiGroup::Sqs, format!("list tags of queue {name}"), call).await?;
    Ok(Tags(answer.tags.unwrap_or_default().into_iter().collect()))
}

fn observed(url: String, attributes: &Attributes, tags: Tags) -> Result<ObservedQueue, String> {
    let messages = number(attributes, &QueueAttributeName::ApproximateNumberOfMessages)?;
    Ok(ObservedQueue {
        url,
        retention_seconds: number(attributes, &QueueAttributeName::MessageRetentionPeriod)?,
        policy: policy_in(attributes)?,
        kms_key: attributes.get(&QueueAttributeName::KmsMasterKeyId).filter(|key| !key.is_empty()).cloned(),
        messages: messages.ok_or("the answer holds no ApproximateNumberOfMessages")?,
        tags,
    })
}

/// A policy that cannot be read is not taken for an empty one: that would be
/// to overwrite what others wrote.
fn policy_in(attributes: &Attributes) -> Result<Option<Policy>, String> {
    let text = attributes.get(&QueueAttributeName::Policy).filter(|text| !text.is_empty());
    text.map(|text| Policy::parse(text)).transpose().map_err(|error| error.to_string())
}

fn number<T: std::str::FromStr>(
    attributes: &Attributes,
    name: &QueueAttributeName,
) -> Result<Option<T>, String> {
    let parse = |text: &String| text.parse().map_err(|_| format!("{} is {text}", name.as_str()));
    attributes.get(name).map(parse).transpose()
}

/// Creates or updates a queue. A new queue gets its policy and tags in the
/// call that makes it, so that it is never without an owner.
///
/// CreateQueue answers with a queue of the same name and attributes that
/// exists. That the name is free is for the plan to know from a fresh
/// snapshot.
///
/// # Errors
/// The first call that AWS refuses.
pub(crate) async fn apply_queue(door: &Door, write: Write<'_>, queue: &Queue) -> Result<(), AwsError> {
    match write {
        Write::Create => create(door, queue).await,
        Write::Update(fields) => update(door, queue, Asked::by(fields)).await,
    }
}

async fn create(door: &Door, queue: &Queue) -> Result<(), AwsError> {
    let client = door.sqs(queue.region);
    let request = client
        .create_queue()
        .queue_name(&queue.name)
        .set_attributes(Some(sdk_attributes(queue)))
        .set_tags(Some(sdk_tags(queue)));
    door.call(queue.region, ApiGroup::Sqs, format!("create queue {}", queue.name), request.send()).await?;
    Ok(())
}

async fn update(door: &Door, queue: &Queue, asked: Asked) -> Result<(), AwsError> {
    let url = read_url(door, queue.region, &queue.name).await?;
    if asked.content {
        set_attributes(door, queue, &url).await?;
    }
    if asked.tags {
        tag(door, queue, &url).await?;
    }
    Ok(())
}

/// SetQueueAttributes replaces the whole policy, so that it is read just
/// before: what others wrote since the change was planned must not be lost.
async fn set_attributes(door: &Door, queue: &Queue, url: &str) -> Result<(), AwsError> {
    let current = read_attributes(door, queue.region, &queue.name, url).await?;
    let current = policy_in(&current)
        .map_err(|detail| malformed(format!("get attributes of queue {}", queue.name), detail))?;
    let policy = Policy::merge(current.as_ref(), &queue.policy.own());
    let attributes = sdk_attributes(&Queue { policy, ..queue.clone() });
    let client = door.sqs(queue.region);
    let request = client.set_queue_attributes().queue_url(url).set_attributes(Some(attributes));
    let tried = format!("set attributes of queue {}", queue.name);
    door.call(queue.region, ApiGroup::Sqs, tried, request.send()).await?;
    Ok(())
}

async fn tag(door: &Door, queue: &Queue, url: &str) -> Result<(), AwsError> {
    let client = door.sqs(queue.region);
    let request = client.tag_queue().queue_url(url).set_tags(Some(sdk_tags(queue)));
    door.call(queue.region, ApiGroup::Sqs, format!("tag queue {}", queue.name), request.send()).await?;
    Ok(())
}

/// The tags of a queue.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn queue_tags(door: &Door, region: Region, name: &str) -> Result<Tags, AwsError> {
    let url = read_url(door, region, name).await?;
    read_tags(door, region, name, &url).await
}

/// Deletes a queue with all that waits in it.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_queue(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let url = read_url(door, region, name).await?;
    let call = door.sqs(region).delete_queue().queue_url(url).send();
    door.call(region, ApiGroup::Sqs, format!("delete queue {name}"), call).await?;
    Ok(())
}

fn sdk_attributes(queue: &Queue) -> Attributes {
    HashMap::from([
        (QueueAttributeName::MessageRetentionPeriod, queue.retention_seconds.to_string()),
        (QueueAttributeName::Policy, queue.policy.to_json().to_string()),
    ])
}

fn sdk_tags(queue: &Queue) -> HashMap<String, String> {
    queue.tags.0.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn queue() -> Queue {
        Queue {
            region: Region::US_EAST_1,
            name: "q".to_owned(),
            retention_seconds: 1_209_600,
            policy: Policy::of(vec![json!({ "Sid": "A", "Effect": "Allow" })]),
            tags: Tags::owned_by("acme", &BTreeMap::new()),
        }
    }

    fn counted(mut attributes: Attributes) -> Attributes {
        attributes.insert(QueueAttributeName::ApproximateNumberOfMessages, "7".to_owned());
        attributes
    }

    #[test]
    fn every_attribute_of_a_queue_survives_the_way_to_sqs_and_back() {
        let queue = queue();
        let tags = Tags(sdk_tags(&queue).into_iter().collect());
        let read = observed("url".to_owned(), &counted(sdk_attributes(&queue)), tags).unwrap();
        assert_eq!(queue.diff(&read), []);
        assert_eq!((read.messages, read.url.as_str()), (7, "url"));
    }

    #[test]
    fn a_queue_without_a_policy_is_told_from_one_whose_policy_cannot_be_read() {
        let with = |text: &str| {
            let attributes = Attributes::from([(QueueAttributeName::Policy, text.to_owned())]);
            observed(String::new(), &counted(attributes), Tags::default()).map(|queue| queue.policy)
        };
        assert_eq!(with(""), Ok(None));
        assert!(with("{").is_err());
    }

    #[test]
    fn a_queue_whose_length_is_not_told_is_not_taken_for_an_empty_one() {
        assert!(observed(String::new(), &Attributes::new(), Tags::default()).is_err());
    }
}
