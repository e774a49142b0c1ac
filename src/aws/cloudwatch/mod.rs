//! Amazon CloudWatch: the alarms that watch a pipeline, and the sums of the
//! metrics that tell of lost events.

mod alarms;
mod metrics;

pub(crate) use alarms::{apply_alarm, observe_alarms};
pub(crate) use metrics::{failed_invocations, unsupported_events};
