//! How often a shard looks whether the others are done.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_less_and_less_often_and_never_all_at_once() {
        let waits = [0, 1, 5, 8, u32::MAX].map(|looks| wait(looks, 0.5).as_millis());
        assert_eq!(waits, [250, 375, 1898, 5000, 5000]);
        assert_eq!([0.0, 1.0].map(|random| wait(0, random).as_millis()), [125, 375]);
    }
}
