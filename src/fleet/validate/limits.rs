//! How much at a time, and how long.

use std::time::Duration;

use super::Verdict;
use crate::fleet::spec::Limits;

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60 * 60);

pub(super) fn check(limits: &Limits, verdict: &mut Verdict) {
    let Limits { accounts_in_flight, calls_in_flight, account_timeout, call_timeout } = limits;
    for (field, count) in [("accountsInFlight", accounts_in_flight), ("callsInFlight", calls_in_flight)] {
        if *count == 0 {
            verdict.error(format!("spec.limits.{field}"), "with 0 nothing would ever be done: at least 1");
        }
    }
    for (field, timeout) in [("accountTimeout", account_timeout), ("callTimeout", call_timeout)] {
        if !(SHORTEST..=LONGEST).contains(timeout) {
            let shown = humantime::format_duration(*timeout);
            verdict.error(format!("spec.limits.{field}"), format!("{shown} is not between 1s and 1h"));
        }
    }
    if account_timeout < call_timeout {
        let shown = [account_timeout, call_timeout].map(|timeout| humantime::format_duration(*timeout));
        verdict.error(
            "spec.limits.accountTimeout",
            format!("{} is shorter than callTimeout, {}: an account takes many calls", shown[0], shown[1]),
        );
    }
}
