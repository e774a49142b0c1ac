//! The addresses of rooms. They are secrets, as those of the real services are.

use std::collections::BTreeMap;
use std::fmt;

use super::faults::Script;
use super::{Fault, Kind};
use crate::sim::world::World;

/// Open rooms by address.
#[derive(Default)]
pub(in crate::sim::rooms) struct Registry {
    hooks: BTreeMap<String, Hook>,
}

struct Hook {
    kind: Kind,
    name: String,
    script: Script,
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Registry({} webhooks)", self.hooks.len())
    }
}

/// Opens a room for a webhook and returns its path and query on the
/// simulator's server, which is a secret. A room that is open keeps its
/// address.
pub fn open(world: &mut World, kind: Kind, name: &str) -> String {
    if let Some(address) = world.rooms.webhooks.address(kind, name) {
        return address;
    }
    let address = new_address(world, kind);
    let hook = Hook { kind, name: name.to_owned(), script: Script::default() };
    world.rooms.webhooks.hooks.insert(address.clone(), hook);
    world.rooms.name_workspace(kind.workspace(), kind.workspace_name());
    world.rooms.room(kind.workspace(), name).kind = kind.room();
    address
}

/// Revokes a room's address. What was said in the room stays; opened again, it
/// has another address.
pub fn close(world: &mut World, kind: Kind, name: &str) {
    world.rooms.webhooks.hooks.retain(|_, hook| hook.kind != kind || hook.name != name);
}

/// Lets a room's service do something else than take the next so many
/// messages, after what was scripted before. Returns whether the room is open.
pub fn misbehave(world: &mut World, kind: Kind, name: &str, fault: Fault, times: u32) -> bool {
    let hook = world.rooms.webhooks.hooks.values_mut().find(|hook| hook.kind == kind && hook.name == name);
    match hook {
        Some(hook) => {
            hook.script.add(fault, times);
            true
        }
        None => false,
    }
}

fn new_address(world: &mut World, kind: Kind) -> String {
    let mut random = || world.next_uuid().replace('-', "").to_uppercase();
    let (first, second, secret) = (random(), random(), random().to_lowercase());
    match kind {
        Kind::Slack => {
            format!("/webhooks/slack/services/T{}/B{}/{}", &first[..10], &second[..10], &secret[..24])
        }
        Kind::GoogleChat => {
            format!("/webhooks/google-chat/v1/spaces/{}/messages?key={second}&token={secret}", &first[..11])
        }
        Kind::Teams => {
            let id = first.to_lowercase();
            format!("/webhooks/teams/workflows/{id}/triggers/manual/paths/invoke?sig={secret}")
        }
    }
}

/// The service of an address, by its path.
pub(super) fn kind_at(address: &str) -> Option<Kind> {
    let path = address.split('?').next()?.strip_prefix("/webhooks/")?;
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["slack", "services", _, _, _] => Some(Kind::Slack),
        ["google-chat", "v1", "spaces", _, "messages"] => Some(Kind::GoogleChat),
        ["teams", "workflows", _, "triggers", "manual", "paths", "invoke"] => Some(Kind::Teams),
        _ => None,
    }
}

/// The value of a parameter of an address's query.
pub(super) fn query(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    parameters.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The address with nothing in its query but what the room is known by.
fn known_by(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    let of = |name: &str| query(address, name).unwrap_or_default();
    match kind_at(address) {
        Some(Kind::GoogleChat) => format!("{path}?key={}&token={}", of("key"), of("token")),
        Some(Kind::Teams) => format!("{path}?sig={}", of("sig")),
        Some(Kind::Slack) | None => path.to_owned(),
    }
}

impl Registry {
    fn address(&self, kind: Kind, name: &str) -> Option<String> {
        let mut hooks = self.hooks.iter();
        hooks.find(|(_, hook)| hook.kind == kind && hook.name == name).map(|(address, _)| address.clone())
    }

    /// The room at an address, and what its service does with the message that
    /// arrives, if that is scripted.
    pub(super) fn arrival(&mut self, address: &str) -> Option<(String, Option<Fault>)> {
        let hook = self.hooks.get_mut(&known_by(address))?;
        Some((hook.name.clone(), hook.script.next()))
    }
}
