//! Microsoft Teams, of which only a person can authorise one.

use serde_json::{Value, json};

use super::input::page;
use super::state;
use crate::sim::call::{Answer, Call};
use crate::sim::members::without_nulls;
use crate::sim::paging;
use crate::sim::world::World;

/// A team that was authorised.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub(super) tenant: String,
    pub(super) name: String,
}

/// Authorises a team of a Microsoft 365 tenant in an account, as a person does
/// in the AWS console. No API does this.
pub fn authorise_team(world: &mut World, account: &str, tenant_id: &str, team_id: &str, team_name: &str) {
    let team = Team { tenant: tenant_id.to_owned(), name: team_name.to_owned() };
    state(world, account).teams.insert(team_id.to_owned(), team);
}

/// Takes the authorisation back, as a person does who removes the app from the
/// team. Configurations stay and deliver nothing.
pub fn withdraw_team(world: &mut World, account: &str, team_id: &str) {
    state(world, account).teams.remove(team_id);
}

/// ListMicrosoftTeamsConfiguredTeams.
pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let (size, start) = page(call)?;
    let teams = &state(world, call.account).teams;
    let rest = teams
        .iter()
        .filter(|(id, _)| start.as_ref().is_none_or(|start| *id > start))
        .map(|(id, team)| (id.as_str(), shown(id, team)));
    let page = paging::take(rest, size);
    Ok(without_nulls(json!({"ConfiguredTeams": page.items, "NextToken": page.next})))
}

fn shown(id: &str, team: &Team) -> Value {
    json!({"TenantId": team.tenant, "TeamId": id, "TeamName": team.name, "State": "ENABLED"})
}
