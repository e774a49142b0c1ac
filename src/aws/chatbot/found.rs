//! A configuration as AWS Chatbot describes it, whatever the chat service.

use aws_sdk_chatbot::types::Tag;

use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::chat::{Channel, ChatSettings, ObservedChatConfiguration};
use crate::model::{Tags, arn};

/// A configuration that was listed. Members that the service left out are
/// `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Described {
    pub arn: String,
    pub name: Option<String>,
    pub channel_name: Option<String>,
    pub role_arn: String,
    pub topics: Vec<String>,
    pub guardrails: Option<Vec<String>>,
    pub logging_level: Option<String>,
    pub user_authorization_required: Option<bool>,
    pub state: Option<String>,
    pub state_reason: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

/// The same with its channel.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub channel: Channel,
    pub described: Described,
}

impl Found {
    /// The name, which the ARN ends in.
    pub fn name(&self) -> String {
        let name = self.described.name.as_deref();
        name.unwrap_or_else(|| arn::last_segment(&self.described.arn)).to_owned()
    }

    /// The configuration as the model has it.
    pub fn observed(self, tags: Tags) -> ObservedChatConfiguration {
        let name = self.name();
        let Self { channel, described } = self;
        ObservedChatConfiguration {
            name,
            channel,
            arn: described.arn,
            settings: ChatSettings {
                iam_role_arn: described.role_arn,
                guardrail_policy_arns: described.guardrails.unwrap_or_default().into_iter().collect(),
                // What the service does where these are left out (service model).
                logging_level: described.logging_level.unwrap_or_else(|| "NONE".to_owned()),
                user_authorization_required: described.user_authorization_required.unwrap_or(false),
            },
            topics: described.topics.into_iter().collect(),
            state: described.state,
            state_reason: described.state_reason,
            tags,
        }
    }
}

/// The tags in the list's answer, or else those asked for.
pub(super) async fn tags_of(door: &Door, found: &Found) -> Result<Tags, AwsError> {
    match &found.described.tags {
        Some(tags) => Ok(model_tags(tags)),
        None => read_tags(door, &found.described.arn).await,
    }
}

/// The tags of a configuration.
pub(super) async fn read_tags(door: &Door, arn: &str) -> Result<Tags, AwsError> {
    let call = door.chatbot().list_tags_for_resource().resource_arn(arn).send();
    let tried = format!("list tags of chat configuration {}", arn::last_segment(arn));
    let answer = door.call(door.chatbot_region(), ApiGroup::Chatbot, tried, call).await?;
    Ok(model_tags(answer.tags()))
}

fn model_tags(tags: &[Tag]) -> Tags {
    Tags(tags.iter().map(|tag| (tag.tag_key.clone(), tag.tag_value.clone())).collect())
}
