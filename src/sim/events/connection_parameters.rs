//! The authorisation that a connection holds: checked, kept, and told without
//! its secrets.

use std::fmt;

use serde_json::{Value, json};

use super::{check_one_of, constraint, validation};
use crate::sim::call::ApiError;
use crate::sim::members::{boolean, list};

/// The kinds of authorisation in the service model, each with the member of
/// `AuthParameters` that holds it and that member's required texts.
const KINDS: [(&str, &str, &[&str]); 3] = [
    ("API_KEY", "ApiKeyAuthParameters", &["ApiKeyName", "ApiKeyValue"]),
    ("BASIC", "BasicAuthParameters", &["Username", "Password"]),
    ("OAUTH_CLIENT_CREDENTIALS", "OAuthParameters", &["AuthorizationEndpoint", "HttpMethod"]),
];

/// The members that no answer gives back.
const SECRETS: [&str; 3] = ["ApiKeyValue", "Password", "ClientSecret"];

/// The lists of `InvocationHttpParameters`.
const HTTP_LISTS: [&str; 3] = ["HeaderParameters", "QueryStringParameters", "BodyParameters"];

/// `AuthParameters` as they were sent, with every secret.
#[derive(Clone)]
pub(crate) struct Parameters(Value);

impl fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Parameters(..)")
    }
}

impl Parameters {
    /// Reads the parameters of a connection of a kind.
    ///
    /// # Errors
    /// When the kind is unknown, its parameters are missing, or a text breaks
    /// the service model's limits.
    pub(super) fn read(kind: &str, sent: &Value) -> Result<Self, ApiError> {
        check_one_of(kind, "authorizationType", &KINDS.map(|(kind, ..)| kind))?;
        for (name, member, texts) in KINDS {
            match (name == kind, sent.get(member).filter(|value| !value.is_null())) {
                (true, Some(parameters)) => check_texts(parameters, texts)?,
                (true, None) => {
                    return Err(validation(format!("Parameter {member} must be specified for {kind}.")));
                }
                (false, Some(_)) => {
                    return Err(validation(format!("Parameter {member} is not valid for {kind}.")));
                }
                (false, None) => {}
            }
        }
        if kind == "OAUTH_CLIENT_CREDENTIALS" {
            check_oauth(&sent["OAuthParameters"])?;
        }
        check_lists(&sent["InvocationHttpParameters"])?;
        Ok(Self(sent.clone()))
    }

    /// These parameters with the members of `changes` over them.
    pub(super) fn changed(&self, changes: &Value) -> Value {
        let mut merged = self.0.clone();
        overlay(&mut merged, changes);
        merged
    }

    /// The parameters as DescribeConnection tells them.
    pub(super) fn told(&self) -> Value {
        redacted(&self.0)
    }

    /// The header by which the connection authorises a request: its name and
    /// value. `None` where the authorisation comes from an OAuth endpoint.
    pub(crate) fn header(&self) -> Option<(String, String)> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let key = &self.0["ApiKeyAuthParameters"];
        if let (Some(name), Some(value)) = (text(&key["ApiKeyName"]), text(&key["ApiKeyValue"])) {
            return Some((name, value));
        }
        let basic = &self.0["BasicAuthParameters"];
        let (user, password) = (text(&basic["Username"])?, text(&basic["Password"])?);
        Some((
            "Authorization".to_owned(),
            format!("Basic {}", base64(format!("{user}:{password}").as_bytes())),
        ))
    }

    /// One of the lists of `InvocationHttpParameters`, as pairs of key and
    /// value.
    pub(crate) fn http(&self, member: &str) -> Vec<(&str, &str)> {
        list(self.0["InvocationHttpParameters"].get(member))
            .iter()
            .filter_map(|entry| Some((entry["Key"].as_str()?, entry["Value"].as_str().unwrap_or_default())))
            .collect()
    }
}

fn check_texts(parameters: &Value, members: &[&str]) -> Result<(), ApiError> {
    for member in members {
        let text = parameters[*member].as_str().unwrap_or_default();
        if text.is_empty() {
            return Err(validation(format!("Parameter {member} must be specified.")));
        }
        let longest = if *member == "AuthorizationEndpoint" { 2048 } else { 512 };
        let shown = if SECRETS.contains(member) { "***" } else { text };
        if text.chars().count() > longest {
            let rule = format!("Member must have length less than or equal to {longest}");
            return Err(constraint(shown, member, &rule));
        }
        // A colon would end a header's name or a basic user's.
        if longest == 512 && text.chars().any(|letter| letter.is_control() && letter != '\t' || letter == ':')
        {
            return Err(constraint(shown, member, "Member must satisfy regular expression pattern"));
        }
    }
    Ok(())
}

fn check_oauth(parameters: &Value) -> Result<(), ApiError> {
    check_texts(&parameters["ClientParameters"], &["ClientID", "ClientSecret"])?;
    check_one_of(
        parameters["HttpMethod"].as_str().unwrap_or_default(),
        "httpMethod",
        &["GET", "POST", "PUT"],
    )?;
    check_lists(&parameters["OAuthHttpParameters"])
}

fn check_lists(parameters: &Value) -> Result<(), ApiError> {
    for member in HTTP_LISTS {
        if list(parameters.get(member)).len() > 100 {
            return Err(constraint("[...]", member, "Member must have length less than or equal to 100"));
        }
    }
    Ok(())
}

/// Puts the members of one object over another's, at every depth.
fn overlay(base: &mut Value, changes: &Value) {
    match (base, changes) {
        (Value::Object(base), Value::Object(changes)) => {
            for (member, change) in changes {
                overlay(base.entry(member).or_insert(Value::Null), change);
            }
        }
        (base, change) if !change.is_null() => *base = change.clone(),
        _ => {}
    }
}

fn redacted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let secret = boolean(members.get("IsValueSecret")) == Some(true);
            let hidden = |name: &str| SECRETS.contains(&name) || secret && name == "Value";
            members
                .iter()
                .filter(|(name, _)| !hidden(name))
                .map(|(name, value)| (name.clone(), redacted(value)))
                .collect()
        }
        Value::Array(values) => json!(values.iter().map(redacted).collect::<Vec<_>>()),
        other => other.clone(),
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let at = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 0x3f) as usize];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_basic_connection_sends_its_credentials_in_base64() {
        let sent = json!({"BasicAuthParameters": {"Username": "Aladdin", "Password": "open sesame"}});
        let parameters = Parameters::read("BASIC", &sent).expect("parameters");
        // The example of RFC 7617.
        let header = ("Authorization".to_owned(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned());
        assert_eq!(parameters.header(), Some(header));
        assert_eq!((base64(b"a").as_str(), base64(b"abc").as_str()), ("YQ==", "YWJj"));
    }

    #[test]
    fn what_is_secret_is_never_told() {
        let sent = json!({
            "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hidden-1"},
            "InvocationHttpParameters": {"QueryStringParameters": [
                {"Key": "token", "Value": "hidden-2", "IsValueSecret": true},
                {"Key": "lang", "Value": "en", "IsValueSecret": false},
            ]},
        });
        let parameters = Parameters::read("API_KEY", &sent).expect("parameters");
        let told = parameters.told().to_string();
        assert!(told.contains("x-key") && told.contains("token") && told.contains("\"en\""), "{told}");
        assert!(!told.contains("hidden") && !format!("{parameters:?}").contains("hidden"), "{told}");
        assert_eq!(parameters.http("QueryStringParameters"), [("token", "hidden-2"), ("lang", "en")]);
    }
}
