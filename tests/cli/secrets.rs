//! No secret is ever shown, however much is asked for.

use foghorn::sim::faults::{Effect, Fault};
use foghorn::sim::simulator::MANAGEMENT_ACCOUNT;
use time::{Duration, OffsetDateTime};

use super::support::{DEV, PIPELINE, PROD, Run, SEOUL, Stage, bootstrapped};

const EXTERNAL_ID: &str = "external-id-7f0c9d";

/// Two accounts of which one asks for another external id, one Region that
/// fails in several ways, and a caller with a session of its own.
fn stage() -> Stage {
    let stage = Stage::new(|world| {
        for (id, name, external_id) in [(DEV, "dev", EXTERNAL_ID), (PROD, "prod", "another")] {
            bootstrapped(world, id, name);
            let roles = &mut world.accounts.entry(id.to_owned()).or_default().roles;
            roles.get_mut("foghorn").expect("the role").external_id = Some(external_id.to_owned());
        }
    });
    let expired = Effect::Error { code: "ExpiredTokenException".to_owned(), status: 400 };
    stage.simulator.faults.add(Fault::new(expired).account(DEV).region(SEOUL).service("events"));
    stage.simulator.faults.add(Fault::new(Effect::Malformed).account(DEV).service("sqs").times(2));
    stage
}

fn fleet() -> String {
    let one = "    - { id: \"111111111111\", name: dev }\n";
    let two = format!("{one}    - {{ id: \"222222222222\", name: prod }}\n");
    let access = format!("roleName: foghorn, externalId: {EXTERNAL_ID}");
    PIPELINE.replace(one, &two).replace("roleName: foghorn", &access)
}

#[test]
fn no_secret_is_in_any_output_however_verbose() {
    let stage = stage();
    let now = OffsetDateTime::now_utc();
    let session = stage.simulator.with_world(|world| {
        world.identity.add_session(MANAGEMENT_ACCOUNT, "admin", "me", "aws", (now, now + Duration::HOUR))
    });
    // The prefixes that all the simulator's secrets share.
    let secrets = ["wJalrXUtnFEMI", "simulated-secret", "simulated-session-token", EXTERNAL_ID];
    for (arguments, log) in [
        (&["plan", "-vv"][..], None),
        (&["plan", "-vv", "-o", "json", "--log-format", "json"], None),
        (&["apply", "--yes", "-vv"], None),
        (&["plan"], Some("trace")),
        (&["validate", "-vv"], None),
        (&["bootstrap"], None),
    ] {
        let mut command = stage.command(&fleet(), arguments);
        command
            .env("AWS_ACCESS_KEY_ID", &session.access_key)
            .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            .env("AWS_SESSION_TOKEN", &session.token);
        command.envs(log.map(|filter| ("FOGHORN_LOG", filter)));
        let run = Run::of(command.output().expect("the binary runs"));
        assert!(run.code != 1, "{}", run.stderr);
        let is_verbose = arguments.contains(&"-vv") && arguments[0] != "validate";
        assert!(!(is_verbose || log.is_some()) || run.stderr.contains("AssumeRole"), "{}", run.stderr);
        let all = format!("{}{}", run.stdout, run.stderr);
        for secret in secrets {
            let place = all.lines().find(|line| line.contains(secret));
            assert_eq!(place, None, "{secret} with {arguments:?}");
        }
    }
}
