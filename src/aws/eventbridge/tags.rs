//! Tags of rules and buses.

use aws_sdk_eventbridge::types::Tag;

use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::request::unbuildable;
use crate::model::{Region, Tags};

/// The tags of what people call `named`.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn read(door: &Door, region: Region, arn: &str, named: &str) -> Result<Tags, AwsError> {
    let call = door.eventbridge(region).list_tags_for_resource().resource_arn(arn).send();
    let answer = door.call(region, ApiGroup::Events, format!("list tags of {named}"), call).await?;
    Ok(Tags(answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()))
}

/// Sets tags on what people call `named`; others stay.
pub(super) async fn write(
    door: &Door,
    region: Region,
    arn: &str,
    tags: &Tags,
    named: &str,
) -> Result<(), AwsError> {
    let tried = format!("tag {named}");
    let client = door.eventbridge(region);
    let request = client.tag_resource().resource_arn(arn).set_tags(Some(sdk(tags, &tried)?));
    door.call(region, ApiGroup::Events, tried, request.send()).await?;
    Ok(())
}

/// Tags as EventBridge takes them.
pub(super) fn sdk(tags: &Tags, tried: &str) -> Result<Vec<Tag>, AwsError> {
    let tags = tags.0.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(unbuildable(tried))
}
