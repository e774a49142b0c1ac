//! The notifier: the function that posts what a pipeline heard to its room.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::account::AccountId;

/// What a notifier reads from its environment variable [`Settings::VARIABLE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// The pipeline's name.
    pub pipeline: String,
    /// Which service the room belongs to.
    pub room: RoomService,
    /// The name or the ARN of the secret that holds the webhook.
    pub secret: String,
    /// What people call the accounts that events come from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: AccountNames,
}

/// What people call accounts, by id.
pub type AccountNames = BTreeMap<AccountId, AccountName>;

/// What people call an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountName {
    /// The name.
    pub name: String,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// The services whose rooms a notifier can post to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RoomService {
    /// A Slack channel.
    Slack,
    /// A Google Chat space.
    GoogleChat,
    /// A Microsoft Teams channel.
    Teams,
}

/// The processors that Lambda has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// 64-bit Intel and AMD.
    #[serde(rename = "x86_64")]
    X86,
    /// 64-bit ARM, which Lambda calls Graviton.
    Arm64,
}

impl Settings {
    /// The environment variable that holds the settings as JSON.
    pub const VARIABLE: &'static str = "FOGHORN_SETTINGS";

    /// The file beside the program that holds [`AccountNames`] as JSON, for
    /// more accounts than an environment has room for: 4 KB in all (AWS
    /// Lambda developer guide, quotas).
    pub const ACCOUNTS_FILE: &'static str = "accounts.json";

    /// The settings as the environment variable holds them: the same settings
    /// are always the same text.
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

/// Names as [`Settings::ACCOUNTS_FILE`] holds them: the same names are always
/// the same text.
pub fn accounts_json(accounts: &AccountNames) -> String {
    to_json(accounts)
}

/// Texts in maps keyed by text can't fail to be written.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl RoomService {
    /// The service as settings name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::GoogleChat => "googleChat",
            Self::Teams => "teams",
        }
    }
}

impl Architecture {
    /// The processor as Lambda names it (service model, `Architecture`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

impl fmt::Display for RoomService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Slack => "Slack",
            Self::GoogleChat => "Google Chat",
            Self::Teams => "Microsoft Teams",
        })
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_room_is_written_as_in_the_fleet_file() {
        for (room, written) in [
            (RoomService::Slack, "slack"),
            (RoomService::GoogleChat, "googleChat"),
            (RoomService::Teams, "teams"),
        ] {
            assert_eq!(serde_json::to_value(room).ok(), Some(written.into()));
            assert_eq!(serde_json::from_value::<RoomService>(written.into()).ok(), Some(room));
        }
    }

    fn settings() -> Settings {
        let dev = AccountName {
            name: "dev".into(),
            labels: BTreeMap::from([("team".to_owned(), "web".to_owned())]),
        };
        Settings {
            pipeline: "deploys".into(),
            room: RoomService::GoogleChat,
            secret: "foghorn/google-chat".into(),
            accounts: BTreeMap::from([("111111111111".parse().unwrap(), dev)]),
        }
    }

    #[test]
    fn settings_have_the_form_that_a_function_on_the_ground_reads() {
        let written: serde_json::Value = serde_json::from_str(&settings().to_json()).unwrap();
        let expected = json!({
            "pipeline": "deploys", "room": "googleChat", "secret": "foghorn/google-chat",
            "accounts": { "111111111111": { "name": "dev", "labels": { "team": "web" } } }
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_setting_that_is_not_known_is_refused() {
        let text = settings().to_json().replacen("{\"pipeline\"", "{\"chanel\":1,\"pipeline\"", 1);
        let error = serde_json::from_str::<Settings>(&text).unwrap_err();
        assert!(error.to_string().contains("chanel"), "{error}");
    }

    #[test]
    fn names_in_settings_are_the_names_in_prose() {
        for room in [RoomService::Slack, RoomService::GoogleChat, RoomService::Teams] {
            assert_eq!(json!(room), room.as_str());
        }
        for architecture in [Architecture::X86, Architecture::Arm64] {
            assert_eq!(json!(architecture), architecture.as_str());
        }
    }

    proptest! {
        #[test]
        fn settings_come_back_as_they_were_written(
            pipeline in ".*", secret in ".*", name in ".*", labels in proptest::collection::btree_map(".*", ".*", 0..3),
        ) {
            let accounts = BTreeMap::from([("000000000001".parse().unwrap(), AccountName { name, labels })]);
            let settings = Settings { pipeline, secret, room: RoomService::Teams, accounts };
            prop_assert_eq!(serde_json::from_str::<Settings>(&settings.to_json()).unwrap(), settings);
        }
    }
}
