//! Connections, without which there is no API destination.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
use aws_sdk_eventbridge::types::{
    ConnectionAuthorizationType, ConnectionState, CreateConnectionApiKeyAuthRequestParameters,
    CreateConnectionAuthRequestParameters, UpdateConnectionApiKeyAuthRequestParameters,
    UpdateConnectionAuthRequestParameters,
};

use super::PAGE;
use crate::aws::answer::{every_page, malformed, observe_each};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::request::{Write, unbuildable};
use crate::model::destination::{Connection, ObservedConnection};
use crate::model::{Cause, Gap, Region, Sight};

/// The header that the key is sent in, and its value. EventBridge knows no
/// connection without authorisation (service model), and a webhook needs none.
const KEY_NAME: &str = "X-Foghorn";
const KEY_VALUE: &str = "foghorn";

/// How often, and how far apart, a fresh connection is asked for its state.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Reads connections. There is an entry for every name.
pub(crate) async fn observe_connections(
    door: &Door,
    region: Region,
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, Sight<ObservedConnection>> {
    observe_each(
        names,
        gaps,
        |name| async move { Ok((read_connection(door, region, &name).await?, Vec::new())) },
    )
    .await
}

/// Reads one connection.
///
/// # Errors
/// Whatever AWS refuses, and an answer without an ARN.
pub(crate) async fn read_connection(
    door: &Door,
    region: Region,
    name: &str,
) -> Result<ObservedConnection, AwsError> {
    let tried = format!("describe connection {name}");
    let call = door.eventbridge(region).describe_connection().name(name).send();
    let answer = door.call(region, ApiGroup::Events, tried.clone(), call).await?;
    observed(answer).ok_or_else(|| malformed(tried, "the answer holds no ARN"))
}

fn observed(answer: DescribeConnectionOutput) -> Option<ObservedConnection> {
    Some(ObservedConnection {
        arn: answer.connection_arn?,
        state: answer.connection_state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        state_reason: answer.state_reason,
        authorization: answer.authorization_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        description: answer.description,
    })
}

/// The names of the connections that begin so.
///
/// # Errors
/// The first page that can't be read.
pub(crate) async fn list_connections(
    door: &Door,
    region: Region,
    prefix: &str,
) -> Result<Vec<String>, AwsError> {
    let client = door.eventbridge(region);
    let page = |token| {
        let request = client.list_connections().name_prefix(prefix).limit(PAGE).set_next_token(token);
        async move {
            let answer = door.call(region, ApiGroup::Events, "list connections", request.send()).await?;
            Ok((answer.connections.unwrap_or_default(), answer.next_token))
        }
    };
    Ok(every_page(page).await?.into_iter().filter_map(|connection| connection.name).collect())
}

/// Creates or updates a connection, and waits a little until it is authorised.
///
/// # Errors
/// Whatever AWS refuses, and an authorisation that fails.
pub(crate) async fn apply_connection(
    door: &Door,
    write: Write<'_>,
    connection: &Connection,
) -> Result<(), AwsError> {
    match write {
        Write::Create => create(door, connection).await?,
        Write::Update(_) => update(door, connection).await?,
    }
    authorized(door, connection).await
}

async fn create(door: &Door, connection: &Connection) -> Result<(), AwsError> {
    let tried = format!("create connection {}", connection.name);
    let key = CreateConnectionApiKeyAuthRequestParameters::builder()
        .api_key_name(KEY_NAME)
        .api_key_value(KEY_VALUE)
        .build()
        .map_err(unbuildable(&tried))?;
    let client = door.eventbridge(connection.region);
    let request = client
        .create_connection()
        .name(&connection.name)
        .description(&connection.description)
        .authorization_type(ConnectionAuthorizationType::ApiKey)
        .auth_parameters(
            CreateConnectionAuthRequestParameters::builder().api_key_auth_parameters(key).build(),
        );
    door.call(connection.region, ApiGroup::Events, tried, request.send()).await?;
    Ok(())
}

async fn update(door: &Door, connection: &Connection) -> Result<(), AwsError> {
    let key = UpdateConnectionApiKeyAuthRequestParameters::builder()
        .api_key_name(KEY_NAME)
        .api_key_value(KEY_VALUE)
        .build();
    let client = door.eventbridge(connection.region);
    let request = client
        .update_connection()
        .name(&connection.name)
        .description(&connection.description)
        .authorization_type(ConnectionAuthorizationType::ApiKey)
        .auth_parameters(
            UpdateConnectionAuthRequestParameters::builder().api_key_auth_parameters(key).build(),
        );
    let tried = format!("update connection {}", connection.name);
    door.call(connection.region, ApiGroup::Events, tried, request.send()).await?;
    Ok(())
}

/// Waits until the connection is authorised. One that takes its time is no
/// failure: the next look finds what became of it.
async fn authorized(door: &Door, connection: &Connection) -> Result<(), AwsError> {
    for _ in 0..LOOKS {
        let observed = read_connection(door, connection.region, &connection.name).await?;
        match ConnectionState::from(observed.state.as_str()) {
            ConnectionState::Creating | ConnectionState::Updating | ConnectionState::Authorizing => {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
            ConnectionState::Deauthorized | ConnectionState::FailedConnectivity => {
                let why = observed.state_reason.unwrap_or_else(|| "no reason is given".to_owned());
                let tried = format!("authorise connection {}", connection.name);
                return Err(AwsError::failed(tried, Cause::Other, format!("{}: {why}", observed.state)));
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// Deletes a connection.
///
/// # Errors
/// Whatever AWS refuses.
pub(crate) async fn delete_connection(door: &Door, region: Region, name: &str) -> Result<(), AwsError> {
    let call = door.eventbridge(region).delete_connection().name(name).send();
    door.call(region, ApiGroup::Events, format!("delete connection {name}"), call).await?;
    Ok(())
}
