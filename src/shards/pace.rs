//! How often and for how long a shard looks whether the others are done.

use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// So many further halves outgrow the longest wait.
const MOST_STEPS: u32 = 16;

/// How long to wait after so many looks, each half as long again as the one
/// before. `random`, from 0 to 1, keeps those apart who began together.
pub fn wait(looks: u32, random: f64) -> Duration {
    let steps = looks.min(MOST_STEPS);
    let wait = FIRST_WAIT.saturating_mul(3_u32.saturating_pow(steps)) / 2_u32.saturating_pow(steps);
    wait.min(LONGEST_WAIT).mul_f64(0.5 + random.clamp(0.0, 1.0))
}

/// For how long a shard that may wait for so long in all waits for hubs: half of
/// it. Others that have nothing to wait for would else report without this one,
/// which only then makes its changes.
pub fn wait_for_hubs(whole: Duration) -> Duration {
    whole / 2
}

/// For how long it waits for the parts of others after it waited for hubs. The
/// work between counts for nothing.
pub fn wait_for_parts(whole: Duration, waited_for_hubs: Duration) -> Duration {
    whole.saturating_sub(waited_for_hubs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_less_and_less_often_and_never_all_at_once() {
        let waits = [0, 1, 5, 8, u32::MAX].map(|looks| wait(looks, 0.5).as_millis());
        assert_eq!(waits, [250, 375, 1898, 5000, 5000]);
        assert_eq!([0.0, 1.0].map(|random| wait(0, random).as_millis()), [125, 375]);
    }
    #[test]
    fn a_shard_waits_no_longer_in_all_than_it_was_told_to() {
        let [whole, none, long] = [600, 0, 700].map(Duration::from_secs);
        let for_hubs = wait_for_hubs(whole);
        assert_eq!(for_hubs + wait_for_parts(whole, for_hubs), whole);
        assert_eq!(wait_for_parts(whole, none), whole);
        assert_eq!(wait_for_parts(whole, long), none);
    }

    #[test]
    fn a_shard_that_waits_for_hubs_has_time_for_its_changes_before_others_report_without_it() {
        let whole = Duration::from_secs(600);
        let others = wait_for_parts(whole, Duration::ZERO);
        assert!(wait_for_hubs(whole) <= others / 2);
    }
}
