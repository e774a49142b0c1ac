//! Who can sign calls: users with long-lived keys, and sessions of roles.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

/// The partition of a Region: China and GovCloud have their own ARNs.
pub fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// Someone who can sign calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The 12-digit account.
    pub account: String,
    /// The user or the session of a role.
    pub kind: Kind,
}

/// The kinds of callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A user with a long-lived key.
    User {
        /// The user's name.
        name: String,
    },
    /// A session of a role.
    Session {
        /// The role's name.
        role: String,
        /// The session's name.
        name: String,
        /// The token that must come with the access key.
        token: String,
        /// When the session ends.
        expires: OffsetDateTime,
        /// The partition in which the session was made.
        partition: &'static str,
    },
}

impl Caller {
    /// The caller's ARN, as a Region's partition writes it.
    pub fn arn(&self, region: &str) -> String {
        let (partition, account) = (partition(region), &self.account);
        match &self.kind {
            Kind::User { name } => format!("arn:{partition}:iam::{account}:user/{name}"),
            Kind::Session { role, name, .. } => {
                format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}")
            }
        }
    }
}

/// What AssumeRole gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key: String,
    /// The secret key, which the simulator never checks.
    pub secret_key: String,
    /// The session token.
    pub token: String,
}

/// All callers by access key id.
#[derive(Debug, Default)]
pub struct State {
    callers: BTreeMap<String, Arc<Caller>>,
    issued: u64,
}

/// Sessions are swept each time this many were made.
const SWEEP_EVERY: u64 = 1024;

impl State {
    /// Makes a user with a long-lived key.
    pub fn add_user(&mut self, access_key: &str, account: &str, name: &str) {
        let caller = Caller { account: account.to_owned(), kind: Kind::User { name: name.to_owned() } };
        self.callers.insert(access_key.to_owned(), Arc::new(caller));
    }

    /// Makes a session of a role that ends at `expires`.
    pub fn add_session(
        &mut self,
        account: &str,
        role: &str,
        name: &str,
        partition: &'static str,
        (now, expires): (OffsetDateTime, OffsetDateTime),
    ) -> Credentials {
        self.issued += 1;
        if self.issued.is_multiple_of(SWEEP_EVERY) {
            self.sweep(now);
        }
        let number = self.issued;
        let credentials = Credentials {
            access_key: format!("ASIA{number:016}"),
            secret_key: format!("simulated-secret-{number}"),
            token: format!("simulated-session-token-{number}"),
        };
        let caller = Caller {
            account: account.to_owned(),
            kind: Kind::Session {
                role: role.to_owned(),
                name: name.to_owned(),
                token: credentials.token.clone(),
                expires,
                partition,
            },
        };
        self.callers.insert(credentials.access_key.clone(), Arc::new(caller));
        credentials
    }

    /// The caller of an access key id.
    pub fn find(&self, access_key: &str) -> Option<Arc<Caller>> {
        self.callers.get(access_key).cloned()
    }

    /// Ends every session now, as time would.
    pub fn expire_sessions(&mut self) {
        for caller in self.callers.values_mut() {
            if let Kind::Session { expires, .. } = &mut Arc::make_mut(caller).kind {
                *expires = OffsetDateTime::UNIX_EPOCH;
            }
        }
    }

    /// Forgets the sessions that ended an hour ago or earlier; until then they
    /// are remembered, and refused as expired.
    fn sweep(&mut self, now: OffsetDateTime) {
        self.callers.retain(|_, caller| match &caller.kind {
            Kind::User { .. } => true,
            Kind::Session { expires, .. } => *expires + time::Duration::HOUR > now,
        });
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_region_decides_the_partition() {
        assert_eq!(partition("eu-west-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }

    #[test]
    fn every_session_has_its_own_key_and_long_dead_ones_are_forgotten() {
        let mut state = State::default();
        let now = datetime!(2026-11-21 09:00 UTC);
        let first = state.add_session("1", "r", "s", "aws", (now, now + Duration::HOUR));
        let second = state.add_session("1", "r", "s", "aws", (now, now + Duration::HOUR));
        assert_ne!(first.access_key, second.access_key);
        let later = now + Duration::HOUR * 3;
        for _ in 0..SWEEP_EVERY {
            state.add_session("1", "r", "s", "aws", (later, later + Duration::HOUR));
        }
        assert_eq!(state.find(&first.access_key), None);
    }
}
