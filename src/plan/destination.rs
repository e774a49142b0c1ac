//! The way through an API destination: EventBridge posts to the webhook by
//! itself.

use crate::fleet::spec::{self, SecretReference};
use crate::model::desired::Desired;
use crate::model::destination::{ApiDestination, Connection, owner_description};
use crate::model::secret::Secret;
use crate::model::{Resource, Sight, arn};

use super::expand::want;
use super::leg::{Endpoint, Leg};
use super::names;

pub(super) fn endpoint(leg: &Leg<'_>, destination: &spec::ApiDestination, desired: &mut Desired) -> Endpoint {
    let name = names::destination(&leg.pipeline.name);
    let reference = destination.room.webhook();
    if let SecretReference::SecretsManager(secret) = reference {
        desired.secrets.entry(leg.region).or_default().insert(secret.clone());
    }
    let description = owner_description(&leg.scope.inputs.fleet.metadata.name);
    let connection = Connection { region: leg.region, name: name.clone(), description: description.clone() };
    let connection = want(desired, Resource::Connection(connection), Vec::new());
    let built = ApiDestination {
        region: leg.region,
        name: name.clone(),
        description,
        connection: name.clone(),
        endpoint: webhook(leg, reference),
        rate_per_second: destination.rate_per_second,
    };
    let built = want(desired, Resource::ApiDestination(built), vec![connection]);
    let account = leg.scope.account;
    Endpoint {
        id: names::DESTINATION_TARGET,
        arn: arn::api_destination(leg.region, &account.id, &name),
        role_arn: Some(arn::role(account.partition(), &account.id, names::INVOKE_ROLE)),
        needs: vec![built],
    }
}

/// The webhook, or why it can't be had.
fn webhook(leg: &Leg<'_>, reference: &SecretReference) -> Result<Secret, String> {
    match reference {
        SecretReference::Env(_) | SecretReference::File(_) => {
            let given = leg.scope.inputs.materials.webhooks.get(&leg.pipeline.name).cloned();
            given.unwrap_or_else(|| Err("its webhook was not read where Foghorn runs".to_owned()))
        }
        SecretReference::SecretsManager(name) => stored(leg, name),
    }
}

fn stored(leg: &Leg<'_>, name: &str) -> Result<Secret, String> {
    let region = leg.scope.inputs.snapshot.and_then(|snapshot| snapshot.regions.get(&leg.region));
    match region.and_then(|region| region.secrets.get(name)) {
        Some(Sight::Seen(secret)) => secret.clone(),
        Some(Sight::Absent) => Err(format!("there is no secret {name} in {}", leg.region)),
        Some(Sight::Unknown) | None => Err(format!("the secret {name} in {} could not be read", leg.region)),
    }
}
