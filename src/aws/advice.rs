//! What to do about a door that does not open.

use super::error::AwsError;
use crate::model::Region;
use crate::model::coverage::Cause;

/// Said where the SDK finds no credentials anywhere.
pub(super) const NO_CREDENTIALS: &str = "no AWS credentials were found in the environment, the profile, the container or the instance; set AWS_PROFILE or run where a role is attached";

/// A refused AssumeRole, with the likely reasons. STS says the same whether
/// the role is missing, its trust policy does not fit or the external id is
/// wrong.
pub(super) fn for_role(error: AwsError, region: Region) -> AwsError {
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
        Cause::Unreachable | Cause::TimedOut => format!("check the way to the STS endpoint of {region}"),
        Cause::Throttled | Cause::Malformed | Cause::Cancelled | Cause::Other => return error,
    };
    with(error, &advice)
}

/// Refused credentials of the caller, with what to do about them.
pub(super) fn for_identity(error: AwsError) -> AwsError {
    let advice = match error.cause() {
        Cause::Credentials if blames_clock(&error.detail) => {
            "this machine's clock is wrong; set it by a time server"
        }
        Cause::Credentials if error.detail.contains("xpired") => {
            "the caller's own credentials have expired; log in again"
        }
        Cause::Credentials if error.detail.contains("ignature") => {
            "the caller's secret key does not belong to its access key, or this machine's clock is wrong"
        }
        Cause::Credentials => "the caller's own credentials are not valid; check AWS_PROFILE and its keys",
        _ => return error,
    };
    with(error, advice)
}

fn lacks_permission(detail: &str) -> bool {
    detail.contains("no identity-based policy allows")
}

fn blames_clock(detail: &str) -> bool {
    ["Signature expired", "not yet current", "TooSkewed", "RequestExpired", "clock"]
        .iter()
        .any(|words| detail.contains(words))
}

fn with(error: AwsError, advice: &str) -> AwsError {
    AwsError { detail: format!("{} ({advice})", error.detail), ..error }
}
