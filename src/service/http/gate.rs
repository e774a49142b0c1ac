//! Who may ask the service for what. Pure: headers and addresses in, a verdict
//! out.
//!
//! A web page anywhere can make a browser on this machine send requests to
//! loopback, be it by a form or by a name of its own that suddenly leads there
//! (DNS rebinding). Both tell on themselves: by `Origin` or `Sec-Fetch-Site`, and
//! by `Host`.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use sha2::{Digest, Sha256};

use crate::model::secret::Secret;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It names another host than the one that it reached.
    #[error("this address is served as localhost only")]
    OtherHost,
    /// A page of another site sent it.
    #[error("requests of other sites are refused")]
    OtherSite,
    /// It is not from this machine.
    #[error("without a token (--token-file, FOGHORN_TOKEN) only this machine may ask")]
    NotFromHere,
    /// It has no token, or a wrong one.
    #[error("the token is missing or wrong: send Authorization: Bearer")]
    NoToken,
}

/// Who may ask for what.
#[derive(Debug, Clone)]
pub struct Gate {
    /// What whoever asks for a sweep must know. Absent: it is enough to be on
    /// this machine.
    pub token: Option<Secret>,
    /// Whether only this machine can reach the service.
    pub is_loopback: bool,
}

impl Gate {
    /// Whether a request may be looked at.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn admits(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if self.is_loopback && !names_loopback(headers) { Err(Refusal::OtherHost) } else { Ok(()) }
    }

    /// Whether a sweep may be asked for.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn lets_reconcile(&self, peer: SocketAddr, headers: &HeaderMap) -> Result<(), Refusal> {
        if is_of_another_site(headers) {
            return Err(Refusal::OtherSite);
        }
        match &self.token {
            Some(token) if bears(headers, token) => Ok(()),
            Some(_) => Err(Refusal::NoToken),
            None if super::is_loopback(peer) && names_loopback(headers) => Ok(()),
            None => Err(Refusal::NotFromHere),
        }
    }
}

/// Whether the host that was asked for is this machine by a name of its own.
fn names_loopback(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
        return false;
    };
    let name = without_port(host);
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// Whether a browser says that a page of another site sent this.
fn is_of_another_site(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_other_origin = text(&ORIGIN).is_some_and(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_none() || host != text(&HOST)
    });
    let is_cross = text(&SEC_FETCH_SITE).is_some_and(|site| !["same-origin", "none"].contains(&site));
    is_other_origin || is_cross
}

fn bears(headers: &HeaderMap, token: &Secret) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.split_once(' '));
    given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("bearer") && is_same(given.trim(), token.reveal())
    })
}

/// Whether two texts are the same, in a time that tells nothing of where they
/// differ: fingerprints of the same length are compared to their ends.
fn is_same(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|text| Sha256::digest(text.as_bytes()));
    one.iter().zip(other.iter()).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "127.0.0.1:50000";
    const ELSEWHERE: &str = "10.0.0.7:50000";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), axum::http::HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    fn gate(token: Option<&str>, is_loopback: bool) -> Gate {
        Gate { token: token.map(|token| Secret::new(token.to_owned())), is_loopback }
    }

    fn asked(gate: &Gate, peer: &str, pairs: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        gate.lets_reconcile(peer.parse().expect("an address"), &headers(pairs))
    }

    #[test]
    fn a_loopback_address_is_served_under_names_of_this_machine_alone() {
        let gate = gate(None, true);
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080", "[::1]"] {
            assert_eq!(gate.admits(&headers(&[("host", host)])), Ok(()), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", "10.0.0.7", "", ":8080"]
        {
            assert_eq!(gate.admits(&headers(&[("host", host)])), Err(Refusal::OtherHost), "{host}");
        }
        assert_eq!(gate.admits(&headers(&[])), Err(Refusal::OtherHost));
        let two: HeaderMap = [("host", "localhost"), ("host", "evil.example")]
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), axum::http::HeaderValue::from_static(value)))
            .fold(HeaderMap::new(), |mut all, (name, value)| {
                all.append(name, value);
                all
            });
        assert_eq!(gate.admits(&two), Err(Refusal::OtherHost));
    }

    #[test]
    fn an_address_that_others_reach_is_served_under_any_name() {
        assert_eq!(gate(None, false).admits(&headers(&[("host", "foghorn.monitoring.svc:8080")])), Ok(()));
    }

    #[test]
    fn without_a_token_only_this_machine_may_ask_for_a_sweep() {
        let gate = gate(None, false);
        assert_eq!(asked(&gate, HERE, &[("host", "localhost:8080")]), Ok(()));
        assert_eq!(asked(&gate, ELSEWHERE, &[("host", "localhost:8080")]), Err(Refusal::NotFromHere));
        // By a proxy on this machine, or by a name that was bent to lead here.
        assert_eq!(asked(&gate, HERE, &[("host", "foghorn.example")]), Err(Refusal::NotFromHere));
        assert_eq!(asked(&gate, "[::ffff:127.0.0.1]:1", &[("host", "127.0.0.1")]), Ok(()));
    }

    #[test]
    fn with_a_token_whoever_knows_it_may_ask_and_nobody_else() {
        let gate = gate(Some("sesame"), false);
        let host = ("host", "foghorn.example");
        for value in ["Bearer sesame", "bearer sesame"] {
            assert_eq!(asked(&gate, ELSEWHERE, &[host, ("authorization", value)]), Ok(()), "{value}");
        }
        for value in ["Bearer sesam", "Bearer sesame2", "Bearer ", "sesame", "Basic sesame"] {
            let refused = asked(&gate, HERE, &[host, ("authorization", value)]);
            assert_eq!(refused, Err(Refusal::NoToken), "{value}");
        }
        assert_eq!(asked(&gate, HERE, &[("host", "localhost")]), Err(Refusal::NoToken));
    }

    #[test]
    fn a_page_of_another_site_can_t_ask_even_from_this_machine() {
        let gate = gate(None, true);
        let host = ("host", "localhost:8080");
        assert_eq!(asked(&gate, HERE, &[host, ("origin", "http://localhost:8080")]), Ok(()));
        for origin in ["http://evil.example", "null", "http://localhost:9999", ""] {
            assert_eq!(asked(&gate, HERE, &[host, ("origin", origin)]), Err(Refusal::OtherSite), "{origin}");
        }
        for (site, expected) in [
            ("same-origin", Ok(())),
            ("none", Ok(())),
            ("same-site", Err(Refusal::OtherSite)),
            ("cross-site", Err(Refusal::OtherSite)),
        ] {
            assert_eq!(asked(&gate, HERE, &[host, ("sec-fetch-site", site)]), expected, "{site}");
        }
    }
}
