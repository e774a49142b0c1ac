//! The contract of a pipeline's resources with an AWS that others wrote:
//! ministack, `pip install ministack cbor2`, which has everything but AWS
//! Chatbot.
//!
//! A custom bus is left out: ministack takes the `Policy` of PutPermission and
//! keeps none of it.
//!
//! Runs where `FOGHORN_MINISTACK_URL` says where it listens. With
//! `FOGHORN_REQUIRE_EMULATORS=1` not to say so is a failure.

mod pipeline;

use std::env;
use std::time::Duration;

use foghorn::aws::{AccountDoor, Aws, Options};
use pipeline::{ACCOUNT, account, contract, process};
use time::OffsetDateTime;

/// Where ministack listens.
const URL: &str = "FOGHORN_MINISTACK_URL";

/// Set where a missing emulator is a failure.
const REQUIRED: &str = "FOGHORN_REQUIRE_EMULATORS";

async fn door(url: String) -> AccountDoor {
    let options = Options {
        endpoint_url: Some(url),
        access: None,
        calls_in_flight: 16,
        call_timeout: Duration::from_secs(20),
    };
    Aws::connect(options).await.expect("an endpoint").account(&account())
}

/// A name that no earlier run used: ministack remembers.
fn fresh_name() -> String {
    format!("foghorn-{}", OffsetDateTime::now_utc().unix_timestamp_nanos())
}

/// Plays a scenario there. The access key is the account (ministack's manual).
fn with_ministack(test: &str, scenario: impl AsyncFnOnce(AccountDoor, String)) {
    match env::var(URL) {
        Ok(url) => {
            process::play(test, ACCOUNT, "none", async { scenario(door(url).await, fresh_name()).await })
        }
        Err(_) if env::var(REQUIRED).is_ok_and(|value| value == "1") => {
            panic!("{REQUIRED}=1, but {URL} does not say where ministack listens")
        }
        Err(_) => eprintln!("{test}: not played, because {URL} does not say where ministack listens"),
    }
}

macro_rules! contract {
    ($($test:ident: $scenario:ident,)*) => {$(
        #[test]
        fn $test() {
            with_ministack(stringify!($test), async |door, name| contract::$scenario(&door, &name).await);
        }
    )*};
}

contract! {
    a_queue_is_seen_as_it_was_written: a_queue,
    a_topic_is_seen_as_it_was_written: a_topic,
    a_rule_is_seen_as_it_was_written: a_rule,
    a_target_is_seen_as_it_was_written: a_target,
    an_alarm_is_seen_as_it_was_written: an_alarm,
    a_destination_is_seen_as_it_was_written: a_destination,
    a_function_is_seen_as_it_was_written: a_function,
    what_the_fleet_owns_is_deleted: deletes,
}
