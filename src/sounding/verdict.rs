//! How far canaries got, by what was counted since they were sent.
//!
//! A metric counts events and tells none from another, so where several
//! canaries of one run meet the same thing, it is passed by all of them or by
//! nobody knows which.

use std::collections::{BTreeMap, BTreeSet};

use super::course::Stop;
use crate::model::sounding::{HopKind, HopState, SoundState};

/// What was counted at a hop, by metric, or why that could not be read.
pub type Reading = Result<BTreeMap<&'static str, f64>, String>;

/// Every hop that was asked about.
pub type Readings = BTreeMap<Stop, Reading>;

/// The order in which canaries meet the kinds of hops.
const ORDER: [HopKind; 7] = [
    HopKind::Rule,
    HopKind::Target,
    HopKind::HubRule,
    HopKind::HubTarget,
    HopKind::Topic,
    HopKind::Chatbot,
    HopKind::Function,
];

/// What a hop's counts come to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Count {
    passed: f64,
    failed: f64,
}

/// The state of every hop of canaries that were sent, given each one's hops.
pub fn judge(ways: &[&[Stop]], readings: &Readings) -> Vec<Vec<HopState>> {
    let mut states: Vec<Vec<HopState>> =
        ways.iter().map(|stops| vec![HopState::NotSeen; stops.len()]).collect();
    for kind in ORDER {
        let here: BTreeSet<&Stop> =
            ways.iter().flat_map(|stops| stops.iter()).filter(|stop| stop.kind == kind).collect();
        for stop in here {
            judge_stop(stop, ways, readings, &mut states);
        }
    }
    states.iter_mut().for_each(|states| fill_in(states));
    states
}

fn judge_stop(stop: &Stop, ways: &[&[Stop]], readings: &Readings, states: &mut [Vec<HopState>]) {
    let index = |stops: &&[Stop]| stops.iter().position(|one| one == stop);
    let meeting: Vec<(usize, usize)> =
        ways.iter().enumerate().filter_map(|(way, stops)| Some((way, index(stops)?))).collect();
    let has_come = |(way, hop): &(usize, usize)| {
        hop.checked_sub(1).is_none_or(|hop| states[*way][hop] == HopState::Reached)
    };
    let come: Vec<(usize, usize)> = meeting.iter().copied().filter(has_come).collect();
    let reading = readings.get(stop).map(|reading| reading.as_ref().map(|counts| count(stop.kind, counts)));
    for place @ (way, hop) in meeting.iter().copied() {
        states[way][hop] = match reading {
            None | Some(Err(_)) => HopState::Unread,
            Some(Ok(count)) => state(count, &meeting, &come, place),
        };
    }
}

/// Whether one canary passed, given all that meet the hop and those that are
/// known to have come to it.
fn state(
    count: Count,
    meeting: &[(usize, usize)],
    come: &[(usize, usize)],
    place: (usize, usize),
) -> HopState {
    let at_least = |canaries: &[(usize, usize)]| count.passed + 0.5 > canaries.len() as f64;
    let is_here = come.contains(&place);
    if at_least(meeting) || (is_here && at_least(come)) {
        HopState::Reached
    } else if count.failed > 0.0 && count.passed < 0.5 && (is_here || meeting.len() == 1) {
        HopState::Failed
    } else {
        HopState::NotSeen
    }
}

/// Metrics come late, and a few never: what came further has passed.
fn fill_in(states: &mut [HopState]) {
    let last = states.iter().rposition(|state| matches!(state, HopState::Reached | HopState::Failed));
    for state in states.iter_mut().take(last.unwrap_or_default()) {
        *state = HopState::Reached;
    }
}

fn count(kind: HopKind, counts: &BTreeMap<&'static str, f64>) -> Count {
    let of = |metric: &str| counts.get(metric).copied().unwrap_or_default();
    match kind {
        HopKind::Rule | HopKind::HubRule => Count { passed: of("TriggeredRules"), failed: 0.0 },
        // Those that failed for good are among the invocations.
        HopKind::Target | HopKind::HubTarget => {
            let failed = of("FailedInvocations");
            Count { passed: of("Invocations") - failed, failed }
        }
        HopKind::Topic => {
            Count { passed: of("NumberOfNotificationsDelivered"), failed: of("NumberOfNotificationsFailed") }
        }
        HopKind::Chatbot => {
            let failed = of("UnsupportedEvents") + of("EventsThrottled") + of("MessageDeliveryFailure");
            Count { passed: of("EventsProcessed") - failed, failed }
        }
        HopKind::Function => {
            Count { passed: of("CanariesPosted"), failed: of("MessagesFailed").max(of("Errors")) }
        }
    }
}

/// What the hops of one canary come to, and the first that it did not pass.
pub fn outcome(states: &[HopState]) -> (SoundState, Option<usize>) {
    let stopped = states.iter().position(|state| *state != HopState::Reached);
    let state = match stopped.map(|hop| states[hop]) {
        None => SoundState::Arrived,
        Some(HopState::Failed) => SoundState::Failed,
        Some(HopState::Unread) => SoundState::Unread,
        Some(HopState::NotSeen | HopState::Reached) => SoundState::NotSeen,
    };
    (state, stopped)
}

/// Whether more waiting can't change what the hops of one canary come to. A
/// function is tried again twice after it failed (AWS Lambda developer guide,
/// asynchronous invocation); what EventBridge, SNS and AWS Chatbot count as
/// failed has failed for good.
pub fn is_settled(stops: &[Stop], states: &[HopState]) -> bool {
    match outcome(states) {
        (SoundState::Arrived, _) => true,
        (SoundState::Failed, Some(hop)) => stops[hop].kind != HopKind::Function,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sounding::fixtures::stop;

    use HopState::{Failed, NotSeen, Reached, Unread};

    const CHAIN: [HopKind; 4] = [HopKind::Rule, HopKind::Target, HopKind::Topic, HopKind::Chatbot];

    fn chain() -> Vec<Stop> {
        CHAIN.into_iter().map(|kind| stop(kind, "deploys")).collect()
    }

    fn readings(stops: &[Stop], counts: &[&[(&'static str, f64)]]) -> Readings {
        let reading = |counts: &&[(&'static str, f64)]| Ok(counts.iter().copied().collect());
        stops.iter().cloned().zip(counts.iter().map(reading)).collect()
    }

    fn judged(stops: &[Stop], counts: &[&[(&'static str, f64)]]) -> Vec<HopState> {
        judge(&[stops], &readings(stops, counts)).remove(0)
    }

    const TAKEN: &[(&str, f64)] = &[("TriggeredRules", 1.0)];
    const INVOKED: &[(&str, f64)] = &[("Invocations", 1.0)];
    const DELIVERED: &[(&str, f64)] = &[("NumberOfNotificationsDelivered", 1.0)];
    const PROCESSED: &[(&str, f64)] = &[("EventsProcessed", 1.0)];
    const NOTHING: &[(&str, f64)] = &[];

    #[test]
    fn a_canary_gets_as_far_as_something_was_counted() {
        let refused: &[(&str, f64)] = &[("Invocations", 1.0), ("FailedInvocations", 1.0)];
        let undelivered: &[(&str, f64)] =
            &[("NumberOfMessagesPublished", 1.0), ("NumberOfNotificationsFailed", 1.0)];
        let published: &[(&str, f64)] = &[("NumberOfMessagesPublished", 1.0)];
        let unsupported: &[(&str, f64)] = &[("EventsProcessed", 1.0), ("UnsupportedEvents", 1.0)];
        for (counts, expected, state) in [
            ([TAKEN, INVOKED, DELIVERED, PROCESSED], [Reached; 4], SoundState::Arrived),
            ([NOTHING; 4], [NotSeen; 4], SoundState::NotSeen),
            ([TAKEN, refused, NOTHING, NOTHING], [Reached, Failed, NotSeen, NotSeen], SoundState::Failed),
            ([TAKEN, INVOKED, undelivered, NOTHING], [Reached, Reached, Failed, NotSeen], SoundState::Failed),
            ([TAKEN, INVOKED, published, NOTHING], [Reached, Reached, NotSeen, NotSeen], SoundState::NotSeen),
            (
                [TAKEN, INVOKED, DELIVERED, unsupported],
                [Reached, Reached, Reached, Failed],
                SoundState::Failed,
            ),
        ] {
            let states = judged(&chain(), &counts);
            assert_eq!((states.as_slice(), outcome(&states).0), (expected.as_slice(), state), "{counts:?}");
        }
    }

    #[test]
    fn what_came_further_has_passed_whatever_metrics_are_late() {
        assert_eq!(judged(&chain(), &[NOTHING, NOTHING, NOTHING, PROCESSED]), [Reached; 4]);
        let refused: &[(&str, f64)] = &[("FailedInvocations", 1.0), ("Invocations", 1.0)];
        let states = judged(&chain(), &[NOTHING, refused, NOTHING, NOTHING]);
        assert_eq!(states, [Reached, Failed, NotSeen, NotSeen]);
    }

    #[test]
    fn what_could_not_be_read_is_neither_passed_nor_failed() {
        let stops = chain();
        let mut readings = readings(&stops, &[TAKEN, INVOKED, DELIVERED, PROCESSED]);
        readings.insert(stops[3].clone(), Err("denied".to_owned()));
        let states = judge(&[&stops], &readings).remove(0);
        assert_eq!(states, [Reached, Reached, Reached, Unread]);
        assert_eq!(outcome(&states), (SoundState::Unread, Some(3)));
        readings.remove(&stops[2]);
        assert_eq!(judge(&[&stops], &readings)[0][2], Unread);
    }

    #[test]
    fn a_message_that_was_posted_is_no_failure_of_another_one() {
        let stops =
            [stop(HopKind::Rule, "tasks"), stop(HopKind::Target, "tasks"), stop(HopKind::Function, "tasks")];
        let function: &[(&str, f64)] = &[("CanariesPosted", 1.0), ("MessagesFailed", 2.0), ("Errors", 2.0)];
        assert_eq!(judged(&stops, &[TAKEN, INVOKED, function]), [Reached; 3]);
        let failed: &[(&str, f64)] = &[("Invocations", 1.0), ("Errors", 1.0)];
        let states = judged(&stops, &[TAKEN, INVOKED, failed]);
        assert_eq!(states, [Reached, Reached, Failed]);
        assert!(!is_settled(&stops, &states), "Lambda tries again");
    }

    /// Two pipelines that meet in one room.
    fn meeting() -> [Vec<Stop>; 2] {
        let way = |name: &str| {
            vec![stop(HopKind::Rule, name), stop(HopKind::Target, name), stop(HopKind::Chatbot, "room")]
        };
        [way("deploys"), way("tasks")]
    }

    fn judged_meeting(counts: [&[(&'static str, f64)]; 5]) -> Vec<Vec<HopState>> {
        let [one, other] = meeting();
        let stops = [&one[..], &other[..2]].concat();
        let [a, b, c, d, e] = counts;
        judge(&[&one, &other], &readings(&stops, &[a, b, c, d, e]))
    }

    #[test]
    fn a_room_where_two_canaries_are_due_is_reached_by_both_or_by_the_one_that_came() {
        let both: &[(&str, f64)] = &[("EventsProcessed", 2.0)];
        assert_eq!(judged_meeting([TAKEN, INVOKED, both, TAKEN, INVOKED]), vec![vec![Reached; 3]; 2]);
        let one_came = judged_meeting([TAKEN, INVOKED, PROCESSED, NOTHING, NOTHING]);
        assert_eq!(one_came, [vec![Reached; 3], vec![NotSeen; 3]]);
        let nobody_knows = judged_meeting([TAKEN, INVOKED, PROCESSED, TAKEN, INVOKED]);
        assert_eq!(nobody_knows, vec![vec![Reached, Reached, NotSeen]; 2]);
    }

    #[test]
    fn a_canary_is_settled_when_it_arrived_or_was_refused_for_good() {
        let stops = chain();
        assert!(is_settled(&stops, &[Reached; 4]));
        assert!(is_settled(&stops, &[Reached, Failed, NotSeen, NotSeen]));
        assert!(!is_settled(&stops, &[Reached, NotSeen, NotSeen, NotSeen]));
        assert!(!is_settled(&stops, &[Reached, Reached, Reached, Unread]));
    }
}
