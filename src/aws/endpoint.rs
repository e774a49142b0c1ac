//! Endpoints that were set in place of AWS's own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::Ipv6Addr;

use aws_config::SdkConfig;

use super::Options;
use super::error::AwsError;
use crate::model::Cause;

/// The variable that names the endpoint of all services; with `_STS` and the
/// like behind it, that of one (AWS SDKs and tools reference guide,
/// service-specific endpoints).
const VARIABLE: &str = "AWS_ENDPOINT_URL";

/// The variable that has the others ignored (the same).
const IGNORED: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// Where endpoints were set.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    /// By the options.
    asked: Option<String>,
    /// By variables of the environment, by their names.
    variables: BTreeMap<String, String>,
    /// What the environment and the profile come to for all services.
    configured: Option<String>,
}

impl Endpoints {
    /// Checks the endpoint of the options or, where they have none, those of the
    /// environment: the SDK would find out only at the first call, and panics
    /// there if one is empty.
    ///
    /// # Errors
    ///
    /// If one is no URL of HTTP.
    pub fn read(
        options: &Options,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, AwsError> {
        if let Some(url) = &options.endpoint_url {
            check(url, "")?;
            return Ok(Self { asked: Some(url.clone()), ..Self::default() });
        }
        let text = |text: OsString| text.to_string_lossy().into_owned();
        let all: BTreeMap<String, String> =
            environment.into_iter().map(|(name, value)| (text(name), text(value))).collect();
        let is_ignored = all.get(IGNORED).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let named = all.into_iter().filter(|(name, _)| name.starts_with(VARIABLE));
        let variables: BTreeMap<String, String> = named.collect();
        for (name, url) in &variables {
            check(url, &format!(" of {name}"))?;
        }
        Ok(Self { variables: if is_ignored { BTreeMap::new() } else { variables }, ..Self::default() })
    }

    /// The same with what the SDK made of the environment and the profile.
    pub fn with(self, config: &SdkConfig) -> Self {
        Self { configured: config.endpoint_url().map(str::to_owned), ..self }
    }

    /// What a person is told of the endpoint of a service, `STS` say: its address
    /// without secrets, and what names it. `None` where it is AWS's own.
    pub fn told(&self, service: &str) -> Option<String> {
        let (url, origin) = self.of(service)?;
        Some(format!("{}, which {origin} names in place of AWS's own", shown(url)))
    }

    fn of(&self, service: &str) -> Option<(&str, String)> {
        if let Some(url) = &self.asked {
            return Some((url, "--endpoint-url".to_owned()));
        }
        let own = format!("{VARIABLE}_{service}");
        if let Some(url) = self.variables.get(&own) {
            return Some((url, own));
        }
        let all = self.configured.as_deref()?;
        let is_of_variable = self.variables.get(VARIABLE).is_some_and(|url| url == all);
        let origin = if is_of_variable { VARIABLE } else { "endpoint_url of the profile" };
        Some((all, origin.to_owned()))
    }
}

fn check(url: &str, origin: &str) -> Result<(), AwsError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    if authority.is_some_and(is_host_and_port) && !url.contains(char::is_whitespace) {
        return Ok(());
    }
    let detail = match url {
        "" => "it is empty: unset it, or name an endpoint",
        _ => "an endpoint is written as https://host or http://host:port",
    };
    Err(AwsError::failed(format!("use the endpoint `{}`{origin}", shown(url)), Cause::Other, detail))
}

/// Whether it is a name or an address, with or without the number of a port.
fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_name =
        !host.is_empty() && host.chars().all(|letter| letter.is_alphanumeric() || "-._".contains(letter));
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_address = address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    (is_name || is_address) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// A URL as it may be shown: a name and a password can stand before the host,
/// and a signature behind the path.
fn shown(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("…@", rest));
    let (place, query) = rest.find(['?', '#']).map_or((rest, ""), |end| (&rest[..end], "?…"));
    format!("{scheme}{user}{place}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(option: Option<&str>, variables: &[(&str, &str)]) -> Result<Endpoints, String> {
        let options = Options { endpoint_url: option.map(str::to_owned), ..Options::default() };
        let variables = variables.iter().map(|(name, url)| (OsString::from(name), OsString::from(url)));
        Endpoints::read(&options, variables).map_err(|error| error.to_string())
    }

    fn checked(option: Option<&str>, variables: &[(&str, &str)]) -> Result<(), String> {
        read(option, variables).map(drop)
    }

    /// What is told of the endpoint of STS, where the SDK found this one.
    fn told(option: Option<&str>, variables: &[(&str, &str)], configured: Option<&str>) -> String {
        let mut config = SdkConfig::builder();
        config.set_endpoint_url(configured.map(str::to_owned));
        let endpoints = read(option, variables).expect("good endpoints").with(&config.build());
        endpoints.told("STS").unwrap_or_default()
    }

    #[test]
    fn an_endpoint_is_a_url_of_http_with_a_host() {
        for url in ["https://a.b", "http://localhost:4566", "http://[::1]:80/x", "http://127.0.0.1/a?b"] {
            assert_eq!(checked(Some(url), &[]), Ok(()), "{url}");
        }
        for url in
            ["", "a.b", "ftp://a", "http://", "http://a:b", "http://a:99999", "http://[::", "http://a%"]
        {
            assert!(checked(Some(url), &[]).is_err(), "{url}");
        }
    }

    #[test]
    fn garbage_in_the_environment_s_endpoint_is_found_out_before_any_call() {
        let error = checked(None, &[("AWS_ENDPOINT_URL", "garbage")]).expect_err("a refusal");
        assert!(error.contains("`garbage` of AWS_ENDPOINT_URL"), "{error}");
        assert!(checked(None, &[("AWS_ENDPOINT_URL_STS", "http:/x")]).is_err());
        assert_eq!(checked(None, &[("OTHER", "garbage")]), Ok(()));
        assert_eq!(checked(Some("http://a"), &[("AWS_ENDPOINT_URL", "garbage")]), Ok(()));
    }

    #[test]
    fn an_empty_endpoint_in_the_environment_is_refused_with_the_advice_to_unset_it() {
        let error = checked(None, &[("AWS_ENDPOINT_URL", "")]).expect_err("a refusal");
        assert!(error.contains("`` of AWS_ENDPOINT_URL: it is empty: unset it"), "{error}");
    }

    #[test]
    fn an_endpoint_is_told_with_what_names_it() {
        let all = ("AWS_ENDPOINT_URL", "http://all");
        let own = ("AWS_ENDPOINT_URL_STS", "http://own");
        let other = ("AWS_ENDPOINT_URL_ECS", "http://other");
        let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        for (option, variables, configured, expected) in [
            (
                Some("http://asked"),
                &[all, own][..],
                Some("http://asked"),
                "http://asked, which --endpoint-url ",
            ),
            (None, &[all, own], Some("http://all"), "http://own, which AWS_ENDPOINT_URL_STS "),
            (None, &[all, other], Some("http://all"), "http://all, which AWS_ENDPOINT_URL "),
            (None, &[other], Some("http://mine"), "http://mine, which endpoint_url of the profile "),
        ] {
            let told = told(option, variables, configured);
            assert!(told.starts_with(expected), "{told}");
        }
        assert_eq!(told(None, &[other], None), "");
        assert_eq!(told(None, &[all, own, ignored], None), "");
    }

    #[test]
    fn neither_a_password_nor_a_signature_in_an_endpoint_is_shown() {
        for (url, expected) in [
            ("http://user:very-secret@host:1/a", "http://…@host:1/a"),
            ("http://user:very/secret@host", "http://…@host"),
            ("http://user:very?secret@host", "http://…@host"),
            ("user:secret@host", "…@host"),
            ("https://host/a?key=very-secret", "https://host/a?…"),
            ("https://host#very-secret", "https://host?…"),
        ] {
            assert_eq!(shown(url), expected);
        }
        let error = checked(Some("http://user:very-secret@host"), &[]).expect_err("a refusal");
        assert!(error.contains("`http://…@host`") && !error.contains("secret"), "{error}");
    }
}
