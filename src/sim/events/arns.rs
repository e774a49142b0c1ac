//! The ARNs of rules, buses, connections and API destinations.

use super::DEFAULT_BUS;
use crate::sim::arn::Arn;
use crate::sim::identity::partition;

/// The ARN of a rule. The default bus is left out of it.
pub(crate) fn rule_arn(account: &str, region: &str, bus: &str, name: &str) -> String {
    match bus {
        DEFAULT_BUS => arn(account, region, &format!("rule/{name}")),
        bus => arn(account, region, &format!("rule/{bus}/{name}")),
    }
}

/// The bus and the name of a rule by the last part of its ARN.
pub(super) fn rule_of_resource(resource: &str) -> Option<(&str, &str)> {
    let rule = resource.strip_prefix("rule/")?;
    Some(rule.rsplit_once('/').unwrap_or((DEFAULT_BUS, rule)))
}

pub(super) fn bus_arn(account: &str, region: &str, name: &str) -> String {
    arn(account, region, &format!("event-bus/{name}"))
}

/// The ARN of a connection or API destination (`kind`), which ends in a UUID
/// of its own.
pub(super) fn unique_arn(account: &str, region: &str, kind: &str, name: &str, uuid: &str) -> String {
    arn(account, region, &format!("{kind}/{name}/{uuid}"))
}

fn arn(account: &str, region: &str, resource: &str) -> String {
    format!("arn:{}:events:{region}:{account}:{resource}", partition(region))
}

/// The name of a bus that is given by its name or ARN; `None` for the ARN of
/// something else, or of another account or Region.
pub(crate) fn bus_in<'b>(bus: &'b str, account: &str, region: &str) -> Option<&'b str> {
    if !bus.starts_with("arn:") {
        return Some(bus);
    }
    Arn::resource_of(bus, "events", account, region)?.strip_prefix("event-bus/")
}

/// The account, Region and name of a bus by its ARN.
pub(crate) fn bus_of_arn(text: &str) -> Option<(&str, &str, &str)> {
    let arn = Arn::parse(text).filter(|arn| arn.service == "events")?;
    Some((arn.account, arn.region, arn.resource.strip_prefix("event-bus/")?))
}
