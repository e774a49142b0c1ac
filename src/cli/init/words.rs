//! What was said on the command line of `init`, read.

use crate::cli::args::{InitArguments, InitVia};
use crate::fleet::first::{Access, Accounts, Carrier, Room};
use crate::model::{AccountId, EventFamily, Region};

/// What was said so far. `None` and empty lists are yet to be answered.
#[derive(Debug, Clone)]
pub struct Said {
    /// The fleet's name.
    pub name: Option<String>,
    /// Which accounts.
    pub accounts: Option<Accounts>,
    /// The role to assume.
    pub access: Option<Access>,
    /// The Regions.
    pub regions: Vec<Region>,
    /// What people shall hear of.
    pub events: Vec<EventFamily>,
    /// The way to the room.
    pub via: Option<InitVia>,
    /// The room.
    pub room: Option<Room>,
}

impl Said {
    /// Reads the flags.
    pub fn of(arguments: &InitArguments) -> Result<Self, String> {
        let listed: Result<Vec<_>, _> = arguments.accounts.iter().map(|text| account(text)).collect();
        let listed = listed?;
        let accounts = match &arguments.organization {
            Some(units) => Some(Accounts::Organization(units.clone())),
            None if listed.is_empty() => None,
            None => Some(Accounts::Listed(listed)),
        };
        let events: Result<Vec<_>, _> = arguments.events.iter().map(|name| event(name)).collect();
        let room = match arguments.via {
            Some(via) => room(via, arguments.channel.as_deref(), arguments.secret.as_deref())?,
            None => None,
        };
        Ok(Self {
            name: arguments.name.clone(),
            access: access(arguments, accounts.as_ref()),
            accounts,
            regions: regions(&arguments.regions)?,
            events: events?,
            via: arguments.via,
            room,
        })
    }
}

/// One account needs no role, if it is the caller's; more than one do. Where the
/// accounts are yet to be answered, so is this.
fn access(arguments: &InitArguments, accounts: Option<&Accounts>) -> Option<Access> {
    let is_one = match accounts {
        None => true,
        Some(Accounts::Listed(listed)) => listed.len() == 1,
        Some(Accounts::Organization(_)) => false,
    };
    let role_name = match &arguments.role {
        Some(role) => role.clone(),
        None if is_one && arguments.external_id.is_none() => return None,
        None => "foghorn".to_owned(),
    };
    Some(Access { role_name, external_id: arguments.external_id.clone() })
}

/// Reads `111111111111` or `111111111111=dev`.
pub fn account(text: &str) -> Result<(AccountId, Option<String>), String> {
    let (id, name) = match text.split_once('=') {
        Some((id, name)) => (id, Some(name.trim().to_owned())),
        None => (text, None),
    };
    let id = id.trim().parse::<AccountId>().map_err(|error| error.to_string())?;
    Ok((id, name.filter(|name| !name.is_empty())))
}

/// Reads the names of Regions.
pub fn regions(texts: &[String]) -> Result<Vec<Region>, String> {
    texts.iter().map(|text| text.trim().parse::<Region>().map_err(|error| error.to_string())).collect()
}

fn event(name: &str) -> Result<EventFamily, String> {
    let all: Vec<&str> = EventFamily::ALL.iter().map(|family| family.name()).collect();
    let found = EventFamily::ALL.into_iter().find(|family| family.name() == name.trim());
    found.ok_or_else(|| format!("unknown kind of event `{name}`: there are {}", all.join(", ")))
}

/// The room at the end of a way, from the ids or the secret that it needs;
/// `None` where they were not given.
pub fn room(via: InitVia, channel: Option<&str>, secret: Option<&str>) -> Result<Option<Room>, String> {
    let webhook = |by: Carrier, service: &'static str| {
        secret.map(|secret| Room::Webhook { by, service, secret: secret.to_owned() })
    };
    Ok(match via {
        InitVia::ChatbotSlack => match channel {
            None => None,
            Some(ids) => Some(slack(ids)?),
        },
        InitVia::ChatbotTeams => match channel {
            None => None,
            Some(ids) => Some(teams(ids)?),
        },
        InitVia::DestinationSlack => webhook(Carrier::ApiDestination, "slack"),
        InitVia::DestinationGoogleChat => webhook(Carrier::ApiDestination, "googleChat"),
        InitVia::LambdaSlack => webhook(Carrier::Lambda, "slack"),
        InitVia::LambdaGoogleChat => webhook(Carrier::Lambda, "googleChat"),
        InitVia::LambdaTeams => webhook(Carrier::Lambda, "teams"),
    })
}

fn slack(ids: &str) -> Result<Room, String> {
    match ids.split('/').map(str::trim).collect::<Vec<_>>()[..] {
        [workspace, channel] if !workspace.is_empty() && !channel.is_empty() => {
            Ok(Room::ChatbotSlack { workspace: workspace.to_owned(), channel: channel.to_owned() })
        }
        _ => Err(format!("`{ids}` is no Slack channel: it is WORKSPACE/CHANNEL, T0123ABCD/C0123ABCD say")),
    }
}

fn teams(ids: &str) -> Result<Room, String> {
    match ids.split('/').map(str::trim).collect::<Vec<_>>()[..] {
        [tenant, team, channel] if ![tenant, team, channel].contains(&"") => Ok(Room::ChatbotTeams {
            tenant: tenant.to_owned(),
            team: team.to_owned(),
            channel: channel.to_owned(),
        }),
        _ => Err(format!(
            "`{ids}` is no Teams channel: it is TENANT/TEAM/CHANNEL, the channel as it stands in the channel's link"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    use crate::cli::args::{Arguments, Command};

    fn said(flags: &[&str]) -> Said {
        let parsed = Arguments::try_parse_from([&["foghorn", "init"], flags].concat()).expect("flags");
        let Command::Init(arguments) = parsed.command else { panic!("another command") };
        Said::of(&arguments).expect("answers that can be read")
    }

    #[test]
    fn while_the_accounts_are_open_so_is_the_way_into_them() {
        assert_eq!(said(&["--name", "acme"]).access, None);
        let role = |said: Said| said.access.map(|access| access.role_name);
        assert_eq!(role(said(&["--role", "audit"])).as_deref(), Some("audit"));
    }

    #[test]
    fn one_account_is_the_callers_own_and_more_need_a_role() {
        assert_eq!(said(&["--accounts", "111111111111"]).access, None);
        let role = |said: Said| said.access.map(|access| access.role_name);
        assert_eq!(role(said(&["--accounts", "111111111111,222222222222"])).as_deref(), Some("foghorn"));
        assert_eq!(role(said(&["--organization"])).as_deref(), Some("foghorn"));
    }
}
