//! The simulator's clock.

use std::sync::atomic::{AtomicI64, Ordering};

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// `20261121T085840Z`, as signatures carry it.
pub const COMPACT: &[BorrowedFormatItem<'static>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// `Sat, 21 Nov 2026 08:58:40 GMT`, as the HTTP `Date` header carries it.
pub const HTTP_DATE: &[BorrowedFormatItem<'static>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Real time, moved by an offset that a test may script.
#[derive(Debug, Default)]
pub struct Clock {
    offset_milliseconds: AtomicI64,
}

impl Clock {
    /// The simulated time.
    pub fn now(&self) -> OffsetDateTime {
        let offset = self.offset_milliseconds.load(Ordering::Relaxed);
        OffsetDateTime::now_utc() + Duration::milliseconds(offset)
    }

    /// Sets how far the simulated time is ahead of the real time; negative is
    /// behind. A caller whose clock is right then looks skewed.
    pub fn set_offset(&self, offset: Duration) {
        let milliseconds = i64::try_from(offset.whole_milliseconds()).unwrap_or(i64::MAX);
        self.offset_milliseconds.store(milliseconds, Ordering::Relaxed);
    }
}

/// Text of a time in one of this module's formats.
pub fn text(time: OffsetDateTime, format: &[BorrowedFormatItem<'static>]) -> String {
    time.format(format).unwrap_or_default()
}

/// Seconds since 1970 with milliseconds, as the services round them.
pub fn epoch_seconds(time: OffsetDateTime) -> f64 {
    let milliseconds = time.unix_timestamp_nanos() / 1_000_000;
    milliseconds as f64 / 1000.0
}

/// ISO 8601 text with milliseconds, as events carry it.
pub fn iso_milliseconds(time: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'static>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    text(time, FORMAT)
}

/// ISO 8601 text with whole seconds.
pub fn iso_seconds(time: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'static>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    text(time, FORMAT)
}
