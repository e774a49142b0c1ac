//! The services, and what is particular to each on the wire.

use super::call::{Answer, ApiError, Call};
use super::world::World;
use super::{chatbot, cloudwatch, ecs, events, organizations, sns, sqs, sts, tagging};

/// A service that the simulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// AWS Chatbot.
    Chatbot,
    /// Amazon CloudWatch.
    CloudWatch,
    /// Amazon ECS.
    Ecs,
    /// Amazon EventBridge.
    Events,
    /// AWS Organizations.
    Organizations,
    /// Amazon SNS.
    Sns,
    /// Amazon SQS.
    Sqs,
    /// AWS STS.
    Sts,
    /// Resource Groups Tagging API.
    Tagging,
}

impl Service {
    /// Every service.
    pub const ALL: [Service; 9] = [
        Service::Chatbot,
        Service::CloudWatch,
        Service::Ecs,
        Service::Events,
        Service::Organizations,
        Service::Sns,
        Service::Sqs,
        Service::Sts,
        Service::Tagging,
    ];

    /// The service of a name in a signature's credential scope.
    pub fn from_signing_name(name: &str) -> Option<Service> {
        Self::ALL.into_iter().find(|service| service.signing_name() == name)
    }

    /// The name in a signature's credential scope.
    pub fn signing_name(self) -> &'static str {
        match self {
            Service::CloudWatch => "monitoring",
            Service::Tagging => "tagging",
            other => other.action_prefix(),
        }
    }

    /// The name before the colon in an IAM action.
    pub fn action_prefix(self) -> &'static str {
        match self {
            Service::Chatbot => "chatbot",
            Service::CloudWatch => "cloudwatch",
            Service::Ecs => "ecs",
            Service::Events => "events",
            Service::Organizations => "organizations",
            Service::Sns => "sns",
            Service::Sqs => "sqs",
            Service::Sts => "sts",
            Service::Tagging => "tag",
        }
    }

    /// What stands before the operation in `X-Amz-Target`, and after
    /// `/service/` in a CBOR request's path.
    pub fn target_prefix(self) -> Option<&'static str> {
        match self {
            Service::CloudWatch => Some("GraniteServiceVersion20100801"),
            Service::Ecs => Some("AmazonEC2ContainerServiceV20141113"),
            Service::Events => Some("AWSEvents"),
            Service::Organizations => Some("AWSOrganizationsV20161128"),
            Service::Sqs => Some("AmazonSQS"),
            Service::Tagging => Some("ResourceGroupsTaggingAPI_20170126"),
            Service::Chatbot | Service::Sns | Service::Sts => None,
        }
    }

    /// The namespace of the service's XML documents.
    pub fn xml_namespace(self) -> &'static str {
        match self {
            Service::CloudWatch => "http://monitoring.amazonaws.com/doc/2010-08-01/",
            Service::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
            Service::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Service::Sqs => "http://queue.amazonaws.com/doc/2012-11-05/",
            Service::Chatbot | Service::Ecs | Service::Events | Service::Organizations | Service::Tagging => {
                ""
            }
        }
    }

    /// Answers one call.
    pub fn answer(self, world: &mut World, call: &Call<'_>) -> Answer {
        if world.knobs.stale_tag_index && call.operation.starts_with("Delete") {
            tagging::remember(world, call);
        }
        match self {
            Service::Chatbot => chatbot::call(world, call),
            Service::CloudWatch => cloudwatch::call(world, call),
            Service::Ecs => ecs::call(world, call),
            Service::Events => events::call(world, call),
            Service::Organizations => organizations::call(world, call),
            Service::Sns => sns::call(world, call),
            Service::Sqs => sqs::call(world, call),
            Service::Sts => sts::call(world, call),
            Service::Tagging => tagging::call(world, call),
        }
    }

    /// The service's own words for "too many requests".
    pub fn throttled(self) -> ApiError {
        match self {
            Service::Ecs | Service::Events | Service::Sqs => {
                ApiError::new("ThrottlingException", "Rate exceeded")
            }
            Service::Organizations => ApiError::new(
                "TooManyRequestsException",
                "You have sent too many requests in too short a period of time.",
            ),
            Service::Sns => ApiError::new("Throttled", "Rate exceeded").with_status(429),
            Service::Tagging => ApiError::new("ThrottledException", "Rate exceeded"),
            Service::CloudWatch | Service::Sts => ApiError::new("Throttling", "Rate exceeded"),
            Service::Chatbot => {
                ApiError::new("TooManyRequestsException", "Too Many Requests").with_status(429)
            }
        }
    }

    /// The service's own refusal of a caller without the permission.
    pub fn denied(self, message: String) -> ApiError {
        match self {
            Service::Ecs | Service::Events | Service::Organizations | Service::Sqs | Service::Tagging => {
                ApiError::new("AccessDeniedException", message)
            }
            Service::Chatbot => ApiError::new("AccessDeniedException", message).with_status(403),
            Service::Sns => ApiError::new("AuthorizationError", message).with_status(403),
            Service::CloudWatch | Service::Sts => ApiError::new("AccessDenied", message).with_status(403),
        }
    }

    /// The service's own "something broke on our side".
    pub fn broken(self, status: u16) -> ApiError {
        let code = match self {
            Service::Ecs => "ServerException",
            Service::Events => "InternalException",
            Service::Organizations => "ServiceException",
            Service::Sns => "InternalError",
            Service::Tagging => "InternalServiceException",
            Service::CloudWatch => "InternalServiceError",
            Service::Chatbot | Service::Sqs | Service::Sts => "InternalFailure",
        };
        ApiError::new(code, "An internal error occurred. Try again later.").with_status(status)
    }
}

/// Whether an operation changes anything, by its name. AssumeRole makes a
/// session but changes nothing that lasts.
pub fn is_write(operation: &str) -> bool {
    const VERBS: [&str; 24] = [
        "Add",
        "Associate",
        "Change",
        "Create",
        "Deauthorize",
        "Delete",
        "Disable",
        "Disassociate",
        "Enable",
        "Publish",
        "Purge",
        "Put",
        "Register",
        "Remove",
        "Run",
        "Send",
        "Set",
        "Start",
        "Stop",
        "Subscribe",
        "Tag",
        "Unsubscribe",
        "Untag",
        "Update",
    ];
    VERBS.iter().any(|verb| operation.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_changes_something_is_known_by_its_name() {
        for operation in [
            "UpdateService",
            "PutRule",
            "DeauthorizeConnection",
            "Subscribe",
            "Unsubscribe",
            "TagResource",
            "Publish",
        ] {
            assert!(is_write(operation), "{operation}");
        }
        for operation in
            ["AssumeRole", "GetCallerIdentity", "ListRules", "DescribeAlarms", "TestEventPattern"]
        {
            assert!(!is_write(operation), "{operation}");
        }
    }

    #[test]
    fn every_service_is_found_by_the_name_it_signs_with() {
        for service in Service::ALL {
            assert_eq!(Service::from_signing_name(service.signing_name()), Some(service));
        }
        assert_eq!(Service::from_signing_name("s3"), None);
    }
}
