//! The rehearsal: what would become of one event, pipeline by pipeline, without
//! a call to AWS. Pure: no I/O, no clock, no randomness, no logs.
//!
//! ```text
//! event ─► place ─► way ─► message ─► readable
//!            └────► why ◄────┘ not taken
//! ```
//!
//! Nothing here knows what a rule takes or what a message says: the rules, the
//! targets and the functions are those that [`crate::plan`] wants built in the
//! event's account and Region, and what EventBridge and the notifier would do
//! with them is left to the code that does it.

mod accounts;
pub mod event;
mod message;
mod place;
mod readable;
pub mod sample;
#[cfg(test)]
mod tests;
mod way;
mod why;

use crate::fleet::Fleet;
use crate::fleet::spec::{Pipeline, When};
use crate::model::rehearsal::{EventIdentity, NotTaken, Rehearsal, RehearsalOutcome, RehearsedPipeline};

use accounts::Accounts;
use event::Event;
use way::Ground;

/// A reason for which a pipeline does not take an event, and its words.
type Why = (NotTaken, String);

/// What would become of an event in these pipelines.
pub fn rehearse(fleet: &Fleet, pipelines: &[&Pipeline], event: &Event) -> Rehearsal {
    let accounts = Accounts::of(fleet, event);
    let ground = Ground { fleet, accounts: &accounts, event };
    let rehearsed = pipelines.iter().map(|pipeline| in_pipeline(&ground, pipeline)).collect();
    let identity = EventIdentity {
        sample: event.sample,
        source: event.source.clone(),
        detail_type: event.detail_type.clone(),
        account: event.account.clone(),
        account_name: accounts.name(&event.account).to_owned(),
        region: event.region,
        body: event.body.clone(),
    };
    Rehearsal::new(fleet.metadata.name.clone(), identity, accounts.notes(event), rehearsed)
}

fn in_pipeline(ground: &Ground<'_>, pipeline: &Pipeline) -> RehearsedPipeline {
    let outcome = place::check(ground, pipeline)
        .and_then(|account| way::deliveries(ground, pipeline, account))
        .map_or_else(
            |(reason, message)| RehearsalOutcome::NotTaken { reason, message },
            |deliveries| RehearsalOutcome::Taken { deliveries },
        );
    RehearsedPipeline { pipeline: pipeline.name.clone(), notes: notes(pipeline), outcome }
}

/// What AWS alone could tell of a pipeline.
fn notes(pipeline: &Pipeline) -> Vec<String> {
    let unheard = "`when: unheard` builds it only where no rule of somebody else tells of the event already, which \
                   AWS alone knows: it is taken as built";
    (pipeline.when == When::Unheard).then(|| unheard.to_owned()).into_iter().collect()
}
