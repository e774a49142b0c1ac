//! How long to wait before the next attempt.

use std::time::Duration;

/// The longest wait before the first attempt again; it doubles from there.
const FIRST: Duration = Duration::from_millis(500);

/// However often it failed, no wait is longer.
const LONGEST: Duration = Duration::from_secs(20);

/// The wait after so many attempts (1 after the first): half of it grows
/// exponentially, the other half is drawn, so that many who were refused at the
/// same time do not come back at the same time. `jitter` is from 0 to 1.
pub fn wait(attempts: u32, jitter: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1).min(16));
    let most = FIRST.saturating_mul(doubled).min(LONGEST);
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
    most / 2 + (most / 2).mul_f64(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_longest() {
        let waits = [1, 2, 3, 6, 7, u32::MAX].map(|attempts| wait(attempts, 1.0).as_millis());
        assert_eq!(waits, [500, 1000, 2000, 16_000, 20_000, 20_000]);
    }

    #[test]
    fn jitter_takes_away_at_most_half_of_a_wait() {
        for (jitter, expected) in
            [(0.0, 500), (0.5, 750), (1.0, 1000), (7.0, 1000), (-1.0, 500), (f64::NAN, 1000)]
        {
            assert_eq!(wait(2, jitter).as_millis(), expected, "{jitter}");
        }
    }
}
