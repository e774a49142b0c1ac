//! The HTTP request that an event becomes.

use std::collections::BTreeMap;
use std::fmt;

use form_urlencoded::byte_serialize;
use serde_json::Value;

use crate::sim::events::{ApiDestination, Parameters};
use crate::sim::members::{list, string_map};

/// One request. Its URL may be a secret, and its headers hold one.
pub(super) struct HttpRequest {
    pub(super) method: String,
    url: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HttpRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl HttpRequest {
    /// What the destination, its connection and the target's `HttpParameters`
    /// make of a body. Where the last two name the same key, the connection
    /// wins (Target in the service model).
    pub(super) fn new(
        destination: &ApiDestination,
        authorization: &Parameters,
        target: &Value,
        body: String,
    ) -> Self {
        let mut query = string_map(target.get("QueryStringParameters"));
        query.extend(owned(authorization.http("QueryStringParameters")));
        let mut headers =
            BTreeMap::from([("content-type".to_owned(), "application/json; charset=utf-8".to_owned())]);
        headers.extend(string_map(target.get("HeaderParameters")));
        headers.extend(owned(authorization.http("HeaderParameters")));
        headers.extend(authorization.header());
        let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let path = with_path(&destination.endpoint, list(target.get("PathParameterValues")));
        Self {
            method: destination.method.clone(),
            url: with_query(path, &query),
            headers,
            body: with_members(body, &authorization.http("BodyParameters")),
        }
    }

    /// The path and query of the URL if it leads to `endpoint`, by whichever
    /// name of this machine.
    pub(super) fn path_at(&self, endpoint: &str) -> Option<&str> {
        let (host, path) = host_and_path(&self.url)?;
        (loopback(host)? == loopback(host_and_path(endpoint)?.0)?).then_some(path)
    }
}

fn owned(pairs: Vec<(&str, &str)>) -> impl Iterator<Item = (String, String)> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()))
}

/// Puts one value after the other where an asterisk stands.
fn with_path(endpoint: &str, values: &[Value]) -> String {
    let values = values.iter().filter_map(Value::as_str);
    values.fold(endpoint.to_owned(), |url, value| {
        // A path has no plus for a space, as a query has.
        let value = byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20");
        url.replacen('*', &value, 1)
    })
}

fn with_query(mut url: String, query: &BTreeMap<String, String>) -> String {
    for (key, value) in query {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.extend(byte_serialize(key.as_bytes()));
        url.push('=');
        url.extend(byte_serialize(value.as_bytes()));
    }
    url
}

/// Adds the connection's members to a body that is a JSON object.
fn with_members(body: String, members: &[(&str, &str)]) -> String {
    match serde_json::from_str::<Value>(&body) {
        Ok(Value::Object(mut object)) if !members.is_empty() => {
            object.extend(members.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))));
            Value::Object(object).to_string()
        }
        _ => body,
    }
}

fn host_and_path(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let end = rest.find('/').unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// The port of a host of this machine.
fn loopback(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    ["127.0.0.1", "localhost"].contains(&name).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_takes_path_values_and_query_parameters() {
        let values = [Value::from("a b"), Value::from("c")];
        assert_eq!(with_path("https://example.com/*/x/*", &values), "https://example.com/a%20b/x/c");
        let query = BTreeMap::from([("k".to_owned(), "1&2".to_owned()), ("l".to_owned(), "3".to_owned())]);
        assert_eq!(
            with_query("https://example.com/?a=b".to_owned(), &query),
            "https://example.com/?a=b&k=1%262&l=3"
        );
    }

    #[test]
    fn the_simulator_knows_its_own_address_by_either_name() {
        let to = |url: &str| HttpRequest {
            method: "POST".to_owned(),
            url: url.to_owned(),
            headers: BTreeMap::new(),
            body: String::new(),
        };
        let here = "http://127.0.0.1:4566";
        assert_eq!(to("http://localhost:4566/a?b=c").path_at(here), Some("/a?b=c"));
        assert_eq!(to("https://127.0.0.1:4566/a").path_at(here), Some("/a"));
        for other in ["http://127.0.0.1:4567/a", "https://example.com:4566/a", "https://example.com/a"] {
            assert_eq!(to(other).path_at(here), None, "{other}");
        }
    }

    #[test]
    fn members_of_the_connection_join_a_body_that_is_an_object() {
        assert_eq!(with_members("{\"a\":1}".to_owned(), &[("b", "2")]), "{\"a\":1,\"b\":\"2\"}");
        assert_eq!(with_members("\"text\"".to_owned(), &[("b", "2")]), "\"text\"");
    }
}
