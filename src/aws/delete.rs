//! Deleting what the fleet owns and no longer asks for.

use super::door::Door;
use super::error::{AwsError, Class};
use super::{chatbot, cloudwatch, eventbridge, lambda, sns, sqs};
use crate::model::destination::owner_of;
use crate::model::resource::Kind;
use crate::model::{Cause, Change, Location, Region, arn};

/// Deletes a thing that is still the fleet's. Its owner is read just before, so
/// that what changed hands since the change was planned stays. A thing that is
/// gone already is as it shall be.
///
/// # Errors
///
/// Whatever AWS refuses, and a thing that is somebody else's.
pub(super) async fn delete(door: &Door, change: &Change) -> Result<(), AwsError> {
    let deletion = Deletion::of(change)?;
    let done = async {
        deletion.still_owned(door).await?;
        deletion.carry_out(door).await
    };
    match Box::pin(done).await {
        Err(error) if error.is_not_found() => Ok(()),
        done => done,
    }
}

/// What is to be deleted.
struct Deletion<'a> {
    change: &'a Change,
    kind: Kind,
    name: &'a str,
    owner: &'a str,
    place: Place<'a>,
}

/// Where it is.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// In a Region.
    Region(Region),
    /// In AWS Chatbot, by this ARN.
    Chatbot(&'a str),
}

impl<'a> Deletion<'a> {
    fn of(change: &'a Change) -> Result<Self, AwsError> {
        let owner = change.owner.as_deref().ok_or_else(|| senseless(change, "it names no fleet"))?;
        let place = match (change.key.location, change.arn.as_deref()) {
            (Location::Region(region), _) => Place::Region(region),
            (Location::Global, Some(arn)) => Place::Chatbot(arn),
            (Location::Global, None) => return Err(senseless(change, "it names no ARN")),
        };
        Ok(Self { change, kind: change.key.kind, name: &change.key.name, owner, place })
    }

    /// Reads the owner once more.
    async fn still_owned(&self, door: &Door) -> Result<(), AwsError> {
        let owner = match self.place {
            Place::Chatbot(arn) => chatbot::configuration_tags(door, arn).await?.owner().map(str::to_owned),
            Place::Region(region) => self.owner_in(door, region).await?,
        };
        if owner.as_deref() == Some(self.owner) {
            return Ok(());
        }
        let tried = format!("delete {}", self.change.key);
        let now = owner.as_deref().unwrap_or("nobody");
        let detail = format!("it was of the fleet {} and is now owned by {now}", self.owner);
        Err(AwsError { tried, class: Class::Conflict, detail })
    }

    /// The owner of a thing, or of what it belongs to: targets have no tags of
    /// their own, nor have subscriptions.
    async fn owner_in(&self, door: &Door, region: Region) -> Result<Option<String>, AwsError> {
        let (name, account) = (self.name, &door.account().id);
        let tags = match self.kind {
            Kind::Connection => {
                let connection = eventbridge::read_connection(door, region, name).await?;
                return Ok(owner_of(connection.description.as_deref()).map(str::to_owned));
            }
            Kind::ApiDestination => {
                let destination = eventbridge::read_destination(door, region, name).await?;
                return Ok(owner_of(destination.description.as_deref()).map(str::to_owned));
            }
            Kind::Queue => sqs::queue_tags(door, region, name).await?,
            Kind::Topic => sns::topic_tags(door, region, name).await?,
            Kind::Subscription => sns::topic_tags(door, region, self.halves()?.0).await?,
            Kind::EventBus => {
                let arn = arn::event_bus(region, account, name);
                eventbridge::read_tags(door, region, &arn, &format!("event bus {name}")).await?
            }
            Kind::Function => lambda::function_tags(door, region, name).await?,
            Kind::Rule => eventbridge::rule_tags(door, region, name).await?,
            Kind::Target => eventbridge::rule_tags(door, region, self.halves()?.0).await?,
            Kind::Alarm => cloudwatch::alarm_tags(door, region, name).await?,
            Kind::ChatConfiguration | Kind::Breaker => return Err(self.no_such_deletion()),
        };
        Ok(tags.owner().map(str::to_owned))
    }

    async fn carry_out(&self, door: &Door) -> Result<(), AwsError> {
        let name = self.name;
        let region = match self.place {
            Place::Chatbot(arn) => return chatbot::delete_configuration(door, arn).await,
            Place::Region(region) => region,
        };
        match self.kind {
            Kind::Queue => sqs::delete_queue(door, region, name).await,
            Kind::Topic => sns::delete_topic(door, region, name).await,
            Kind::EventBus => eventbridge::delete_bus(door, region, name).await,
            Kind::Connection => eventbridge::delete_connection(door, region, name).await,
            Kind::ApiDestination => eventbridge::delete_destination(door, region, name).await,
            Kind::Function => lambda::delete_function(door, region, name).await,
            Kind::Subscription => sns::delete_subscription(door, region, self.subscription_arn()?).await,
            Kind::Rule => eventbridge::delete_rule(door, region, name).await,
            Kind::Target => {
                let (rule, target) = self.halves()?;
                eventbridge::delete_target(door, region, rule, target).await
            }
            Kind::Alarm => cloudwatch::delete_alarm(door, region, name).await,
            Kind::ChatConfiguration | Kind::Breaker => Err(self.no_such_deletion()),
        }
    }

    /// The rule and the target, or the topic and the function.
    fn halves(&self) -> Result<(&str, &str), AwsError> {
        let halves = self.name.rsplit_once('/');
        halves.ok_or_else(|| senseless(self.change, "its name is not made of two"))
    }

    fn subscription_arn(&self) -> Result<&str, AwsError> {
        self.change.arn.as_deref().ok_or_else(|| senseless(self.change, "it names no ARN"))
    }

    fn no_such_deletion(&self) -> AwsError {
        senseless(self.change, "this kind is never deleted there")
    }
}

fn senseless(change: &Change, detail: &str) -> AwsError {
    AwsError::failed(format!("delete {}", change.key), Cause::Other, detail)
}
