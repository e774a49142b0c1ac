//! What was seen, and what could not be.

use serde::{Deserialize, Serialize};

use super::region::Location;

/// A thing looked for: found, known not to exist, or not known.
///
/// `Unknown` always comes with a [`Gap`] in the snapshot. Nothing is created,
/// changed or removed on the strength of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sight<T> {
    /// It exists and was read.
    Seen(T),
    /// It was looked for and does not exist.
    Absent,
    /// It could not be read, or was not looked for.
    #[default]
    Unknown,
}

impl<T> Sight<T> {
    /// The thing, where it was seen.
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(thing) => Some(thing),
            Self::Absent | Self::Unknown => None,
        }
    }
}

/// Why something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// The service refused: a missing permission, or a service control policy.
    Denied,
    /// The service kept answering that calls come too fast.
    Throttled,
    /// No answer within the time allowed.
    TimedOut,
    /// No connection, or one that broke.
    Unreachable,
    /// The Region is not switched on in this account.
    RegionOff,
    /// The credentials are missing, expired or not valid.
    Credentials,
    /// The answer could not be understood, or contradicts itself.
    Malformed,
    /// The run was stopped before this was read.
    Cancelled,
    /// Something else; the text says what.
    Other,
}

impl Cause {
    /// Whether reading again soon may help.
    pub fn is_transient(self) -> bool {
        match self {
            Self::Throttled | Self::TimedOut | Self::Unreachable | Self::Malformed => true,
            Self::Denied | Self::RegionOff | Self::Credentials | Self::Cancelled | Self::Other => false,
        }
    }
}

/// What a gap's detail says of a Region that is off, for people and for whoever
/// tells them what to do next.
pub const REGION_OFF: &str = "the Region is not switched on in the account";

/// Something that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// What was tried, `list services of cluster prod` say.
    pub tried: String,
    /// The class of failure.
    pub cause: Cause,
    /// The service's own words, free of secrets.
    pub detail: String,
    /// Whether nothing at all could be read in this location.
    pub whole: bool,
}

/// How many gaps of a location are told one by one.
const MOST_DETAILS: usize = 10;

/// How well one location was seen. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CoverageState {
    /// Everything that was looked for was read.
    Seen,
    /// Some of it could not be read.
    Partial,
    /// Access was refused.
    Denied,
    /// Throttling never let up.
    Throttled,
    /// No answer came, or the Region is off.
    Unreachable,
    /// It was not tried, because the run was stopped, or the process whose part
    /// it was did not report.
    Skipped,
}

/// The coverage of one location. Public interface.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Coverage {
    /// The location.
    pub location: Location,
    /// How well it was seen.
    pub state: CoverageState,
    /// What could not be read and why, in words.
    pub detail: Option<String>,
}

impl Coverage {
    /// The coverage that a location's gaps amount to.
    pub fn of(location: Location, gaps: &[Gap]) -> Self {
        let state = match gaps {
            [] => CoverageState::Seen,
            gaps => match gaps.iter().find(|gap| gap.whole) {
                Some(gap) => state_of(gap.cause),
                None => CoverageState::Partial,
            },
        };
        let mut details: Vec<String> =
            gaps.iter().map(|gap| format!("{}: {}", gap.tried, gap.detail)).collect();
        details.sort();
        details.dedup();
        let more = details.len().saturating_sub(MOST_DETAILS);
        details.truncate(MOST_DETAILS);
        if more > 0 {
            details.push(format!("and {more} more"));
        }
        let detail = if details.is_empty() { None } else { Some(details.join("; ")) };
        Self { location, state, detail }
    }
}

fn state_of(cause: Cause) -> CoverageState {
    match cause {
        Cause::Denied | Cause::Credentials => CoverageState::Denied,
        Cause::Throttled => CoverageState::Throttled,
        Cause::TimedOut | Cause::Unreachable | Cause::RegionOff | Cause::Malformed | Cause::Other => {
            CoverageState::Unreachable
        }
        Cause::Cancelled => CoverageState::Skipped,
    }
}
