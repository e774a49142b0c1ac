//! Whether a person has let AWS Chatbot into the Slack workspace: the one step
//! that no API can do.

use std::collections::BTreeSet;

use serde_json::json;

use super::finding;
use crate::model::chat::Channel;
use crate::model::{Account, Check, Desired, Finding, Location, Severity, Sight, Snapshot};

pub(super) fn check(account: &Account, desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let Some(global) = &snapshot.global else { return Vec::new() };
    let authorised: BTreeSet<&str> = match &global.workspaces {
        Sight::Unknown => return Vec::new(),
        Sight::Absent => BTreeSet::new(),
        Sight::Seen(workspaces) => {
            let authorised = workspaces.iter().filter(|workspace| workspace.is_authorised());
            authorised.map(|workspace| workspace.id.as_str()).collect()
        }
    };
    let workspace = |channel: &'_ Channel| match channel {
        Channel::Slack(channel) => Some(channel.workspace.clone()),
        Channel::Teams(_) => None,
    };
    let wanted: BTreeSet<String> = desired.rooms.keys().filter_map(workspace).collect();
    let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
    wanted.difference(&authorised).map(|workspace| not_authorised(account, workspace, &authorised)).collect()
}

fn not_authorised(account: &Account, workspace: &str, authorised: &BTreeSet<&str>) -> Finding {
    finding(
        Check::RoomNotAuthorised,
        Severity::Error,
        Location::Global,
        workspace,
        format!(
            "nobody has let AWS Chatbot into Slack workspace {workspace} from this account, and no API can"
        ),
        [("authorised", json!(authorised)), ("steps", json!(steps(account, workspace)))],
    )
}

/// What a person does, once an account (AWS Chatbot administrator guide,
/// getting started with Slack).
fn steps(account: &Account, workspace: &str) -> [String; 5] {
    [
        format!("sign in to account {} ({}) as an administrator", account.id, account.name),
        "open https://us-east-2.console.aws.amazon.com/chatbot/home".to_owned(),
        "choose Configure new client, then Slack, then Configure".to_owned(),
        format!("choose workspace {workspace} at the top right, and Allow"),
        "invite the app to the channel if it is private, and run foghorn apply again".to_owned(),
    ]
}
