//! What to do about a door that does not open.

use super::endpoint::Endpoints;
use super::error::AwsError;
use crate::model::coverage::{Cause, REGION_OFF};
use crate::model::{Gap, Region};

/// Credentials of the caller that could not be loaded.
pub(super) fn for_loading(error: AwsError) -> AwsError {
    with(error, "log in, set AWS_PROFILE, or run where a role is attached")
}

/// A refused AssumeRole, with the likely reasons. STS says the same whether
/// the role is missing, its trust policy does not fit or the external id is
/// wrong.
pub(super) fn for_role(error: AwsError, region: Region, endpoints: &Endpoints) -> AwsError {
    let advice = match error.cause() {
        Cause::Denied if lacks_permission(&error.detail) => {
            "let the caller's own policy allow sts:AssumeRole on this role".to_owned()
        }
        Cause::Denied if error.detail.contains("service control policy") => {
            "a service control policy of the organisation forbids sts:AssumeRole".to_owned()
        }
        Cause::Denied => "the role may be missing (roll out the bootstrap stack), its trust policy may not \
                          name the caller, spec.access.externalId may be wrong, or the caller may lack \
                          sts:AssumeRole on it"
            .to_owned(),
        Cause::RegionOff => format!(
            "STS is not switched on in {region} for the account; set spec.access.stsRegion to a Region where it is"
        ),
        Cause::Credentials => return for_identity(error),
        Cause::Unreachable | Cause::TimedOut => match endpoints.told("STS") {
            Some(endpoint) => format!("check the endpoint {endpoint}"),
            None => format!("check the way to the STS endpoint of {region}"),
        },
        Cause::Throttled | Cause::Malformed | Cause::Cancelled | Cause::Other => return error,
    };
    with(error, &advice)
}

/// A call that got no answer from an endpoint that was set for its service, with
/// that; nothing is added where AWS's own was called.
pub(super) fn for_endpoint(error: AwsError, service: &str, endpoints: &Endpoints) -> AwsError {
    match (error.cause(), endpoints.told(service)) {
        (Cause::Unreachable | Cause::TimedOut, Some(endpoint)) => {
            with(error, &format!("check the endpoint {endpoint}"))
        }
        _ => error,
    }
}

/// A refused signature, with a word about the clock if that is to blame.
pub(super) fn for_signature(error: AwsError) -> AwsError {
    if error.cause() == Cause::Credentials && blames_clock(&error.detail) {
        return with(error, "this machine's clock is wrong; set it by a time server");
    }
    error
}

/// A refused write of what is passed a role: where it is the role that was
/// refused, with where that comes from. Services differ in their words, and
/// not all of them name it.
pub(super) fn for_passed_role(error: AwsError, role: &str) -> AwsError {
    let detail = error.detail.to_lowercase();
    if !detail.contains("role") {
        return error;
    }
    let advice =
        format!("the account needs the role {role}: roll out the stack that `foghorn bootstrap` prints");
    with(error, &advice)
}

/// Refused credentials of the caller, with what to do about them.
pub(super) fn for_identity(error: AwsError) -> AwsError {
    let advice = match error.cause() {
        Cause::Credentials if blames_clock(&error.detail) => return for_signature(error),
        Cause::Credentials if error.detail.contains("xpired") => {
            "the caller's own credentials have expired; log in again"
        }
        Cause::Credentials if error.detail.contains("ignature") => {
            "the caller's secret key does not belong to its access key, or this machine's clock is wrong"
        }
        Cause::Credentials if is_unknown(&error.detail) => {
            "AWS does not know the caller's own credentials; check AWS_PROFILE and its keys"
        }
        _ => return error,
    };
    with(error, advice)
}

/// A Region that is off refuses every call alike and blames the credentials:
/// one gap that says what it means stands for all of them.
pub(super) fn for_region(gaps: Vec<Gap>, region: Region) -> Vec<Gap> {
    match gaps.first() {
        Some(first) if gaps.iter().all(|gap| gap.whole && gap.cause == Cause::RegionOff) => {
            let detail = format!(
                "{} ({REGION_OFF}: switch it on, or take it out of the account's regions)",
                first.detail
            );
            vec![Gap { tried: format!("read {region}"), detail, ..first.clone() }]
        }
        _ => gaps,
    }
}

fn lacks_permission(detail: &str) -> bool {
    detail.contains("no identity-based policy allows")
}

fn blames_clock(detail: &str) -> bool {
    ["Signature expired", "not yet current", "TooSkewed", "RequestExpired", "clock"]
        .iter()
        .any(|words| detail.contains(words))
}

fn is_unknown(detail: &str) -> bool {
    ["InvalidClientTokenId", "UnrecognizedClient"].iter().any(|code| detail.contains(code))
}

fn with(error: AwsError, advice: &str) -> AwsError {
    AwsError { detail: format!("{} ({advice})", error.detail), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Options;

    fn advised(cause: Cause, detail: &str) -> String {
        let error = AwsError::failed("assume role r", cause, detail);
        for_role(error, Region::US_EAST_1, &Endpoints::default()).detail
    }

    #[test]
    fn every_reason_why_a_role_cannot_be_assumed_comes_with_what_to_do() {
        let of_caller = "AccessDenied: not authorized because no identity-based policy allows the action";
        let of_scp = "AccessDenied: not authorized with an explicit deny in a service control policy";
        for (cause, detail, advice) in [
            (
                Cause::Denied,
                "AccessDenied: not authorized to perform: sts:AssumeRole",
                "spec.access.externalId",
            ),
            (Cause::Denied, of_caller, "the caller's own policy"),
            (Cause::Denied, of_scp, "of the organisation forbids"),
            (Cause::RegionOff, "RegionDisabledException: off", "spec.access.stsRegion"),
            (Cause::Credentials, "ExpiredToken: The security token is expired", "log in again"),
            (
                Cause::Credentials,
                "SignatureDoesNotMatch: Signature expired: 1 is now earlier than 2",
                "clock is wrong;",
            ),
            (Cause::Credentials, "SignatureDoesNotMatch: not the signature", "secret key"),
            (Cause::Credentials, "InvalidClientTokenId: unknown", "AWS_PROFILE"),
            (Cause::Unreachable, "connection refused", "STS endpoint of us-east-1"),
            (Cause::TimedOut, "no answer", "STS endpoint of us-east-1"),
        ] {
            let advised = advised(cause, detail);
            assert!(advised.starts_with(detail) && advised.contains(advice), "{advised}");
        }
    }

    #[test]
    fn where_an_endpoint_was_set_that_does_not_answer_it_is_named_with_what_set_it() {
        let options = Options { endpoint_url: Some("http://127.0.0.1:1".to_owned()), ..Options::default() };
        let set = Endpoints::read(&options, []).expect("a good endpoint");
        let words = "check the endpoint http://127.0.0.1:1, which --endpoint-url names";
        for cause in [Cause::Unreachable, Cause::TimedOut] {
            let error = || AwsError::failed("call", cause, "refused");
            for advised in [for_role(error(), Region::US_EAST_1, &set), for_endpoint(error(), "STS", &set)] {
                assert!(advised.detail.contains(words), "{advised}");
            }
            assert_eq!(for_endpoint(error(), "STS", &Endpoints::default()), error());
        }
        let denied = AwsError::failed("call", Cause::Denied, "no");
        assert_eq!(for_endpoint(denied.clone(), "STS", &set), denied);
    }

    #[test]
    fn a_service_that_blames_the_clock_is_understood_and_an_expired_session_is_no_clock() {
        let refused =
            |detail: &str| for_signature(AwsError::failed("list", Cause::Credentials, detail)).detail;
        assert!(
            refused("InvalidSignatureException: Signature not yet current: 1").contains("clock is wrong")
        );
        assert_eq!(refused("ExpiredTokenException: expired"), "ExpiredTokenException: expired");
    }

    #[test]
    fn where_nothing_can_be_advised_the_words_stand_alone() {
        for cause in [Cause::Throttled, Cause::Malformed, Cause::Other] {
            assert_eq!(advised(cause, "words"), "words");
        }
    }

    #[test]
    fn a_role_that_a_service_refuses_is_named_with_where_it_comes_from() {
        let refused = |detail: &str| {
            let error = AwsError::failed("create function f", Cause::Other, detail);
            for_passed_role(error, "arn:aws:iam::111111111111:role/foghorn-notifier").detail
        };
        let advised = refused("The role defined for the function cannot be assumed by Lambda.");
        assert!(
            advised.contains("role/foghorn-notifier") && advised.contains("`foghorn bootstrap`"),
            "{advised}"
        );
        assert_eq!(refused("CodeStorageExceededException: full"), "CodeStorageExceededException: full");
    }

    #[test]
    fn a_region_that_is_off_is_said_once() {
        let gap = |cause, whole| Gap {
            tried: "list".to_owned(),
            cause,
            detail: "UnrecognizedClientException".to_owned(),
            whole,
        };
        let off = || gap(Cause::RegionOff, true);
        let said = for_region(vec![off(), off()], Region::US_EAST_1);
        assert_eq!(said.len(), 1);
        assert!(said[0].detail.contains("switch it on"), "{}", said[0].detail);
        for other in [gap(Cause::Denied, true), gap(Cause::RegionOff, false)] {
            assert_eq!(for_region(vec![off(), other], Region::US_EAST_1).len(), 2);
        }
    }
}
