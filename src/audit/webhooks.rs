//! Webhooks that can't be used: missing, empty, no URL, or another room's.

use std::collections::BTreeMap;

use serde_json::json;

use super::finding;
use crate::chat::WebhookUrl;
use crate::model::notifier::Settings;
use crate::model::secret::Secret;
use crate::model::{Check, Desired, Finding, Region, RegionSnapshot, Resource, Severity, Sight, Snapshot};

pub(super) fn check(desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let of = |resource: &Resource| match resource {
        Resource::ApiDestination(destination) => {
            let why = destination.endpoint.as_ref().err()?;
            Some(unusable(destination.region, &destination.name, why))
        }
        Resource::Function(function) => {
            let settings = settings(&function.settings.environment)?;
            let why = of_secret(snapshot.regions.get(&function.region), &settings)?.err()?;
            Some(unusable(function.region, &settings.secret, &why))
        }
        _ => None,
    };
    desired.resources.values().filter_map(|wanted| of(&wanted.resource)).collect()
}

fn unusable(region: Region, subject: &str, why: &str) -> Finding {
    finding(
        Check::WebhookUnusable,
        Severity::Error,
        region,
        subject,
        format!("the webhook can't be used: {why}"),
        [("why", json!(why))],
    )
}

/// The notifier's settings in a function's environment.
pub(super) fn settings(environment: &BTreeMap<String, String>) -> Option<Settings> {
    serde_json::from_str(environment.get(Settings::VARIABLE)?).ok()
}

/// Whether the secret of a notifier holds a webhook of its room; `None` where
/// the secret could not be read.
pub(super) fn of_secret(seen: Option<&RegionSnapshot>, settings: &Settings) -> Option<Result<(), String>> {
    let secret = &settings.secret;
    match seen?.secrets.get(secret)? {
        Sight::Unknown => None,
        Sight::Absent => Some(Err(format!("there is no secret {secret}"))),
        Sight::Seen(Err(why)) => Some(Err(why.clone())),
        Sight::Seen(Ok(url)) => {
            Some(of_room(url, settings).map_err(|why| format!("the secret {secret}: {why}")))
        }
    }
}

fn of_room(url: &Secret, settings: &Settings) -> Result<(), String> {
    let url = WebhookUrl::parse(url).map_err(|error| error.to_string())?;
    url.check_room(settings.room).map_err(|error| error.to_string())
}
