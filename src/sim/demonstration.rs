//! The organisation of `foghorn demo`: four accounts in two Regions, each with
//! something that happens in real ones.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::call::{ApiError, Call};
use super::ecs::{self, Service};
use super::world::{Role, World};
use super::{chatbot, events, rooms, routing, sns};

/// The account whose breakers are off and which has no pipeline.
pub const DEV: &str = "111111111111";
/// The account in which a rule was disabled by hand.
pub const PROD: &str = "222222222222";
/// The account in which someone else has taken a topic's name.
pub const SHOP: &str = "333333333333";
/// The account that lets nobody in.
pub const VAULT: &str = "444444444444";
/// The Region of the story.
pub const REGION: &str = "ap-northeast-2";
/// The other Region.
const OTHER_REGION: &str = "eu-west-1";
/// The Slack workspace.
pub const WORKSPACE: &str = "T0ACME001";
/// The Slack channel.
pub const CHANNEL: &str = "C0DEPLOYS";
/// What the member roles ask for.
const EXTERNAL_ID: &str = "fog-over-the-bay";

/// Fills the world.
///
/// # Errors
///
/// If a service refuses what is put there by hand.
pub fn fill(world: &mut World, now: OffsetDateTime) -> Result<(), ApiError> {
    for (id, name) in [(DEV, "dev"), (PROD, "prod"), (SHOP, "shop")] {
        world.add_account(id, name, "foghorn", Some(EXTERNAL_ID));
        bootstrap(world, id);
        add_services(world, id);
    }
    // The bootstrap stack has not been rolled out here: nobody can get in.
    world.add_account(VAULT, "vault", "somebody-elses", None);
    disable_a_rule(world, now)?;
    take_a_name(world, now)
}

/// Lets a deployment fail in ECS and carries the event to wherever it goes.
///
/// # Errors
///
/// If the service does not exist.
pub fn fail_deployment(
    world: &mut World,
    place: (&str, &str),
    service: (&str, &str),
    reason: &str,
    now: OffsetDateTime,
) -> Result<Value, ApiError> {
    let ((account, region), (cluster, service)) = (place, service);
    let event = ecs::fail_deployment(world, account, region, cluster, service, reason, now)?;
    routing::publish_event(world, account, region, &event, now);
    Ok(event)
}

/// The demo's room as text.
pub fn room(world: &World) -> String {
    match world.rooms.get(WORKSPACE, CHANNEL) {
        Some(room) => rooms::render_room(room),
        None => format!("channel {CHANNEL}\n  no messages\n"),
    }
}

fn bootstrap(world: &mut World, account: &str) {
    if let Some(account) = world.accounts.get_mut(account) {
        for role in ["foghorn-chat", "foghorn-invoke", "foghorn-forward", "foghorn-notifier"] {
            account.roles.insert(role.to_owned(), Role::default());
        }
    }
    chatbot::authorise_workspace(world, account, WORKSPACE, "acme");
}

fn add_services(world: &mut World, account: &str) {
    let home = &mut world.region(account, REGION).ecs;
    home.add_service("prod", Service::named("api").breaker(true, true));
    home.add_service("prod", Service::named("web"));
    home.add_service("prod", Service::named("search").breaker(true, false));
    if account == DEV {
        home.add_service("prod", Service::named("checkout").strategy("BLUE_GREEN"));
    }
    home.add_service("batch", Service::named("nightly"));
    let away = &mut world.region(account, OTHER_REGION).ecs;
    away.add_service("prod", Service::named("edge").breaker(true, true));
    away.add_service("prod", Service::named("legacy").code_deploy());
}

/// A rule of this fleet that a person disabled, long before the demo.
fn disable_a_rule(world: &mut World, now: OffsetDateTime) -> Result<(), ApiError> {
    let input = json!({
        "Name": "foghorn-deploys",
        "State": "DISABLED",
        "EventPattern": json!({
            "source": ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change"],
            "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] }
        }).to_string(),
        "Tags": [{ "Key": "foghorn.dev/fleet", "Value": "acme" }],
    });
    events::call(world, &by_hand(PROD, "PutRule", &input, now)).map(drop)
}

/// A topic of someone else, under a name that the fleet needs.
fn take_a_name(world: &mut World, now: OffsetDateTime) -> Result<(), ApiError> {
    let input = json!({ "Name": "foghorn-deploys" });
    let call = Call { region: OTHER_REGION, ..by_hand(SHOP, "CreateTopic", &input, now) };
    sns::call(world, &call).map(drop)
}

/// A call that a person makes in the console.
fn by_hand<'a>(account: &'a str, operation: &'a str, input: &'a Value, now: OffsetDateTime) -> Call<'a> {
    Call {
        account,
        region: REGION,
        principal: "arn:aws:iam::999999999999:user/somebody",
        operation,
        input,
        now,
    }
}
