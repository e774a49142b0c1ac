//! Times as reports show them: in UTC, ending in `Z`, to the second.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Writes a time as `2026-11-21T09:00:00Z`. Parts of a second are dropped.
pub fn serialize<S: Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    let time = time.to_offset(UtcOffset::UTC).truncate_to_second();
    time.format(&Rfc3339).map_err(ser::Error::custom)?.serialize(serializer)
}

/// Reads what [`serialize`] wrote.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    OffsetDateTime::parse(&text, &Rfc3339).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_time_is_written_in_utc_to_the_second() {
        let written = serialize(&datetime!(2026-11-21 18:00:00.987 +9), serde_json::value::Serializer);
        assert_eq!(written.ok(), Some("2026-11-21T09:00:00Z".into()));
    }

    #[test]
    fn a_time_that_was_written_is_read_back() {
        let read = deserialize(serde_json::Value::from("2026-11-21T09:00:00Z"));
        assert_eq!(read.ok(), Some(datetime!(2026-11-21 09:00:00 UTC)));
        assert!(deserialize(serde_json::Value::from("yesterday")).is_err());
    }
}
