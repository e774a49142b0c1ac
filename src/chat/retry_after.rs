//! The `Retry-After` of an answer (RFC 9110, section 10.2.3).

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// How long to wait: seconds, or a date. `None` for anything else.
pub(super) fn parse(text: &str, now: OffsetDateTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(Duration::try_from(until - now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 09:00 UTC);

    #[test]
    fn seconds_and_dates_are_read() {
        for (text, expected) in [
            ("30", Some(30)),
            (" 0 ", Some(0)),
            ("Sat, 21 Nov 2026 09:01:30 GMT", Some(90)),
            ("Sat, 21 Nov 2026 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(parse(text, NOW), expected.map(Duration::from_secs), "{text:?}");
        }
    }
}
