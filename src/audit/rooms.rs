//! Whether a person has let AWS Chatbot into the Slack workspace or the Microsoft
//! Teams team: the one step that no API can do.

use std::collections::BTreeSet;

use serde_json::json;

use super::finding;
use crate::model::chat::{Channel, Team, Workspace};
use crate::model::{Account, Check, Desired, Finding, Location, Severity, Sight, Snapshot};

pub(super) fn check(account: &Account, desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let Some(global) = &snapshot.global else { return Vec::new() };
    let workspaces = ids(&global.workspaces, Workspace::is_authorised, |one| &one.id);
    let teams = ids(&global.teams, Team::is_authorised, |one| &one.team);
    let mut lacking: BTreeSet<Room<'_>> = BTreeSet::new();
    for channel in desired.rooms.keys() {
        let (room, authorised) = match channel {
            Channel::Slack(channel) => (Room::Workspace(&channel.workspace), &workspaces),
            Channel::Teams(channel) => (Room::Team(&channel.team), &teams),
        };
        if authorised.as_ref().is_some_and(|authorised| !authorised.contains(room.id())) {
            lacking.insert(room);
        }
    }
    lacking.into_iter().map(|room| not_authorised(account, room, room.among(&workspaces, &teams))).collect()
}

/// Who must let AWS Chatbot in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room<'a> {
    Workspace(&'a str),
    Team(&'a str),
}

/// What was read of those that have; `None` where that could not be read.
type Authorised<'a> = Option<BTreeSet<&'a str>>;

impl<'a> Room<'a> {
    fn id(self) -> &'a str {
        match self {
            Self::Workspace(id) | Self::Team(id) => id,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Workspace(_) => "Slack workspace",
            Self::Team(_) => "Microsoft Teams team",
        }
    }

    fn among<'b>(self, workspaces: &'b Authorised<'b>, teams: &'b Authorised<'b>) -> &'b Authorised<'b> {
        match self {
            Self::Workspace(_) => workspaces,
            Self::Team(_) => teams,
        }
    }
}

fn ids<'a, T>(
    sight: &'a Sight<Vec<T>>,
    is_authorised: impl Fn(&T) -> bool,
    id: impl Fn(&'a T) -> &'a String,
) -> Authorised<'a> {
    match sight {
        Sight::Unknown => None,
        Sight::Absent => Some(BTreeSet::new()),
        Sight::Seen(all) => {
            Some(all.iter().filter(|one| is_authorised(one)).map(|one| id(one).as_str()).collect())
        }
    }
}

fn not_authorised(account: &Account, room: Room<'_>, authorised: &Authorised<'_>) -> Finding {
    let (noun, id) = (room.noun(), room.id());
    finding(
        Check::RoomNotAuthorised,
        Severity::Error,
        Location::Global,
        id,
        format!("nobody has let AWS Chatbot into {noun} {id} from this account, and no API can"),
        [("authorised", json!(authorised)), ("steps", json!(steps(account, room)))],
    )
}

/// What a person does, once an account (AWS Chatbot administrator guide,
/// getting started with Slack and with Microsoft Teams).
fn steps(account: &Account, room: Room<'_>) -> [String; 5] {
    let (client, choose) = match room {
        Room::Workspace(id) => ("Slack", format!("choose workspace {id} at the top right, and Allow")),
        Room::Team(id) => {
            ("Microsoft Teams", format!("paste the link of a channel of team {id}, and Accept"))
        }
    };
    [
        format!("sign in to account {} ({}) as an administrator", account.id, account.name),
        "open https://us-east-2.console.aws.amazon.com/chatbot/home".to_owned(),
        format!("choose Configure new client, then {client}, then Configure"),
        choose,
        "invite the app to the channel if it is private, and run foghorn apply again".to_owned(),
    ]
}
