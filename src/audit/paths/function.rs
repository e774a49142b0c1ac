//! From a target or a topic through a function to the room that it tells.

use serde_json::Value;

use super::super::webhooks::{of_secret, settings};
use super::access::{Request, judge};
use super::ground::Whose;
use super::target::{Arn, Shot};
use super::trail::{Ear, Step, Trail, carries};
use crate::model::function::ObservedFunction;
use crate::model::{Kind, Resource};

/// The service that SNS calls itself in policies.
const SNS: &str = "sns.amazonaws.com";

/// The way on from a target that is a function.
pub(super) fn walk(shot: &Shot<'_, '_>, arn: Arn<'_>, trail: Trail) -> Vec<Trail> {
    let trail = trail.then("transformer", arn.resource, shot.transformer(|text| takes(shot, text)));
    let request = Request::from_sender(shot, "lambda:InvokeFunction", &shot.settings.arn);
    vec![through(shot, arn, &request, trail)]
}

/// The notifier takes events; what a function of others takes nobody can see.
fn takes(shot: &Shot<'_, '_>, text: &str) -> Result<(), String> {
    if shot.ground.whose == Whose::Anybodys || is_event(text) {
        return Ok(());
    }
    Err("what the target sends is no event, which the notifier does not take".to_owned())
}

/// Whether a text has the three fields that make an event (Amazon EventBridge
/// user guide, event structure).
fn is_event(text: &str) -> bool {
    let event: Value = serde_json::from_str(text).unwrap_or_default();
    event["source"].is_string() && event["detail-type"].is_string() && event["detail"].is_object()
}

/// The way on from a topic to which a function is subscribed.
pub(super) fn from_topic(shot: &Shot<'_, '_>, endpoint: &str, trail: Trail) -> Vec<Trail> {
    let Some(arn) = Arn::parse(endpoint) else { return Vec::new() };
    let request = Request::from_service(
        SNS,
        "lambda:InvokeFunction",
        endpoint,
        shot.settings.arn.clone(),
        shot.ground.account.as_str(),
    );
    vec![through(shot, arn, &request, trail)]
}

fn through(shot: &Shot<'_, '_>, arn: Arn<'_>, request: &Request, trail: Trail) -> Trail {
    let ground = shot.ground;
    // A version or an alias may stand after the name.
    let name = arn.resource.trim_start_matches("function:").split(':').next().unwrap_or_default();
    let heard_by = Ear::Function(name.to_owned());
    if !arn.is_on(ground) {
        let why = "the function is in another account or Region and was not read".to_owned();
        return trail.then("function", name, Step::Doubtful(why)).heard_by(heard_by);
    }
    let sight = ground.seen().and_then(|seen| seen.functions.get(name));
    let trail = match ground.find((Kind::Function, name), sight, |function| ground.owns(&function.tags)) {
        Ok(function) => trail
            .then("function", name, runs(function))
            .then("functionPolicy", name, lets_in(shot, name, function, request))
            .then("room", name, knows_its_room(shot, name, function)),
        Err(step) => trail.then("function", name, step),
    };
    trail.heard_by(heard_by)
}

fn runs(function: &ObservedFunction) -> Step {
    let reason = || function.state_reason.clone().unwrap_or_default();
    let state = function.state.as_deref().unwrap_or("Active");
    // An inactive function was idle for long and wakes when it is invoked
    // (Lambda developer guide, function states).
    if state == "Failed" {
        return Step::Stops(format!("the function is {state}: {}", reason()));
    }
    if function.reserved_concurrency == Some(0) {
        return Step::Stops("the function's reserved concurrency is 0, which stops it".to_owned());
    }
    carries(function.last_update.as_deref() != Some("Failed"), || {
        format!("the function's last update failed: {}", reason())
    })
}

fn lets_in(shot: &Shot<'_, '_>, name: &str, function: &ObservedFunction, request: &Request) -> Step {
    let wanted = match shot.ground.wanted(Kind::Function, name) {
        Some(Resource::Function(function)) => Some(&function.policy),
        _ => None,
    };
    judge(function.policy.as_ref(), wanted, request, "the function's policy does not let this in")
}

/// Whether the notifier is set to this pipeline's room, and its webhook can be
/// one. What a function of others does nobody can see.
fn knows_its_room(shot: &Shot<'_, '_>, name: &str, function: &ObservedFunction) -> Step {
    if shot.ground.whose == Whose::Anybodys {
        return Step::Carries;
    }
    let Some(Resource::Function(wanted)) = shot.ground.wanted(Kind::Function, name) else {
        return Step::Carries;
    };
    let observed = settings(&function.settings.environment);
    match &observed {
        Some(settings_now) if observed == settings(&wanted.settings.environment) => {
            match of_secret(shot.ground.seen(), settings_now) {
                None => Step::Unseen,
                Some(Err(why)) => Step::Stops(why),
                Some(Ok(())) => Step::Carries,
            }
        }
        _ => Step::Stops("the function is not set to the pipeline's room".to_owned()),
    }
}
