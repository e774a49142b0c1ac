//! Telling rooms of a report, each its part.
//!
//! ```text
//! fleet ─► Rooms::open ─► secrets ─┐
//! Report ─► digest (a room's part) ─► due? ─► messages ─► the room
//! ```
//!
//! Rooms are independent of each other: they are told at the same time, and one
//! that can't be told keeps the report from no other.

mod due;
mod error;
mod outcome;
mod room;
mod secrets;
mod told;

pub use due::Occasion;
pub use error::TellError;
pub use outcome::{Outcome, Told};

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use crate::aws::Aws;
use crate::chat::{Poster, SlackApi};
use crate::fleet::Fleet;
use crate::fleet::spec::WhenToTell;
use crate::model::Report;
use crate::report::digest::digest;
use room::Room;

/// The rooms of a fleet, ready to be told.
#[derive(Debug)]
pub struct Rooms {
    rooms: Vec<Room>,
    when: WhenToTell,
    timeout: Duration,
    aws: Aws,
    poster: Arc<Poster>,
}

impl Rooms {
    /// Gets the fleet's rooms ready: their webhooks and tokens are read, where
    /// the fleet file says that they are. A room that can't be used is kept, to
    /// be told of by [`Rooms::unusable`] at once and by [`Rooms::tell`] once
    /// there is something to tell it.
    pub async fn open(fleet: &Fleet, aws: &Aws, poster: Arc<Poster>, slack: &SlackApi) -> Self {
        let reporting = fleet.spec.report.clone().unwrap_or_default();
        let rooms = reporting.recipients().map(|(name, one)| Room::open(name, one.clone(), aws, slack));
        let rooms = join_all(rooms).await;
        Self { rooms, when: reporting.when, timeout: reporting.timeout, aws: aws.clone(), poster }
    }

    /// The rooms that can't be used, by name, each with why.
    pub fn unusable(&self) -> impl Iterator<Item = (&str, &TellError)> {
        self.rooms.iter().filter_map(|room| Some((room.name.as_str(), room.unusable()?)))
    }

    /// Tells every room its part of a report, if it is due, and says what became
    /// of it, room by room in the order of the fleet file.
    pub async fn tell(&self, report: &Report, occasion: Occasion) -> Vec<Told> {
        join_all(self.rooms.iter().map(|room| self.tell_one(room, report, occasion))).await
    }

    async fn tell_one(&self, room: &Room, report: &Report, occasion: Occasion) -> Told {
        let digest = digest(report, &room.part);
        let outcome = if due::is_due(self.when, occasion, &digest) {
            match room.tell(&digest, &self.poster, &self.aws, self.timeout).await {
                Ok(()) => Outcome::Posted,
                Err(error) => Outcome::Failed(error),
            }
        } else {
            Outcome::NothingToTell
        };
        Told { room: room.name.clone(), outcome }
    }
}
