//! Slack workspaces, which only a person can authorise.

use serde_json::{Value, json};

use super::input::page;
use super::state;
use crate::sim::call::{Answer, Call};
use crate::sim::members::without_nulls;
use crate::sim::paging;
use crate::sim::world::World;

/// Authorises a Slack workspace in an account, as a person does in the AWS
/// console. No API does this.
pub fn authorise_workspace(world: &mut World, account: &str, workspace_id: &str, workspace_name: &str) {
    state(world, account).workspaces.insert(workspace_id.to_owned(), workspace_name.to_owned());
}

/// Takes the authorisation back, as a person does who removes the app from the
/// workspace. Configurations stay and deliver nothing.
pub fn withdraw_workspace(world: &mut World, account: &str, workspace_id: &str) {
    state(world, account).workspaces.remove(workspace_id);
}

pub(super) fn describe(world: &mut World, call: &Call<'_>) -> Answer {
    let (size, start) = page(call)?;
    let workspaces = &state(world, call.account).workspaces;
    let rest = workspaces.iter().filter(|(id, _)| start.as_ref().is_none_or(|start| *id > start)).map(
        |(id, name)| {
            let shown: Value = json!({"SlackTeamId": id, "SlackTeamName": name, "State": "ENABLED"});
            (id.as_str(), shown)
        },
    );
    let page = paging::take(rest, size);
    Ok(without_nulls(json!({"SlackWorkspaces": page.items, "NextToken": page.next})))
}
