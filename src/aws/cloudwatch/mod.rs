//! Amazon CloudWatch: the alarms that watch a pipeline, and the sums of the
//! metrics that tell of lost events.

mod alarms;
mod metrics;
mod sums;

pub(crate) use alarms::{alarm_tags, apply_alarm, delete_alarm, observe_alarms};
pub(crate) use metrics::{failed_invocations, unsupported_events};
pub use sums::MetricQuery;
pub(crate) use sums::metric_sums;
