//! Following canaries until each has come to its end, or the time is up.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::count::Count;
use crate::model::sounding::{HopState, SoundState};
use crate::sounding::course::{Course, Stop};
use crate::sounding::verdict::{Readings, is_settled, judge, outcome};

/// The first pause and the longest. CloudWatch shows what AWS counted minutes
/// later, so there is no hurry for long.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// How far canaries got.
pub(super) struct Followed {
    /// The state of every hop of each canary.
    pub states: Vec<Vec<HopState>>,
    /// What was counted.
    pub readings: Readings,
}

/// Follows the canaries that were sent down these courses.
pub(super) async fn follow(
    courses: &[&Course],
    count: &Count<'_>,
    timeout: Duration,
    stop: &CancellationToken,
) -> Followed {
    let ways: Vec<&[Stop]> = courses.iter().map(|course| course.stops.as_slice()).collect();
    let stops: BTreeSet<&Stop> = ways.iter().copied().flatten().collect();
    let (begun, mut pause) = (Instant::now(), PAUSES.0);
    let mut followed = Followed { states: judge(&ways, &Readings::new()), readings: Readings::new() };
    let is_hidden = |stops: &[Stop], states: &[HopState]| match outcome(states) {
        (SoundState::Unread, Some(hop)) => count.is_hidden(&stops[hop]),
        _ => false,
    };
    let is_done = |followed: &Followed| {
        let mut each = ways.iter().zip(&followed.states);
        each.all(|(stops, states)| is_settled(stops, states) || is_hidden(stops, states))
    };
    while !is_done(&followed) && begun.elapsed() < timeout {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause.min(timeout.saturating_sub(begun.elapsed()))) => {}
        }
        pause = (pause * 2).min(PAUSES.1);
        followed.readings = count.since(&stops).await;
        followed.states = judge(&ways, &followed.readings);
    }
    followed
}
