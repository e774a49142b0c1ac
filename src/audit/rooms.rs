//! Whether a person has let AWS Chatbot into the Slack workspace: the one step
//! that no API can do.

use std::collections::BTreeSet;

use serde_json::json;

use super::finding;
use crate::model::{Account, Check, Desired, Finding, Location, Severity, Sight, Snapshot};

pub(super) fn check(account: &Account, desired: &Desired, snapshot: &Snapshot) -> Vec<Finding> {
    let Some(global) = &snapshot.global else { return Vec::new() };
    let authorised: BTreeSet<&str> = match &global.workspaces {
        Sight::Unknown => return Vec::new(),
        Sight::Absent => BTreeSet::new(),
        Sight::Seen(workspaces) => workspaces.iter().map(|workspace| workspace.id.as_str()).collect(),
    };
    let wanted: BTreeSet<&str> = desired.rooms.keys().map(|channel| channel.workspace.as_str()).collect();
    wanted.difference(&authorised).map(|workspace| not_authorised(account, workspace, &authorised)).collect()
}

fn not_authorised(account: &Account, workspace: &str, authorised: &BTreeSet<&str>) -> Finding {
    finding(
        Check::RoomNotAuthorised,
        Severity::Error,
        Location::Global,
        workspace,
        format!(
            "nobody has authorised Slack workspace {workspace} in this account yet, and no API can: sign in to \
             account {} ({}), open https://us-east-2.console.aws.amazon.com/chatbot/home, choose Configure new client, \
             Slack, Configure, and allow workspace {workspace}; then invite the app to the channel and run \
             foghorn apply again",
            account.id, account.name
        ),
        [("authorised", json!(authorised))],
    )
}
