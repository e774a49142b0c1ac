//! Which resources a GetResources call asks for.

use serde_json::Value;

use super::invalid;
use crate::sim::arn::Arn;
use crate::sim::call::{ApiError, Call};
use crate::sim::members::list;
use crate::sim::tag_list::Tags;

/// Filters in one call, values in one filter, ARNs and resource types in one
/// call: the limits of the API reference of GetResources.
const MAX_FILTERS: usize = 50;
const MAX_VALUES: usize = 20;
const MAX_ARNS: usize = 100;
const MAX_TYPES: usize = 100;

/// What a resource must be to be listed.
#[derive(Debug)]
pub(super) struct Filter<'c> {
    tags: Vec<(&'c str, Vec<&'c str>)>,
    types: Vec<&'c str>,
    arns: Vec<&'c str>,
}

impl<'c> Filter<'c> {
    /// Reads the filters of a call.
    ///
    /// # Errors
    /// Too many of them, a filter without a key, and ARNs beside anything else.
    pub(super) fn read(call: &Call<'c>) -> Result<Self, ApiError> {
        let filter = Self {
            tags: tag_filters(call)?,
            types: texts(call.input.get("ResourceTypeFilters")),
            arns: texts(call.input.get("ResourceARNList")),
        };
        filter.check(call)?;
        Ok(filter)
    }

    fn check(&self, call: &Call<'_>) -> Result<(), ApiError> {
        let too_many =
            |member: &str, most: usize| invalid(format!("{member} must not have more than {most} members"));
        if self.types.len() > MAX_TYPES {
            return Err(too_many("ResourceTypeFilters", MAX_TYPES));
        }
        if self.arns.len() > MAX_ARNS {
            return Err(too_many("ResourceARNList", MAX_ARNS));
        }
        if self.arns.is_empty() {
            return Ok(());
        }
        let paged = ["ResourcesPerPage", "TagsPerPage", "PaginationToken"]
            .iter()
            .any(|member| call.input.get(*member).is_some_and(|value| !value.is_null() && value != ""));
        if !self.tags.is_empty() || !self.types.is_empty() || paged {
            return Err(invalid("ResourceARNList can not be used with filters or pagination parameters"));
        }
        Ok(())
    }

    /// Whether a resource is asked for.
    pub(super) fn takes(&self, arn: &str, tags: &Tags) -> bool {
        let has = |(key, values): &(&str, Vec<&str>)| {
            tags.get(*key).is_some_and(|value| values.is_empty() || values.contains(&value.as_str()))
        };
        (self.arns.is_empty() || self.arns.contains(&arn))
            && (self.types.is_empty() || self.types.iter().any(|wanted| is_of_type(arn, wanted)))
            && self.tags.iter().all(has)
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

fn tag_filters<'c>(call: &Call<'c>) -> Result<Vec<(&'c str, Vec<&'c str>)>, ApiError> {
    let filters = list(call.input.get("TagFilters"));
    if filters.len() > MAX_FILTERS {
        return Err(invalid(format!("TagFilters must not have more than {MAX_FILTERS} members")));
    }
    filters.iter().map(tag_filter).collect()
}

fn tag_filter(filter: &Value) -> Result<(&str, Vec<&str>), ApiError> {
    let key = filter["Key"]
        .as_str()
        .filter(|key| !key.is_empty())
        .ok_or_else(|| invalid("TagFilters must each have a Key"))?;
    let values = texts(filter.get("Values"));
    if values.len() > MAX_VALUES {
        return Err(invalid(format!("the values of a tag filter must not be more than {MAX_VALUES}")));
    }
    Ok((key, values))
}

/// Whether an ARN is of a type such as `sqs` or `events:rule`. The names are
/// those in the ARN, as the API reference says; topics and queues have no type
/// there, and go by their service or by a name of their own.
fn is_of_type(arn: &str, wanted: &str) -> bool {
    let Some(arn) = Arn::parse(arn) else { return false };
    let (service, kind) = match wanted.split_once(':') {
        Some((service, kind)) => (service, Some(kind)),
        None => (wanted, None),
    };
    if arn.service != service {
        return false;
    }
    kind.is_none_or(|kind| match arn.service {
        "sns" => kind == "topic",
        "sqs" => kind == "queue",
        _ => arn.resource.split([':', '/']).next() == Some(kind),
    })
}
