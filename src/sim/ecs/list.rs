//! ListClusters and ListServices.

use std::ops::Bound;

use serde_json::{Value, json};

use super::{here, invalid_parameter, named_cluster};
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::paging::{self, Page};
use crate::sim::world::{Knobs, World};

/// ListClusters.
pub fn clusters(world: &mut World, call: &Call<'_>) -> Answer {
    let window = Window::of(call, &world.knobs, 100)?;
    let (place, state) = here(world, call);
    let names = state.clusters.range::<str, _>(window.range()).map(|(name, _)| name);
    let page = window.take(names.map(|name| (name.as_ref(), place.cluster(name))));
    Ok(output("clusterArns", page))
}

/// ListServices: pages of 10 unless asked otherwise.
pub fn services(world: &mut World, call: &Call<'_>) -> Answer {
    let window = Window::of(call, &world.knobs, 10)?;
    let (place, state) = here(world, call);
    let cluster = named_cluster(call, place)?;
    let (launch_type, scheduling) = (call.string("launchType"), call.string("schedulingStrategy"));
    let services = state.cluster(cluster)?.services.range::<str, _>(window.range());
    let wanted = services.filter(|(_, service)| {
        service.is_active()
            && launch_type.is_none_or(|wanted| wanted == service.launch_type)
            && scheduling.is_none_or(|wanted| wanted == service.scheduling_strategy())
    });
    let page = window.take(wanted.map(|(name, service)| (name.as_ref(), service.arn(place, cluster))));
    Ok(output("serviceArns", page))
}

fn output(name: &str, page: Page<String>) -> Value {
    let mut output = json!({ name: page.items });
    if let Some(token) = page.next {
        output["nextToken"] = json!(token);
    }
    output
}

/// Which part of a list a call asks for.
struct Window {
    after: Option<String>,
    size: usize,
}

impl Window {
    fn of(call: &Call<'_>, knobs: &Knobs, default: i64) -> Result<Window, ApiError> {
        let size = call.integer("maxResults").unwrap_or(default);
        if !(1..=100).contains(&size) {
            return Err(invalid_parameter("maxResults must be between 1 and 100."));
        }
        let after = match call.string("nextToken") {
            None => None,
            Some(token) => Some(paging::key_of(token).ok_or_else(|| invalid_parameter("Invalid token."))?),
        };
        let size = usize::try_from(size).unwrap_or_default();
        let size = if knobs.short_ecs_pages { size.div_ceil(2) } else { size };
        Ok(Window { after, size })
    }

    fn range(&self) -> (Bound<&str>, Bound<&str>) {
        let start = self.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        (start, Bound::Unbounded)
    }

    fn take<'k>(&self, rest: impl Iterator<Item = (&'k str, String)>) -> Page<String> {
        paging::take(rest, self.size)
    }
}
