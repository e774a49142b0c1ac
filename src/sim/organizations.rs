//! AWS Organizations.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::{Value, json};

use super::call::{Answer, ApiError, Call};
use super::identity::partition;
use super::paging;
use super::service::Service;
use super::world::{Knobs, World};

/// The largest page, which is also the default (Organizations, ListAccounts).
const PAGE: i64 = 20;

const ORGANIZATION: &str = "o-simulated0";
const ROOT: &str = "r-sim0";

/// The service's state.
#[derive(Debug, Default)]
pub struct State {
    /// The account that manages the organisation.
    pub management_account: String,
    /// Accounts that may read the organisation beside the management account.
    pub delegated_administrators: BTreeSet<String>,
    units: BTreeMap<String, Unit>,
    accounts: BTreeMap<String, Member>,
    /// Ids of the accounts right under a root or unit.
    accounts_by_parent: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug)]
struct Unit {
    name: String,
    parent: String,
}

#[derive(Debug)]
struct Member {
    name: String,
    parent: String,
    state: &'static str,
    tags: BTreeMap<String, String>,
}

impl State {
    /// The organisation's id, if the account is in the organisation.
    pub fn organization_of(&self, account: &str) -> Option<&'static str> {
        self.accounts.contains_key(account).then_some(ORGANIZATION)
    }

    /// The id of the root.
    pub fn root(&self) -> &'static str {
        ROOT
    }

    /// Makes an account right under the root.
    pub fn add_account(&mut self, id: &str, name: &str) {
        let member =
            Member { name: name.to_owned(), parent: ROOT.to_owned(), state: "ACTIVE", tags: BTreeMap::new() };
        self.accounts.insert(id.to_owned(), member);
        self.accounts_by_parent.entry(ROOT.to_owned()).or_default().insert(id.to_owned());
    }

    /// Makes an organisational unit; `parent` is the root's or another unit's
    /// id.
    pub fn add_unit(&mut self, id: &str, name: &str, parent: &str) {
        let unit = Unit { name: name.to_owned(), parent: parent.to_owned() };
        self.units.insert(id.to_owned(), unit);
    }

    /// Moves an account under a unit or the root.
    pub fn move_account(&mut self, id: &str, parent: &str) {
        let Some(member) = self.accounts.get_mut(id) else {
            return;
        };
        if let Some(siblings) = self.accounts_by_parent.get_mut(&member.parent) {
            siblings.remove(id);
        }
        parent.clone_into(&mut member.parent);
        self.accounts_by_parent.entry(parent.to_owned()).or_default().insert(id.to_owned());
    }

    /// Sets an account's `State`: `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, …
    pub fn set_account_state(&mut self, id: &str, state: &'static str) {
        if let Some(member) = self.accounts.get_mut(id) {
            member.state = state;
        }
    }

    /// Tags an account.
    pub fn tag_account(&mut self, id: &str, key: &str, value: &str) {
        if let Some(member) = self.accounts.get_mut(id) {
            member.tags.insert(key.to_owned(), value.to_owned());
        }
    }

    /// An account's name.
    pub fn account_name(&self, id: &str) -> Option<&str> {
        self.accounts.get(id).map(|member| member.name.as_str())
    }

    /// Whether an account is suspended or closed, so that nobody can enter it.
    pub fn is_closed(&self, id: &str) -> bool {
        self.accounts.get(id).is_some_and(|member| member.state != "ACTIVE")
    }

    /// The ARN of an account, a unit (`ou`) or the root.
    pub(crate) fn arn(&self, region: &str, kind: &str, id: &str) -> String {
        let (partition, manager) = (partition(region), &self.management_account);
        format!("arn:{partition}:organizations::{manager}:{kind}/{ORGANIZATION}/{id}")
    }
}

/// Answers one call.
pub fn call(world: &mut World, call: &Call<'_>) -> Answer {
    let state = &world.organization;
    let may_read =
        call.account == state.management_account || state.delegated_administrators.contains(call.account);
    if !may_read && call.operation != "DescribeOrganization" {
        let message = "You don't have permissions to access this resource.";
        return Err(Service::Organizations.denied(message.to_owned()));
    }
    match call.operation {
        "DescribeAccount" => describe_account(world, call),
        "DescribeOrganization" => Ok(describe_organization(state, call.region)),
        "ListAccounts" => list_accounts(world, call),
        "ListAccountsForParent" => list_accounts_for_parent(world, call),
        "ListOrganizationalUnitsForParent" => list_units(world, call),
        "ListParents" => list_parents(state, call),
        "ListRoots" => list_roots(world, call),
        "ListTagsForResource" => list_tags(state, call),
        _ => Err(call.unknown_operation()),
    }
}

fn describe_organization(state: &State, region: &str) -> Value {
    let (partition, manager) = (partition(region), &state.management_account);
    json!({ "Organization": {
        "Id": ORGANIZATION,
        "Arn": format!("arn:{partition}:organizations::{manager}:organization/{ORGANIZATION}"),
        "FeatureSet": "ALL",
        "MasterAccountArn": state.arn(region, "account", manager),
        "MasterAccountId": manager,
        "MasterAccountEmail": email(manager),
    } })
}

fn describe_account(world: &World, call: &Call<'_>) -> Answer {
    let state = &world.organization;
    let id = call.string("AccountId").unwrap_or_default();
    let member = state.accounts.get(id).ok_or_else(|| {
        let message = "You specified an account that doesn't exist.";
        ApiError::new("AccountNotFoundException", message)
    })?;
    Ok(json!({ "Account": account(world, call, id, member) }))
}

fn list_accounts(world: &World, call: &Call<'_>) -> Answer {
    let state = &world.organization;
    let window = Window::of(call, &world.knobs)?;
    let rest = state
        .accounts
        .range::<str, _>(window.range())
        .map(|(id, member)| (id.as_str(), account(world, call, id, member)));
    Ok(window.page("Accounts", rest))
}

fn list_accounts_for_parent(world: &World, call: &Call<'_>) -> Answer {
    let state = &world.organization;
    let parent = existing_parent(state, call)?;
    let window = Window::of(call, &world.knobs)?;
    let ids = state.accounts_by_parent.get(parent).into_iter();
    let rest = ids
        .flat_map(|ids| ids.range::<str, _>(window.range()))
        .filter_map(|id| Some((id.as_str(), account(world, call, id, state.accounts.get(id)?))));
    Ok(window.page("Accounts", rest))
}

fn list_units(world: &World, call: &Call<'_>) -> Answer {
    let state = &world.organization;
    let parent = existing_parent(state, call)?;
    let window = Window::of(call, &world.knobs)?;
    let units = state.units.range::<str, _>(window.range());
    let rest = units.filter(|(_, unit)| unit.parent == parent).map(|(id, unit)| {
        (id.as_str(), json!({ "Id": id, "Arn": state.arn(call.region, "ou", id), "Name": unit.name }))
    });
    Ok(window.page("OrganizationalUnits", rest))
}

fn list_roots(world: &World, call: &Call<'_>) -> Answer {
    let window = Window::of(call, &world.knobs)?;
    let policy_types = [json!({ "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" })];
    let root = json!({
        "Id": ROOT,
        "Arn": world.organization.arn(call.region, "root", ROOT),
        "Name": "Root",
        "PolicyTypes": policy_types,
    });
    Ok(window.page("Roots", std::iter::once((ROOT, root))))
}

fn list_parents(state: &State, call: &Call<'_>) -> Answer {
    let child = call.string("ChildId").unwrap_or_default();
    let of_account = state.accounts.get(child).map(|member| &member.parent);
    let parent = of_account.or_else(|| state.units.get(child).map(|unit| &unit.parent));
    let Some(parent) = parent else {
        let message = "You specified a child that doesn't exist.";
        return Err(ApiError::new("ChildNotFoundException", message));
    };
    let kind = if parent == ROOT { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
    Ok(json!({ "Parents": [{ "Id": parent, "Type": kind }] }))
}

fn list_tags(state: &State, call: &Call<'_>) -> Answer {
    let id = call.string("ResourceId").unwrap_or_default();
    let empty = BTreeMap::new();
    let tags = match state.accounts.get(id) {
        Some(member) => &member.tags,
        None if id == ROOT || state.units.contains_key(id) => &empty,
        None => {
            let message = "You specified a target that doesn't exist.";
            return Err(ApiError::new("TargetNotFoundException", message));
        }
    };
    let list: Vec<Value> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(json!({ "Tags": list }))
}

fn existing_parent<'a>(state: &State, call: &'a Call<'_>) -> Result<&'a str, ApiError> {
    let parent = call.string("ParentId").unwrap_or_default();
    if parent == ROOT || state.units.contains_key(parent) {
        return Ok(parent);
    }
    let message = "You specified a parent that doesn't exist.";
    Err(ApiError::new("ParentNotFoundException", message))
}

/// The service retired `Status` on 9 September 2026 in favour of `State`
/// (Organizations API reference, Account).
fn account(world: &World, call: &Call<'_>, id: &str, member: &Member) -> Value {
    let mut account = json!({
        "Id": id,
        "Arn": world.organization.arn(call.region, "account", id),
        "Email": email(id),
        "Name": member.name,
        "State": member.state,
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": { "$timestamp": 1_700_000_000.0 },
    });
    if world.knobs.retired_account_status {
        account["Status"] = json!(member.state);
    }
    account
}

fn email(account: &str) -> String {
    format!("{account}@example.invalid")
}

/// Which part of a list a call asks for.
struct Window {
    after: Option<String>,
    size: usize,
    /// Whether this page is to be empty, with a token of the same part.
    empty: bool,
    empty_before_next: bool,
}

/// The first letter of a token: whether an empty page comes first.
const EMPTY_FIRST: char = '0';
const FULL_FIRST: char = '1';

impl Window {
    fn of(call: &Call<'_>, knobs: &Knobs) -> Result<Window, ApiError> {
        let size = call.integer("MaxResults").unwrap_or(PAGE);
        if !(1..=PAGE).contains(&size) {
            let message = "You provided a value that is outside of the required range of values.";
            return Err(ApiError::new("InvalidInputException", message));
        }
        let invalid_token = || {
            let message = "You provided a NextToken that isn't valid.";
            ApiError::new("InvalidInputException", message)
        };
        let (after, empty) = match call.string("NextToken") {
            None => (None, knobs.empty_organization_pages),
            Some(token) => {
                let empty = token.starts_with(EMPTY_FIRST);
                let key = token.strip_prefix([EMPTY_FIRST, FULL_FIRST]).and_then(paging::key_of);
                (Some(key.ok_or_else(invalid_token)?), empty)
            }
        };
        let size = usize::try_from(size).unwrap_or_default();
        Ok(Window { after, size, empty, empty_before_next: knobs.empty_organization_pages })
    }

    fn range(&self) -> (Bound<&str>, Bound<&str>) {
        let start = self.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        (start, Bound::Unbounded)
    }

    fn page<'k>(&self, name: &str, rest: impl Iterator<Item = (&'k str, Value)>) -> Value {
        if self.empty {
            let key = paging::token_after(self.after.as_deref().unwrap_or_default());
            return json!({ name: [], "NextToken": format!("{FULL_FIRST}{key}") });
        }
        let page = paging::take(rest, self.size);
        let mut output = json!({ name: page.items });
        if let Some(token) = page.next {
            let first = if self.empty_before_next { EMPTY_FIRST } else { FULL_FIRST };
            output["NextToken"] = json!(format!("{first}{token}"));
        }
        output
    }
}

#[cfg(test)]
mod tests;
