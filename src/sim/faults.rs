//! Scripted trouble.
//!
//! A [`Fault`] says which calls it spoils, how, and how many of them. All
//! matching latencies add up; of the other effects the one scripted first
//! decides. A [`Kill`] makes the world vanish for the caller at its n-th write.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The answer comes this much later.
    Latency(Duration),
    /// The service's own "too many requests".
    Throttle,
    /// The service's own "access denied".
    Deny(Denial),
    /// No answer ever comes, and nothing is done.
    Hang,
    /// The connection closes in the middle of an answer; nothing is done.
    Reset,
    /// The call is done, then the connection closes in the middle of the answer.
    LoseAnswer,
    /// HTTP 200 with a body that is no answer; nothing is done.
    Malformed,
    /// The service's own failure, with this HTTP status.
    ServerError(u16),
    /// A refusal of the test's choice.
    Error {
        /// The error code.
        code: String,
        /// The HTTP status.
        status: u16,
    },
}

/// Why the caller lacks a permission (IAM, "Troubleshoot access denied error
/// messages").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// No policy of the role allows the action.
    Identity,
    /// A service control policy denies it by name.
    ServiceControlPolicy,
    /// No service control policy allows it.
    NoServiceControlPolicy,
}

impl Denial {
    /// AWS's wording.
    pub fn message(self, principal: &str, action: &str) -> String {
        let reason = match self {
            Denial::Identity => {
                format!("because no identity-based policy allows the {action} action")
            }
            Denial::ServiceControlPolicy => "with an explicit deny in a service control policy".to_owned(),
            Denial::NoServiceControlPolicy => {
                format!("because no service control policy allows the {action} action")
            }
        };
        format!("User: {principal} is not authorized to perform: {action} on resource: * {reason}")
    }
}

/// One scripted fault. Whatever it does not name, it matches.
#[derive(Debug, Clone)]
pub struct Fault {
    effect: Effect,
    account: Option<String>,
    region: Option<String>,
    service: Option<String>,
    operation: Option<String>,
    remaining: Option<u64>,
}

impl Fault {
    /// A fault of every call, for good.
    pub fn new(effect: Effect) -> Fault {
        Fault { effect, account: None, region: None, service: None, operation: None, remaining: None }
    }

    /// Only calls of this account's credentials.
    pub fn account(mut self, id: &str) -> Fault {
        self.account = Some(id.to_owned());
        self
    }

    /// Only calls to this Region.
    pub fn region(mut self, region: &str) -> Fault {
        self.region = Some(region.to_owned());
        self
    }

    /// Only calls of this service, by the name before the colon in an IAM
    /// action (`ecs`, `cloudwatch`).
    pub fn service(mut self, service: &str) -> Fault {
        self.service = Some(service.to_owned());
        self
    }

    /// Only calls of this operation.
    pub fn operation(mut self, operation: &str) -> Fault {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Only the next `count` matching calls.
    pub fn times(mut self, count: u64) -> Fault {
        self.remaining = Some(count);
        self
    }

    fn matches(&self, target: &Target<'_>) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|name| name == is);
        self.remaining != Some(0)
            && fits(&self.region, target.region)
            && fits(&self.service, target.service)
            && fits(&self.operation, target.operation)
    }

    fn used(&mut self) {
        if let Some(remaining) = &mut self.remaining {
            *remaining -= 1;
        }
    }
}

/// A call, as far as faults choose by it.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The account whose credentials signed the call.
    pub account: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The name before the colon in an IAM action.
    pub service: &'a str,
    /// The operation.
    pub operation: &'a str,
    /// Whether the operation changes anything.
    pub is_write: bool,
}

/// The death of a controller at a write call, as the world sees it: from that
/// call on, nothing of it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill {
    /// The write call at which it dies, counted from 1.
    pub at_write: u64,
    /// Whether that call still takes effect, its answer lost.
    pub after_effect: bool,
    /// How the calls end.
    pub manner: Manner,
}

/// How the calls of a killed controller end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// They are never answered: the test drops the controller.
    Hang,
    /// They are refused with HTTP 400 and the code `Killed`, which no client
    /// retries: the controller runs to its end without touching anything.
    Refuse,
}

/// What is to happen to one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How long to wait first.
    pub latency: Duration,
    /// What then happens instead of the answer.
    pub effect: Option<Effect>,
    /// Set for a killed controller's call; it goes before `effect`.
    pub killed: Option<Killed>,
}

/// How a killed controller's call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Killed {
    /// Whether the call is done first.
    pub done: bool,
    /// How it ends.
    pub manner: Manner,
}

/// The script of a simulator.
#[derive(Debug, Default)]
pub struct Faults {
    script: Mutex<Script>,
}

#[derive(Debug, Default)]
struct Script {
    latency: Duration,
    everywhere: Vec<Fault>,
    by_account: BTreeMap<String, Vec<Fault>>,
    kill: Option<Kill>,
    writes: u64,
}

impl Faults {
    /// Adds a fault to the script.
    pub fn add(&self, fault: Fault) {
        let mut script = self.script();
        match fault.account.clone() {
            Some(account) => script.by_account.entry(account).or_default().push(fault),
            None => script.everywhere.push(fault),
        }
    }

    /// Takes every fault, latency and kill off the script.
    pub fn clear(&self) {
        *self.script() = Script::default();
    }

    /// Delays every answer.
    pub fn set_latency(&self, latency: Duration) {
        self.script().latency = latency;
    }

    /// Kills the controller at a write call; writes are counted from now.
    pub fn kill(&self, kill: Kill) {
        let mut script = self.script();
        script.kill = Some(kill);
        script.writes = 0;
    }

    /// Lets a killed controller's successor through.
    pub fn revive(&self) {
        self.script().kill = None;
    }

    /// Whether the scripted kill has happened.
    pub fn has_killed(&self) -> bool {
        let script = self.script();
        script.kill.is_some_and(|kill| script.writes >= kill.at_write)
    }

    /// Decides about one call, and counts it.
    pub fn judge(&self, target: &Target<'_>) -> Verdict {
        let mut script = self.script();
        let mut verdict = Verdict { latency: script.latency, ..Verdict::default() };
        verdict.killed = script.judge_kill(target.is_write);
        let Script { everywhere, by_account, .. } = &mut *script;
        let of_account = by_account.get_mut(target.account).into_iter().flatten();
        for fault in of_account.chain(everywhere).filter(|fault| fault.matches(target)) {
            match &fault.effect {
                Effect::Latency(more) => verdict.latency += *more,
                _ if verdict.effect.is_some() => continue,
                effect => verdict.effect = Some(effect.clone()),
            }
            fault.used();
        }
        verdict
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    fn judge_kill(&mut self, is_write: bool) -> Option<Killed> {
        let kill = self.kill?;
        let dead_before = self.writes >= kill.at_write;
        if is_write {
            self.writes += 1;
        }
        if self.writes < kill.at_write {
            return None;
        }
        let done = !dead_before && kill.after_effect;
        Some(Killed { done, manner: kill.manner })
    }
}

#[cfg(test)]
mod tests;
