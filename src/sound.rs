//! One sounding of a fleet.
//!
//! Look at every account; hold the rules' patterns, as they are, against what
//! ECS sends; send one canary a pipeline, account and Region; follow them all by
//! AWS's own counters until each has arrived or was refused, or the time is up.

mod count;
mod follow;
mod look;
mod patterns;
mod send;

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use crate::model::sounding::{PatternCheck, SoundReport, Sounding, UnreadAccount};
use crate::model::{Account, sounding::SoundMetadata};
use crate::reconcile::Reconciler;
use crate::sounding::course::{Course, courses};
use crate::sounding::fate::Fate;
use crate::sounding::told::{Learned, sounding};

use look::Looks;

/// Hears how a sounding goes on.
pub trait Watcher: Send + Sync {
    /// An account is being looked at.
    fn looking(&self, account: &Account);
    /// An account was looked at; `whole` unless part of it could not be read.
    fn looked(&self, account: &Account, whole: bool);
    /// So many canaries are under way.
    fn following(&self, canaries: usize);
}

/// Sounds the pipelines of a fleet.
pub struct Sounder {
    /// Looks at accounts.
    pub reconciler: Reconciler,
    /// The run's id, which every canary carries.
    pub run: String,
    /// How long canaries are followed.
    pub timeout: Duration,
    /// Hears how it goes on.
    pub watcher: Arc<dyn Watcher>,
}

/// What one canary is, from its way to what became of it.
struct Canary {
    course: Course,
    patterns: PatternCheck,
    fate: Fate,
}

impl Sounder {
    /// Sounds every pipeline that these accounts carry. One event is sent for
    /// each, and never a second one.
    pub async fn sound(&self, accounts: &[Account]) -> SoundReport {
        let started_at = (self.reconciler.clock)();
        let looks = look::look(&self.reconciler, accounts, &*self.watcher).await;
        let courses: Vec<Course> =
            accounts.iter().flat_map(|account| courses(account, looks.sights())).collect();
        let checks = join_all(courses.iter().map(|course| patterns::check(course, &looks))).await;
        let (fates, count) = self.send(&looks, &courses).await;
        let canaries: Vec<Canary> = courses
            .into_iter()
            .zip(checks.into_iter().zip(fates))
            .map(|(course, (patterns, fate))| Canary { course, patterns, fate })
            .collect();
        let soundings = self.follow(&looks, &canaries, &count).await;
        let metadata = SoundMetadata {
            fleet: self.reconciler.fleet.metadata.name.clone(),
            run: self.run.clone(),
            started_at,
            finished_at: (self.reconciler.clock)(),
            timeout_seconds: self.timeout.as_secs(),
            version: env!("CARGO_PKG_VERSION"),
        };
        SoundReport::of(metadata, soundings, unread(&looks), self.reconciler.aws.calls())
    }

    async fn follow(&self, looks: &Looks, canaries: &[Canary], count: &count::Count<'_>) -> Vec<Sounding> {
        let sent: Vec<&Course> = canaries
            .iter()
            .filter(|canary| matches!(canary.fate, Fate::Sent(_)))
            .map(|canary| &canary.course)
            .collect();
        self.watcher.following(sent.len());
        let followed = follow::follow(&sent, count, self.timeout, &self.reconciler.stop).await;
        let mut states = followed.states.into_iter();
        let told = |canary: &Canary| {
            let states = match canary.fate {
                Fate::Sent(_) => states.next().unwrap_or_default(),
                Fate::Off | Fate::NotSent(_) | Fate::Unread(_) => Vec::new(),
            };
            let pass = looks.pass(&canary.course.account)?;
            let Canary { course, patterns, fate } = canary;
            let readings = &followed.readings;
            Some(sounding(&Learned { course, fate, states: &states, readings, patterns, pass }))
        };
        canaries.iter().filter_map(told).collect()
    }
}

/// What could not be read anywhere.
fn unread(looks: &Looks) -> Vec<UnreadAccount> {
    looks.passes().filter_map(|pass| UnreadAccount::of(&pass.account, &pass.coverage)).collect()
}
