//! A first fleet file, with comments, from the answers to a few questions.

use std::fmt::Write;

use crate::model::{AccountId, EventFamily, Region};

/// What a first fleet file is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The fleet's name.
    pub name: String,
    /// Which accounts it is about.
    pub accounts: Accounts,
    /// The role to assume in them; `None` for the caller's own credentials.
    pub access: Option<Access>,
    /// Their Regions.
    pub regions: Vec<Region>,
    /// What people shall hear of.
    pub events: Vec<EventFamily>,
    /// How it reaches them.
    pub room: Room,
}

/// How Foghorn gets into the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The role's name.
    pub role_name: String,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
}

/// Which accounts a fleet is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// These, each with the name that people know it by.
    Listed(Vec<(AccountId, Option<String>)>),
    /// All of the organisation, or of these roots and organisational units.
    Organization(Vec<String>),
}

/// A way to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// AWS Chatbot to a Slack channel.
    ChatbotSlack {
        /// The workspace's id.
        workspace: String,
        /// The channel's id.
        channel: String,
    },
    /// AWS Chatbot to a Microsoft Teams channel.
    ChatbotTeams {
        /// The tenant's id.
        tenant: String,
        /// The team's id.
        team: String,
        /// The channel's id.
        channel: String,
    },
    /// A webhook.
    Webhook {
        /// What posts to it.
        by: Carrier,
        /// The room's member in the fleet file, `googleChat` say.
        service: &'static str,
        /// The secret in AWS Secrets Manager that holds its URL.
        secret: String,
    },
}

/// What posts to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// EventBridge by itself.
    ApiDestination,
    /// Foghorn's notifier.
    Lambda,
}

/// The text of a fleet file that people will read, and change. `file` is what
/// they will call it.
pub fn text(answers: &Answers, file: &str) -> String {
    let mut text = head(file);
    // Writing to a text can't fail.
    let _ = write!(
        text,
        "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata:\n  \
         # The owner tag of all that Foghorn makes. Another name gives all of that up.\n  name: {}\nspec:\n",
        quoted(&answers.name)
    );
    text.push_str(&access(answers.access.as_ref()));
    let regions: Vec<&str> = answers.regions.iter().map(|region| region.as_str()).collect();
    let _ = writeln!(text, "  regions: [{}]", regions.join(", "));
    text.push_str(&accounts(&answers.accounts));
    text.push_str(BREAKERS);
    text.push_str(&pipeline(answers));
    text.push_str(STORE);
    text
}

const BREAKERS: &str = "\n  # A service whose circuit breaker is off neither rolls back nor tells anybody.\n  \
     breakers:\n    require: { enable: true, rollback: true }\n    \
     remediate: false # true: `foghorn apply` switches them on, where that is safe\n";

const STORE: &str = "\n  # Where reports and the lock of runs that write are kept. Absent: .foghorn, in the folder where it runs.\n  \
     # store: s3://bucket/prefix\n";

fn head(file: &str) -> String {
    format!(
        "# What Foghorn sees to. `foghorn schema` prints everything that may stand here.\n#\n\
         # Next:\n\
         #   foghorn validate -f {file}\n\
         #   foghorn bootstrap -f {file} > roles.yaml # the roles that every account needs once\n\
         #   foghorn test-event -f {file} --sample all # what would be heard, and by whom; asks nothing of AWS\n\
         #   foghorn plan -f {file} # looks at everything, and writes nothing\n\
         #   foghorn apply -f {file}\n"
    )
}

fn access(access: Option<&Access>) -> String {
    let Some(access) = access else {
        return "  # Without `access` the caller's own credentials are used, which must be this account's.\n"
            .to_owned();
    };
    let mut text = format!(
        "  access:\n    roleName: {} # assumed in every account; the bootstrap stack makes it\n",
        quoted(&access.role_name)
    );
    match &access.external_id {
        Some(id) => {
            let _ = writeln!(text, "    externalId: {}", quoted(id));
        }
        None => text.push_str("    # externalId: \"…\" # if the role's trust policy asks for one\n"),
    }
    text
}

fn accounts(accounts: &Accounts) -> String {
    match accounts {
        Accounts::Listed(listed) => {
            let entry = |(id, name): &(AccountId, Option<String>)| match name {
                Some(name) => format!("    - {{ id: \"{id}\", name: {} }}\n", quoted(name)),
                None => format!("    - {{ id: \"{id}\" }}\n"),
            };
            let entries: String = listed.iter().map(entry).collect();
            format!("  accounts: # ids in quotes: YAML makes numbers of them otherwise\n{entries}")
        }
        Accounts::Organization(units) => {
            let units: Vec<String> = units.iter().map(|unit| quoted(unit)).collect();
            let include = units.join(", ");
            format!(
                "  organization:\n    include: [{include}] # roots, units and accounts; empty for all\n    \
                 exclude: []\n    labelsFromTags: [] # account tags by which `match` can choose\n"
            )
        }
    }
}

fn pipeline(answers: &Answers) -> String {
    let events: Vec<&str> = answers.events.iter().map(|event| event.name()).collect();
    format!(
        "\n  # How a failure reaches people. `clusters: [\"prod-*\"]` narrows it, and `match: {{ labels: … }}`\n  \
         # gives each team its own.\n  pipelines:\n    - name: failures\n      events: [{}]\n      via:\n{}",
        events.join(", "),
        via(&answers.room)
    )
}

fn via(room: &Room) -> String {
    match room {
        Room::ChatbotSlack { workspace, channel } => format!(
            "        # Connect the workspace once in every account, in the console of AWS Chatbot: no API can.\n        \
             chatbot: {{ slack: {{ workspaceId: {}, channelId: {} }} }}\n",
            quoted(workspace),
            quoted(channel)
        ),
        Room::ChatbotTeams { tenant, team, channel } => format!(
            "        # Connect the team once in every account, in the console of AWS Chatbot: no API can.\n        \
             chatbot:\n          teams: {{ tenantId: {}, teamId: {}, channelId: {} }}\n",
            quoted(tenant),
            quoted(team),
            quoted(channel)
        ),
        Room::Webhook { by, service, secret } => format!(
            "        # The secret holds the webhook's URL, in every account and Region where this is built.\n        \
             {}: {{ {service}: {{ webhook: {{ secretsManager: {} }} }} }}\n",
            by.member(),
            quoted(secret)
        ),
    }
}

impl Carrier {
    fn member(self) -> &'static str {
        match self {
            Self::ApiDestination => "apiDestination",
            Self::Lambda => "lambda",
        }
    }
}

/// A text as YAML reads it back, whatever it holds: a JSON text is YAML too.
fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text);
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::load::parse;
    use proptest::prelude::*;
    use time::macros::date;

    fn region(name: &str) -> Region {
        name.parse().expect("a Region")
    }

    fn listed() -> Answers {
        Answers {
            name: "acme".to_owned(),
            accounts: Accounts::Listed(vec![
                ("111111111111".parse().expect("an id"), Some("dev".to_owned())),
                ("222222222222".parse().expect("an id"), None),
            ]),
            access: Some(Access { role_name: "foghorn".to_owned(), external_id: None }),
            regions: vec![region("ap-northeast-2"), region("us-east-1")],
            events: vec![EventFamily::DeploymentFailed, EventFamily::ServiceImpaired],
            room: Room::ChatbotSlack { workspace: "T0123ABCD".to_owned(), channel: "C0123ABCD".to_owned() },
        }
    }

    fn rooms() -> Vec<Room> {
        let webhook = |by, service| Room::Webhook { by, service, secret: "foghorn/room".to_owned() };
        vec![
            listed().room,
            Room::ChatbotTeams {
                tenant: "0b1d1f5c-7c5a-4a4f-8d5e-0a1b2c3d4e5f".to_owned(),
                team: "1b1d1f5c-7c5a-4a4f-8d5e-0a1b2c3d4e5f".to_owned(),
                channel: "19%3Aab12%40thread.tacv2".to_owned(),
            },
            webhook(Carrier::ApiDestination, "slack"),
            webhook(Carrier::ApiDestination, "googleChat"),
            webhook(Carrier::Lambda, "slack"),
            webhook(Carrier::Lambda, "googleChat"),
            webhook(Carrier::Lambda, "teams"),
        ]
    }

    #[test]
    fn a_first_fleet_file_is_good_for_every_way_to_a_room() {
        for room in rooms() {
            for accounts in [listed().accounts, Accounts::Organization(vec!["ou-ab12-11111111".to_owned()])] {
                let text = text(&Answers { room: room.clone(), accounts, ..listed() }, "fleet.yaml");
                let loaded = parse(&text, "fleet.yaml", date!(2026 - 11 - 21));
                assert_eq!(loaded.map(|loaded| loaded.warnings), Ok(Vec::new()), "{text}");
            }
        }
    }

    #[test]
    fn a_first_fleet_file_reads_well() {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("first_listed", text(&listed(), "fleet.yaml"));
            let organisation = Answers {
                accounts: Accounts::Organization(Vec::new()),
                room: rooms().remove(5),
                ..listed()
            };
            insta::assert_snapshot!("first_organization", text(&organisation, "fleet.yaml"));
        });
    }

    proptest! {
        #[test]
        fn whatever_an_account_is_called_is_read_back(name in "[^\\p{C}]{1,40}") {
            let accounts = vec![("111111111111".parse().expect("an id"), Some(name.clone()))];
            let answers = Answers { accounts: Accounts::Listed(accounts), ..listed() };
            let loaded = parse(&text(&answers, "fleet.yaml"), "fleet.yaml", date!(2026 - 11 - 21));
            let read = loaded.map(|loaded| loaded.fleet.spec.accounts[0].name.clone());
            prop_assert_eq!(read, Ok(Some(name)));
        }
    }
}
