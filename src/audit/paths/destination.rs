//! From a target through an API destination to a webhook.

use super::ground::Whose;
use super::target::{Arn, Shot};
use super::trail::{Ear, Step, Trail, carries};
use crate::chat::webhook::WebhookUrl;
use crate::events::accept::{google_chat_accepts, slack_webhook_accepts};
use crate::model::desired::RouteEnd;
use crate::model::destination::{ObservedApiDestination, ObservedConnection, name_in, owner_of, without_id};
use crate::model::notifier::RoomService;
use crate::model::{Kind, Resource};

/// The way on from an API destination.
pub(super) fn walk(shot: &Shot<'_, '_>, arn: Arn<'_>, trail: Trail) -> Vec<Trail> {
    let name = arn.resource.split('/').nth(1).unwrap_or_default();
    let ground = shot.ground;
    let sight = ground.seen().and_then(|seen| seen.destinations.get(name)).filter(|_| arn.is_on(ground));
    let is_ours = |one: &ObservedApiDestination| owner_of(one.description.as_deref()) == Some(ground.fleet);
    let trail = match ground.find((Kind::ApiDestination, name), sight, is_ours) {
        Ok(destination) => through(shot, name, destination, trail),
        Err(step) => trail.then("destination", name, step),
    };
    vec![trail.heard_by(Ear::Destination(name.to_owned()))]
}

fn through(shot: &Shot<'_, '_>, name: &str, destination: &ObservedApiDestination, trail: Trail) -> Trail {
    let connection = name_in(&destination.connection_arn).unwrap_or_default();
    if leads_to_earlier(shot, destination) {
        let why =
            "the target leads to an API destination that is gone, and another one has its name".to_owned();
        return trail.then("destination", name, Step::Stops(why));
    }
    trail
        .then("transformer", name, shot.transformer(|text| accepts(shot, destination, text)))
        .then("role", name, has_role(shot))
        .then("connection", connection, is_authorised(shot, connection, destination))
        .then("destination", name, is_as_wanted(shot, name, destination))
        .then("room", name, is_webhook(destination))
}

/// The ARN of a target is whole where the destination that it names was deleted.
fn leads_to_earlier(shot: &Shot<'_, '_>, destination: &ObservedApiDestination) -> bool {
    let target = shot.settings.arn.as_str();
    target != destination.arn && target != without_id(target)
}

/// EventBridge reaches an API destination only with a role (EventBridge user
/// guide, API destinations). What the role may do is not read.
fn has_role(shot: &Shot<'_, '_>) -> Step {
    shot.needed_role(Step::Stops(
        "the target has no role, and EventBridge posts to an API destination only with one".to_owned(),
    ))
}

fn is_as_wanted(shot: &Shot<'_, '_>, name: &str, observed: &ObservedApiDestination) -> Step {
    if observed.state != "ACTIVE" {
        return Step::Stops(format!("the API destination is {}", observed.state));
    }
    if observed.method != "POST" {
        return Step::Stops(format!("the API destination sends {} and not POST", observed.method));
    }
    match shot.ground.wanted(Kind::ApiDestination, name) {
        Some(Resource::ApiDestination(wanted)) if shot.ground.whose == Whose::Ours => {
            match &wanted.endpoint {
                Ok(endpoint) => carries(*endpoint == observed.endpoint, || {
                    "the API destination posts to another webhook than the pipeline's".to_owned()
                }),
                Err(why) => {
                    Step::Doubtful(format!("whether it posts to the pipeline's webhook is not known: {why}"))
                }
            }
        }
        _ => Step::Carries,
    }
}

fn is_authorised(shot: &Shot<'_, '_>, connection: &str, destination: &ObservedApiDestination) -> Step {
    let sight = shot.ground.seen().and_then(|seen| seen.connections.get(connection));
    // One of another name is not the fleet's, and may carry all the same.
    let is_wanted = shot.ground.wanted(Kind::Connection, connection).is_some();
    let ground = if is_wanted { *shot.ground } else { shot.ground.of_others() };
    let is_ours = |one: &ObservedConnection| owner_of(one.description.as_deref()) == Some(shot.ground.fleet);
    match ground.find((Kind::Connection, connection), sight, is_ours) {
        Ok(observed) if !destination.is_bound_to(observed) => Step::Stops(
            "the API destination belongs to a connection that is gone, and another one has its name"
                .to_owned(),
        ),
        Ok(observed) => carries(observed.state == "AUTHORIZED", || {
            let reason = observed.state_reason.clone().unwrap_or_default();
            format!("the connection is {} {reason}", observed.state).trim_end().to_owned()
        }),
        Err(step) => step,
    }
}

fn is_webhook(destination: &ObservedApiDestination) -> Step {
    match WebhookUrl::parse(&destination.endpoint) {
        Ok(_) => Step::Carries,
        Err(error) => Step::Stops(format!("the webhook can't be one: {error}")),
    }
}

/// What the room behind the webhook says to a message, where the fleet or the
/// host tells which room it is.
fn accepts(shot: &Shot<'_, '_>, destination: &ObservedApiDestination, text: &str) -> Result<(), String> {
    let url = WebhookUrl::parse(&destination.endpoint).ok();
    let kind = match shot.end {
        Some(RouteEnd::Destination { room, .. }) => Some(*room),
        _ => url.as_ref().and_then(WebhookUrl::kind_hint),
    };
    let told = |accepted: Result<(), crate::events::accept::Refusal>| {
        accepted.map_err(|refusal| format!("the message {refusal}"))
    };
    match kind {
        Some(RoomService::Slack) => told(slack_webhook_accepts(text)),
        Some(RoomService::GoogleChat) => told(google_chat_accepts(text)),
        Some(RoomService::Teams) | None => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) => Ok(()),
            Err(_) => Err("the message is not JSON".to_owned()),
        },
    }
}
