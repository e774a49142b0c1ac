//! The index, page by page.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::filter::Filter;
use super::{index, invalid};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::paging;
use crate::sim::tag_list::KEY_VALUE;
use crate::sim::world::World;

/// Resources on one page where the caller does not say, and at most.
const MAX_RESOURCES: i64 = 100;
/// Keys or values on one page.
const MAX_NAMES: usize = 1000;

/// GetResources.
pub(super) fn resources(world: &mut World, call: &Call<'_>) -> Answer {
    let filter = Filter::read(call)?;
    let size = page_size(call)?;
    let start = start(call)?;
    let shown = index::shown(world, call.account, call.region);
    let rest = shown
        .iter()
        .filter(|(arn, tags)| {
            start.as_ref().is_none_or(|start| *arn > start) && filter.takes(arn.as_str(), tags)
        })
        .map(|(arn, tags)| (arn.as_str(), json!({"ResourceARN": arn, "Tags": KEY_VALUE.write(tags)})));
    let page = paging::take(rest, size);
    if page.next.is_none() {
        index::catch_up(world, call.account, call.region);
    }
    Ok(answer("ResourceTagMappingList", page))
}

/// GetTagKeys.
pub(super) fn keys(world: &mut World, call: &Call<'_>) -> Answer {
    let tagged = index::tagged(world, call.account, call.region);
    let keys: BTreeSet<&str> = tagged.values().flat_map(|tags| tags.keys()).map(String::as_str).collect();
    names("TagKeys", &keys, call)
}

/// GetTagValues.
pub(super) fn values(world: &mut World, call: &Call<'_>) -> Answer {
    let key = call
        .string("Key")
        .filter(|key| !key.is_empty())
        .ok_or_else(|| invalid("Key must have 1 to 128 characters"))?;
    let tagged = index::tagged(world, call.account, call.region);
    let values: BTreeSet<&str> =
        tagged.values().filter_map(|tags| tags.get(key)).map(String::as_str).collect();
    names("TagValues", &values, call)
}

fn names(member: &str, names: &BTreeSet<&str>, call: &Call<'_>) -> Answer {
    let start = start(call)?;
    let rest = names
        .iter()
        .filter(|name| start.as_deref().is_none_or(|start| **name > start))
        .map(|name| (*name, json!(name)));
    Ok(answer(member, paging::take(rest, MAX_NAMES)))
}

/// A page; its token is empty on the last one, as the service writes it.
fn answer(member: &str, page: paging::Page<Value>) -> Value {
    json!({"PaginationToken": page.next.unwrap_or_default(), member: page.items})
}

fn page_size(call: &Call<'_>) -> Result<usize, ApiError> {
    let size = call.integer("ResourcesPerPage").unwrap_or(MAX_RESOURCES);
    if !(1..=MAX_RESOURCES).contains(&size) {
        return Err(invalid(format!("ResourcesPerPage must be between 1 and {MAX_RESOURCES}")));
    }
    Ok(usize::try_from(size).unwrap_or(1))
}

/// The key after which a call goes on.
fn start(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    call.string("PaginationToken")
        .filter(|token| !token.is_empty())
        .map(|token| paging::key_of(token).ok_or_else(|| invalid("PaginationToken is not valid")))
        .transpose()
}
