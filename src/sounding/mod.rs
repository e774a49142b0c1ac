//! Sounding a pipeline: what a canary meets on its way, and what AWS's own
//! counters say of how far it got. Pure: no I/O, no clock.
//!
//! `course` lists the hops from what the fleet asks for, `fate` says whether a
//! canary may be sent down them, `questions` are the metrics that count at each,
//! `verdict` judges the counts, `mend` says what to do about a hop that was not
//! passed, and `told` puts it all together for the report. `samples` are the
//! events of ECS that a pipeline's rules are to take.

pub mod course;
pub mod fate;
pub mod mend;
pub mod questions;
pub mod samples;
pub mod told;
pub mod verdict;

#[cfg(test)]
mod fixtures;
