//! Tags of clusters and services.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::name::{Place, cluster_name};
use super::{State, cluster_not_found, here, invalid_parameter, service_not_found};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::world::World;

type Tags = BTreeMap<String, String>;

/// The tags that a call sends.
pub fn sent(call: &Call<'_>) -> Result<Tags, ApiError> {
    let list = call.input.get("tags").and_then(Value::as_array);
    let pair = |tag: &Value| {
        let member = |name| tag.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((member("key")?, member("value").unwrap_or_default()))
    };
    let tags: Option<Tags> = list.into_iter().flatten().map(pair).collect();
    tags.ok_or_else(|| invalid_parameter("Tag key cannot be empty."))
}

/// Tags as an answer shows them.
pub fn wire(tags: &Tags) -> Value {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

/// ListTagsForResource.
pub fn list(world: &mut World, call: &Call<'_>) -> Answer {
    with_tags(world, call, |tags| wire(tags)).map(|tags| json!({ "tags": tags }))
}

/// TagResource.
pub fn add(world: &mut World, call: &Call<'_>) -> Answer {
    let sent = sent(call)?;
    with_tags(world, call, |tags| tags.extend(sent)).map(|()| json!({}))
}

/// UntagResource.
pub fn remove(world: &mut World, call: &Call<'_>) -> Answer {
    let keys = call.strings("tagKeys");
    with_tags(world, call, |tags| tags.retain(|key, _| !keys.contains(&key.as_str()))).map(|()| json!({}))
}

/// The tags of every cluster and of every service that has some, by ARN.
pub fn tagged(state: &State, account: &str, region: &str) -> Vec<(String, Tags)> {
    let place = Place { account, region };
    let mut all = Vec::new();
    for (name, cluster) in &state.clusters {
        all.push((place.cluster(name), cluster.tags.clone()));
        let services = cluster.services.iter().filter(|(_, service)| service.is_active());
        all.extend(services.filter_map(|(service, state)| {
            Some((place.service(name, service), state.tags.as_deref()?.clone()))
        }));
    }
    all
}

fn with_tags<T>(
    world: &mut World,
    call: &Call<'_>,
    action: impl FnOnce(&mut Tags) -> T,
) -> Result<T, ApiError> {
    let arn = call.string("resourceArn").unwrap_or_default();
    let (place, state) = here(world, call);
    if !arn.starts_with("arn:") {
        return Err(invalid_parameter(format!("Invalid arn syntax: {arn}.")));
    }
    match cluster_name(arn, place) {
        Some(name) => {
            let cluster = state.clusters.get_mut(name).ok_or_else(cluster_not_found)?;
            Ok(action(&mut Arc::make_mut(cluster).tags))
        }
        None => {
            let tags = tags_of_service(state, arn, place).ok_or_else(service_not_found)?;
            Ok(action(tags))
        }
    }
}

/// The tags of the service with a long ARN: the tagging operations know no
/// other (ECS, "Tagging Amazon ECS resources").
fn tags_of_service<'s>(state: &'s mut State, arn: &str, place: Place<'_>) -> Option<&'s mut Tags> {
    let (cluster, name) = arn.rsplit_once(":service/")?.1.split_once('/')?;
    if place.service(cluster, name) != arn {
        return None;
    }
    let service = state.service_mut(cluster, name)?;
    Some(Arc::make_mut(service.tags.get_or_insert_default()))
}
