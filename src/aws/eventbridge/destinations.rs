//! API destinations. Their endpoints are webhook URLs, so that the calls that
//! carry one are quiet.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eventbridge::operation::describe_api_destination::DescribeApiDestinationOutput;
use aws_sdk_eventbridge::types::ApiDestinationHttpMethod;

use super::PAGE;
use super::connections::read_connection;
use crate::aws::answer::{every_page, malformed, observe_each};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::quiet::{quietly, without};
use crate::aws::request::Write;
use crate::model::destination::{ApiDestination, ObservedApiDestination, name_in, without_id};
use crate::model::secret::Secret;
use crate::model::{Cause, Gap, Region, RegionSnapshot, Sight};

/// The name in the ARN of an API destination that has no UUID.
pub(super) fn name_without_id(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":api-destination/")?;
    (!name.contains('/')).then_some(name)
}

/// Reads API destinations. There is an entry for every name.
pub(crate) async fn observe_destinations(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedApiDestination>> {
    observe_each(
        names,
        gaps,
        |name| async move { Ok((read_destination(door, region, &name).await?, Vec::new())) },
    )
    .await
}

/// Reads one API destination.
///
/// # Errors
/// Whatever AWS refuses, and an answer without what every destination has.
pub(crate) async fn read_destination(
    door: &Door,
    region: Region,
    name: &str,
) -> Result<ObservedApiDestination, AwsError> {
    let tried = format!("describe API destination {name}");
    let call = door.eventbridge(region).describe_api_destination().name(name).send();
    let answer = quietly(door.call(region, ApiGroup::Events, tried.clone(), call)).await?;
    observed(answer).ok_or_else(|| malformed(tried, "the answer lacks an ARN, a connection or an endpoint"))
}

fn observed(answer: DescribeApiDestinationOutput) -> Option<ObservedApiDestination> {
    Some(ObservedApiDestination {
        arn: answer.api_destination_arn?,
        state: answer.api_destination_state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        connection_arn: answer.connection_arn?,
        endpoint: Secret::new(answer.invocation_endpoint?),
        method: answer.http_method.map(|method| method.as_str().to_owned()).unwrap_or_default(),
        rate_per_second: answer.invocation_rate_limit_per_second.and_then(|rate| u32::try_from(rate).ok()),
        description: answer.description,
    })
}

/// The names of the API destinations that begin so.
///
/// # Errors
/// The first page that can't be read.
pub(crate) async fn list_destinations(
    door: &Door,
    region: Region,
    prefix: &str,
) -> Result<Vec<String>, AwsError> {
    let client = door.eventbridge(region);
    let page = |token| {
        let request = client.list_api_destinations().name_prefix(prefix).limit(PAGE).set_next_token(token);
        async move {
            let call = door.call(region, ApiGroup::Events, "list API destinations", request.send());
            let answer = quietly(call).await?;
            Ok((answer.api_destinations.unwrap_or_default(), answer.next_token))
        }
    };
    Ok(every_page(page).await?.into_iter().filter_map(|destination| destination.name).collect())
}

/// Creates or updates an API destination. Its connection must be there.
///
/// # Errors
/// Whatever AWS refuses, and a webhook that can't be had.
pub(crate) async fn apply_destination(
    door: &Door,
    write: Write<'_>,
    destination: &ApiDestination,
) -> Result<(), AwsError> {
    let tried = format!("write API destination {}", destination.name);
    let endpoint = match &destination.endpoint {
        Ok(endpoint) => endpoint,
        Err(why) => return Err(AwsError::failed(tried, Cause::Other, why)),
    };
    let connection = read_connection(door, destination.region, &destination.connection).await?.arn;
    let written = match write {
        Write::Create => create(door, destination, endpoint, &connection).await,
        Write::Update(_) => update(door, destination, endpoint, &connection).await,
    };
    written.map_err(|error| without(endpoint, error))
}

async fn create(
    door: &Door,
    destination: &ApiDestination,
    endpoint: &Secret,
    connection: &str,
) -> Result<(), AwsError> {
    let client = door.eventbridge(destination.region);
    let request = client
        .create_api_destination()
        .name(&destination.name)
        .description(&destination.description)
        .connection_arn(connection)
        .invocation_endpoint(endpoint.reveal())
        .http_method(ApiDestinationHttpMethod::Post)
        .invocation_rate_limit_per_second(rate(destination));
    let tried = format!("create API destination {}", destination.name);
    quietly(door.call(destination.region, ApiGroup::Events, tried, request.send())).await?;
    Ok(())
}

async fn update(
    door: &Door,
    destination: &ApiDestination,
    endpoint: &Secret,
    connection: &str,
) -> Result<(), AwsError> {
    let client = door.eventbridge(destination.region);
    let request = client
        .update_api_destination()
        .name(&destination.name)
        .description(&destination.description)
        .connection_arn(connection)
        .invocation_endpoint(endpoint.reveal())
        .http_method(ApiDestinationHttpMethod::Post)
        .invocation_rate_limit_per_second(rate(destination));
    let tried = format!("update API destination {}", destination.name);
    quietly(door.call(destination.region, ApiGroup::Events, tried, request.send())).await?;
    Ok(())
}

fn rate(destination: &ApiDestination) -> i32 {
    i32::try_from(destination.rate_per_second).unwrap_or(i32::MAX)
}

/// Deletes an API destination.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_destination(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let call = door.eventbridge(region).delete_api_destination().name(name).send();
    door.call(region, ApiGroup::Events, format!("delete API destination {name}"), call).await?;
    Ok(())
}

/// Takes the id out of the ARN of every target that leads to an API destination,
/// which is the form in which a plan can know it. Where the destination of that
/// name is gone, or another one was made since, the ARN stays whole: such a
/// target leads nowhere.
pub(crate) fn strip_ids(snapshot: &mut RegionSnapshot) {
    let RegionSnapshot { destinations, rules, other_rules, .. } = snapshot;
    let named = rules.values_mut();
    let others = match other_rules {
        Sight::Seen(rules) => rules.values_mut().collect(),
        Sight::Absent | Sight::Unknown => Vec::new(),
    };
    let named = named.filter_map(|rule| match rule {
        Sight::Seen(rule) => Some(rule),
        Sight::Absent | Sight::Unknown => None,
    });
    for rule in named.chain(others) {
        let Sight::Seen(targets) = &mut rule.targets else { continue };
        for target in targets {
            let arn = &mut target.settings.arn;
            if leads_to_living(destinations, arn) {
                *arn = without_id(arn).to_owned();
            }
        }
    }
}

/// Whether the destination of an ARN is there, as far as is known.
fn leads_to_living(destinations: &BTreeMap<String, Sight<ObservedApiDestination>>, arn: &str) -> bool {
    match name_in(arn).and_then(|name| destinations.get(name)) {
        Some(Sight::Seen(destination)) => destination.arn == arn,
        Some(Sight::Absent) => false,
        Some(Sight::Unknown) | None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_tells_a_destination_from_an_earlier_one_of_its_name() {
        let arn = |id: &str| format!("arn:aws:events:us-east-1:111111111111:api-destination/hooks/{id}");
        let destination = ObservedApiDestination {
            arn: arn("0a1b"),
            state: "ACTIVE".to_owned(),
            connection_arn: String::new(),
            endpoint: Secret::new("https://one.invalid"),
            method: "POST".to_owned(),
            rate_per_second: None,
            description: None,
        };
        let known = |sight| BTreeMap::from([("hooks".to_owned(), sight)]);
        assert!(leads_to_living(&known(Sight::Seen(destination.clone())), &arn("0a1b")));
        assert!(!leads_to_living(&known(Sight::Seen(destination)), &arn("2c3d")));
        assert!(!leads_to_living(&known(Sight::Absent), &arn("0a1b")));
        assert!(leads_to_living(&known(Sight::Unknown), &arn("0a1b")));
        assert!(leads_to_living(&BTreeMap::new(), &arn("0a1b")));
        assert_eq!(name_without_id(&arn("0a1b")), None);
        assert_eq!(name_without_id(without_id(&arn("0a1b"))), Some("hooks"));
    }
}
