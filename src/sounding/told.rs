//! What one sounding came to, as the report shows it.

use super::course::{Course, Stop};
use super::fate::Fate;
use super::mend::mend;
use super::verdict::{Readings, outcome};
use crate::model::pass::PathState;
use crate::model::sounding::{HopState, PatternCheck, SoundHop, SoundState, Sounding};
use crate::model::{Location, Pass};

/// What was learned of one canary.
#[derive(Debug, Clone, Copy)]
pub struct Learned<'a> {
    /// Its way.
    pub course: &'a Course,
    /// What became of it.
    pub fate: &'a Fate,
    /// The state of each hop, where it was sent.
    pub states: &'a [HopState],
    /// What was counted.
    pub readings: &'a Readings,
    /// What EventBridge says of the patterns.
    pub patterns: &'a PatternCheck,
    /// How the account stood before.
    pub pass: &'a Pass,
}

/// The sounding of one pipeline in one account and Region.
pub fn sounding(learned: &Learned<'_>) -> Sounding {
    let Learned { course, fate, states, patterns, pass, .. } = *learned;
    let (state, stopped, why) = match fate {
        Fate::Off => (SoundState::Off, None, None),
        Fate::NotSent(why) => (SoundState::NotSent, None, Some(why.clone())),
        Fate::Unread(why) => (SoundState::Unread, None, Some(why.clone())),
        Fate::Sent(_) => {
            let (state, stopped) = outcome(states);
            (state, stopped, stopped.map(|hop| learned.why(hop)))
        }
    };
    let canary = match fate {
        Fate::Sent(canary) => Some(canary.clone()),
        Fate::Off | Fate::NotSent(_) | Fate::Unread(_) => None,
    };
    let hops = course.stops.iter().zip(states).map(|(stop, state)| learned.hop(stop, *state));
    Sounding {
        account: pass.account.clone(),
        location: course.route.region,
        pipeline: course.route.pipeline.clone(),
        state,
        stopped_at: stopped.map(|hop| course.stops[hop].kind),
        why,
        settings_say: settings_say(course, pass),
        canary,
        hops: hops.collect(),
        patterns: patterns.clone(),
    }
}

impl Learned<'_> {
    fn why(&self, hop: usize) -> String {
        let stop = &self.course.stops[hop];
        match self.readings.get(stop) {
            Some(Ok(counts)) => mend(stop, self.states[hop], counts),
            Some(Err(why)) => why.clone(),
            None => "the run ended before its metrics were read".to_owned(),
        }
    }

    fn hop(&self, stop: &Stop, state: HopState) -> SoundHop {
        let counts = self.readings.get(stop).and_then(|reading| reading.as_ref().ok());
        let counts = counts.into_iter().flatten().filter(|(_, count)| **count > 0.0);
        SoundHop {
            name: stop.kind,
            subject: stop.subject.clone(),
            state,
            counts: counts.map(|(metric, count)| (*metric, *count)).collect(),
        }
    }
}

/// What the account's settings, as they were read, do to real events.
fn settings_say(course: &Course, pass: &Pass) -> Option<String> {
    let here = Location::from(course.route.region);
    let broken = pass.own_paths().find(|path| {
        path.pipeline == course.route.pipeline && path.location == here && path.state == PathState::Broken
    })?;
    let why = broken.why.as_deref().unwrap_or("nobody knows why");
    Some(format!("stops at {}: {why}", broken.broken_at.as_deref().unwrap_or("a hop")))
}
