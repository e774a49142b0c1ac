//! API destinations of EventBridge, and the connections that they need.
//!
//! Neither takes tags (EventBridge service model), so their descriptions carry
//! the owner's name.

use super::change::FieldChange;
use super::coverage::Sight;
use super::region::Region;
use super::resource::{Key, Kind};
use super::secret::Secret;

/// What the description of a thing without tags begins with, before the
/// fleet's name.
const OWNER_MARK: &str = "Foghorn fleet ";

/// The resource of an API destination's ARN, before its name.
const RESOURCE: &str = ":api-destination/";

/// The description that says which fleet owns a thing without tags.
pub fn owner_description(fleet: &str) -> String {
    format!("{OWNER_MARK}{fleet}")
}

/// The fleet that owns a thing of this description, if any does.
pub fn owner_of(description: Option<&str>) -> Option<&str> {
    description?.strip_prefix(OWNER_MARK)
}

/// A connection as it shall be. EventBridge asks for one with some
/// authorisation; a webhook needs none, so the key's value says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The Region.
    pub region: Region,
    /// The name, at most 64 characters.
    pub name: String,
    /// The owner's name; see [`owner_description`].
    pub description: String,
}

/// A connection as AWS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedConnection {
    /// The ARN, which ends in an id of AWS's choice.
    pub arn: String,
    /// `AUTHORIZED`, `AUTHORIZING`, `DEAUTHORIZED` or another word.
    pub state: String,
    /// Why it is in that state.
    pub state_reason: Option<String>,
    /// `API_KEY`, `BASIC` or `OAUTH_CLIENT_CREDENTIALS`.
    pub authorization: String,
    /// The description.
    pub description: Option<String>,
}

/// An API destination as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiDestination {
    /// The Region.
    pub region: Region,
    /// The name, at most 64 characters.
    pub name: String,
    /// The owner's name; see [`owner_description`].
    pub description: String,
    /// The name of its connection, in the same Region.
    pub connection: String,
    /// Where it posts: a webhook URL, which is a secret. Why it can't be had
    /// where it can't.
    pub endpoint: Result<Secret, String>,
    /// Posts a second at most.
    pub rate_per_second: u32,
}

/// An API destination as AWS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedApiDestination {
    /// The ARN, which ends in an id of AWS's choice.
    pub arn: String,
    /// `ACTIVE` or `INACTIVE`.
    pub state: String,
    /// The ARN of its connection.
    pub connection_arn: String,
    /// Where it posts.
    pub endpoint: Secret,
    /// `POST` say.
    pub method: String,
    /// Posts a second at most; `None` for the service's own limit.
    pub rate_per_second: Option<u32>,
    /// The description.
    pub description: Option<String>,
}

impl Connection {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::Connection, self.region, &self.name)
    }

    /// What differs from what AWS has. A connection that lost its
    /// authorisation gets it back by being written again.
    pub fn diff(&self, observed: &ObservedConnection) -> Vec<FieldChange> {
        let authorization =
            FieldChange::between("/authorization", &observed.authorization.as_str(), &"API_KEY");
        let lost = matches!(observed.state.as_str(), "DEAUTHORIZED");
        let state = lost.then(|| FieldChange::new("/state", &observed.state, "AUTHORIZED"));
        authorization.into_iter().chain(state).collect()
    }
}

impl ObservedApiDestination {
    /// Whether its connection is this one, and not an earlier one of the same
    /// name.
    pub fn is_bound_to(&self, connection: &ObservedConnection) -> bool {
        self.connection_arn == connection.arn
    }
}

impl ApiDestination {
    /// What names it.
    pub fn key(&self) -> Key {
        Key::new(Kind::ApiDestination, self.region, &self.name)
    }

    /// What differs from what AWS has. Endpoints are compared and shown by
    /// their fingerprints.
    pub fn diff(&self, observed: &ObservedApiDestination) -> Vec<FieldChange> {
        let endpoint = self.endpoint.as_ref().ok().and_then(|endpoint| {
            FieldChange::between("/endpoint", &shown(&observed.endpoint), &shown(endpoint))
        });
        let rate =
            FieldChange::between("/ratePerSecond", &observed.rate_per_second, &Some(self.rate_per_second));
        let method = FieldChange::between("/method", &observed.method.as_str(), &"POST");
        let connection = FieldChange::between(
            "/connection",
            &name_in(&observed.connection_arn).unwrap_or_default(),
            &self.connection.as_str(),
        );
        endpoint.into_iter().chain(rate).chain(method).chain(connection).collect()
    }
}

impl ApiDestination {
    /// What differs where the connection that AWS has under the name is not the
    /// one that the destination was bound to, but a later one or none at all.
    pub fn rebinding(
        &self,
        observed: &ObservedApiDestination,
        connection: &Sight<ObservedConnection>,
    ) -> Option<FieldChange> {
        let is_lost = match connection {
            Sight::Unknown => false,
            Sight::Absent => true,
            Sight::Seen(connection) => !observed.is_bound_to(connection),
        };
        let bound_to = name_in(&observed.connection_arn).filter(|name| *name == self.connection);
        let lost = bound_to.filter(|_| is_lost).map(|name| format!("an earlier {name}"));
        lost.map(|lost| FieldChange::new("/connection", lost, &self.connection))
    }
}

fn shown(endpoint: &Secret) -> String {
    format!("sha256:{}…", endpoint.fingerprint())
}

/// The name in the ARN of a connection or an API destination:
/// `…:connection/NAME/ID`.
pub fn name_in(arn: &str) -> Option<&str> {
    arn.rsplit(':').next()?.split('/').nth(1)
}

/// The ARN of a target without the id of AWS's choice in which that of an API
/// destination ends: names are unique. Any other ARN stays as it is.
pub fn without_id(arn: &str) -> &str {
    let name = arn.find(RESOURCE).map(|start| start + RESOURCE.len());
    let end = name.and_then(|name| arn[name..].find('/').map(|length| name + length));
    end.map_or(arn, |end| &arn[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(url: &str) -> ApiDestination {
        ApiDestination {
            region: Region::US_EAST_1,
            name: "foghorn-deploys".to_owned(),
            description: owner_description("acme"),
            connection: "foghorn-deploys".to_owned(),
            endpoint: Ok(Secret::new(url)),
            rate_per_second: 1,
        }
    }

    fn observed(url: &str) -> ObservedApiDestination {
        ObservedApiDestination {
            arn: "arn:aws:events:us-east-1:111111111111:api-destination/foghorn-deploys/0a1b".to_owned(),
            state: "ACTIVE".to_owned(),
            connection_arn: "arn:aws:events:us-east-1:111111111111:connection/foghorn-deploys/2c3d"
                .to_owned(),
            endpoint: Secret::new(url),
            method: "POST".to_owned(),
            rate_per_second: Some(1),
            description: Some(owner_description("acme")),
        }
    }

    #[test]
    fn a_webhook_that_was_changed_shows_by_its_fingerprint_alone() {
        let (one, other) = ("https://one.invalid/abc", "https://other.invalid/xyz");
        assert_eq!(destination(one).diff(&observed(one)), []);
        let fields = destination(one).diff(&observed(other));
        let shown = format!("{fields:?}");
        assert_eq!(fields.len(), 1);
        assert!(shown.contains("sha256:") && !shown.contains("invalid"), "{shown}");
    }

    #[test]
    fn a_destination_whose_connection_was_made_anew_is_bound_again() {
        let (wanted, observed) = (destination("https://one.invalid"), observed("https://one.invalid"));
        let connection = |id: &str| ObservedConnection {
            arn: format!("arn:aws:events:us-east-1:111111111111:connection/foghorn-deploys/{id}"),
            state: "AUTHORIZED".to_owned(),
            state_reason: None,
            authorization: "API_KEY".to_owned(),
            description: None,
        };
        let is_bound_again = |connection| wanted.rebinding(&observed, &connection).is_some();
        assert!(!is_bound_again(Sight::Seen(connection("2c3d"))));
        assert!(!is_bound_again(Sight::Unknown));
        assert!(is_bound_again(Sight::Seen(connection("4e5f"))));
        assert!(is_bound_again(Sight::Absent));
    }

    #[test]
    fn an_api_destination_is_known_by_its_name_and_everything_else_by_its_arn() {
        let start = "arn:aws:events:us-east-1:111111111111:api-destination/hooks";
        let bus = "arn:aws:events:us-east-1:111111111111:event-bus/api-destination/x/y";
        for (arn, known) in [(&format!("{start}/0a1b2c")[..], start), (start, start), (bus, bus)] {
            assert_eq!(without_id(arn), known);
        }
    }

    #[test]
    fn a_thing_without_tags_is_owned_by_its_description() {
        assert_eq!(owner_of(Some(&owner_description("acme"))), Some("acme"));
        assert_eq!(owner_of(Some("made by hand")), None);
        assert_eq!(owner_of(None), None);
    }
}
