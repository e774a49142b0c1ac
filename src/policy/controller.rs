//! What the role needs that Foghorn itself runs as.

use super::document::Document;
use super::errands::Errands;
use super::permission::Place::{Any, Bucket, Global, MemberRoles, Objects, ReportSecrets, ReportTopics};
use super::permission::{Bound, Permission, statements};

/// The statements, in order.
pub(super) const PERMISSIONS: &[Permission<Errands>] = &[
    Permission {
        sid: "EnterAccounts",
        purpose: "Assume the member role of every account",
        needed: "where spec.access names a role",
        when: |errands| !errands.roles.is_empty(),
        actions: &["sts:AssumeRole"],
        resources: &[MemberRoles],
        bound: Bound::None,
    },
    Permission {
        sid: "ListTheOrganization",
        purpose: "Find the accounts of the organisation; this takes no resource",
        needed: "where spec.organization includes everything",
        when: Errands::lists_all,
        actions: &["organizations:ListAccounts"],
        resources: &[Any],
        bound: Bound::None,
    },
    Permission {
        sid: "ListUnits",
        purpose: "Find the accounts below roots and units",
        needed: "where spec.organization names roots or units",
        when: Errands::lists_units,
        actions: &["organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"],
        resources: &[Global("organizations", "ou/o-*/ou-*"), Global("organizations", "root/o-*/r-*")],
        bound: Bound::None,
    },
    Permission {
        sid: "LookUpAccounts",
        purpose: "Look up accounts that are named",
        needed: "where spec.organization includes single accounts",
        when: Errands::looks_up,
        actions: &["organizations:DescribeAccount"],
        resources: &[Global("organizations", "account/o-*/*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadLabels",
        purpose: "Read the tags of accounts that become labels",
        needed: "where spec.organization has labelsFromTags",
        when: Errands::reads_labels,
        actions: &["organizations:ListTagsForResource"],
        resources: &[Global("organizations", "account/o-*/*")],
        bound: Bound::None,
    },
    Permission {
        sid: "ReadRoomsSecrets",
        purpose: "Read the webhooks and tokens of the report's rooms",
        needed: "plan, apply and destroy, where a room of spec.report keeps its secret in Secrets Manager",
        when: |errands| !errands.secrets.is_empty(),
        actions: &["secretsmanager:GetSecretValue"],
        resources: &[ReportSecrets],
        bound: Bound::None,
    },
    Permission {
        sid: "TellTopics",
        purpose: "Tell the topics of the report's rooms",
        needed: "plan, apply and destroy, where spec.report has rooms of AWS Chatbot",
        when: |errands| !errands.topics.is_empty(),
        actions: &["sns:Publish"],
        resources: &[ReportTopics],
        bound: Bound::None,
    },
    Permission {
        sid: "KeepReports",
        purpose: "Keep reports, read the last one, drop the oldest, and hold the lock of those that write",
        needed: "plan, apply and destroy, where spec.store is a bucket of Amazon S3",
        when: |errands| errands.bucket.is_some(),
        actions: &["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        resources: &[Objects],
        bound: Bound::None,
    },
    // Without it S3 answers 403 in place of 404 for an object that is not there
    // (Amazon S3 API reference, GetObject), and so it would under a condition on
    // s3:prefix, which GetObject does not carry.
    Permission {
        sid: "ListReports",
        purpose: "List the reports that are kept, and be told that an object is not there",
        needed: "plan, apply and destroy, where spec.store is a bucket of Amazon S3",
        when: |errands| errands.bucket.is_some(),
        actions: &["s3:ListBucket"],
        resources: &[Bucket],
        bound: Bound::None,
    },
];

/// The policy of the role that Foghorn runs as.
pub(super) fn document(errands: &Errands) -> Document {
    Document::new(statements(PERMISSIONS, errands))
}
