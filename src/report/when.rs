//! Times in words.

use time::{OffsetDateTime, UtcOffset};

/// `2026-11-21 09:00 UTC`.
pub(super) fn utc(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute()
    )
}

/// `for 3 days`, `for 2 hours`: how long something has been so. What has just
/// begun has been so for a minute.
pub(super) fn days_since(since: OffsetDateTime, now: OffsetDateTime) -> String {
    let minutes = (now - since).whole_minutes().max(1);
    let (count, unit) = match minutes {
        ..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("for {count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn how_long_something_has_been_so_is_as_exact_as_people_need_it() {
        let now = datetime!(2026-11-21 09:00 UTC);
        for (since, words) in [
            (datetime!(2026-11-21 08:59 UTC), "for 1 minute"),
            (datetime!(2026-11-21 06:30 UTC), "for 2 hours"),
            (datetime!(2026-11-18 06:30 UTC), "for 3 days"),
            (datetime!(2026-11-21 10:00 UTC), "for 1 minute"),
        ] {
            assert_eq!(days_since(since, now), words);
        }
    }

    #[test]
    fn a_time_is_shown_in_utc() {
        assert_eq!(utc(datetime!(2026-11-21 18:00:04.5 +9)), "2026-11-21 09:00 UTC");
    }
}
