//! Connections: how EventBridge authorises itself to an HTTP endpoint.

use std::ops::Bound;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::arns::unique_arn;
use super::connection_parameters::Parameters;
use super::{
    already_exists, check_longest, constraint, limit, limit_exceeded, name, not_found, start, validation,
};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::clock::epoch_seconds;
use crate::sim::identity::partition;
use crate::sim::members::without_nulls;
use crate::sim::paging;
use crate::sim::world::World;

/// Connections in one account and Region, from the quota page of the
/// EventBridge user guide.
const MAX_CONNECTIONS: usize = 3_000;

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) arn: String,
    secret_arn: String,
    kind: String,
    description: Option<String>,
    key: Option<String>,
    /// What it authorises with; none once it is deauthorised.
    parameters: Option<Parameters>,
    created: OffsetDateTime,
    modified: OffsetDateTime,
    /// When the last authorisation is or was complete.
    authorized: OffsetDateTime,
}

pub(super) fn call(world: &mut World, call: &Call<'_>) -> Answer {
    match call.operation {
        "CreateConnection" => create(world, call),
        "DescribeConnection" => describe(world, call),
        "UpdateConnection" => update(world, call),
        "DeauthorizeConnection" => deauthorize(world, call),
        "DeleteConnection" => delete(world, call),
        "ListConnections" => list(world, call),
        _ => Err(call.unknown_operation()),
    }
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let name = name(call.string("Name"), "name")?;
    check_texts(call)?;
    refuse_private(call)?;
    let kind = call.string("AuthorizationType").unwrap_or_default();
    let parameters = Parameters::read(kind, &call.input["AuthParameters"])?;
    let connections = &world.region(call.account, call.region).events.connections;
    if connections.contains_key(name) {
        return Err(already_exists(format!("Connection {name} already exists.")));
    }
    if connections.len() >= MAX_CONNECTIONS {
        return Err(limit_exceeded());
    }
    let (uuid, secret) = (world.next_uuid(), world.next_uuid());
    let connection = Connection {
        arn: unique_arn(call.account, call.region, "connection", name, &uuid),
        secret_arn: secret_arn(call, name, &uuid, &secret),
        kind: kind.to_owned(),
        description: call.string("Description").map(str::to_owned),
        key: call.string("KmsKeyIdentifier").map(str::to_owned),
        parameters: Some(parameters),
        created: call.now,
        modified: call.now,
        authorized: authorized_at(world, call.now),
    };
    let answer = connection.told(call.now, false);
    world.region(call.account, call.region).events.connections.insert(name.to_owned(), connection);
    Ok(answer)
}

/// The secret that EventBridge keeps the credentials in, named as it names it.
fn secret_arn(call: &Call<'_>, name: &str, uuid: &str, random: &str) -> String {
    let (partition, suffix) = (partition(call.region), random.get(..6).unwrap_or_default());
    let (region, account) = (call.region, call.account);
    format!(
        "arn:{partition}:secretsmanager:{region}:{account}:secret:events!connection/{name}/{uuid}-{suffix}"
    )
}

fn authorized_at(world: &World, now: OffsetDateTime) -> OffsetDateTime {
    now + Duration::seconds(world.knobs.connection_authorization_seconds)
}

fn check_texts(call: &Call<'_>) -> Result<(), ApiError> {
    check_longest(call, "Description", 512)?;
    check_longest(call, "KmsKeyIdentifier", 2048)
}

/// The simulator has no VPC Lattice, through which private endpoints are
/// reached.
fn refuse_private(call: &Call<'_>) -> Result<(), ApiError> {
    match call.input.get("InvocationConnectivityParameters").filter(|sent| !sent.is_null()) {
        None => Ok(()),
        Some(_) => Err(not_found("The resource configuration does not exist.")),
    }
}

fn connection<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Connection, ApiError> {
    let name = name(call.string("Name"), "name")?;
    let connections = &mut world.region(call.account, call.region).events.connections;
    connections.get_mut(name).ok_or_else(|| no_connection(name))
}

fn no_connection(name: &str) -> ApiError {
    not_found(format!("Failed to describe the connection(s). Connection '{name}' does not exist."))
}

fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let connection = connection(world, call)?;
    let mut description = connection.told(call.now, true);
    description["Name"] = call.string("Name").unwrap_or_default().into();
    description["SecretArn"] = connection.secret_arn.as_str().into();
    description["AuthParameters"] =
        connection.parameters.as_ref().map_or_else(|| json!({}), Parameters::told);
    for (member, value) in [("Description", &connection.description), ("KmsKeyIdentifier", &connection.key)] {
        description[member] = value.as_deref().into();
    }
    Ok(without_nulls(description))
}

fn update(world: &mut World, call: &Call<'_>) -> Answer {
    check_texts(call)?;
    refuse_private(call)?;
    let authorized = authorized_at(world, call.now);
    let connection = connection(world, call)?;
    let kind = call.string("AuthorizationType").unwrap_or(&connection.kind).to_owned();
    if let Some(changes) = call.input.get("AuthParameters").filter(|sent| !sent.is_null()) {
        let merged = match &connection.parameters {
            Some(parameters) if kind == connection.kind => parameters.changed(changes),
            _ => changes.clone(),
        };
        connection.parameters = Some(Parameters::read(&kind, &merged)?);
        connection.authorized = authorized;
    } else if kind != connection.kind {
        return Err(validation("AuthParameters must be specified with AuthorizationType."));
    }
    connection.kind = kind;
    for (member, place) in
        [("Description", &mut connection.description), ("KmsKeyIdentifier", &mut connection.key)]
    {
        if let Some(text) = call.string(member) {
            *place = Some(text.to_owned());
        }
    }
    connection.modified = call.now;
    Ok(connection.told(call.now, true))
}

fn deauthorize(world: &mut World, call: &Call<'_>) -> Answer {
    let connection = connection(world, call)?;
    connection.parameters = None;
    connection.modified = call.now;
    Ok(connection.told(call.now, true))
}

/// A connection in use goes too; its destinations become inactive.
fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let mut answer = connection(world, call)?.told(call.now, true);
    answer["ConnectionState"] = "DELETING".into();
    let name = call.string("Name").unwrap_or_default();
    world.region(call.account, call.region).events.connections.remove(name);
    Ok(answer)
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let prefix = call.string("NamePrefix").unwrap_or_default();
    let state = call.string("ConnectionState");
    if let Some(state) = state.filter(|state| !STATES.contains(state)) {
        let rule = format!("Member must satisfy enum value set: [{}]", STATES.join(", "));
        return Err(constraint(state, "connectionState", &rule));
    }
    let (limit, start) = (limit(call)?, start(call)?);
    let after = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let connections = &world.region(call.account, call.region).events.connections;
    let rest = connections
        .range::<str, _>((after, Bound::Unbounded))
        .filter(|(name, connection)| {
            name.starts_with(prefix) && state.is_none_or(|state| connection.state(call.now) == state)
        })
        .map(|(name, connection)| {
            let mut entry = connection.told(call.now, true);
            entry["Name"] = name.as_str().into();
            (name.as_str(), entry)
        });
    let page = paging::take(rest, limit);
    Ok(without_nulls(json!({"Connections": page.items, "NextToken": page.next})))
}

/// The states in the service model.
const STATES: [&str; 9] = [
    "CREATING",
    "UPDATING",
    "DELETING",
    "AUTHORIZED",
    "DEAUTHORIZED",
    "AUTHORIZING",
    "DEAUTHORIZING",
    "ACTIVE",
    "FAILED_CONNECTIVITY",
];

impl Connection {
    /// What the connection authorises with, once it is authorised.
    pub(crate) fn authorization(&self, now: OffsetDateTime) -> Option<&Parameters> {
        self.parameters.as_ref().filter(|_| now >= self.authorized)
    }

    fn state(&self, now: OffsetDateTime) -> &'static str {
        match &self.parameters {
            None => "DEAUTHORIZED",
            Some(_) if now < self.authorized => "AUTHORIZING",
            Some(_) => "AUTHORIZED",
        }
    }

    /// The members that answers share; the answer to CreateConnection lacks
    /// some of them.
    fn told(&self, now: OffsetDateTime, whole: bool) -> Value {
        let seconds = |time| json!({"$timestamp": epoch_seconds(time)});
        let mut told = json!({
            "ConnectionArn": self.arn,
            "ConnectionState": self.state(now),
            "CreationTime": seconds(self.created),
            "LastModifiedTime": seconds(self.modified),
        });
        if whole {
            told["AuthorizationType"] = self.kind.as_str().into();
            if now >= self.authorized {
                told["LastAuthorizedTime"] = seconds(self.authorized);
            }
        }
        told
    }
}
