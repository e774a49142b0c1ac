//! Amazon EventBridge: rules on the default bus, where AWS services send their
//! events, and the targets of those rules.

mod rules;
mod targets;

pub(crate) use rules::{apply_rule, observe_rules};
pub(crate) use targets::apply_target;

/// The largest page of ListRules and ListTargetsByRule (service model).
const PAGE: i32 = 100;
