//! Accounts: the unit of reconciliation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::region::{Partition, Region};

/// A 12-digit AWS account id. It is text, not a number: ids may begin with 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountId(String);

/// Why a text is not an account id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an account id: it must be exactly 12 digits")]
pub struct InvalidAccountId(pub String);

impl AccountId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAccountId(text.to_owned()))
        }
    }
}

impl Default for AccountId {
    /// Twelve zeros, which is nobody's.
    fn default() -> Self {
        Self("000000000000".to_owned())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AccountIdVisitor)
    }
}

/// Reads an account id, and explains the number that YAML makes of one that
/// stands without quotes.
struct AccountIdVisitor;

impl serde::de::Visitor<'_> for AccountIdVisitor {
    type Value = AccountId;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a 12-digit account id in quotes")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<AccountId, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<AccountId, E> {
        Err(E::custom(unquoted(&number.to_string())))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<AccountId, E> {
        Err(E::custom(unquoted(&number.to_string())))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<AccountId, E> {
        Err(E::custom(unquoted(&number.to_string())))
    }
}

fn unquoted(number: &str) -> String {
    format!(
        "YAML reads {number} as a number, and would drop or change leading zeros: put the account id in quotes"
    )
}

impl schemars::JsonSchema for AccountId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AccountId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]{12}$",
            "description": "A 12-digit AWS account id, in quotes.",
            "examples": ["111111111111"]
        })
    }
}

/// An account of the fleet with everything resolved: its own Regions or the
/// fleet's, its labels from the file or from the organisation's tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// The name that people know it by.
    pub name: String,
    /// What selectors match on.
    pub labels: BTreeMap<String, String>,
    /// The Regions to look at, sorted, at least one, all of one partition.
    pub regions: Vec<Region>,
}

impl Account {
    /// The partition that the account lives in.
    pub fn partition(&self) -> Partition {
        self.regions.first().map_or(Partition::Aws, Region::partition)
    }
}
