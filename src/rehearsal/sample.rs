//! Sample events where a fleet would hear of them.

use crate::events::samples::{self, Scene, sample_cluster};
use crate::fleet::spec::Pipeline;
use crate::model::{Account, AccountId, Region};

use super::event::Event;

/// When samples happen: the same command gives the same text on every day.
const SOME_TIME: &str = "2026-01-01T00:00:00Z";

/// Whose event a sample is where no account is known: AWS's own example.
const NOBODY: &str = "123456789012";

/// A name that no sample has.
#[derive(Debug, thiserror::Error)]
#[error("there is no sample `{name}`; there are {}, and `all` for each of them in short", samples::names().join(", "))]
pub struct UnknownSample {
    /// The name.
    pub name: String,
}

/// All samples, in the account that carries most of the pipelines, and in a
/// cluster that the first pipeline is about.
pub fn all(accounts: &[Account], pipelines: &[&Pipeline]) -> Vec<Event> {
    let carries =
        |account: &&Account| pipelines.iter().filter(|pipeline| pipeline.selector.selects(account)).count();
    // Of several that carry as many, the last of the iterator wins.
    let account = accounts.iter().rev().max_by_key(carries);
    let id = account.map(|account| account.id.clone()).or_else(|| NOBODY.parse().ok()).unwrap_or_default();
    let region = account.and_then(|account| account.regions.first()).copied().unwrap_or(Region::US_EAST_1);
    let clusters = pipelines.first().map(|pipeline| pipeline.clusters.as_slice()).unwrap_or_default();
    in_scene(&id, region, &sample_cluster(clusters))
}

fn in_scene(account: &AccountId, region: Region, cluster: &str) -> Vec<Event> {
    let scene = Scene { account, region, cluster, time: SOME_TIME };
    let events = samples::samples(&scene).into_iter();
    events.filter_map(|sample| Event::of(sample.event, Some(sample.name)).ok()).collect()
}

/// The sample of this name.
///
/// # Errors
/// If there is none.
pub fn named(events: Vec<Event>, name: &str) -> Result<Event, UnknownSample> {
    let mut events = events.into_iter();
    events.find(|event| event.sample == Some(name)).ok_or_else(|| UnknownSample { name: name.to_owned() })
}
