//! Who signed a request, for what, and when.
//!
//! Signatures themselves are not verified: the simulator trusts the access key
//! id, and checks only what a client gets wrong in practice: the credentials,
//! the Region, the service and the clock.

use axum::http::HeaderMap;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

use super::call::ApiError;
use super::clock;
use super::wire::Protocol;

/// How far a signature's time may be off (AWS, "Elements of an AWS API request
/// signature").
const TOLERANCE: Duration = Duration::minutes(15);

/// What a signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The access key id.
    pub access_key: String,
    /// The Region of the credential scope.
    pub region: String,
    /// The service of the credential scope, by its signing name.
    pub service: String,
    /// The session token that came with it.
    pub session_token: Option<String>,
    /// When it was made; `None` if the request does not say.
    pub made_at: Option<OffsetDateTime>,
}

impl Signature {
    /// Reads the signature of a request; `None` if it is not signed.
    pub fn read(headers: &HeaderMap) -> Option<Signature> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let credential = header("authorization")?.split("Credential=").nth(1)?;
        let scope = credential.split([',', ' ']).next()?;
        let mut parts = scope.split('/');
        let (access_key, _date, region, service) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Signature {
            access_key: access_key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            session_token: header("x-amz-security-token").map(str::to_owned),
            made_at: header("x-amz-date").and_then(parse_time),
        })
    }

    /// Refuses a signature that was made too long before or after `now`.
    pub fn check_time(&self, protocol: Protocol, now: OffsetDateTime) -> Result<(), ApiError> {
        let Some(made_at) = self.made_at else {
            return Err(skewed(protocol, "the request carries no x-amz-date".to_owned()));
        };
        let written = |time| clock::text(time, clock::COMPACT);
        let (made, limits) = (written(made_at), (now - TOLERANCE, now + TOLERANCE));
        if made_at < limits.0 {
            return Err(skewed(
                protocol,
                format!(
                    "Signature expired: {made} is now earlier than {} ({} - 15 min.)",
                    written(limits.0),
                    written(now)
                ),
            ));
        }
        if made_at > limits.1 {
            return Err(skewed(
                protocol,
                format!(
                    "Signature not yet current: {made} is still later than {} ({} + 15 min.)",
                    written(limits.1),
                    written(now)
                ),
            ));
        }
        Ok(())
    }
}

fn parse_time(text: &str) -> Option<OffsetDateTime> {
    PrimitiveDateTime::parse(text, clock::COMPACT).ok().map(PrimitiveDateTime::assume_utc)
}

/// A protocol's refusal to believe a signature.
pub fn skewed(protocol: Protocol, message: String) -> ApiError {
    refusal(protocol, ("SignatureDoesNotMatch", "InvalidSignatureException"), &message)
}

/// A protocol's refusal of a request without a signature.
pub fn missing(protocol: Protocol) -> ApiError {
    let codes = ("MissingAuthenticationToken", "MissingAuthenticationTokenException");
    refusal(protocol, codes, "Request is missing Authentication Token")
}

/// A protocol's refusal of credentials that nobody has, or that are not valid
/// in the Region: the two look the same.
pub fn unknown_credentials(protocol: Protocol) -> ApiError {
    let codes = ("InvalidClientTokenId", "UnrecognizedClientException");
    refusal(protocol, codes, "The security token included in the request is invalid.")
}

/// A protocol's refusal of credentials that were valid once.
pub fn expired_credentials(protocol: Protocol) -> ApiError {
    let codes = ("ExpiredToken", "ExpiredTokenException");
    refusal(protocol, codes, "The security token included in the request is expired")
}

fn refusal(protocol: Protocol, (query, json): (&str, &str), message: &str) -> ApiError {
    match protocol {
        Protocol::Query => ApiError::new(query, message).with_status(403),
        Protocol::Json { .. } => ApiError::new(json, message),
        Protocol::RestJson | Protocol::Lambda | Protocol::Cbor => {
            ApiError::new(json, message).with_status(403)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use time::macros::datetime;

    use super::*;

    fn signed(date: &'static str) -> Signature {
        let mut headers = HeaderMap::new();
        let authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/eu-west-1/ecs/\
                             aws4_request, SignedHeaders=host;x-amz-date, Signature=00";
        headers.insert("authorization", HeaderValue::from_static(authorization));
        headers.insert("x-amz-date", HeaderValue::from_static(date));
        Signature::read(&headers).unwrap()
    }

    #[test]
    fn the_scope_says_who_calls_which_service_in_which_region() {
        let signature = signed("20261121T090000Z");
        assert_eq!(signature.access_key, "AKIAIOSFODNN7EXAMPLE");
        assert_eq!((signature.region.as_str(), signature.service.as_str()), ("eu-west-1", "ecs"));
        assert_eq!(signature.made_at, Some(datetime!(2026-11-21 09:00 UTC)));
    }

    #[test]
    fn an_unsigned_request_has_no_signature() {
        assert_eq!(Signature::read(&HeaderMap::new()), None);
    }

    #[test]
    fn a_clock_fifteen_minutes_off_is_refused_in_the_services_words() {
        let signature = signed("20261121T090000Z");
        let check = |now| signature.check_time(Protocol::Query, now);
        assert_eq!(check(datetime!(2026-11-21 09:15 UTC)), Ok(()));
        let late = check(datetime!(2026-11-21 09:15:01 UTC)).unwrap_err();
        assert_eq!((late.code.as_str(), late.status), ("SignatureDoesNotMatch", 403));
        assert_eq!(
            late.message,
            "Signature expired: 20261121T090000Z is now earlier than 20261121T090001Z \
             (20261121T091501Z - 15 min.)"
        );
        let early = check(datetime!(2026-11-21 08:44:59 UTC)).unwrap_err();
        assert!(early.message.starts_with("Signature not yet current: "), "{}", early.message);
    }
}
