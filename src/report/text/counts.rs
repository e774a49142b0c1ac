//! Numbers in words.

use time::Duration;

/// `1 account`, `2 accounts`, for nouns that take an `s`.
pub(in crate::report) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The parts that are not zero: `3 to create, 2 to update`.
pub(in crate::report) fn nonzero(parts: &[(usize, &str)]) -> String {
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// How long it took, to a tenth of a second below a minute.
pub(in crate::report) fn duration(duration: Duration) -> String {
    let seconds = duration.whole_seconds().max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}.{} s", duration.subsec_milliseconds().max(0) / 100),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_as_exact_as_people_need_it() {
        for (milliseconds, text) in
            [(0, "0.0 s"), (450, "0.4 s"), (61_999, "1 min 1 s"), (3_725_000, "1 h 2 min"), (-5, "0.0 s")]
        {
            assert_eq!(duration(Duration::milliseconds(milliseconds)), text);
        }
    }

    #[test]
    fn one_thing_is_not_many() {
        assert_eq!(counted(1, "account"), "1 account");
        assert_eq!(counted(0, "account"), "0 accounts");
    }
}
