use super::*;

const READ: Target<'static> = Target {
    account: "111111111111",
    region: "eu-west-1",
    service: "ecs",
    operation: "ListServices",
    is_write: false,
};
const WRITE: Target<'static> = Target { operation: "UpdateService", is_write: true, ..READ };

#[test]
fn a_fault_spoils_only_the_calls_it_names_and_only_so_many() {
    let faults = Faults::default();
    let fault = Fault::new(Effect::Throttle).account("111111111111").region("eu-west-1");
    faults.add(fault.service("ecs").operation("ListServices").times(2));

    let effect = |target: Target<'_>| faults.judge(&target).effect;
    assert_eq!(effect(Target { account: "2", ..READ }), None);
    assert_eq!(effect(Target { region: "us-east-1", ..READ }), None);
    assert_eq!(effect(Target { service: "events", ..READ }), None);
    assert_eq!(effect(Target { operation: "ListClusters", ..READ }), None);
    assert_eq!(effect(READ), Some(Effect::Throttle));
    assert_eq!(effect(READ), Some(Effect::Throttle));
    assert_eq!(effect(READ), None);
}

#[test]
fn latencies_add_up_and_the_first_other_effect_decides() {
    let faults = Faults::default();
    let second = Duration::from_secs(1);
    faults.set_latency(second);
    faults.add(Fault::new(Effect::Latency(second)));
    faults.add(Fault::new(Effect::Hang).times(1));
    faults.add(Fault::new(Effect::Reset).times(1));

    let first = faults.judge(&READ);
    assert_eq!((first.latency, first.effect), (second * 2, Some(Effect::Hang)));
    assert_eq!(faults.judge(&READ).effect, Some(Effect::Reset));
    assert_eq!(faults.judge(&READ).effect, None);
}

#[test]
fn a_controller_killed_before_the_effect_loses_that_write_and_all_that_follows() {
    let faults = Faults::default();
    faults.kill(Kill { at_write: 2, after_effect: false, manner: Manner::Refuse });
    assert_eq!(faults.judge(&WRITE).killed, None);
    assert_eq!(faults.judge(&READ).killed, None);
    assert!(!faults.has_killed());
    let dead = Some(Killed { done: false, manner: Manner::Refuse });
    assert_eq!(faults.judge(&WRITE).killed, dead);
    assert_eq!(faults.judge(&READ).killed, dead);
    assert!(faults.has_killed());
    faults.revive();
    assert_eq!(faults.judge(&WRITE).killed, None);
}

#[test]
fn a_controller_killed_after_the_effect_loses_only_the_answer_of_that_write() {
    let faults = Faults::default();
    faults.kill(Kill { at_write: 1, after_effect: true, manner: Manner::Hang });
    assert_eq!(faults.judge(&WRITE).killed, Some(Killed { done: true, manner: Manner::Hang }));
    assert_eq!(faults.judge(&WRITE).killed, Some(Killed { done: false, manner: Manner::Hang }));
}

#[test]
fn a_denial_by_a_service_control_policy_says_so() {
    let message = Denial::ServiceControlPolicy.message("arn:aws:sts::1:assumed-role/r/s", "ecs:ListServices");
    assert_eq!(
        message,
        "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ecs:ListServices on \
         resource: * with an explicit deny in a service control policy"
    );
}
