//! Patterns of ARNs.

use std::collections::BTreeSet;

use crate::model::{AccountId, Partition};

/// Of which partitions and account patterns are made.
#[derive(Debug, Clone)]
pub(super) struct Arns {
    /// The partitions of the accounts.
    pub partitions: BTreeSet<Partition>,
    /// The account; `None` for any, where there are several. A role's own policy
    /// opens nothing in other accounts that they do not open themselves.
    pub account: Option<AccountId>,
}

impl Arns {
    /// The patterns of a resource in every partition; a `*` in place of the Region.
    pub fn regional(&self, service: &str, resource: &str) -> Vec<String> {
        self.each(|partition, account| format!("arn:{partition}:{service}:*:{account}:{resource}"))
    }

    /// The patterns of a resource that knows no Region.
    pub fn global(&self, service: &str, resource: &str) -> Vec<String> {
        self.each(|partition, account| format!("arn:{partition}:{service}::{account}:{resource}"))
    }

    /// The patterns of a secret that is given by its name or ARN. Secrets Manager
    /// ends the ARN of a secret with a hyphen and six characters of its own
    /// (Secrets Manager user guide, permissions policy examples).
    pub fn secret(&self, given: &str) -> Vec<String> {
        match given.starts_with("arn:") {
            true if is_complete(given) => vec![given.to_owned()],
            true => vec![format!("{given}-??????")],
            false => self.regional("secretsmanager", &format!("secret:{given}-??????")),
        }
    }

    fn each(&self, pattern: impl Fn(Partition, &str) -> String) -> Vec<String> {
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        self.partitions.iter().map(|partition| pattern(*partition, account)).collect()
    }
}

/// Whether the ARN of a secret ends as Secrets Manager ends it.
fn is_complete(arn: &str) -> bool {
    let suffix = arn.rsplit_once('-').map_or("", |(_, suffix)| suffix);
    suffix.len() == 6 && suffix.chars().all(|letter| letter.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_bounded_by_its_whole_name() {
        let arns = Arns { partitions: [Partition::Aws].into(), account: "111111111111".parse().ok() };
        let named = "arn:aws:secretsmanager:*:111111111111:secret:foghorn/slack-??????";
        let whole = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:foghorn/slack-AbCdEf";
        let partial = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:foghorn/slack";
        for (given, expected) in
            [("foghorn/slack", named), (whole, whole), (partial, &*format!("{partial}-??????"))]
        {
            assert_eq!(arns.secret(given), [expected]);
        }
    }
}
