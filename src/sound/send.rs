//! Sending canaries: one each, whatever the answer.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::Sounder;
use super::count::Count;
use super::look::Looks;
use crate::aws::{AccountDoor, AwsError};
use crate::model::coverage::Cause;
use crate::model::sounding::SentCanary;
use crate::sounding::course::Course;
use crate::sounding::fate::{Fate, obstacle};
use crate::sounding::questions::questions;

impl Sounder {
    /// Sends a canary down each course that is open, and gives back what became
    /// of each, with what had been counted before.
    pub(super) async fn send<'l>(&self, looks: &'l Looks, courses: &[Course]) -> (Vec<Fate>, Count<'l>) {
        let obstacles: Vec<Option<Fate>> =
            courses.iter().map(|course| obstacle(&self.reconciler.fleet, course, looks.sights())).collect();
        let open = courses.iter().zip(&obstacles).filter(|(_, obstacle)| obstacle.is_none());
        let asked: BTreeSet<_> = open.flat_map(|(course, _)| &course.stops).flat_map(questions).collect();
        let count = Count::begin(looks, asked, self.reconciler.clock.clone()).await;
        let fates = courses.iter().zip(obstacles).map(|(course, obstacle)| async move {
            match obstacle {
                Some(fate) => fate,
                None => self.send_one(looks, course).await,
            }
        });
        (join_all(fates).await, count)
    }

    async fn send_one(&self, looks: &Looks, course: &Course) -> Fate {
        let Some(door) = looks.door(&course.account.id) else {
            return Fate::Unread("the account could not be read".to_owned());
        };
        if self.reconciler.stop.is_cancelled() {
            return Fate::NotSent("the run was stopped before".to_owned());
        }
        let canary = course.canary(&self.run);
        let mut sent = SentCanary {
            rule: course.rule().to_owned(),
            source: canary.source,
            detail_type: canary.detail_type,
            event: None,
            sent_at: (self.reconciler.clock)(),
        };
        match put(door, course, &canary).await {
            Ok(id) => sent.event = Some(id),
            Err(error) if may_have_arrived(&error) => {
                tracing::warn!(%error, "nobody knows whether a canary was sent; it is followed all the same");
            }
            Err(error) => return Fate::NotSent(error.to_string()),
        }
        Fate::Sent(sent)
    }
}

async fn put(
    door: &AccountDoor,
    course: &Course,
    canary: &crate::events::canary::Entry,
) -> Result<String, AwsError> {
    let detail = canary.detail.to_string();
    let region = course.route.region;
    door.put_event(region, canary.source, canary.detail_type, &canary.resources, &detail).await
}

/// Whether a call that failed may have been carried out all the same.
fn may_have_arrived(error: &AwsError) -> bool {
    match error.cause() {
        Cause::TimedOut | Cause::Unreachable | Cause::Malformed => true,
        Cause::Denied
        | Cause::Throttled
        | Cause::RegionOff
        | Cause::Credentials
        | Cause::Cancelled
        | Cause::Other => false,
    }
}
